"""Planning seats from contacts of the past."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.seats.plan import Aim, Contact, Plan, plan

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 2, tzinfo=SHANGHAI)
DAYS = [MONDAY + timedelta(days=7 * week + day) for week in range(4) for day in range(5)]
PHONE = Aim(within_s=15, level=0.95)


def some_contacts(
    per_day: int = 60, hour: int = 19, matter: str = "wage_arrears", takes_s: float = 300
) -> list[Contact]:
    """So many in the half hour after `hour` on each day, evenly."""
    gap = timedelta(seconds=1800 / per_day)
    return [
        Contact(day + timedelta(hours=hour) + number * gap, matter, takes_s)
        for day in DAYS
        for number in range(per_day)
    ]


def planned(
    contacts: Sequence[Contact],
    misses: dict[str, int] | None = None,
    chosen: list[str] | None = None,
    share: float = 1.0,
) -> Plan:
    return plan(contacts, {day.date() for day in DAYS}, PHONE, misses or {}, chosen, share)


def slot(made: Plan, hour: float):
    return made.slots[int(hour * 2)]


def test_a_half_hour_gets_the_seats_its_load_needs() -> None:
    made = planned(some_contacts(60))
    evening = slot(made, 19)
    assert (evening.contacts, evening.a_day, evening.handling_s) == (1200, 60, 300)
    assert evening.seats == 16  # 10 erlangs, 15 s, 95 %; 15 would give 92 %
    assert evening.level >= 0.95
    assert evening.busy == pytest.approx(10 / 16)
    assert slot(made, 3).seats == slot(made, 3).contacts == 0
    assert len(made.slots) == 48


def test_half_hours_are_those_of_the_city() -> None:
    evening = [Contact(contact.at.astimezone(ZoneInfo("UTC")), "", 300) for contact in some_contacts(10, hour=0)]
    assert slot(planned(evening), 0).contacts == 200


def test_what_the_machine_would_answer_frees_seats() -> None:
    contacts = some_contacts(40, matter="wage_arrears") + some_contacts(20, matter="divorce_dispute", takes_s=600)
    made = planned(contacts, {"wage_arrears": 7, "divorce_dispute": 2, "inheritance": 9}, ["wage_arrears"])
    alone = planned(some_contacts(20, matter="divorce_dispute", takes_s=600))
    assert slot(made, 19).seats_without == slot(alone, 19).seats < slot(made, 19).seats
    assert [(topic.matter, topic.contacts, topic.misses) for topic in made.topics] == [
        ("divorce_dispute", 400, 2),
        ("wage_arrears", 800, 7),
    ]
    assert made.topics[0].hours_a_day == pytest.approx(20 * 600 / 3600)
    half = planned(contacts, {}, ["wage_arrears"], share=0.5)
    assert slot(made, 19).seats_without < slot(half, 19).seats_without < slot(made, 19).seats
    nothing = planned(contacts, {}, [], share=1.0)
    assert slot(nothing, 19).seats_without == slot(nothing, 19).seats
    assert planned(contacts, {"wage_arrears": 7}).chosen == ("wage_arrears",)


def test_too_few_data_give_no_seats_but_say_what_is_missing() -> None:
    few = plan(some_contacts(60)[:40], {day.date() for day in DAYS[:2]}, PHONE, {}, None, 1.0)
    assert few.slots == ()
    assert [text.split("，")[0] for text in few.too_few] == ["这段时间只有 2 天这样的日子", "只有 40 次"]
    unknown = planned([Contact(contact.at, "", None) for contact in some_contacts(60)])
    assert unknown.slots == ()
    assert any("座席用了多久" in text for text in unknown.too_few)
    assert planned([]).too_few != ()


def test_days_that_are_not_asked_for_do_not_count() -> None:
    sunday = [Contact(MONDAY + timedelta(days=6, hours=19), "", 300)] * 500
    assert planned(some_contacts(60) + sunday).contacts == 1200


def test_a_half_hour_with_few_contacts_is_marked() -> None:
    lone = [Contact(MONDAY + timedelta(hours=4), "", 300)]
    made = planned(some_contacts(60) + lone)
    assert slot(made, 4).few
    assert slot(made, 4).seats == 1
    assert not slot(made, 19).few


def test_a_matter_of_which_little_is_known_takes_as_long_as_the_mean() -> None:
    odd = [Contact(day + timedelta(hours=10), "inheritance", 7000.0) for day in DAYS[:3]]
    made = planned(some_contacts(60, takes_s=300) + odd)
    assert slot(made, 10).handling_s == pytest.approx((1200 * 300 + 3 * 7000) / 1203)


def test_several_at_once_need_fewer_agents() -> None:
    days = {day.date() for day in DAYS}
    three = plan(some_contacts(60), days, Aim(180, 0.95, at_once=3), {}, [], 0)
    one = plan(some_contacts(60), days, Aim(180, 0.95), {}, [], 0)
    assert slot(three, 19).seats < slot(one, 19).seats


def test_simulated_evenings_hold_the_plans_promise() -> None:
    """Four weeks of one busy half hour and a second topic are planned, then a year of such half hours is lived through."""
    chance = random.Random(5)
    past = [
        Contact(day + timedelta(hours=19, seconds=chance.uniform(0, 1799)), matter, chance.expovariate(1 / takes_s))
        for day in DAYS
        for matter, takes_s, mean in (("wage_arrears", 240, 30), ("divorce_dispute", 240, 12))
        for _ in range(round(chance.gauss(mean, mean**0.5)))
    ]
    evening = slot(planned(past), 19)
    answered = came = 0
    free = [0.0] * evening.seats
    now = 0.0
    for _ in range(50_000):
        now += chance.expovariate(42 / 1800)
        begun = max(now, heapq.heappop(free))
        heapq.heappush(free, begun + chance.expovariate(1 / 240))
        came += 1
        answered += begun - now <= 15
    assert answered / came == pytest.approx(evening.level, abs=0.03)
    assert answered / came >= 0.93


def test_a_day_is_counted_by_its_date() -> None:
    assert plan(some_contacts(60), {date(2026, 11, 2)}, PHONE, {}, None, 1.0).contacts == 60


def test_who_hung_up_tells_how_long_people_wait_and_that_gives_seats_of_its_own() -> None:
    answered = [replace(contact, waited_s=20.0) for contact in some_contacts(60)]
    gone = [replace(contact, handled_s=None, waited_s=40.0, left=True) for contact in answered[::20]]
    made = planned([*answered, *gone])
    assert (made.left, made.patience_s) == (60, pytest.approx((1200 * 20 + 60 * 40) / 60))
    evening = slot(made, 19)
    assert evening.seats_patience is not None
    assert evening.seats_patience <= evening.seats
    assert 0 < evening.left < 0.05
    assert slot(made, 3).seats_patience == 0


def test_without_enough_who_hung_up_nothing_is_said_of_patience_unless_it_is_given() -> None:
    few = [replace(some_contacts(60)[0], handled_s=None, waited_s=40.0, left=True)] * 9
    made = planned([*some_contacts(60), *few])
    assert (made.left, made.patience_s, slot(made, 19).seats_patience) == (9, None, None)
    given = plan(some_contacts(60), {day.date() for day in DAYS}, replace(PHONE, patience_s=60), {}, [], 0)
    assert given.patience_s == 60
    assert slot(given, 19).seats_patience <= slot(given, 19).seats
