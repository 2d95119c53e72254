from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import is_working_day
from routing.deadlines import MOST_WITHOUT_DATE, TimeLimit, find_deadlines, states
from routing.inquiry import EventDate, Inquiry
from routing.rules import Rules

TODAY = date(2026, 11, 24)


def a_limit(**fields: object) -> TimeLimit:
    values: dict[str, object] = {
        "id": "x",
        "matters": ("wage_arrears",),
        "text": "十五天内",
        "if_passed": "可能过了，先别放弃",
        "basis": "某法第一条",
        "events": ("received_award",),
        "days": 15,
    }
    return TimeLimit(**(values | fields))


def test_the_day_of_the_event_is_not_counted(a_inquiry: Callable[..., Inquiry], rules: Rules) -> None:
    inquiry = a_inquiry(matter="divorce_dispute", dates=(EventDate(date(2026, 11, 12), "received_judgment"),))
    first = find_deadlines(inquiry, rules.limits, TODAY)[0]
    assert (first.id, first.last_day, first.days_left) == ("civil_appeal", date(2026, 11, 27), 3)


def test_a_last_day_on_a_rest_day_moves_to_the_next_working_day_where_the_law_says_so() -> None:
    saturday_end = date(2026, 11, 13)  # fifteen days later is Saturday, 28 November
    assert a_limit(rolls=True).last_day(saturday_end) == date(2026, 11, 30)
    assert a_limit(rolls=False).last_day(saturday_end) == date(2026, 11, 28)


def test_beyond_the_known_calendar_weekends_still_count_as_rest_days() -> None:
    assert a_limit(rolls=True).last_day(date(2035, 11, 10)) == date(2035, 11, 26)


def test_three_working_days_to_ask_for_a_review_of_the_accident_report(
    a_inquiry: Callable[..., Inquiry], rules: Rules
) -> None:
    inquiry = a_inquiry(matter="traffic_accident", dates=(EventDate(date(2026, 11, 20), "received_accident_report"),))
    first = find_deadlines(inquiry, rules.limits, TODAY)[0]
    assert (first.id, first.last_day) == ("traffic_recheck", date(2026, 11, 25))


def test_a_near_limit_comes_before_all_others(a_inquiry: Callable[..., Inquiry], rules: Rules) -> None:
    dates = (EventDate(date(2026, 11, 12), "received_award"), EventDate(date(2026, 10, 1), "left_job"))
    found = find_deadlines(a_inquiry(dates=dates), rules.limits, TODAY)
    assert [deadline.id for deadline in found[:2]] == ["labor_suit", "labor_arbitration"]
    assert states(found) == {"near"}


def test_a_limit_that_seems_over_is_told_with_hope(a_inquiry: Callable[..., Inquiry], rules: Rules) -> None:
    inquiry = a_inquiry(dates=(EventDate(date(2025, 7, 1), "left_job"),))
    first = find_deadlines(inquiry, rules.limits, TODAY)[0]
    assert first.id == "labor_arbitration"
    assert first.days_left is not None
    assert first.days_left < 0
    assert "先别放弃" in first.text
    assert states((first,)) == {"passed"}


def test_without_a_date_only_what_matters_most_is_told(rules: Rules, matters: tuple[str, ...]) -> None:
    for matter in matters:
        found = find_deadlines(Inquiry("问", matter), rules.limits, TODAY)
        assert len(found) <= MOST_WITHOUT_DATE
        assert all(deadline.last_day is None and deadline.days_left is None for deadline in found)


def test_a_year_alone_is_too_vague_to_count_from(a_inquiry: Callable[..., Inquiry], rules: Rules) -> None:
    inquiry = a_inquiry(dates=(EventDate(date(2025, 1, 1), "left_job", precision="year"),))
    assert all(deadline.last_day is None for deadline in find_deadlines(inquiry, rules.limits, TODAY))


def test_a_month_is_counted_from_its_first_day_and_says_so(a_inquiry: Callable[..., Inquiry], rules: Rules) -> None:
    inquiry = a_inquiry(dates=(EventDate(date(2026, 3, 1), "left_job", precision="month"),))
    first = find_deadlines(inquiry, rules.limits, TODAY)[0]
    assert first.last_day == date(2027, 3, 1)
    assert "最早的一天" in first.text


def test_the_latest_of_several_dates_counts(a_inquiry: Callable[..., Inquiry], rules: Rules) -> None:
    dates = (EventDate(date(2020, 1, 1), "left_job"), EventDate(date(2026, 11, 2), "left_job"))
    found = find_deadlines(a_inquiry(dates=dates), rules.limits, TODAY)
    assert found[0].days_left is not None
    assert found[0].days_left > 300


def test_a_criminal_judgment_is_appealed_in_ten_days_not_in_fifteen(
    a_inquiry: Callable[..., Inquiry], rules: Rules
) -> None:
    inquiry = a_inquiry(matter="crime_suspect_family", dates=(EventDate(date(2026, 11, 20), "received_judgment"),))
    found = find_deadlines(inquiry, rules.limits, TODAY)
    assert [deadline.id for deadline in found if deadline.last_day] == ["criminal_appeal"]
    assert found[0].last_day == date(2026, 11, 30)


@pytest.mark.parametrize("hopeless", ["没办法", "来不及了", "不能再", "没救了", "无法补救"])
def test_no_wording_takes_hope_away(rules: Rules, hopeless: str) -> None:
    for limit in rules.limits:
        assert hopeless not in limit.if_passed, limit.id


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(1, 400), st.booleans())
def test_a_last_day_is_after_the_event_and_rolls_only_forward(start: date, days: int, rolls: bool) -> None:
    plain = start + timedelta(days=days)
    last = a_limit(days=days, rolls=rolls).last_day(start)
    assert last >= plain
    assert last == plain or (rolls and is_working_day(last))


@given(st.lists(st.dates(date(2020, 1, 1), date(2027, 12, 31)), max_size=5))
def test_near_limits_always_stand_first(rules: Rules, days: list[date]) -> None:
    events = ("left_job", "received_award", "received_judgment", "injured", "received_decision")
    dates = tuple(EventDate(day, event) for day, event in zip(days, events, strict=False))
    inquiry = Inquiry("问", "work_injury")
    found = find_deadlines(
        Inquiry(inquiry.text, inquiry.matter, facts=type(inquiry.facts)(dates=dates)), rules.limits, TODAY
    )
    near = [0 <= (deadline.days_left if deadline.days_left is not None else -1) <= 7 for deadline in found]
    assert near == sorted(near, reverse=True)
