"""Opening hours around midnight, holidays and made-up working days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hours import SHANGHAI, BadHoursError, read_hours

OFFICE = read_hours("工作日 09:00-12:00 14:00-17:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_an_office_is_open_between_its_hours_and_closed_at_noon() -> None:
    assert OFFICE.at(at("2026-11-24 09:00")).open
    assert OFFICE.at(at("2026-11-24 11:59")).closes == at("2026-11-24 12:00")
    noon = OFFICE.at(at("2026-11-24 12:00"))
    assert (noon.open, noon.next) == (False, at("2026-11-24 14:00"))


def test_in_the_evening_it_opens_next_working_day() -> None:
    assert OFFICE.at(at("2026-11-27 17:00")).next == at("2026-11-30 09:00")  # Friday evening


def test_spring_festival_is_closed_until_it_is_over() -> None:
    eve = OFFICE.at(at("2026-02-15 10:00"))  # the first of nine days off, a Sunday
    assert (eve.open, eve.next) == (False, at("2026-02-24 09:00"))
    assert not OFFICE.at(at("2026-02-17 10:00")).open  # a Tuesday


def test_a_made_up_working_day_is_open_though_it_is_a_saturday() -> None:
    assert OFFICE.at(at("2026-02-14 10:00")).open
    assert OFFICE.at(at("2026-02-28 10:00")).open
    assert not OFFICE.at(at("2026-03-07 10:00")).open  # an ordinary Saturday


def test_a_weekday_is_closed_on_a_public_holiday_and_every_day_is_not() -> None:
    saturdays = read_hours("周六、周日 09:00-12:00")
    assert saturdays.at(at("2026-11-28 10:00")).open
    assert not saturdays.at(at("2026-02-21 10:00")).open
    assert read_hours("每天 09:00-12:00").at(at("2026-02-17 10:00")).open


def test_a_line_open_day_and_night_has_no_gap_at_midnight() -> None:
    always = read_hours("每天 00:00-24:00")
    for moment in ("2026-11-24 23:59", "2026-11-25 00:00"):
        assert always.at(at(moment)).open


def test_hours_that_go_on_after_midnight_belong_to_the_day_before() -> None:
    night = read_hours("周五 20:00-02:00")
    assert night.at(at("2026-11-28 01:59")).open
    assert not night.at(at("2026-11-28 02:00")).open
    assert not night.at(at("2026-11-27 01:00")).open


def test_a_moment_elsewhere_is_read_as_local_time() -> None:
    assert OFFICE.at(datetime(2026, 11, 24, 1, 0, tzinfo=UTC)).open  # nine in Wuhan


def test_hours_for_a_time_replace_the_usual_ones_and_end() -> None:
    summer = read_hours("工作日 09:00-17:00；2026-07-01..2026-08-31 工作日 08:00-12:00")
    assert not summer.at(at("2026-07-01 15:00")).open
    assert summer.at(at("2026-07-01 08:30")).open
    assert summer.at(at("2026-09-01 15:00")).open


def test_hours_that_are_over_are_closed_with_no_next() -> None:
    past = read_hours("2026-01-01..2026-01-31 工作日 09:00-17:00")
    assert past.at(at("2026-11-24 10:00")).next is None


def test_days_off_are_closed_whatever_else_is_said() -> None:
    moved = read_hours("工作日 09:00-17:00；休 2026-11-24..2026-11-25")
    assert moved.at(at("2026-11-24 10:00")).next == at("2026-11-26 09:00")


def test_a_year_without_announced_holidays_is_said_to_be_uncertain() -> None:
    assert OFFICE.at(at("2026-11-24 10:00")).certain
    assert not OFFICE.at(at("2033-03-01 10:00")).certain


@pytest.mark.parametrize(
    "wrong",
    [
        "早九晚五",
        "工作日",
        "工作日 9点-12点",
        "工作日 09:00-25:00",
        "工作日 09:00-24:30",
        "周八 09:00-12:00",
        "周五至周一 09:00-12:00",
        "2026-13-01 工作日 09:00-12:00",
        "2026-08-31..2026-07-01 工作日 09:00-12:00",
        "休 明天",
        "休 2026-11-24",
        "",
    ],
)
def test_hours_written_otherwise_are_refused(wrong: str) -> None:
    with pytest.raises(BadHoursError):
        read_hours(wrong)


@given(st.integers(0, 363 * 24 * 60))
def test_a_place_that_is_closed_opens_later_and_is_open_then(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
    found = OFFICE.at(now)
    if found.open:
        assert found.closes is not None
        assert not OFFICE.at(found.closes).open
    else:
        assert found.next is not None
        assert found.next > now
        assert OFFICE.at(found.next).open
        assert not OFFICE.at(found.next - timedelta(minutes=1)).open
