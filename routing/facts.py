"""Facts of the directory that curators found out: storing them, and putting them over the entries of the files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, func, insert, or_, select

from routing.areas import Areas
from routing.datafile import Problems, Row
from routing.directory import Body, Directory, Fact
from routing.directory_files import BODY_COLUMNS, MORE_BODY_COLUMNS, read_body
from routing.edit_tables import fact_table
from routing.errors import BadDataFileError, Problem
from routing.tables import ticket_status_table, ticket_table

NAMES = tuple(
    name
    for name in (*BODY_COLUMNS, *MORE_BODY_COLUMNS)
    if name not in ("id", "source", "checked_on", "editor")  # these are of the fact, not facts themselves
)
NEEDED = ("type", "name", "area")  # of a new entry
LONGEST_VALUE, LONGEST_SOURCE, LONGEST_ID = 500, 300, 120  # characters, as the table holds them
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # no database takes all of them


@dataclass(frozen=True, slots=True)
class Found:
    """A fact as somebody found it out. `value` is written as in bodies.csv; None when it is unknown or not there."""

    body_id: str
    name: str
    value: str | None
    source: str
    checked_on: date
    state: Literal["confirmed", "unconfirmed"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact with who wrote it down, and when."""

    id: int
    found: Found
    editor: str
    at: datetime


def add_facts(connection: Connection, found: Iterable[Found], staff_id: int | None, editor: str, now: datetime) -> None:
    """Write facts down; those before them stay as history."""
    rows = [
        {
            "body_id": fact.body_id,
            "name": fact.name,
            "value": fact.value,
            "source": fact.source,
            "checked_on": fact.checked_on,
            "state": fact.state,
            "note": fact.note,
            "staff_id": staff_id,
            "editor": editor,
            "at": now,
        }
        for fact in found
    ]
    if rows:
        connection.execute(insert(fact_table), rows)


def last_fact(connection: Connection) -> int:
    """Number of the latest fact, 0 when there is none: it grows with every change."""
    return connection.execute(select(func.max(fact_table.c.id))).scalar() or 0


def history(connection: Connection, body_id: str) -> list[StoredFact]:
    """Every fact that was ever written down about a body, latest first."""
    rows = connection.execute(
        select(fact_table).where(fact_table.c.body_id == body_id).order_by(fact_table.c.id.desc())
    )
    return [_stored(row) for row in rows]


def current_facts(connection: Connection) -> dict[str, dict[str, StoredFact]]:
    """The facts that hold, by body and name."""
    latest = select(func.max(fact_table.c.id)).group_by(fact_table.c.body_id, fact_table.c.name)
    rows = connection.execute(select(fact_table).where(fact_table.c.id.in_(latest)).order_by(fact_table.c.id))
    facts: dict[str, dict[str, StoredFact]] = {}
    for row in rows:
        facts.setdefault(row.body_id, {})[row.name] = _stored(row)
    return facts


def _stored(row: object) -> StoredFact:
    found = Found(row.body_id, row.name, row.value, row.source, row.checked_on, row.state, row.note)
    return StoredFact(row.id, found, row.editor, row.at)


def as_row(body: Body) -> dict[str, str]:
    """An entry as a row of bodies.csv."""
    row = {name: getattr(body, name) for name in (*BODY_COLUMNS, *MORE_BODY_COLUMNS)}
    row |= {"matters": " ".join(body.matters), "groups": " ".join(body.groups)}
    return {name: "" if value is None else str(value) for name, value in row.items()}


