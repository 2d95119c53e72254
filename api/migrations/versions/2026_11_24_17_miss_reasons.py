"""Stub."""

revision = "2026_11_24_17_miss_reasons"
down_revision = "2026_11_24_16_key_rotation"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
