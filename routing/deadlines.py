"""Time limits that apply to an inquiry, with the last day when the story gives a date.

Counting follows 民法典 201 to 203 and 民事诉讼法 85: the day of the event is not counted, months and years end on the
corresponding day, and a last day that is a rest day moves on where a law says so (`TimeLimit.rolls`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from routing.calendar import add_months, add_working_days, next_working_day
from routing.decision import Deadline
from routing.inquiry import EventDate, Inquiry
from routing.rules import Condition

NEAR_DAYS = 7  # 法律援助法第四十四条: aid may be given at once when fewer than seven days are left
MOST_WITHOUT_DATE = 2
ANY_MATTER = "*"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit as the law sets it.

    `events` are the dates of a story it is counted from. `rolls` says whether a last day that is a rest day moves to
    the next working day. `rank` orders limits that are shown without a date, 1 first; 0 means only with a date.
    A limit for `*` needs a date as well. `if_passed` is shown instead of `text` when the last day seems to be over.
    """

    id: str
    matters: tuple[str, ...]
    text: str
    if_passed: str
    basis: str
    events: tuple[str, ...] = ()
    days: int = 0
    months: int = 0
    working_days: bool = False
    rolls: bool = False
    rank: int = 0
    when: tuple[Condition, ...] = ()
    except_matters: tuple[str, ...] = ()

    def concerns(self, matter: str) -> bool:
        return matter in self.matters or (ANY_MATTER in self.matters and matter not in self.except_matters)

    def last_day(self, start: date) -> date:
        """The last day on which it can be kept."""
        if self.working_days:
            return add_working_days(start, self.days)
        end = add_months(start, self.months) + timedelta(days=self.days)
        return next_working_day(end) if self.rolls else end


def find_deadlines(
    inquiry: Inquiry, limits: Sequence[TimeLimit], today: date, flags: Mapping[str, bool] | None = None
) -> tuple[Deadline, ...]:
    """Limits for this inquiry: those with a date first, soonest first, 7 days or less before all others.

    Without a usable date only the two that matter most are given, as text. `flags` are the known yes/no facts,
    those of the inquiry when left out.
    """
    known = dict(inquiry.facts.flags) if flags is None else flags
    fitting = [limit for limit in limits if limit.concerns(inquiry.matter) and _holds(limit, inquiry, known)]
    dated = [_dated(limit, start, today) for limit in fitting if (start := _start(limit, inquiry.facts.dates))]
    counted = {deadline.id for deadline in dated}
    others = sorted(
        (limit for limit in fitting if limit.rank and limit.id not in counted), key=lambda limit: limit.rank
    )
    room = max(0, MOST_WITHOUT_DATE - len(dated))
    texts = [Deadline(limit.id, limit.text, limit.basis) for limit in others[:room]]
    return (*sorted(dated, key=_urgency), *texts)


def states(deadlines: Sequence[Deadline]) -> frozenset[str]:
    """'near' if a limit ends within 7 days, 'passed' if one seems to be over."""
    left = [deadline.days_left for deadline in deadlines if deadline.days_left is not None]
    found = set()
    if any(0 <= days <= NEAR_DAYS for days in left):
        found.add("near")
    if any(days < 0 for days in left):
        found.add("passed")
    return frozenset(found)


def _holds(limit: TimeLimit, inquiry: Inquiry, flags: Mapping[str, bool]) -> bool:
    return not limit.when or any(condition.holds(inquiry, flags, frozenset()) for condition in limit.when)


def _start(limit: TimeLimit, dates: Sequence[EventDate]) -> EventDate | None:
    """The latest date that starts this limit. A year alone is too vague to count from."""
    fitting = [d for d in dates if d.event in limit.events and d.precision != "year"]
    return max(fitting, key=lambda d: d.day, default=None)


def _dated(limit: TimeLimit, start: EventDate, today: date) -> Deadline:
    last = limit.last_day(start.day)
    left = (last - today).days
    text = limit.if_passed if left < 0 else limit.text
    if start.precision == "month":  # the first day of the month was taken, so the true last day may be later
        text += "（只知道月份，先按最早的一天算）"
    return Deadline(limit.id, text, limit.basis, last, left)


def _urgency(deadline: Deadline) -> tuple[int, int, str]:
    left = deadline.days_left or 0
    if 0 <= left <= NEAR_DAYS:
        return (0, left, deadline.id)
    return (1, abs(left), deadline.id)
