"""Stub."""

revision = "2026_11_24_13_quality"
down_revision = "2026_11_24_12_notices"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
