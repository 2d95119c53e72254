"""Stub."""

revision = "2026_11_24_14_site_settings"
down_revision = "2026_11_24_13_quality"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
