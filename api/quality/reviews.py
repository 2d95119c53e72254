"""The sample as it is looked at: a few plain questions, answers, and what they say by matter. Callers commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from api.errors import CHANGED_MEANWHILE, ApiError
from api.quality.tables import draw_table, sample_table
from routing.complaints import not_recused
from routing.tables import ticket_table

Answer = Literal["yes", "partly", "no", "none"]  # none: the question does not arise
Why = Literal["lot", "dissatisfied"]
Looked = Literal["open", "done"]

# What is asked of each ticket. Few, and answered by reading it.
QUESTIONS: dict[str, str] = {
    "understood": "听明白了：答的就是市民问的那件事",
    "right_body": "找对了地方：第一次就转给该办的单位",
    "reminded": "该提醒的提醒了：危险、期限、要带的材料",
    "plain": "说得明白：市民听得懂，法条没说错",
    "followed": "跟到了底：承诺的时间做到了，超期催过",
}


@dataclass(frozen=True, slots=True)
class Sampled:
    """A ticket of the sample. `answers` is empty until somebody looked."""

    ticket: str
    day: date
    why: Why
    matter: str
    first_responder: str
    answers: Mapping[str, Answer]
    note: str
    reviewer: str
    reviewed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How a question was answered about the tickets of one matter; where it did not arise it is not counted."""

    matter: str
    question: str
    yes: int
    partly: int
    no: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was closed, drawn, rated badly and looked at, of days from one to another."""

    closed: int
    drawn: int
    dissatisfied: int
    sampled: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: kept away from complaints about themselves, and from other districts than `areas` (empty: none is)."""

    username: str
    areas: tuple[str, ...] = ()


def search(
    connection: Connection,
    looked: Looked,
    *,
    why: Why | None,
    matter: str,
    offset: int,
    limit: int,
    reader: Reader | None = None,
) -> tuple[list[Sampled], int]:
    """A page of the sample: the unhappy first, then the oldest; of those looked at the newest first. And how many there
    are. Not those that `reader` is kept away from."""
    s = sample_table.c
    where: list[ColumnElement[bool]] = [s.reviewed_at.is_(None) if looked == "open" else s.reviewed_at.is_not(None)]
    where += _may_see(reader) if reader else ()
    if why:
        where.append(s.why == why)
    if matter:
        where.append(s.matter == matter)
    total = connection.execute(select(func.count()).select_from(sample_table).where(*where)).scalar_one()
    order = (s.why, s.day, s.ticket) if looked == "open" else (s.reviewed_at.desc(), s.ticket)
    rows = connection.execute(select(sample_table).where(*where).order_by(*order).offset(offset).limit(limit))
    return [_sampled(row) for row in rows], total


def find(connection: Connection, ticket: str, reader: Reader | None = None) -> Sampled:
    """One ticket of the sample; 404 when it was not drawn, or `reader` is kept away from it."""
    s = sample_table.c
    wanted = select(sample_table).where(s.ticket == ticket, *(_may_see(reader) if reader else ()))
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise ApiError(404, "没有抽到", "这件工单没有抽到质检里。")
    return _sampled(row)


def answer(
    connection: Connection, ticket: str, answers: dict[str, Answer], note: str, version: int, who: str, now: datetime
) -> None:
    """Keep what was found; 409 when somebody else has answered since it was read."""
    s = sample_table.c
    values = {"answers": answers, "note": note, "reviewer": who, "reviewed_at": now, "version": version + 1}
    changed = connection.execute(update(sample_table).where(s.ticket == ticket, s.version == version).values(**values))
    if changed.rowcount == 0:
        raise ApiError(409, "别人改过了", "别人刚刚看过这件工单，请刷新后再改。", type=CHANGED_MEANWHILE)


def tallies(connection: Connection, first: date, last: date) -> list[Tally]:
    """Answers about tickets drawn for days from `first` to `last`, by matter and question."""
    s = sample_table.c
    query = select(s.matter, s.answers).where(s.reviewed_at.is_not(None), s.day >= first, s.day <= last)
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in connection.execute(query):
        for question, given in row.answers.items():
            here = counts.setdefault((row.matter, question), {})
            here[given] = here.get(given, 0) + 1
    return [
        Tally(matter, question, here.get("yes", 0), here.get("partly", 0), here.get("no", 0))
        for (matter, question), here in sorted(counts.items())
    ]


def coverage(connection: Connection, first: date, last: date) -> Coverage:
    """How much of the work was looked at."""
    d, s = draw_table.c, sample_table.c
    sums = [func.coalesce(func.sum(column), 0) for column in (d.closed, d.drawn, d.dissatisfied)]
    closed, drawn, dissatisfied = connection.execute(select(*sums).where(d.day >= first, d.day <= last)).one()
    counted = select(func.count(), func.count(s.reviewed_at)).where(s.day >= first, s.day <= last)
    sampled, reviewed = connection.execute(counted).one()
    return Coverage(closed, drawn, dissatisfied, sampled, reviewed)


def _may_see(reader: Reader) -> list[ColumnElement[bool]]:
    s, t = sample_table.c, ticket_table.c
    where = [not_recused(reader.username, (), s.ticket)]
    if reader.areas:
        where.append(s.ticket.in_(select(t.number).where(t.area.in_((*reader.areas, "")))))
    return where


def _sampled(row: Row) -> Sampled:
    return Sampled(**row._mapping)  # noqa: SLF001
