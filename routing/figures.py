"""What is counted over tickets, and by which definition: 最多拨一次 as a rate, promises kept, returns, satisfaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal, get_args

from sqlalchemy import Connection, select

from routing.promises import ClockName, Promises, day_of
from routing.tables import ticket_event_table, ticket_table
from routing.ticket_events import TicketEvent
from routing.ticket_state import Progress, follow
from routing.ticket_thread import event_of

GroupedBy = Literal["area", "matter", "body", "month"]
GROUPINGS = get_args(GroupedBy)
REPEAT_DAYS = (7, 30)
SATISFIED = 3  # 基本满意 and above, as 好差评 counts it (GB/T 39735-2020)
PROMISED: tuple[ClockName, ...] = ("first_response", "acceptance", "answer", "callback")

# Every figure: its name and what is divided by what. Shown beside the figure wherever it is shown.
DEFINITIONS: dict[str, tuple[str, str]] = {
    "tickets": ("工单数", "这段时间登记的工单，不含撤回的和并入别件的。"),
    "one_call": (
        "一次办成率",
        "分子：登记后 30 天内同一个人没有为同一事项再来问，也没有说“没解决”的工单。分母：登记满 30 天或已办结的工单，"
        "不含本身就是重复来访的。认人靠同意关联的电话、微信或同一次对话；认不出的按没有再来算，所以实际可能低一些。",
    ),
    "repeat_7": ("7 天内重复率", "分子：登记后 7 天内同一个人为同一事项又来的工单。分母：不是重复来访的工单。"),
    "repeat_30": ("30 天内重复率", "分子：登记后 30 天内同一个人为同一事项又来的工单。分母：不是重复来访的工单。"),
    "returned": ("退回率", "分子：至少被一个单位退回一次的工单。分母：转出过的工单。"),
    "first_body": (
        "一次派准率",
        "分子：第一个接到的单位自己受理或答复，没有退回、没有转交、没有被改派的工单。分母：第一个单位已经表态的工单。",
    ),
    "promises_kept": (
        "承诺兑现率",
        "分子：按时做到的承诺。分母：已做到的和已超期的承诺（首次回应、受理或退回、答复、回访）。",
    ),
    "resolved": ("解决率", "分子：市民确认解决的工单。分母：已办结的工单（没有回音而办结的算在分母里）。"),
    "satisfied": ("满意率", "分子：评“基本满意”以上的工单。分母：评价过的工单。要和评价率一起看。"),
    "rated": ("评价率", "分子：评价过的工单。分母：已办结的工单。"),
    "callbacks": ("回访率", "分子：不满意后已经回访的工单。分母：评“不满意”以下的工单。承诺是百分之百。"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many; `value` is None when there is nothing to divide by."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """From 0 to 1."""
        return self.part / self.whole if self.whole else None


@dataclass
class Tally:
    """Counts of one group while they grow."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, name: str, *, counts: bool) -> None:
        """One more in the whole; in the part as well when it counts."""
        pair = self.counts[name]
        pair[0] += counts
        pair[1] += 1

    def rates(self) -> dict[str, Rate]:
        """Every figure but the number of tickets."""
        return {name: Rate(*self.counts[name]) for name in DEFINITIONS if name != "tickets"}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group: the number of tickets and the rates by the names of `DEFINITIONS`."""

    key: str
    tickets: int
    rates: dict[str, Rate]


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """What is counted of one ticket."""

    number: str
    matter: str
    area: str
    body_id: str
    opened_at: datetime
    repeat_of: str | None
    events: tuple[TicketEvent, ...]


def figures(
    connection: Connection, promises: Promises, first: date, last: date, now: datetime, by: GroupedBy
) -> tuple[Figures, list[Figures]]:
    """The figures of all tickets opened from `first` to `last`, and of each group, the largest first."""
    return count(_read(connection, first, last), promises, now, by)


def count(
    tickets: Iterable[CountedTicket], promises: Promises, now: datetime, by: GroupedBy
) -> tuple[Figures, list[Figures]]:
    """The same over tickets at hand; pure."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    numbers: dict[str, int] = defaultdict(int)
    for ticket in tickets:
        progress = follow(ticket.events)
        if progress.state in ("withdrawn", "merged"):
            continue
        for group in ("", _group(ticket, progress, by) or "unknown"):
            numbers[group] += 1
            _tally(tallies[group], ticket, progress, promises, now)
    groups = [Figures(key, numbers[key], tallies[key].rates()) for key in numbers if key]
    total = Figures("", numbers[""], tallies[""].rates())
    return total, sorted(groups, key=lambda group: (-group.tickets, group.key))


