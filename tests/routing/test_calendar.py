from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import add_months, add_working_days, is_working_day, next_working_day

DAYS = st.dates(min_value=date(2005, 1, 1), max_value=date(2040, 1, 1))


def test_a_holiday_is_no_working_day() -> None:
    assert not is_working_day(date(2026, 10, 1))


def test_a_saturday_that_was_shifted_is_a_working_day() -> None:
    assert is_working_day(date(2026, 2, 14))


def test_beyond_the_announced_years_weekends_rest_and_weekdays_work() -> None:
    assert not is_working_day(date(2035, 11, 24))
    assert is_working_day(date(2035, 11, 26))


def test_a_month_ends_on_the_corresponding_day_or_the_last_of_the_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2025, 11, 27), 12) == date(2026, 11, 27)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_working_days_leave_the_starting_day_and_the_weekend_out() -> None:
    assert add_working_days(date(2026, 11, 20), 3) == date(2026, 11, 25)


@given(DAYS)
def test_the_next_working_day_is_a_working_day_and_never_earlier(day: date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert day <= found <= day + timedelta(days=20)


@given(DAYS, st.integers(min_value=0, max_value=240))
def test_adding_months_moves_by_that_many_months(day: date, count: int) -> None:
    end = add_months(day, count)
    assert (end.year - day.year) * 12 + end.month - day.month == count
    assert end.day <= day.day
