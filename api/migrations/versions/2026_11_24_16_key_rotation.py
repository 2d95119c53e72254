"""Stub."""

revision = "2026_11_24_16_key_rotation"
down_revision = "2026_11_24_15_phrases"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
