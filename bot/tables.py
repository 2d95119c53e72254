"""Database schema of conversations."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

from case_library.moment import Moment

metadata = MetaData()

conversation_table = Table(
    "bot_conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("state", JSON, nullable=False),  # `Dialogue`
    Column("version", Integer, nullable=False),  # counts the messages; the second writer of one version is told
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # `Ownership`: who speaks for the service. Changed with `version` only.
    Column("owner", String(10), nullable=False, server_default="bot"),
    Column("agent_id", Integer),
    Column("agent_name", String(60), nullable=False, server_default=""),
    Column("waiting_since", Moment),
    Column("taken_at", Moment),
    Column("skill", String(40), nullable=False, server_default=""),  # group of the matter; empty while unknown
    Column("urgent", String(20), nullable=False, server_default=""),  # safety rule, or `deadline`
)

message_table = Table(
    "bot_message",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("bot_conversation.id"), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("text", Text, nullable=False),  # masked
    Column("reply", JSON, nullable=False),  # JSON null where the machine was silent
    Column("at", Moment, nullable=False),
    Column("who", String(10), nullable=False, server_default="citizen"),  # citizen, agent, or note (staff only)
    Column("name", String(60), nullable=False, server_default=""),  # of the agent, as shown
    UniqueConstraint("conversation_id", "client_id"),
)

# Who looks at a conversation, types in it, and has read how far. Staff id 0 is the citizen.
presence_table = Table(
    "bot_presence",
    metadata,
    Column("conversation_id", ForeignKey("bot_conversation.id"), primary_key=True),
    Column("staff_id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(60), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("typing_at", Moment),
    Column("read_id", Integer, nullable=False),
)
