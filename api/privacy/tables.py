"""Database schema of erasures."""

from sqlalchemy import Column, MetaData, String, Table

from case_library.moment import Moment

metadata = MetaData()

# What was erased of a ticket, so that its empty places are known to be no damage.
erasure_table = Table(
    "privacy_erasure",
    metadata,
    Column("ticket", String(30), primary_key=True),
    Column("what", String(10), primary_key=True),  # contact, content
    Column("why", String(20), nullable=False),  # citizen, administrator, retention
    Column("at", Moment, nullable=False),
)
