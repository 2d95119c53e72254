"""Opening hours as typed schedules: open now, or when next. Everything is local time in Wuhan (Asia/Shanghai).

Written in the directory's `hours` column as parts separated by 「；」:

    工作日 09:00-12:00 14:00-17:30          working days: with the made-up ones (调休), without public holidays
    周六、周日 09:00-12:00                   these weekdays, unless they are public holidays
    每天 00:00-24:00                         every day, holidays too
    2026-07-01..2026-08-31 工作日 09:00-12:00    only in this time, and then instead of the parts without one
    休 2026-12-01..2026-12-03                closed, whatever else is said

No hours means unknown, never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.calendar import is_announced, is_public_holiday, is_working_day
from routing.errors import RoutingError

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FAR_DAYS = 370  # how far ahead an opening is looked for: a validity period may begin next year
_WEEKDAYS = "一二三四五六日"
_DATES = re.compile(r"^(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?$")
_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
_DAY = re.compile(rf"^(?:周[{_WEEKDAYS}])(?:[、,，]周[{_WEEKDAYS}])*$")
_RANGE = re.compile(rf"^周([{_WEEKDAYS}])至周([{_WEEKDAYS}])$")


class BadHoursError(RoutingError):
    """Hours that are not written as this module reads them."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a place is open. `closes` is given while it is open, `next` while it is closed and an opening is known.

    `certain` is False where the public holidays of that year have not been announced yet.
    """

    open: bool
    closes: datetime | None = None
    next: datetime | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """Spans of the days it holds on. `weekdays` is None for working days, and all seven for every day.

    A span is (minutes from midnight, minutes); one that ends at or before its start goes on after midnight.
    """

    spans: tuple[tuple[int, int], ...]
    weekdays: frozenset[int] | None = None
    every_day: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def seasonal(self) -> bool:
        """Whether it holds for a time only."""
        return self.valid_from is not None

    def in_season(self, day: date) -> bool:
        return self.valid_from is None or self.valid_from <= day <= (self.valid_to or self.valid_from)

    def holds(self, day: date) -> bool:
        if self.every_day:
            return True
        if self.weekdays is None:
            return is_working_day(day)
        return day.weekday() in self.weekdays and not is_public_holiday(day)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a place is open."""

    parts: tuple[Part, ...]
    closed: tuple[tuple[date, date], ...] = ()

    def at(self, now: datetime) -> Opening:
        """Open or closed at this aware moment, and until when."""
        local = now.astimezone(SHANGHAI)
        today = local.date()
        for start, end in (*self.spans(today - timedelta(days=1)), *self.spans(today)):
            if start <= local < end:
                return Opening(open=True, closes=self._closing(end), certain=is_announced(today))
        start = self._next(local)
        return Opening(open=False, next=start, certain=is_announced((start or local).date()))

    def _closing(self, end: datetime) -> datetime:
        """The end of an unbroken opening; 「24:00」 and the next day's 「00:00」 are one."""
        for _ in range(7):
            following = next((to for start, to in self.spans(end.date()) if start == end), None)
            if following is None:
                break
            end = following
        return end

    def _next(self, local: datetime) -> datetime | None:
        for ahead in range(_FAR_DAYS):
            for start, _ in self.spans(local.date() + timedelta(days=ahead)):
                if start > local:
                    return start
        return None

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Spans that begin on this day, in order."""
        if any(first <= day <= last for first, last in self.closed):
            return
        fitting = [part for part in self.parts if part.in_season(day)]
        if any(part.seasonal for part in fitting):
            fitting = [part for part in fitting if part.seasonal]
        midnight = datetime.combine(day, time(), SHANGHAI)
        for start, end in sorted({span for part in fitting if part.holds(day) for span in part.spans}):
            until = end if end > start else end + 24 * 60
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=until)


def read_hours(text: str) -> Schedule:
    """The schedule written in `text`; `BadHoursError` says which part is wrong."""
    parts: list[Part] = []
    closed: list[tuple[date, date]] = []
    for piece in filter(None, (piece.strip() for piece in re.split(r"[；;]", text))):
        words = piece.split()
        if words[0] == "休":
            if len(words) != 2:
                raise BadHoursError(f"'{piece}': expected like '休 2026-12-01..2026-12-03'")
            closed.append(_dates(words[1], piece))
            continue
        valid: tuple[date | None, date | None] = (None, None)
        if _DATES.match(words[0]):
            valid = _dates(words.pop(0), piece)
        if len(words) < 2:
            raise BadHoursError(f"'{piece}': expected days and times like '工作日 09:00-17:00'")
        weekdays, every_day = _days(words[0], piece)
        parts.append(Part(tuple(_span(word, piece) for word in words[1:]), weekdays, every_day, *valid))
    if not parts:
        raise BadHoursError(f"'{text}' names no opening hours")
    return Schedule(tuple(parts), tuple(closed))


def _dates(word: str, piece: str) -> tuple[date, date]:
    found = _DATES.match(word)
    try:
        first = date.fromisoformat(found[1]) if found else None
        last = date.fromisoformat(found[2] or found[1]) if found else None
    except ValueError:
        first = last = None
    if first is None or last is None or last < first:
        raise BadHoursError(f"'{piece}': '{word}' is no date or period like 2026-07-01..2026-08-31")
    return first, last


def _days(word: str, piece: str) -> tuple[frozenset[int] | None, bool]:
    if word == "工作日":
        return None, False
    if word == "每天":
        return None, True
    if found := _RANGE.match(word):
        first, last = (_WEEKDAYS.index(letter) for letter in found.groups())
        if first <= last:
            return frozenset(range(first, last + 1)), False
    elif _DAY.match(word):
        return frozenset(_WEEKDAYS.index(letter) for letter in word if letter in _WEEKDAYS), False
    raise BadHoursError(f"'{piece}': '{word}' is neither 工作日, 每天, 周六 nor 周一至周五")


def _span(word: str, piece: str) -> tuple[int, int]:
    found = _SPAN.match(word)
    minutes = [int(number) for number in found.groups()] if found else []
    if not minutes or (minutes[2] == 24 and minutes[3]):
        raise BadHoursError(f"'{piece}': '{word}' is no time like 09:00-12:00")
    return minutes[0] * 60 + minutes[1], minutes[2] * 60 + minutes[3]
