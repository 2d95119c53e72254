"""Which closed tickets are looked at: by lot, and everyone's who was not content. Callers commit.

The lot needs no luck: of a day's closed tickets those come first whose number and day have the smallest SHA-256, so anybody
can work the sample out again, and nobody can choose.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, func, insert, select, update

from api.quality.tables import draw_table, sample_table
from routing.hours import SHANGHAI
from routing.promises import day_of
from routing.tables import ticket_event_table, ticket_status_table
from routing.ticket_events import DISSATISFIED

FARTHEST_BACK = timedelta(days=31)  # of the first draw, where tickets are older than the sampling
_CLOSING = ("confirmed", "closed")


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn of one day."""

    day: date
    closed: int
    drawn: int
    dissatisfied: int
    percent: int


def lot(numbers: Iterable[str], day: date, percent: int) -> list[str]:
    """`percent` of the numbers, rounded up, the same whenever it is asked."""
    ordered = sorted(set(numbers), key=lambda number: hashlib.sha256(f"{day.isoformat()} {number}".encode()).digest())
    return ordered[: math.ceil(len(ordered) * percent / 100)]


def next_day(connection: Connection, now: datetime) -> date | None:
    """The day to draw next: the one after the last draw; None while it is not over."""
    last = connection.execute(select(func.max(draw_table.c.day))).scalar_one()
    if last is None:
        first = connection.execute(select(func.min(ticket_event_table.c.at))).scalar_one()
        if first is None:
            return None
        day = max(day_of(first), day_of(now) - FARTHEST_BACK)
    else:
        day = last + timedelta(days=1)
    return day if day < day_of(now) else None


def draw(connection: Connection, day: date, percent: int, now: datetime) -> Draw:
    """Draw from what was closed on a day and add what was rated badly on it; a ticket is looked at once."""
    begin = datetime.combine(day, time(), SHANGHAI)
    e = ticket_event_table.c
    within = (e.at >= begin, e.at < begin + timedelta(days=1))
    closed = set(connection.execute(select(e.ticket).where(*within, e.kind.in_(_CLOSING))).scalars())
    rated = connection.execute(select(e.ticket, e.details).where(*within, e.kind == "rated"))
    dissatisfied = {row.ticket for row in rated if 0 < row.details.get("level", 0) <= DISSATISFIED}
    drawn = lot(closed, day, percent)
    _add(connection, dict.fromkeys(drawn, "lot") | dict.fromkeys(sorted(dissatisfied), "dissatisfied"), day)
    made = Draw(day, len(closed), len(drawn), len(dissatisfied), percent)
    connection.execute(
        insert(draw_table).values(
            day=day,
            closed=made.closed,
            drawn=made.drawn,
            dissatisfied=made.dissatisfied,
            percent=percent,
            at=now,
        )
    )
    return made


def _add(connection: Connection, chosen: dict[str, str], day: date) -> None:
    s = sample_table.c
    known = set(connection.execute(select(s.ticket).where(s.ticket.in_(chosen))).scalars())
    unhappy = [number for number in known if chosen[number] == "dissatisfied"]
    connection.execute(update(sample_table).where(s.ticket.in_(unhappy)).values(why="dissatisfied"))
    t = ticket_status_table.c
    rows = connection.execute(select(t.ticket, t.matter, t.first_responder).where(t.ticket.in_(set(chosen) - known)))
    new = [
        {
            "ticket": row.ticket,
            "day": day,
            "why": chosen[row.ticket],
            "matter": row.matter,
            "first_responder": row.first_responder,
            "answers": {},
            "note": "",
            "reviewer": "",
        }
        for row in rows
    ]
    if new:
        connection.execute(insert(sample_table), new)
