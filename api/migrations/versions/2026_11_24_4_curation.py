"""Versions of cases, misses, use, gold questions, hit tests."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_4_curation"
down_revision = "2026_11_24_3_tickets"

TABLES = (
    "case_library_hit_test_row",
    "case_library_hit_test",
    "case_library_gold",
    "case_library_use",
    "case_library_miss",
    "case_library_article_change",
    "case_library_case_event",
    "case_library_number",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("title", sa.String(200), nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("draft", sa.JSON),
        sa.Column("draft_state", sa.String(20), nullable=False, server_default=""),
        sa.Column("authors", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("valid_until", sa.Date),
        sa.Column("review_on", sa.Date),
    ):
        op.add_column("case_library_case", column)
    op.create_table(
        "case_library_case_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("content", sa.JSON),
        sa.Column("staff_id", sa.Integer),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("case_id", "revision"),
    )
    op.create_table(
        "case_library_number",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "case_library_article_change",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("article", sa.String(200), primary_key=True),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("settled_by", sa.String(60)),
        sa.Column("settled_at", moment),
    )
    op.create_table(
        "case_library_miss",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", moment, nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("taken_by", sa.String(120), nullable=False),
    )
    op.create_table(
        "case_library_use",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("resolved", sa.Integer, nullable=False),
        sa.Column("unresolved", sa.Integer, nullable=False),
        sa.Column("edited", sa.Integer, nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )
    op.create_table(
        "case_library_gold",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("text", sa.String(1000), nullable=False, unique=True),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("case_ids", sa.JSON, nullable=False),
        sa.Column("bodies", sa.JSON, nullable=False),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "case_library_hit_test",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("library", sa.Integer, nullable=False),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("moved_at", moment, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
    )
    op.create_table(
        "case_library_hit_test_row",
        sa.Column("hit_test_id", sa.Integer, sa.ForeignKey("case_library_hit_test.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("wanted", sa.JSON, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("right", sa.Boolean),
        sa.Column("change", sa.String(20), nullable=False, index=True),
    )
    _adopt()


def _adopt() -> None:
    """Cases of before get a first event, so that their present text is a version that can be gone back to."""
    connection = op.get_bind()
    case = sa.table(
        "case_library_case",
        *(sa.column(name) for name in ("id", "status", "changed_at", "title", "revision", "version", "authors")),
        sa.column("content", sa.JSON),
    )
    event = sa.table(
        "case_library_case_event",
        *(
            sa.column(name)
            for name in ("case_id", "revision", "kind", "version", "staff_id", "who", "source", "reason", "at")
        ),
        sa.column("content", sa.JSON),
    )
    number = sa.table("case_library_number", sa.column("id"), sa.column("number"))
    rows = connection.execute(sa.select(case.c.id, case.c.content, case.c.changed_at)).all()
    for id_, content, changed_at in rows:
        connection.execute(
            case.update().where(case.c.id == id_).values(title=content["title"][:200], revision=1, version=1)
        )
        connection.execute(
            event.insert().values(
                case_id=id_,
                revision=1,
                kind="loaded",
                version=1,
                content=content,
                who="系统",
                source="",
                reason="",
                at=changed_at,
            )
        )
    connection.execute(number.insert().values(id=1, number=1))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for column in ("title", "revision", "version", "draft", "draft_state", "authors", "valid_until", "review_on"):
        op.drop_column("case_library_case", column)
