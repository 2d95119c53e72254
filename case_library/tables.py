"""Database schema of the case library."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from case_library.moment import Moment

metadata = MetaData()

# One row a case: what its events add up to (`case_library.versions.apply`). `content` is what citizens see, or the draft
# of a case that was never published; `draft` is a change in preparation.
case_table = Table(
    "case_library_case",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("matter", String(60), nullable=False, index=True),
    Column("status", String(20), nullable=False),
    Column("content", JSON, nullable=False),  # the fields of `Case`
    Column("changed_at", Moment, nullable=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default=text("0")),  # of the last event; compared when writing
    Column("version", Integer, nullable=False, server_default=text("0")),  # published versions so far
    Column("draft", JSON),
    Column("draft_state", String(20), nullable=False, server_default=""),  # draft, in_review or empty
    Column("authors", JSON, nullable=False, server_default="[]"),  # staff ids that wrote the draft
    Column("valid_until", Date),
    Column("review_on", Date),
)

# What happened to a case. Rows are only ever added; two writers of one revision cannot both succeed.
case_event_table = Table(
    "case_library_case_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(120), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("version", Integer),  # of what was published
    Column("content", JSON),  # the case as it became, where the event changes it
    Column("staff_id", Integer),  # None: a command
    Column("who", String(60), nullable=False),
    Column("source", String(300), nullable=False),  # from what: a file, a cluster of misses, an older version
    Column("reason", String(500), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("case_id", "revision"),
)

# One row: counts the changes of what citizens see. Every worker follows it.
number_table = Table(
    "case_library_number",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

# Cases that cite an article whose text changed, or that holds no longer, when statutes were loaded.
article_change_table = Table(
    "case_library_article_change",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("article", String(200), primary_key=True),
    Column("change", String(20), nullable=False),  # changed, gone
    Column("at", Moment, nullable=False),
    Column("before", Text, nullable=False, server_default=""),  # its text when the case was last looked at
    Column("settled_by", String(60)),
    Column("settled_at", Moment),
)

# The text of every article a shown case cites, as it was when last compared; empty where it was not in force.
cited_article_table = Table(
    "case_library_cited_article",
    metadata,
    Column("id", String(200), primary_key=True),  # 民法典第一千零七十六条
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
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

# Questions that were not answered well. Texts are redacted before they are stored.
miss_table = Table(
    "case_library_miss",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # `misses.Kind`
    Column("text", Text, nullable=False),
    Column("reason", String(200), nullable=False),  # `misses.Reason`, or empty
    Column("matter", String(60), nullable=False),  # as understood
    Column("confidence", Float, nullable=False),
    Column("case_id", String(120), nullable=False),  # shown, or empty
    Column("before", Text, nullable=False),  # an agent's edit: what was suggested …
    Column("after", Text, nullable=False),  # … and what was sent
    Column("state", String(20), nullable=False, index=True),  # open, taken, dismissed
    Column("taken_by", String(120), nullable=False),  # the case made from it
    Column("source", String(64), nullable=False, server_default="", index=True),  # hash of the conversation, or empty
)

use_table = Table(
    "case_library_use",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("shown", Integer, nullable=False),
    Column("resolved", Integer, nullable=False),
    Column("unresolved", Integer, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)

# Questions whose right answer curators have settled.
gold_table = Table(
    "case_library_gold",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("text", String(1000), nullable=False, unique=True),
    Column("matter", String(60), nullable=False),  # empty: not said
    Column("case_ids", JSON, nullable=False),
    Column("bodies", JSON, nullable=False),
    Column("who", String(60), nullable=False),
    Column("at", Moment, nullable=False),
)

# A run over many questions: those of a file, or the proof of a change before it is published.
hit_test_table = Table(
    "case_library_hit_test",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),  # file, proof
    Column("name", String(200), nullable=False, index=True),  # of the file, or the id of the case
    Column("revision", Integer, nullable=False),  # of the case that is proved; 0 for a file
    Column("library", Integer, nullable=False),  # the library's number it was run on
    Column("who", String(60), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),  # running, done, failed
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("figures", JSON, nullable=False),
)

hit_test_row_table = Table(
    "case_library_hit_test_row",
    metadata,
    Column("hit_test_id", ForeignKey("case_library_hit_test.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("wanted", JSON, nullable=False),
    Column("before", JSON),
    Column("after", JSON, nullable=False),
    Column("right", Boolean),  # None: nobody said what is right
    Column("change", String(20), nullable=False, index=True),  # `hit_tests.Change`
)
