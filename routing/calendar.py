"""Working days and the end of a period, as the law counts them.

Holidays come from `chinesecalendar`, which knows the officially announced years only. Beyond them Saturdays and
Sundays are taken as rest days; public holidays and shifted working days of those years are not known yet.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar


@lru_cache(maxsize=4096)  # eleven years; figures over many tickets ask for the same days again and again
def is_working_day(day: date) -> bool:
    """Whether offices work on this day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # outside the years that have been announced
        return day.weekday() < 5


def is_public_holiday(day: date) -> bool:
    """Whether it is a holiday by announcement; an ordinary Saturday or Sunday is none. False where not announced."""
    try:
        return chinese_calendar.get_holiday_detail(day)[1] is not None and not chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False


def is_announced(day: date) -> bool:
    """Whether the holidays of this year are known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def next_working_day(day: date) -> date:
    """This day if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(start: date, count: int) -> date:
    """The last of `count` working days after `start`; the starting day is not counted."""
    day = start
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def add_months(start: date, count: int) -> date:
    """The corresponding day `count` months later, or the last day of that month (民法典第二百零二条)."""
    months = start.year * 12 + start.month - 1 + count
    year, month = divmod(months, 12)
    month += 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
