"""How often cases are shown, and what came of it, by day. Callers commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, func, select

from case_library.store import add_up
from case_library.tables import use_table

Event = Literal["shown", "resolved", "unresolved", "edited"]
LEAST_VERDICTS = 5  # of citizens on a matter's cases, before anything is said of them
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


def weak(used: Mapping[str, Use], matters: Mapping[str, str]) -> list[tuple[str, Use]]:
    """Matters whose cases did not help: more citizens said 没解决 than 解决了, of at least `LEAST_VERDICTS`; the most first.

    `matters` is the matter of each case in use.
    """
    by_matter: dict[str, Use] = {}
    for case_id, use in used.items():
        if matter := matters.get(case_id):
            known = by_matter.get(matter)
            by_matter[matter] = _sum(known, use) if known else use
    found = [
        (matter, use)
        for matter, use in by_matter.items()
        if use.unresolved > use.resolved and use.unresolved + use.resolved >= LEAST_VERDICTS
    ]
    return sorted(found, key=lambda one: (one[1].resolved - one[1].unresolved, one[0]))


def _sum(one: Use, other: Use) -> Use:
    counts = {name: getattr(one, name) + getattr(other, name) for name in _EVENTS}
    return Use(**counts, last_at=max(one.last_at, other.last_at))
