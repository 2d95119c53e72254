"""All queries of the case library. Callers commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from case_library.case import Case, StatuteRef, TimeLimit
from case_library.tables import case_table, extra_article_table

SHOWN = ("sample", "published")


def _case(content: dict) -> Case:
    fields = dict(content)
    fields["time_limits"] = tuple(TimeLimit(**limit) for limit in fields["time_limits"])
    fields["statutes"] = tuple(StatuteRef(**ref) for ref in fields["statutes"])
    for name in ("questions", "steps", "bring", "other_sources", "handled_by"):
        fields[name] = tuple(fields[name])
    return Case(**fields)


def shown_cases(connection: Connection) -> list[Case]:
    """Cases that citizens may see, in order of id."""
    rows = connection.execute(
        select(case_table.c.content).where(case_table.c.status.in_(SHOWN)).order_by(case_table.c.id)
    )
    return [_case(content) for (content,) in rows]


def all_cases(connection: Connection) -> dict[str, Case]:
    """Every case by id."""
    return {content["id"]: _case(content) for (content,) in connection.execute(select(case_table.c.content))}


def save_cases(connection: Connection, cases: Iterable[Case]) -> None:
    """Insert cases or replace those with the same id."""
    for case in cases:
        row = {
            "id": case.id,
            "matter": case.matter,
            "status": case.status,
            "content": asdict(case),
            "changed_at": datetime.now(UTC),
        }
        upsert(connection, case_table, row)


def save_articles(connection: Connection, articles: dict[str, str], source: str) -> None:
    """Insert or replace articles beyond the wheel, `{id: text}`."""
    for id_, text in articles.items():
        row = {"id": id_, "text": text, "source": source, "changed_at": datetime.now(UTC)}
        upsert(connection, extra_article_table, row)


def extra_articles(connection: Connection) -> dict[str, str]:
    """Articles beyond the wheel, `{id: text}`."""
    return dict(connection.execute(select(extra_article_table.c.id, extra_article_table.c.text)).all())


def upsert(connection: Connection, table: Table, row: dict) -> None:
    """Insert a row or replace the one with the same primary key (SQLite and PostgreSQL)."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    keys = [column.name for column in table.primary_key]
    statement = insert(table).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_={k: v for k, v in row.items() if k not in keys})
    )
