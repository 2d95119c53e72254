"""Peers, the messages they owe and are owed; tickets that are public."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_8_exchange"
down_revision = "2026_11_24_7_directory"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "exchange_peer",
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("bodies", sa.JSON, nullable=False),
        sa.Column("may_order", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "exchange_nonce",
        sa.Column("peer", sa.String(60), sa.ForeignKey("exchange_peer.id"), primary_key=True),
        sa.Column("nonce", sa.String(64), primary_key=True),
        sa.Column("at", moment, nullable=False, index=True),
    )
    op.create_table(
        "exchange_link",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("peer", sa.String(60), sa.ForeignKey("exchange_peer.id"), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("ticket", sa.String(30), index=True),
        sa.Column("external_id", sa.String(100)),
        sa.Column("conversation_id", sa.String(32)),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("dead", sa.Boolean, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("last_error", sa.String(200), nullable=False),
        sa.UniqueConstraint("peer", "ticket"),
        sa.UniqueConstraint("peer", "external_id"),
    )
    op.create_table(
        "open311_publication",
        sa.Column("ticket", sa.String(30), primary_key=True),
        sa.Column("summary", sa.String(500), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("published_by", sa.String(60), nullable=False),
    )


def downgrade() -> None:
    for table in ("open311_publication", "exchange_link", "exchange_nonce", "exchange_peer"):
        op.drop_table(table)
