"""Stub."""

revision = "2026_11_24_12_notices"
down_revision = "2026_11_24_11_appointments"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
