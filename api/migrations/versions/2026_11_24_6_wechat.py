"""WeChat followers, deliveries and the access token."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_6_wechat"
down_revision = "2026_11_24_5_persons"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "wechat_follower",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("openid", sa.LargeBinary, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False, index=True),
        sa.Column("conversation_token", sa.LargeBinary),
        sa.Column("asked_consent", sa.String(40), nullable=False),
        sa.Column("wrote_at", moment, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("delivered", sa.Integer, nullable=False),
    )
    op.create_table(
        "wechat_delivery",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("taken_at", moment, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("by_service", sa.Boolean, nullable=False),
    )
    op.create_table(
        "wechat_token",
        sa.Column("app_id", sa.String(40), primary_key=True),
        sa.Column("token", sa.LargeBinary),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("fetching_until", moment, nullable=False),
    )


def downgrade() -> None:
    for table in ("wechat_token", "wechat_delivery", "wechat_follower"):
        op.drop_table(table)