def _group(ticket: CountedTicket, progress: Progress, by: GroupedBy) -> str:
    match by:
        case "area":
            return ticket.area
        case "matter":
            return ticket.matter
        case "body":
            return progress.body or ticket.body_id
        case "month":
            return day_of(ticket.opened_at).isoformat()[:7]


def _tally(tally: Tally, ticket: CountedTicket, progress: Progress, promises: Promises, now: datetime) -> None:
    kinds = {e.kind for e in ticket.events}
    closed = progress.state == "closed"
    if ticket.repeat_of is None:
        again = [e.at - ticket.opened_at for e in ticket.events if e.kind == "contacted_again"]
        for days in REPEAT_DAYS:
            tally.add(f"repeat_{days}", counts=any(gap <= timedelta(days=days) for gap in again))
        if closed or now - ticket.opened_at >= timedelta(days=max(REPEAT_DAYS)):
            within = any(gap <= timedelta(days=max(REPEAT_DAYS)) for gap in again)
            tally.add("one_call", counts=not within and not kinds & {"not_solved", "reopened"})
    _tally_bodies(tally, ticket)
    for clock in promises.clocks_of(progress, ticket.events):
        if clock.promise.clock in PROMISED and (clock.stopped_at is not None or clock.is_overdue(now)):
            tally.add("promises_kept", counts=clock.is_kept() is True)
    if closed:
        closing = [e.kind for e in ticket.events if e.kind in ("confirmed", "closed")]
        tally.add("resolved", counts=closing[-1] == "confirmed")
        tally.add("rated", counts=progress.rating > 0)
        if progress.rating:
            tally.add("satisfied", counts=progress.rating >= SATISFIED)
    if any(e.kind == "callback_due" and e.details.reason == "dissatisfied" for e in ticket.events):
        tally.add("callbacks", counts=not progress.callback_due)


def _tally_bodies(tally: Tally, ticket: CountedTicket) -> None:
    sent = [place for place, e in enumerate(ticket.events) if e.kind == "sent"]
    if not sent:
        return
    after = [e.kind for e in ticket.events[sent[0] + 1 :]]
    tally.add("returned", counts="returned" in after)
    said = [kind for kind in after if kind in ("accepted", "answered", "returned", "referred_onward", "decided")]
    if said:
        moved = {"returned", "referred_onward", "decided"} & set(after)
        tally.add("first_body", counts=not moved)


def _read(connection: Connection, first: date, last: date) -> Iterator[CountedTicket]:
    # Moments are stored in UTC; a day of the city begins eight hours before.
    start = datetime.fromisoformat(f"{first.isoformat()}T00:00:00+08:00")
    end = datetime.fromisoformat(f"{(last + timedelta(days=1)).isoformat()}T00:00:00+08:00")
    t = ticket_table.c
    query = (
        select(ticket_event_table, t.matter, t.area, t.body_id, t.opened_at, t.repeat_of)
        .join(ticket_table, t.number == ticket_event_table.c.ticket)
        .where(t.opened_at >= start, t.opened_at < end)
        .order_by(ticket_event_table.c.ticket, ticket_event_table.c.sequence)
        .execution_options(yield_per=5000)
    )
    for number, rows in groupby(connection.execute(query), key=lambda row: row.ticket):
        thread = list(rows)
        head = thread[0]
        events = tuple(event_of(row) for row in thread)
        yield CountedTicket(number, head.matter, head.area, head.body_id, head.opened_at, head.repeat_of, events)
