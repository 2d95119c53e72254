"""What is promised to the citizen (服务承诺): clocks of working days, a pure function of events and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from routing.calendar import is_working_day, next_working_day
from routing.datafile import Problems, Row, read_yaml
from routing.inquiry import Need
from routing.ticket_events import EventKind, TicketEvent
from routing.ticket_state import Progress, Spell, State, follow

SHANGHAI = ZoneInfo("Asia/Shanghai")
ClockName = Literal[
    "first_response", "redirect", "decision", "acceptance", "answer", "confirmation", "callback", "callback_window"
]
CLOCK_NAMES = get_args(ClockName)
TICKET_NEEDS = (*get_args(Need), "service_complaint")  # of complaints: `routing.complaints`
DUE_SOON_DAYS = 1  # working days left, or fewer, at which a reminder goes out

_SENT: frozenset[EventKind] = frozenset({"sent", "referred_onward", "decided"})


@dataclass(frozen=True, slots=True)
class ClockRule:
    """When a clock runs. It stands still in `pauses_in`; entering a running state by a kind of `restarts_on` begins anew.

    Of a clock that was stopped and is entered again without one of these, the time goes on where it stopped.
    """

    runs_in: frozenset[State]
    restarts_on: frozenset[EventKind]
    pauses_in: frozenset[State] = frozenset()


# Clocks over the states of a ticket. The body's time begins when it was sent, not when it accepts. The only reason to
# pause is that the body asked the citizen for something; whatever the citizen writes otherwise changes no clock.
CLOCKS: dict[ClockName, ClockRule] = {
    "first_response": ClockRule(frozenset({"opened"}), frozenset({"opened"})),
    "redirect": ClockRule(frozenset({"returned"}), frozenset({"returned", "recused"})),
    "decision": ClockRule(frozenset({"disputed"}), frozenset({"returned"})),
    "acceptance": ClockRule(frozenset({"sent"}), _SENT),
    "answer": ClockRule(
        frozenset({"sent", "accepted", "reopened"}), _SENT | {"not_solved", "reopened"}, frozenset({"asked"})
    ),
    "confirmation": ClockRule(frozenset({"answered"}), frozenset({"answered"})),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One row: which clock, for which needs and urgency (empty and None: any), how many working days, and its source."""

    id: str
    clock: ClockName
    name: str
    working_days: int
    text: str
    source: str
    extension_days: int = 0
    needs: tuple[str, ...] = ()
    urgent: bool | None = None

    def holds(self, need: str, *, urgent: bool) -> bool:
        """Whether this row is about such a ticket."""
        return (not self.needs or need in self.needs) and self.urgent in (None, urgent)


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise running on one ticket. Days are those of the city.

    `due_on` is the last day on which it is kept, None while it stands still. `stopped_at` is None while it runs or stands.
    """

    promise: Promise
    started_at: datetime
    due_on: date | None
    stopped_at: datetime | None = None
    paused: bool = False
    used: tuple[tuple[datetime, datetime | None], ...] = ()
    extended: bool = False

    def used_days(self, now: datetime) -> int:
        """Working days used up to `now`; never fewer than 0, never more after it stopped."""
        until = min(now, self.stopped_at) if self.stopped_at else now
        return sum(1 for _ in _counted(self.used, day_of(self.started_at), day_of(until)))

    def left_days(self, now: datetime) -> int | None:
        """Working days left, the last one included as 0; negative when overdue; None while it stands still."""
        if self.due_on is None:
            return None
        today = day_of(min(now, self.stopped_at) if self.stopped_at else now)
        first, last = sorted((today, self.due_on))
        days = sum(1 for day in _days(first, last) if is_working_day(day))
        return days if today <= self.due_on else -max(days, 1)

    def is_kept(self) -> bool | None:
        """Whether it was kept; None while it is not over."""
        if self.stopped_at is None:
            return None
        return self.due_on is None or day_of(self.stopped_at) <= self.due_on

    def is_overdue(self, now: datetime) -> bool:
        """Whether its last day has passed and it still runs."""
        return self.stopped_at is None and self.due_on is not None and day_of(now) > self.due_on

    def is_due_soon(self, now: datetime) -> bool:
        """Whether it runs and ends within `DUE_SOON_DAYS`."""
        left = self.left_days(now)
        return self.stopped_at is None and left is not None and 0 <= left <= DUE_SOON_DAYS


@dataclass(frozen=True)
class Promises:
    """All rows of the table, in their order."""

    rows: tuple[Promise, ...]

    def find(self, clock: ClockName, need: str, *, urgent: bool) -> Promise:
        """The row that holds."""
        return next(row for row in self.rows if row.clock == clock and row.holds(need, urgent=urgent))

    def clocks(self, events: Sequence[TicketEvent]) -> tuple[Clock, ...]:
        """Every clock that ever ran on a ticket with these events, oldest first."""
        return self.clocks_of(follow(events), events)

    def clocks_of(self, progress: Progress, events: Sequence[TicketEvent]) -> tuple[Clock, ...]:
        """The same when the progress is known already."""
        found = [clock for name, rule in CLOCKS.items() for clock in self._over_states(name, rule, progress, events)]
        found += [*self._callbacks(progress, events), *self._windows(progress, events)]
        return tuple(sorted(found, key=lambda clock: clock.started_at))

    def _over_states(
        self, name: ClockName, rule: ClockRule, progress: Progress, events: Sequence[TicketEvent]
    ) -> list[Clock]:
        promise = self.find(name, progress.need, urgent=progress.urgent)
        runs: list[list[Spell]] = []  # of spells in which one clock runs or stands still
        for spell in progress.spells:
            if spell.state not in rule.runs_in | rule.pauses_in:
                continue
            if spell.began_by in rule.restarts_on or not runs:
                runs.append([])
            runs[-1].append(spell)
        return [self._clock(promise, rule, run, events) for run in runs]

    def _clock(self, promise: Promise, rule: ClockRule, run: list[Spell], events: Sequence[TicketEvent]) -> Clock:
        started, ended = run[0].since, run[-1].until
        used = tuple((spell.since, spell.until) for spell in run if spell.state in rule.runs_in)
        days = promise.working_days
        extended = [e for e in events if e.kind == "extended" and started <= e.at <= (ended or e.at)]
        if extended and promise.extension_days:
            days += min(extended[-1].details.days, promise.extension_days)
        return Clock(
            promise=promise,
            started_at=started,
            due_on=_due(used, day_of(started), days, stopped_while_running=run[-1].state in rule.runs_in),
            stopped_at=ended,
            paused=ended is None and run[-1].state in rule.pauses_in,
            used=used,
            extended=bool(extended and promise.extension_days),
        )

    def _callbacks(self, progress: Progress, events: Sequence[TicketEvent]) -> list[Clock]:
        """A callback runs from the moment it is due until somebody called, whatever the state: also after closing."""
        promise = self.find("callback", progress.need, urgent=progress.urgent)
        clocks, since = [], None
        for event in events:
            if event.kind == "callback_due":
                since = event.at
            elif event.kind == "called_back" and since is not None:
                clocks.append((since, event.at))
                since = None
        if since is not None:
            clocks.append((since, None))
        days = promise.working_days
        return [
            Clock(promise, start, _due(((start, stop),), day_of(start), days), stop, used=((start, stop),))
            for start, stop in clocks
        ]

    def _windows(self, progress: Progress, events: Sequence[TicketEvent]) -> list[Clock]:
        """A callback at an agreed time is due on its day, until somebody called. Moved or cancelled by then, it was neither kept
        nor broken: it is no promise any more."""
        promise = self.find("callback_window", progress.need, urgent=progress.urgent)
        clocks: list[Clock] = []
        for event in events:
            is_window = event.details.booking == "callback"
            if clocks and clocks[-1].stopped_at is None and (event.kind == "called_back" or is_window):
                stopped = replace(clocks.pop(), stopped_at=event.at)
                if event.kind == "called_back" or not stopped.is_kept():
                    clocks.append(stopped)
            if is_window and event.kind != "booking_cancelled":
                clocks.append(Clock(promise, event.at, day_of(datetime.fromisoformat(event.details.ends))))
        return clocks


def day_of(moment: datetime) -> date:
    """The day in the city."""
    return moment.astimezone(SHANGHAI).date()


def read_promises(path: Path, problems: Problems) -> Promises:
    """The rows of promises.yml; refused are an unknown clock or need, and a clock without a row that always holds."""
    top = read_yaml(path, problems)
    rows = [_promise(row) for row in top.rows("promises")]
    top.done()
    for clock in CLOCK_NAMES:
        if not any(row.clock == clock and not row.needs and row.urgent is None for row in rows):
            problems.add(path.name, 1, f"clock '{clock}' has no promise for any need and urgency")
    return Promises(tuple(rows))


def _promise(row: Row) -> Promise:
    promise = Promise(
        id=row.text("id"),
        clock=row.choice("clock", CLOCK_NAMES),
        name=row.text("name"),
        working_days=row.number("working_days") or 0,
        text=row.text("text"),
        source=row.text("source"),
        extension_days=row.number("extension_days", 0) or 0,
        needs=row.codes("needs", TICKET_NEEDS, "need", ()),
        urgent=row.flag("urgent") if row.raw("urgent") is not None else None,
    )
    row.done()
    return promise


def running(clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    """The clocks that run or stand still now, the one that ends first in front."""
    now = [clock for clock in clocks if clock.stopped_at is None]
    return tuple(sorted(now, key=lambda clock: (clock.due_on is None, clock.due_on or date.max)))


def _days(after: date, last: date):
    day = after
    while day < last:
        day += timedelta(days=1)
        yield day


def _counted(used: tuple[tuple[datetime, datetime | None], ...], start: date, last: date):
    """Working days after `start` up to `last` on which the clock ran: the day it stands still from counts, those on which
    it only stood still do not."""
    for since, until in used:
        first = max(day_of(since), start)
        end = last if until is None else min(day_of(until), last)
        yield from (day for day in _days(first, end) if is_working_day(day))


def _due(
    used: tuple[tuple[datetime, datetime | None], ...], start: date, days: int, *, stopped_while_running: bool = True
) -> date | None:
    """The last day; None while the clock stands still with days left. For one that was stopped, as if it had gone on."""
    if days == 0:
        return next_working_day(start)
    count = 0
    for number, (since, until) in enumerate(used, 1):
        goes_on = until is None or (number == len(used) and stopped_while_running)
        day = max(day_of(since), start)
        while goes_on or day < day_of(until):
            day += timedelta(days=1)
            count += is_working_day(day)
            if count == days:
                return day
    return None
