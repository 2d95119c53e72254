"""Database schema of published tickets."""

from sqlalchemy import Column, MetaData, String, Table

from case_library.moment import Moment

metadata = MetaData()

# Nothing is public by itself: a supervisor writes what may be read, and can take it back.
publication_table = Table(
    "open311_publication",
    metadata,
    Column("ticket", String(30), primary_key=True),
    Column("summary", String(500), nullable=False),  # masked; nothing of the story itself
    Column("published_at", Moment, nullable=False),
    Column("published_by", String(60), nullable=False),
)
