"""Stub."""

revision = "2026_11_24_11_appointments"
down_revision = "2026_11_24_10_complaints"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
