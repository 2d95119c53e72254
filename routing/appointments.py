"""When somebody can come to a place or be called back: slots within its hours, a pure function of them and the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from routing.calendar import is_announced
from routing.hours import SHANGHAI, Schedule

BookingKind = Literal["visit", "callback"]
AHEAD_DAYS = 14  # nobody plans a visit further ahead, and hours change
LEAD = timedelta(hours=1)  # nobody can be somewhere at once, and the desk must see it
WINDOW_MINUTES = 120  # a callback comes within so long, where nothing else was set
# Nobody is called outside these hours, however long the lines are open.
CALLS_FROM, CALLS_UNTIL = time(8), time(21)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many a body takes at once, and for how long one takes."""

    kind: BookingKind
    body_id: str
    places: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time that can be booked."""

    starts: datetime
    ends: datetime

    def overlaps(self, starts: datetime, ends: datetime) -> bool:
        """Whether the two have a moment in common."""
        return self.starts < ends and starts < self.ends


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A slot with places left; `left` is None where places are not counted."""

    slot: Slot
    left: int | None


def slots(schedule: Schedule, kind: BookingKind, minutes: int, now: datetime) -> Iterator[Slot]:
    """Slots of the next `AHEAD_DAYS` days, from `LEAD` on, soonest first.

    Of days whose holidays are not announced yet there are none: nobody knows whether the place is open. A visit needs a
    whole slot; the last window of a callback may be shorter.
    """
    for opens, closes in _spans(schedule, kind, now):
        yield from (slot for slot in _cut(opens, closes, kind, minutes) if slot.starts >= now + LEAD)


def free(offered: Iterable[Slot], places: int | None, taken: Iterable[tuple[datetime, datetime]]) -> list[FreeSlot]:
    """Those with a place left. `taken` are the spans of what is booked there; places None: as many as come."""
    spans = list(taken)
    found = []
    for slot in offered:
        left = None if places is None else places - sum(slot.overlaps(starts, ends) for starts, ends in spans)
        if left is None or left > 0:
            found.append(FreeSlot(slot, left))
    return found


def _spans(schedule: Schedule, kind: BookingKind, now: datetime) -> list[tuple[datetime, datetime]]:
    """Spans in which the place is open, in order; two that overlap (the hours of a Saturday and of working days, on a
    Saturday that is worked) are one."""
    today = now.astimezone(SHANGHAI).date()
    found: list[tuple[datetime, datetime]] = []
    for ahead in range(AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        for opens, closes in schedule.spans(day) if is_announced(day) else ():
            if kind == "callback":
                opens = max(opens, datetime.combine(day, CALLS_FROM, SHANGHAI))
                closes = min(closes, datetime.combine(day, CALLS_UNTIL, SHANGHAI))
            if found and opens < found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], closes))
            else:
                found.append((opens, closes))
    return found


def _cut(opens: datetime, closes: datetime, kind: BookingKind, minutes: int) -> Iterator[Slot]:
    step = timedelta(minutes=minutes)
    while opens < closes:
        ends = min(opens + step, closes)
        if kind == "callback" or ends == opens + step:
            yield Slot(opens, ends)
        opens += step
