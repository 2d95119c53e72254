"""Database schema of the agent's desk."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from case_library.moment import Moment

metadata = MetaData()

# Agents at their desks; without a beat for a minute somebody counts as away.
agent_table = Table(
    "desk_agent",
    metadata,
    Column("staff_id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(60), nullable=False),
    Column("skills", JSON, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# A colleague who was asked in: sees and hears, owns nothing.
invitation_table = Table(
    "desk_invitation",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("staff_id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(60), nullable=False),
    Column("invited_by", String(60), nullable=False),
    Column("at", Moment, nullable=False),
)

# What the machine would have said to one message while a person owned the conversation, and what became of it.
suggestion_table = Table(
    "desk_suggestion",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), nullable=False, index=True),
    Column("client_id", String(64), nullable=False),  # of the message it answers
    Column("at", Moment, nullable=False),
    Column("question", Text, nullable=False),  # masked
    Column("matter", String(60), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("case_id", String(120), nullable=False),  # empty when no case fitted
    Column("text", Text, nullable=False),
    Column("content", JSON, nullable=False),  # `bot.suggest.Suggestion`
    Column("action", String(10), nullable=False),  # "", adopted, edited, rejected
    Column("sent_text", Text, nullable=False),  # masked
    Column("agent_id", Integer),
    Column("agent_name", String(60), nullable=False),
    Column("acted_at", Moment, index=True),
    UniqueConstraint("conversation_id", "client_id"),
)

# How a conversation or call ended for the agent (小结).
wrap_up_table = Table(
    "desk_wrap_up",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), nullable=False, index=True),
    Column("agent_id", Integer, nullable=False),
    Column("agent_name", String(60), nullable=False),
    Column("code", String(40), nullable=False),
    Column("note", String(1000), nullable=False),  # masked
    Column("at", Moment, nullable=False, index=True),
)

# Phrases for all that were changed or added in the workbench; the others are as `data/phrases.yml` has them.
central_phrase_table = Table(
    "desk_central_phrase",
    metadata,
    Column("key", String(30), primary_key=True),
    Column("title", String(60), nullable=False),
    Column("text", String(1000), nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_by", String(60), nullable=False),
    Column("changed_at", Moment, nullable=False),
)

# Phrases an agent keeps for themselves.
phrase_table = Table(
    "desk_phrase",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("staff_id", Integer, nullable=False, index=True),
    Column("key", String(30), nullable=False),
    Column("title", String(60), nullable=False),
    Column("text", String(1000), nullable=False),
    UniqueConstraint("staff_id", "key"),
)

# Telephone calls as the switchboard tells of them.
call_table = Table(
    "desk_call",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("switchboard_id", String(80), nullable=False, unique=True),
    Column("conversation_id", String(32), nullable=False, index=True),
    Column("agent_id", Integer, index=True),
    Column("phone", LargeBinary),  # encrypted; None when the number is withheld
    Column("phone_shown", String(30), nullable=False),  # masked
    Column("state", String(10), nullable=False, index=True),  # ringing, answered, ended
    Column("began_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("ended_at", Moment),
    Column("ticket", String(30), nullable=False),  # proven by the caller with its query code
)

call_event_table = Table(
    "desk_call_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String(32), nullable=False, index=True),
    Column("event_id", String(80), nullable=False, unique=True),  # the switchboard's; the same twice counts once
    Column("kind", String(20), nullable=False),
    Column("at", Moment, nullable=False),
)
