"""Database schema of tickets."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from case_library.moment import Moment

metadata = MetaData()

ticket_table = Table(
    "routing_ticket",
    metadata,
    Column("number", String(30), primary_key=True),  # WH20261124-000123
    Column("conversation_id", String(64), nullable=False, index=True),
    Column("matter", String(60), nullable=False),
    Column("body_id", String(120), nullable=False, index=True),
    Column("name", LargeBinary),  # encrypted, None for anonymous
    Column("phone", LargeBinary),  # encrypted, None for anonymous
    Column("consent_version", String(40), nullable=False),
    Column("consented_at", Moment, nullable=False),
    Column("story", JSON, nullable=False),  # the fields of `Story`
    Column("opened_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "matter", "body_id"),  # telling it twice opens one ticket
)

# What happened to a ticket, in order. State and who acts next are derived from these; rows are only ever added.
ticket_event_table = Table(
    "routing_ticket_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("visible_to", String(20), nullable=False),  # citizen, agents, body, internal
    Column("text", String(500), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("ticket", "sequence"),
)

ticket_counter_table = Table(
    "routing_ticket_counter",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
