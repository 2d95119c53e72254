"""What one ticket adds to the figures: derived from its events, kept beside its status so that counting reads no threads.

Callers commit. What each column counts towards is said in `routing.figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from routing.promises import Clock, ClockName, day_of
from routing.tables import ticket_table, ticket_tally_table
from routing.ticket_events import TicketEvent
from routing.ticket_state import Progress

REPEAT_DAYS = (7, 30)
SATISFIED = 3  # 基本满意 and above, as 好差评 counts it (GB/T 39735-2020)
PROMISED: tuple[ClockName, ...] = ("first_response", "acceptance", "answer", "callback", "callback_window")
_BODY_SAID = frozenset({"accepted", "answered", "returned", "referred_onward", "decided"})
_BODY_CHANGED = frozenset({"returned", "referred_onward", "decided"})


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one ticket, 0 or 1 but for `kept` and `broken`, which count promises that are over.

    `again_7`, `again_30` and `unsettled` are of tickets that are no repeat themselves. The five days are the last ones of
    promises that still run; from the day after, such a promise is broken.
    """

    counted: int = 1
    again_7: int = 0
    again_30: int = 0
    unsettled: int = 0
    closed: int = 0
    sent: int = 0
    returned: int = 0
    body_said: int = 0
    body_changed: int = 0
    kept: int = 0
    broken: int = 0
    confirmed: int = 0
    rated: int = 0
    satisfied: int = 0
    dissatisfied: int = 0
    called_back: int = 0
    first_response_by: date | None = None
    acceptance_by: date | None = None
    answer_by: date | None = None
    callback_by: date | None = None
    callback_window_by: date | None = None


def tally(
    progress: Progress, events: Sequence[TicketEvent], clocks: Sequence[Clock], opened_at: datetime, *, repeat: bool
) -> Tally:
    """What a ticket with this thread adds; pure."""
    if progress.state in ("withdrawn", "merged"):
        return Tally(counted=0)
    kinds = {e.kind for e in events}
    gaps = () if repeat else tuple(e.at - opened_at for e in events if e.kind == "contacted_again")
    again_7, again_30 = (any(gap <= timedelta(days=days) for gap in gaps) for days in REPEAT_DAYS)
    closed = progress.state == "closed"
    closing = next((e.kind for e in reversed(events) if e.kind in ("confirmed", "closed")), "")
    dissatisfied = any(e.kind == "callback_due" and e.details.reason == "dissatisfied" for e in events)
    promised = [clock for clock in clocks if clock.promise.clock in PROMISED]
    over = [clock.is_kept() for clock in promised if clock.stopped_at is not None]
    by = {f"{clock.promise.clock}_by": clock.due_on for clock in promised if clock.stopped_at is None}
    return Tally(
        again_7=int(again_7),
        again_30=int(again_30),
        unsettled=int(not repeat and (again_30 or not kinds.isdisjoint({"not_solved", "reopened"}))),
        closed=int(closed),
        kept=over.count(True),
        broken=over.count(False),
        confirmed=int(closed and closing == "confirmed"),
        rated=int(closed and progress.rating > 0),
        satisfied=int(closed and progress.rating >= SATISFIED),
        dissatisfied=int(dissatisfied),
        called_back=int(dissatisfied and not progress.callback_due),
        **_of_bodies(events),
        **by,
    )


def _of_bodies(events: Sequence[TicketEvent]) -> dict[str, int]:
    sent = next((place for place, e in enumerate(events) if e.kind == "sent"), None)
    if sent is None:
        return {}
    after = {e.kind for e in events[sent + 1 :]}
    said = not after.isdisjoint(_BODY_SAID)
    changed = said and not after.isdisjoint(_BODY_CHANGED)
    return {"sent": 1, "returned": int("returned" in after), "body_said": int(said), "body_changed": int(changed)}


def head(opened_at: datetime, matter: str, area: str, body_id: str, *, repeat: bool) -> dict[str, Any]:
    """By what a ticket is grouped and narrowed; days are the city's."""
    opened_on = day_of(opened_at)
    return {
        "matter": matter,
        "area": area,
        "body_id": body_id,
        "opened_on": opened_on,
        "week": opened_on - timedelta(days=opened_on.weekday()),
        "month": opened_on.replace(day=1),
        "first": int(not repeat),
    }


def write(
    connection: Connection, number: str, progress: Progress, events: Sequence[TicketEvent], clocks: Sequence[Clock]
) -> bool:
    """Keep the ticket's tally as its thread says now; False when it was kept so already."""
    c = ticket_table.c  # without the story, which is wide
    wanted = select(c.matter, c.area, c.body_id, c.opened_at, c.repeat_of).where(c.number == number)
    ticket = connection.execute(wanted).one()
    repeat = ticket.repeat_of is not None
    values = head(ticket.opened_at, ticket.matter, ticket.area, progress.body or ticket.body_id, repeat=repeat)
    values |= asdict(tally(progress, events, clocks, ticket.opened_at, repeat=repeat))
    t = ticket_tally_table
    kept = connection.execute(select(t).where(t.c.ticket == number)).one_or_none()
    if kept is None:
        connection.execute(insert(t).values(ticket=number, **values))
        return True
    if all(getattr(kept, name) == value for name, value in values.items()):
        return False
    connection.execute(update(t).where(t.c.ticket == number).values(**values))
    return True
