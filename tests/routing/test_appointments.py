"""Slots: within hours, with 调休, never on days nobody knows about; no place twice, whoever writes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from api.database import for_writing
from routing import appointment_store
from routing.appointment_store import SlotTakenError
from routing.appointment_tables import appointment_table
from routing.appointments import AHEAD_DAYS, LEAD, BookingKind, Slot, free, slots
from routing.hours import SHANGHAI, read_hours
from routing.load import load_promises
from routing.ticket_events import CITIZEN_SELF, event
from routing.tickets import Contact, Secrets, Story, open_ticket

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
NINE = Slot(TUESDAY.replace(day=26, hour=9), TUESDAY.replace(day=26, hour=9, minute=30))
SECRETS = Secrets(Fernet.generate_key())
STORY = Story((), {}, "wage_arrears", (), "consult", (), (), {"body": {"id": "b1", "area": "洪山区"}})


def times(hours: str, now: datetime, kind: BookingKind = "visit", minutes: int = 60) -> list[str]:
    return [f"{slot.starts:%m-%d %H:%M}" for slot in slots(read_hours(hours), kind, minutes, now)]


def test_only_whole_slots_within_the_hours_and_not_at_once() -> None:
    first_day = [time for time in times("工作日 09:00-12:00 14:00-15:30", TUESDAY) if time.startswith("11-24")]
    assert first_day == ["11-24 11:00", "11-24 14:00"]


def test_shifted_working_days_are_offered_and_holidays_are_not() -> None:
    before_new_year = datetime(2026, 2, 12, 8, 0, tzinfo=SHANGHAI)
    days = {time[:5] for time in times("工作日 09:00-10:00", before_new_year)}
    assert days == {
        "02-12",
        "02-13",
        "02-14",
        "02-24",
        "02-25",
        "02-26",
    }  # 国办发明电〔2025〕7号: Saturday 14 is worked


def test_nothing_is_offered_on_days_whose_holidays_are_not_announced() -> None:
    assert times("工作日 09:00-10:00", datetime(2026, 12, 31, 12, 0, tzinfo=SHANGHAI)) == []


def test_nobody_is_called_at_night_however_long_the_lines_are_open() -> None:
    found = [time[6:] for time in times("每天 00:00-24:00", TUESDAY, "callback", 120) if time.startswith("11-25")]
    assert found == ["08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00"]


def test_a_full_slot_is_not_offered_and_one_of_another_length_counts_too() -> None:
    half_past = Slot(NINE.ends, NINE.ends + timedelta(minutes=30))
    long_one = (NINE.starts, half_past.ends)
    assert [f.left for f in free([NINE, half_past], 2, [(NINE.starts, NINE.ends)])] == [1, 2]
    assert free([NINE, half_past], 1, [long_one]) == []
    assert [f.left for f in free([NINE], None, [long_one] * 5)] == [None]


@settings(deadline=None)  # nothing here is about time taken
@example(datetime(2026, 2, 13, 8, 0), "visit", 60)  # noqa: DTZ001  (Saturday 14 February is worked: both hours hold)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.sampled_from(["visit", "callback"]),
    st.integers(5, 240),
)
def test_every_slot_is_open_ahead_in_order_and_no_two_overlap(start: datetime, kind: BookingKind, minutes: int) -> None:
    now = start.replace(tzinfo=SHANGHAI)
    schedule = read_hours("工作日 09:00-12:00 14:00-17:30；周六、周日 10:00-16:00")
    found = list(slots(schedule, kind, minutes, now))
    assert all(earlier.ends <= later.starts for earlier, later in itertools.pairwise(found))
    for slot in found:
        assert now + LEAD <= slot.starts < slot.ends <= now + timedelta(days=AHEAD_DAYS + 1)
        assert schedule.at(slot.starts).open
        assert schedule.at(slot.ends - timedelta(seconds=1)).open


@pytest.fixture
def a_number(engine: Engine) -> Callable[[str], str]:
    def make(conversation: str) -> str:
        with for_writing(engine).begin() as connection:
            return open_ticket(
                connection,
                SECRETS,
                load_promises(),
                conversation_id=conversation,
                body_id="b1",
                contact=Contact(),
                consent_version="1",
                story=STORY,
                event=event("opened", "已登记", TUESDAY, CITIZEN_SELF, need="consult"),
                now=TUESDAY,
            ).number

    return make


def take(engine: Engine, number: str, slot: Slot = NINE, places: int | None = 3, kind: BookingKind = "visit") -> bool:
    try:
        with for_writing(engine).begin() as connection:
            appointment_store.book(connection, number, kind, "b1", slot, places, "citizen", TUESDAY)
    except SlotTakenError:
        return False
    return True


def test_thirty_at_once_for_three_places_are_three(engine: Engine, a_number) -> None:
    numbers = [a_number(f"c{i}") for i in range(30)]
    with ThreadPoolExecutor(30) as pool:
        got = list(pool.map(lambda number: take(engine, number), numbers))
    assert sum(got) == 3
    with engine.connect() as connection:
        booked = select(appointment_table).where(appointment_table.c.state == "booked")
        rows = connection.execute(booked).all()
    assert sorted(row.place for row in rows) == [1, 2, 3]
    assert {row.ticket for row in rows} == {number for number, ok in zip(numbers, got, strict=True) if ok}


def test_as_many_as_come_are_all_taken_where_places_are_not_counted(engine: Engine, a_number) -> None:
    numbers = [a_number(f"c{i}") for i in range(12)]
    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(lambda number: take(engine, number, places=None, kind="callback"), numbers))


def test_a_place_given_back_is_free_again(engine: Engine, a_number) -> None:
    first, second = a_number("c1"), a_number("c2")
    assert take(engine, first, places=1)
    assert not take(engine, second, places=1)
    with for_writing(engine).begin() as connection:
        assert appointment_store.end(connection, first, "visit", "cancelled", TUESDAY)
    assert take(engine, second, places=1)


def test_moving_keeps_the_old_place_until_the_new_one_is_sure(engine: Engine, a_number) -> None:
    first, second = a_number("c1"), a_number("c2")
    ten = Slot(NINE.starts + timedelta(hours=1), NINE.ends + timedelta(hours=1))
    assert take(engine, first, places=1)
    assert take(engine, second, ten, places=1)
    assert not take(engine, first, ten, places=1)
    with engine.connect() as connection:
        assert [booking.slot for booking in appointment_store.active(connection, first)] == [NINE]
    with for_writing(engine).begin() as connection:
        appointment_store.end(connection, second, "visit", "cancelled", TUESDAY)
    assert take(engine, first, ten, places=1)
    with engine.connect() as connection:
        assert [booking.slot for booking in appointment_store.active(connection, first)] == [ten]


def test_a_slot_of_before_the_length_was_changed_still_counts(engine: Engine, a_number) -> None:
    first, second = a_number("c1"), a_number("c2")
    assert take(engine, first, Slot(NINE.starts, NINE.starts + timedelta(hours=1)), places=1)
    assert not take(engine, second, Slot(NINE.ends, NINE.ends + timedelta(minutes=30)), places=1)
