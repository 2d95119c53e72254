"""How often cases are shown, and what came of it, by day. Callers commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, func, select

from case_library.store import add_up
from case_library.tables import use_table

Event = Literal["shown", "resolved", "unresolved", "edited"]
_EVENTS: tuple[Event, ...] = ("shown", "resolved", "unresolved", "edited")


@dataclass(frozen=True, slots=True)
class Use:
    """Counts of a case over some days. `edited`: an agent changed the answer before sending it."""

    shown: int
    resolved: int
    unresolved: int
    edited: int
    last_at: datetime


def count(connection: Connection, case_ids: Iterable[str], event: Event, now: datetime, day: date) -> None:
    """Count an event once for each case; `day` is the city's."""
    for case_id in case_ids:
        counts = {name: int(name == event) for name in _EVENTS}
        add_up(connection, use_table, {"case_id": case_id, "day": day}, counts, {"last_at": now})


def totals(connection: Connection, since: date) -> dict[str, Use]:
    """Counts by case from a day on; a case that was not used is not in it."""
    query = (
        select(
            use_table.c.case_id,
            *(func.sum(use_table.c[name]) for name in _EVENTS),
            func.max(use_table.c.last_at),
        )
        .where(use_table.c.day >= since)
        .group_by(use_table.c.case_id)
    )
    return {row[0]: Use(*map(int, row[1:5]), row[5]) for row in connection.execute(query)}
