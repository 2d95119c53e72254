"""Database schema of what curators change: facts of the directory, versions of the rules. Rows are only ever added."""

from sqlalchemy import JSON, Column, Date, ForeignKey, Integer, String, Table

from case_library.moment import Moment
from routing.tables import metadata

# What somebody found out about a body. The latest row of a body and name holds; the rows before it are its history.
fact_table = Table(
    "routing_fact",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("body_id", String(120), nullable=False, index=True),
    Column("name", String(30), nullable=False),  # a column of bodies.csv
    Column("value", String(500)),  # None: found out to be unknown or not to be
    Column("source", String(300), nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("state", String(20), nullable=False),  # confirmed or unconfirmed
    Column("note", String(500), nullable=False),
    Column("staff_id", Integer),  # None: a command
    Column("editor", String(60), nullable=False),
    Column("at", Moment, nullable=False),
)

rules_version_table = Table(
    "routing_rules_version",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("title", String(200), nullable=False),
    Column("files", JSON, nullable=False),  # the files that differ from those installed, {name: text}
    Column("proof", JSON, nullable=False),  # what it changed when it was drafted
    Column("staff_id", Integer),
    Column("author", String(60), nullable=False),
    Column("at", Moment, nullable=False),
)

# Which version is in use: that of the latest row. No number: the files as installed.
rules_use_table = Table(
    "routing_rules_use",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", Integer, ForeignKey("routing_rules_version.number")),
    Column("staff_id", Integer),
    Column("who", String(60), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("at", Moment, nullable=False),
)
