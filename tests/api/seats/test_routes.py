"""The seat planner over HTTP, on calls the switchboard told of."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert

from api.desk.tables import call_table, suggestion_table
from api.staff.roles import Role
from case_library import misses
from routing.calendar import is_working_day
from routing.promises import SHANGHAI, day_of

SEATS = "/api/v1/desk/seats"


@pytest.fixture
def four_weeks_of_calls(service):
    """Thirty calls of five minutes in the half hour from 19:00 on each working day; most about wages."""
    today = day_of(service.now())
    calls, told = [], []
    for back in range(1, 29):
        day = today - timedelta(days=back)
        if not is_working_day(day):
            continue
        for number in range(30):
            id_ = f"seats-{day}-{number}"
            began = datetime(day.year, day.month, day.day, 19, number % 30, tzinfo=SHANGHAI)
            times = {"began_at": began, "answered_at": began, "ended_at": began + timedelta(minutes=5)}
            calls.append(
                {"id": id_[:32], "switchboard_id": id_, "conversation_id": id_[:32], "phone_shown": "", "ticket": ""}
                | {"state": "ended", **times}
            )
            told.append(
                {"conversation_id": id_[:32], "client_id": "1", "at": began, "question": "", "confidence": 0.9}
                | {
                    "matter": "wage_arrears" if number % 3 else "divorce_dispute",
                    "case_id": "",
                    "text": "",
                    "content": {},
                }
                | {"action": "", "sent_text": "", "agent_name": ""}
            )
    with service.writing.begin() as connection:
        connection.execute(insert(call_table), calls)
        connection.execute(insert(suggestion_table), told)
        misses.record(connection, "unsure", "工资", service.now(), matter="wage_arrears")
    yield
    with service.writing.begin() as connection:
        connection.execute(delete(call_table).where(call_table.c.id.like("seats-%")))
        connection.execute(delete(suggestion_table).where(suggestion_table.c.conversation_id.like("seats-%")))


def test_it_says_what_is_missing_where_there_are_too_few_data(as_staff) -> None:
    made = as_staff(Role.SUPERVISOR).get(SEATS, params={"kind": "phone", "days": "free", "weeks": 1}).json()
    assert made["slots"] == []
    assert any("至少要" in text for text in made["too_few"])


def test_seats_by_half_hour_and_what_answering_topics_frees(as_staff, four_weeks_of_calls) -> None:
    boss = as_staff(Role.SUPERVISOR)
    made = boss.get(SEATS, params={"kind": "phone", "share": 1}).json()
    assert made["too_few"] == []
    evening = next(slot for slot in made["slots"] if slot["start"] == "19:00")
    assert evening["a_day"] == 30
    assert evening["handling_s"] == pytest.approx(300)
    assert evening["level"] >= 0.95
    assert (made["within_s"], made["level"]) == (15, 0.95)
    assert evening["seats_without"] < evening["seats"]
    wages = next(topic for topic in made["topics"] if topic["matter"] == "wage_arrears")
    assert wages["chosen"]
    assert wages["misses"] >= 1
    stricter = boss.get(SEATS, params={"level": 0.99, "within_s": 5}).json()
    assert next(slot for slot in stricter["slots"] if slot["start"] == "19:00")["seats"] > evening["seats"]
    assert (made["left"], made["patience_s"], evening["seats_patience"]) == (0, None, None)
    hasty = boss.get(SEATS, params={"patience_s": 60}).json()
    counted = next(slot for slot in hasty["slots"] if slot["start"] == "19:00")
    assert 0 < counted["seats_patience"] <= counted["seats"] == evening["seats"]
    assert 0 < counted["left"] < 0.2
    none = boss.get(SEATS, params={"topics": "", "share": 1}).json()
    assert all(slot["seats_without"] == slot["seats"] for slot in none["slots"])
    other = boss.get(SEATS, params={"topics": ["divorce_dispute"], "share": 1}).json()
    fewer = next(slot for slot in other["slots"] if slot["start"] == "19:00")["seats_without"]
    assert evening["seats_without"] < fewer < evening["seats"]  # wages take two thirds of the calls, divorces one


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 1.0},
        {"level": "nan"},
        {"weeks": 0},
        {"within_s": 10**12},
        {"share": -1},
        {"patience_s": 0},
        {"topics": ["no_such_matter"]},
        {"topics": ["wage_arrears"] * 21},
        {"topics": "\x00"},
        {"kind": "letter"},
    ],
)
def test_what_makes_no_sense_is_refused(as_staff, wrong) -> None:
    assert as_staff(Role.SUPERVISOR).get(SEATS, params=wrong).status_code == 422


def test_it_is_the_supervisors(as_staff) -> None:
    for role in (Role.AGENT, Role.AUDITOR, Role.CURATOR, Role.ADMINISTRATOR):
        assert as_staff(role).get(SEATS).status_code == 403
