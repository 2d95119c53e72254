"""Database schema of quality sampling."""

from sqlalchemy import JSON, Column, Date, Integer, MetaData, String, Table, text

from case_library.moment import Moment

metadata = MetaData()

# A day whose closed tickets were drawn from; which these were can be worked out again from the numbers alone.
draw_table = Table(
    "quality_draw",
    metadata,
    Column("day", Date, primary_key=True),
    Column("closed", Integer, nullable=False),  # tickets closed on that day
    Column("drawn", Integer, nullable=False),  # of these by lot
    Column("dissatisfied", Integer, nullable=False),  # rated so on that day: each of them
    Column("percent", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

# A ticket to be looked at, once; empty answers until somebody did.
sample_table = Table(
    "quality_sample",
    metadata,
    Column("ticket", String(30), primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("why", String(20), nullable=False),  # lot, dissatisfied
    Column("matter", String(60), nullable=False, index=True),
    Column("first_responder", String(60), nullable=False),  # who must not look at it themselves
    Column("answers", JSON, nullable=False),
    Column("note", String(1000), nullable=False),  # masked
    Column("reviewer", String(60), nullable=False),
    Column("reviewed_at", Moment, index=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
)