def with_facts(body: Body | None, facts: Mapping[str, StoredFact], directory: Directory, areas: Areas) -> Body:
    """The entry with these facts over it, or a new one made of them. `BadDataFileError` says what is wrong."""
    row = as_row(body) if body else dict.fromkeys((*BODY_COLUMNS, *MORE_BODY_COLUMNS), "")
    stored = list(facts.values())
    newest = max(stored, key=lambda fact: fact.id)
    whole = facts.get("state") or (None if body else facts.get("name") or newest)
    if whole:  # about the entry itself: that it exists, or no longer does
        row |= {"source": whole.found.source, "checked_on": whole.found.checked_on.isoformat()}
    row |= {fact.found.name: fact.found.value or "" for fact in stored}
    row |= {"id": newest.found.body_id, "editor": newest.editor, "state": row["state"] or "unconfirmed"}
    problems = Problems()
    streets = {street.code: street for street in areas.streets}
    line = Row(row, newest.found.body_id, 1, problems)
    read = read_body(line, directory.types, [area.name for area in areas.areas], streets)
    line.done()
    problems.check()
    own = tuple(
        Fact(f.found.name, f.found.source, f.found.checked_on, f.found.state, f.editor, f.found.note) for f in stored
    )
    return replace(read, changed_at=newest.at, facts=own)


def over(
    directory: Directory, facts: Mapping[str, Mapping[str, StoredFact]], areas: Areas
) -> tuple[Directory, tuple[Problem, ...]]:
    """The directory with all facts over it. Facts that no longer fit (their kind of body is gone) are left out and told."""
    problems: list[Problem] = []
    changed: dict[str, Body] = {}
    for body_id, of_body in facts.items():
        try:
            changed[body_id] = with_facts(directory.by_id(body_id), of_body, directory, areas)
        except BadDataFileError as error:
            problems += error.problems
    known = {body.id for body in directory.bodies}
    bodies = [changed.get(body.id, body) for body in directory.bodies]
    bodies += [body for body_id, body in changed.items() if body_id not in known]
    return replace(directory, bodies=tuple(bodies)), tuple(problems)


def differences(row: Mapping[str, str], body: Body | None) -> tuple[str, ...]:
    """Names of facts in which a row of bodies.csv differs from the entry."""
    before = as_row(body) if body else {}
    return tuple(name for name in NAMES if row.get(name, "") != before.get(name, ""))


def check_found(
    found: Sequence[Found], body: Body | None, directory: Directory, areas: Areas, today: date
) -> Collection[Problem]:
    """What is wrong with facts before they are written down; nothing when they can be."""
    problems = [Problem(fact.name, 1, "checked in the future") for fact in found if fact.checked_on > today]
    problems += [Problem(fact.name, 1, "is no fact of an entry") for fact in found if fact.name not in NAMES]
    problems += [
        Problem(fact.name, 1, "is too long")
        for fact in found
        if len(fact.value or "") > LONGEST_VALUE
        or len(fact.note) > LONGEST_VALUE
        or len(fact.source) > LONGEST_SOURCE
        or len(fact.body_id) > LONGEST_ID
    ]
    problems += [Problem(fact.name, 1, "has unreadable characters") for fact in found if not _readable(fact)]
    given = {fact.name for fact in found if fact.value}
    if body is None:
        problems += [Problem(name, 1, "is needed for a new entry") for name in NEEDED if name not in given]
    if problems or not found:
        return problems
    moment = datetime.combine(today, datetime.min.time()).astimezone()
    stored = {fact.name: StoredFact(index, fact, "", moment) for index, fact in enumerate(found)}
    try:
        with_facts(body, stored, directory, areas)
    except BadDataFileError as error:
        return error.problems
    return []


def _readable(fact: Found) -> bool:
    return not any(_UNREADABLE.search(text) for text in (fact.body_id, fact.value or "", fact.source, fact.note))


def tickets_waiting_at(connection: Connection, body_id: str) -> int:
    """How many tickets a body has to act on, or will have: a body that is closed leaves them to be sent elsewhere."""
    status, ticket = ticket_status_table.c, ticket_table.c
    query = (
        select(func.count())
        .select_from(ticket_status_table.join(ticket_table, ticket.number == status.ticket))
        .where(status.waits_for.is_not(None), or_(status.body_id == body_id, ticket.body_id == body_id))
    )
    return connection.execute(query).scalar_one()
