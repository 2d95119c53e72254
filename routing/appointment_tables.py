"""Database schema of appointments: how many people a place takes, and who comes or is called when."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from case_library.moment import Moment
from routing.tables import metadata

# How many a body takes in one slot. No row: nobody knows, and nothing is offered there.
capacity_table = Table(
    "routing_capacity",
    metadata,
    Column("kind", String(10), primary_key=True),  # visit, callback
    Column("body_id", String(120), primary_key=True),
    Column("places", Integer, nullable=False),  # in one slot
    Column("minutes", Integer, nullable=False),  # length of a slot
    Column("set_by", String(60), nullable=False),
    Column("set_at", Moment, nullable=False),
)

# A place in a slot. `place` and `active` are emptied when it ends, so that both are free again; what was booked stays.
appointment_table = Table(
    "routing_appointment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("body_id", String(120), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("place", Integer),  # from 1, up to the places of the slot
    Column("active", String(50), unique=True),  # kind and ticket: one of a kind at a time
    Column("state", String(10), nullable=False),  # booked, moved, cancelled, done
    Column("made_by", String(20), nullable=False),  # citizen, agent, supervisor
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("kind", "body_id", "starts_at", "place"),  # no place twice, whoever writes
    Index("routing_appointment_day", "kind", "state", "starts_at"),
)
