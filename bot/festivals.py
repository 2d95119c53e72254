"""Festivals and lunar months as days of the common calendar, good enough to tell the month."""

from __future__ import annotations

from datetime import date, timedelta

from bot.numerals import to_count

# Days of the Chinese new year (正月初一) as the calendar office (紫金山天文台) publishes them.
_NEW_YEARS = (
    (2013, 2, 10), (2014, 1, 31), (2015, 2, 19), (2016, 2, 8), (2017, 1, 28), (2018, 2, 16),
    (2019, 2, 5), (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22), (2024, 2, 10),
    (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3),
    (2031, 1, 23), (2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8), (2036, 1, 28),
)  # fmt: skip
_NEW_YEAR_OF = {year: date(year, month, day) for year, month, day in _NEW_YEARS}
_LUNAR_MONTH_DAYS = 29.53
_FIXED = {"元旦": (1, 1), "清明": (4, 4), "五一": (5, 1), "六一": (6, 1), "国庆": (10, 1), "双十一": (11, 11)}
# Days from a new year; a leap month may shift those of summer and autumn.
_FROM_NEW_YEAR = {"除夕": -1, "春节": 0, "过年": 0, "正月": 0, "元宵": 14, "端午": 124, "中秋": 221}
# Days before the new year that ends the lunar year.
_BEFORE_NEXT = {"冬月": 59, "腊月": 29, "小年": 7}

FESTIVALS = (*_FIXED, *_FROM_NEW_YEAR, *_BEFORE_NEXT)
EXACT = ("元旦", "除夕")


def festival(name: str, year: int) -> date | None:
    """The first day of one of `FESTIVALS`; of those of the lunar calendar only the month is sure."""
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _BEFORE_NEXT:
        return _from_new_year(year + 1, -_BEFORE_NEXT[name])
    return _from_new_year(year, _FROM_NEW_YEAR[name])


def lunar_day(said: str, year: int) -> date | None:
    """A day of the first month (「初八」, 「十五」), or 「三十」, the day before the new year."""
    number = 0 if said == "三十" else to_count(said.removeprefix("初"))
    return None if number is None else _from_new_year(year, number - 1)


def lunar_month(month: int, year: int) -> date | None:
    """The first day of the common month in which this lunar month begins."""
    day = _from_new_year(year, int(_LUNAR_MONTH_DAYS * (month - 1)))
    return day and day.replace(day=1)


def _from_new_year(year: int, days: int) -> date | None:
    new_year = _NEW_YEAR_OF.get(year)
    return new_year and new_year + timedelta(days=days)
