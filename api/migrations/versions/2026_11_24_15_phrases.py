"""Stub."""

revision = "2026_11_24_15_phrases"
down_revision = "2026_11_24_14_site_settings"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
