"""Who a conversation belongs to; calls; suggestions."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_5_persons"
down_revision = "2026_11_24_4_curation"

CONVERSATION = ("owner", "agent_id", "agent_name", "waiting_since", "taken_at", "skill", "urgent")
MESSAGE = ("who", "name")
TABLES = (
    "bot_presence",
    "desk_agent",
    "desk_invitation",
    "desk_suggestion",
    "desk_wrap_up",
    "desk_phrase",
    "desk_call",
    "desk_call_event",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("owner", sa.String(10), nullable=False, server_default="bot"),
        sa.Column("agent_id", sa.Integer),
        sa.Column("agent_name", sa.String(60), nullable=False, server_default=""),
        sa.Column("waiting_since", moment),
        sa.Column("taken_at", moment),
        sa.Column("skill", sa.String(40), nullable=False, server_default=""),
        sa.Column("urgent", sa.String(20), nullable=False, server_default=""),
    ):
        op.add_column("bot_conversation", column)
    op.create_index("ix_bot_conversation_owner", "bot_conversation", ["owner"])
    op.add_column("bot_message", sa.Column("who", sa.String(10), nullable=False, server_default="citizen"))
    op.add_column("bot_message", sa.Column("name", sa.String(60), nullable=False, server_default=""))
    op.create_table(
        "bot_presence",
        sa.Column("conversation_id", sa.String(32), sa.ForeignKey("bot_conversation.id"), primary_key=True),
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("typing_at", moment),
        sa.Column("read_id", sa.Integer, nullable=False),
    )
    op.create_table(
        "desk_agent",
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
    )
    op.create_table(
        "desk_invitation",
        sa.Column("conversation_id", sa.String(32), primary_key=True),
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("invited_by", sa.String(60), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "desk_suggestion",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(32), nullable=False, index=True),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("sent_text", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Integer),
        sa.Column("agent_name", sa.String(60), nullable=False),
        sa.Column("acted_at", moment, index=True),
        sa.UniqueConstraint("conversation_id", "client_id"),
    )
    op.create_table(
        "desk_wrap_up",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(32), nullable=False, index=True),
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("agent_name", sa.String(60), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("at", moment, nullable=False, index=True),
    )
    op.create_table(
        "desk_phrase",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("staff_id", sa.Integer, nullable=False, index=True),
        sa.Column("key", sa.String(30), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.UniqueConstraint("staff_id", "key"),
    )
    op.create_table(
        "desk_call",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("switchboard_id", sa.String(80), nullable=False, unique=True),
        sa.Column("conversation_id", sa.String(32), nullable=False, index=True),
        sa.Column("agent_id", sa.Integer, index=True),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("phone_shown", sa.String(30), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("ticket", sa.String(30), nullable=False),
    )
    op.create_table(
        "desk_call_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("call_id", sa.String(32), nullable=False, index=True),
        sa.Column("event_id", sa.String(80), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", moment, nullable=False),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in MESSAGE:
        op.drop_column("bot_message", column)
    op.drop_index("ix_bot_conversation_owner", "bot_conversation")
    for column in CONVERSATION:
        op.drop_column("bot_conversation", column)
