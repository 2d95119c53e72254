"""Database schema of the case library."""

from sqlalchemy import JSON, Column, MetaData, String, Table, Text

from case_library.moment import Moment

metadata = MetaData()

case_table = Table(
    "case_library_case",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("matter", String(60), nullable=False, index=True),
    Column("status", String(20), nullable=False),
    Column("content", JSON, nullable=False),  # the fields of `Case`
    Column("changed_at", Moment, nullable=False),
)

# Articles beyond the wheel's database: regulations, interpretations, local rules.
extra_article_table = Table(
    "case_library_extra_article",
    metadata,
    Column("id", String(200), primary_key=True),  # 工伤保险条例第十七条
    Column("text", Text, nullable=False),
    Column("source", String(300), nullable=False),
    Column("changed_at", Moment, nullable=False),
)
