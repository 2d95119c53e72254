"""Cases, articles beyond the wheel, conversations, tickets."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_first"
down_revision = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "case_library_case",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("matter", sa.String(60), nullable=False, index=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "case_library_extra_article",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "bot_conversation",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
    )
    op.create_table(
        "bot_message",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("bot_conversation.id"), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reply", sa.JSON, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("conversation_id", "client_id"),
    )
    op.create_table(
        "routing_ticket",
        sa.Column("number", sa.String(30), primary_key=True),
        sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("body_id", sa.String(120), nullable=False, index=True),
        sa.Column("name", sa.LargeBinary),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("consent_version", sa.String(40), nullable=False),
        sa.Column("consented_at", moment, nullable=False),
        sa.Column("story", sa.JSON, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.UniqueConstraint("conversation_id", "matter", "body_id"),
    )
    op.create_table(
        "routing_ticket_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), nullable=False, index=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("visible_to", sa.String(20), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("ticket", "sequence"),
    )
    op.create_table(
        "routing_ticket_counter",
        sa.Column("day", sa.String(8), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "routing_ticket_event",
        "routing_ticket",
        "routing_ticket_counter",
        "bot_message",
        "bot_conversation",
        "case_library_extra_article",
        "case_library_case",
    ):
        op.drop_table(table)
