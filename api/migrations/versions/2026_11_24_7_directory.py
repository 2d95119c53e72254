"""Versions of directory facts and rules."""

revision = "2026_11_24_7_directory"
down_revision = "2026_11_24_6_wechat"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
