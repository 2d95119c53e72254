"""Queries for what citizens see, and for articles beyond the wheel. Callers commit.

The life of a case is in `case_library.versions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from case_library.case import Case
from case_library.tables import case_table, extra_article_table, number_table

SHOWN = ("sample", "published")
_CASE = TypeAdapter(Case)


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What tells one state of the library from another.

    `number` counts the changes made by this program; `shown` and `changed_at` are of the rows, and show a change made past it.
    """

    number: int
    shown: int
    changed_at: datetime | None
    day: date


def to_json(case: Case) -> dict:
    """For storing."""
    return _CASE.dump_python(case, mode="json")


def from_json(content: dict) -> Case:
    """As stored by `to_json`; fields that came later have their defaults."""
    return _CASE.validate_python(content)


def shown_cases(connection: Connection, today: date) -> list[Case]:
    """Cases that citizens may see, in order of id."""
    rows = connection.execute(select(case_table.c.content).where(*_shown(today)).order_by(case_table.c.id))
    return [from_json(content) for (content,) in rows]


def library_state(connection: Connection, today: date) -> LibraryState:
    """The library's present state; cheap enough to ask for twice a second."""
    number = connection.execute(select(number_table.c.number)).scalar()
    query = select(func.count(), func.max(case_table.c.changed_at)).where(*_shown(today))
    shown, changed_at = connection.execute(query).one()
    return LibraryState(number or 0, shown, changed_at, today)


def library_number(connection: Connection) -> int:
    """How often what citizens see was changed."""
    return connection.execute(select(number_table.c.number)).scalar() or 0


def count_change(connection: Connection) -> None:
    """Tell every worker that what citizens see has changed."""
    changed = connection.execute(update(number_table).values(number=number_table.c.number + 1))
    if not changed.rowcount:
        connection.execute(number_table.insert().values(id=1, number=1))


def all_cases(connection: Connection) -> dict[str, Case]:
    """Every case by id: as citizens see it, or its draft where it was never published."""
    rows = connection.execute(select(case_table.c.id, case_table.c.content).order_by(case_table.c.id))
    return {id_: from_json(content) for id_, content in rows}


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


def add_up(connection: Connection, table: Table, key: dict, counts: dict[str, int], rest: dict) -> None:
    """Insert a row of counts, or add them to the row with the same primary key; `rest` replaces what was there."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(table).values(**key, **counts, **rest)
    added = {name: table.c[name] + count for name, count in counts.items()}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_={**added, **rest}))


def _shown(today: date) -> tuple:
    return (
        case_table.c.status.in_(SHOWN),
        or_(case_table.c.valid_until.is_(None), case_table.c.valid_until >= today),
    )
