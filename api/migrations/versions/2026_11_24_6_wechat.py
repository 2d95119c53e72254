"""WeChat followers and messages."""

revision = "2026_11_24_6_wechat"
down_revision = "2026_11_24_5_persons"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
