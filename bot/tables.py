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
)

message_table = Table(
    "bot_message",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("bot_conversation.id"), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("text", Text, nullable=False),  # masked
    Column("reply", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
)
