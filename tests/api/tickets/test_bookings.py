"""A citizen picks a time from the ticket, the desk for them; nothing is offered where nobody knows what a place takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.jobs import escalate_all
from api.staff.roles import Role
from api.wiring import Service
from routing import appointment_store, ticket_thread
from routing.appointment_tables import appointment_table, capacity_table
from routing.directory import LEGAL_HOTLINE, Directory
from routing.hours import SHANGHAI, read_hours

HOURS = "工作日 09:00-12:00 14:00-17:00"
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=SHANGHAI)


class Clock:
    """What time it is, for the whole service."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(service: Service, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(MONDAY)
    monkeypatch.setattr(service, "now", made)
    return made


@pytest.fixture
def site(service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The body of the tickets made here, with known hours, as the hotline has them."""
    directory = service.parts.directory
    body = directory.find("labor_inspection", "洪山区").id
    known = {"hours": HOURS, "schedule": read_hours(HOURS)}
    bodies = tuple(replace(b, **known) if b.id in (body, LEGAL_HOTLINE.id) else b for b in directory.bodies)
    changed = Directory(bodies, directory.types, directory.numbers, directory.zones, directory.streets)
    monkeypatch.setattr(service, "parts", replace(service.parts, directory=changed))
    yield body
    with service.writing.begin() as connection:
        for table in (capacity_table, appointment_table):
            connection.execute(table.delete())


@pytest.fixture
def with_places(site: str, as_staff: Callable[..., TestClient]) -> Callable[..., str]:
    """`with_places(2)`: the site takes so many in half an hour."""

    def set_to(places: int, *, kind: str = "visit", body: str = site, minutes: int = 30) -> str:
        boss = as_staff(Role.SUPERVISOR)
        saved = boss.put(f"/api/v1/admin/capacities/{kind}/{body}", json={"places": places, "minutes": minutes})
        assert saved.status_code == 200, saved.text
        return site

    return set_to


def path(ticket: Any, *more: str) -> str:
    return "/".join((f"/api/v1/tickets/{ticket.number}/bookings", *more))


def offered(ticket: Any) -> dict[str, Any]:
    return ticket.client.get(path(ticket), headers={"X-Query-Code": ticket.code}).json()


def book(ticket: Any, starts: datetime, kind: str = "visit", **fields: Any) -> Any:
    body = {"kind": kind, "starts": starts.isoformat(), "key": f"book-{starts:%d%H%M}-{kind}", **fields}
    return ticket.client.post(path(ticket), json=body, headers={"X-Query-Code": ticket.code})


def at(hour: int, minute: int = 0, day: int = 30) -> datetime:
    return MONDAY.replace(day=day, hour=hour, minute=minute)


def test_unknown_hours_or_capacity_is_said_and_nothing_is_offered(clock, as_staff, a_ticket, service) -> None:
    seen = offered(a_ticket())
    assert [(site["slots"], "没有核实" in site["note"] or "还没有" in site["note"]) for site in seen["sites"]] == [
        ([], True)
    ]
    assert seen["windows"] == []
    assert "还没有登记" in seen["window_note"]


def test_known_hours_alone_are_not_enough(site, a_ticket) -> None:
    ticket = a_ticket()
    assert "一个时段能接待几人" in offered(ticket)["sites"][0]["note"]
    refused = book(ticket, at(10), body_id=site)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "starts")


def test_a_citizen_books_moves_and_gives_back(with_places, a_ticket, as_staff) -> None:
    site, ticket, agent = with_places(1), a_ticket(), as_staff(Role.AGENT)
    first = offered(ticket)["sites"][0]["slots"][0]
    assert datetime.fromisoformat(first["starts"]) == at(9)
    assert book(ticket, at(9), body_id=site).status_code == 200
    assert book(ticket, at(14), body_id=site).json()["booked"][0]["starts"].startswith("2026-11-30T06:00")
    other = a_ticket()
    assert book(other, at(9), body_id=site).status_code == 200  # given back by moving
    full = book(a_ticket(), at(14), body_id=site)
    assert (full.status_code, full.json()["type"]) == (409, "urn:yibotong:slot-taken")
    gone = ticket.client.delete(path(ticket, "visit"), headers={"X-Query-Code": ticket.code})
    assert gone.json()["booked"] == []
    assert ticket.client.delete(path(ticket, "visit"), headers={"X-Query-Code": ticket.code}).status_code == 200
    kinds = [event["kind"] for event in ticket.seen(agent).json()["events"]]
    assert kinds == ["opened", "booked", "booking_moved", "booking_cancelled"]
    told = ticket.seen_by_citizen()["events"]
    assert told[1]["text"].startswith("约好11 月 30 日（周一）09:00–09:30到")


def test_the_slip_that_is_shown_again_says_what_is_agreed(with_places, a_ticket) -> None:
    site, ticket = with_places(1), a_ticket(phone="13755556666")
    book(ticket, at(9), body_id=site)
    book(ticket, at(14), "callback")
    again = a_ticket(known_tickets=[{"number": ticket.number, "code": ticket.code}])
    (slip,) = [card for card in again.reply["cards"] if card["kind"] == "ticket"]
    assert "09:00–09:30到" in slip["next"]
    assert "14:00–16:00由人工给您回电" in slip["next"]


def test_the_same_booking_sent_again_does_nothing_more(with_places, a_ticket, as_staff) -> None:
    site, ticket, agent = with_places(2), a_ticket(), as_staff(Role.AGENT)
    assert {book(ticket, at(9), body_id=site).status_code for _ in range(3)} == {200}
    assert len(ticket.seen(agent).json()["events"]) == 2


def test_eight_at_once_for_two_places_are_two(with_places, a_ticket) -> None:
    site, waiting = with_places(2), [a_ticket() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda ticket: book(ticket, at(10), body_id=site).status_code, waiting))
    assert sorted(got) == [200, 200, *[409] * 6]


@pytest.mark.parametrize("starts", [at(9, 10), at(12), at(8), at(10, day=29), at(9) + timedelta(days=60)])
def test_a_time_that_is_not_offered_is_refused(with_places, a_ticket, starts) -> None:
    site, ticket = with_places(1), a_ticket()
    refused = book(ticket, starts, body_id=site)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "starts")


def test_a_moment_without_a_zone_and_an_unknown_place_are_refused(with_places, a_ticket) -> None:
    site, ticket = with_places(1), a_ticket()
    assert book(ticket, at(9), body_id="nowhere").status_code == 422
    assert book(ticket, at(9).replace(tzinfo=None), body_id=site).status_code == 422


def test_a_wrong_code_books_nothing(with_places, a_ticket) -> None:
    site, ticket = with_places(1), a_ticket()
    ticket.code = "222222"
    assert book(ticket, at(9), body_id=site).status_code == 404


def test_a_callback_needs_a_phone_and_is_a_task_until_somebody_called(site, clock, a_ticket, as_staff) -> None:
    ticket, agent = a_ticket(), as_staff(Role.AGENT)
    windows = offered(ticket)["windows"]
    assert [datetime.fromisoformat(window["starts"]) for window in windows[:3]] == [at(9), at(11), at(14)]
    refused = book(ticket, at(14), "callback")
    assert refused.json()["errors"][0]["field"] == "phone"
    assert book(ticket, at(14), "callback", phone="137 5555 6666").json()["phone"] == "6666"

    (task,) = _tasks(agent, ticket)
    assert (task["phone"], task["late"]) == ("+8613755556666", False)
    detail = ticket.seen(agent).json()
    assert detail["callback_due"]
    assert [c["due_on"] for c in detail["clocks"] if c["promise"] == "callback_window"] == ["2026-11-30"]
    listed = agent.get("/api/v1/desk/tickets", params={"callback_due": True, "number": ticket.number}).json()
    assert listed["total"] == 1
    clock.now = at(16, 1)
    agent = as_staff(Role.AGENT)  # the session of before has ended
    assert _tasks(agent, ticket)[0]["late"]
    ticket.done(agent, "called_back", text="说明了进度。")
    assert _tasks(agent, ticket) == []
    assert not ticket.seen(agent).json()["callback_due"]
    assert offered(ticket)["booked"] == []


def test_callbacks_are_limited_where_the_desk_says_how_many_it_can_make(with_places, a_ticket) -> None:
    with_places(1, kind="callback", body=LEGAL_HOTLINE.id, minutes=60)
    first, second = a_ticket(phone="13755556666"), a_ticket(phone="13755557777")
    assert book(first, at(14), "callback").status_code == 200
    assert book(second, at(14), "callback").status_code == 409
    assert book(second, at(15), "callback").status_code == 200


def test_a_dissatisfied_citizens_callback_stays_when_the_agreed_one_is_given_back(site, a_ticket, as_staff) -> None:
    ticket, agent = a_ticket(phone="13755556666"), as_staff(Role.AGENT)
    ticket.done(agent, "callback_due", text="请回电")
    book(ticket, at(14), "callback")
    ticket.client.delete(path(ticket, "callback"), headers={"X-Query-Code": ticket.code})
    assert ticket.seen(agent).json()["callback_due"]


def test_an_agent_books_for_the_citizen_and_it_is_in_the_trail(with_places, a_ticket, as_staff) -> None:
    site, ticket = with_places(1), a_ticket()
    agent, auditor = as_staff(Role.AGENT, name="李座席"), as_staff(Role.AUDITOR)
    body = {"kind": "visit", "starts": at(9).isoformat(), "body_id": site, "key": "agent-book-1"}
    where = f"/api/v1/desk/tickets/{ticket.number}/bookings"
    assert agent.post(where, json=body).json()["booked"][0]["body_id"] == site
    assert agent.get(where, params={"body_id": site}).json()["may"]
    assert "李座席代为登记" in ticket.seen_by_citizen()["events"][-1]["text"]
    assert agent.delete(f"{where}/visit").json()["booked"] == []
    trail = auditor.get("/api/v1/staff/audit", params={"object_id": ticket.number}).json()["items"]
    assert {row["action"] for row in trail} >= {"ticket.booked", "ticket.booking_cancelled"}


def test_a_bodys_officer_sees_who_comes_to_their_body_and_no_callbacks(with_places, a_ticket, as_staff) -> None:
    site, ticket = with_places(1), a_ticket(name="王小明", phone="13755556666")
    book(ticket, at(9), body_id=site)
    officer = as_staff(Role.BODY_OFFICER, bodies=frozenset({site}))
    other = as_staff(Role.BODY_OFFICER, bodies=frozenset({"elsewhere"}))
    rows = officer.get("/api/v1/desk/bookings", params={"kind": "visit", "day": "2026-11-30"}).json()["items"]
    (row,) = [row for row in rows if row["number"] == ticket.number]
    assert (row["name"], row["phone"]) == ("", "")
    assert other.get("/api/v1/desk/bookings", params={"kind": "visit"}).json()["total"] == 0
    assert officer.get("/api/v1/desk/bookings", params={"kind": "callback"}).status_code == 403
    for day in ("0001-01-01", "9999-12-31"):
        assert officer.get("/api/v1/desk/bookings", params={"kind": "visit", "day": day}).status_code == 422


def test_a_ticket_that_ends_gives_its_places_back_and_books_no_more(with_places, a_ticket, as_staff) -> None:
    site, ticket, agent = with_places(1), a_ticket(), as_staff(Role.AGENT)
    book(ticket, at(9), body_id=site)
    assert ticket.citizen("withdrawn").status_code == 200
    assert ticket.seen(agent).json()["events"][-1]["kind"] == "booking_cancelled"
    assert book(a_ticket(), at(9), body_id=site).status_code == 200
    assert not offered(ticket)["may"]
    assert book(ticket, at(14), body_id=site).json()["type"] == "urn:yibotong:out-of-order"


def test_who_is_passed_on_does_not_go_to_the_body_of_before(with_places, a_ticket, as_staff, service) -> None:
    site, ticket, agent = with_places(1), a_ticket(), as_staff(Role.AGENT)
    ticket.done(agent, "sent", body_id=site)
    book(ticket, at(9), body_id=site)
    ticket.done(agent, "returned", reason="other_area", better="unknown")
    assert "换了单位" in ticket.seen_by_citizen()["events"][-1]["text"]
    assert offered(ticket)["booked"] == []


def test_a_ticket_that_is_closed_by_silence_gives_its_places_back(
    with_places, a_ticket, as_staff, clock, service
) -> None:
    site, ticket, agent = with_places(1), a_ticket(), as_staff(Role.AGENT)
    ticket.done(agent, "answered", text="好了")
    book(ticket, at(9) + timedelta(days=11), body_id=site)
    clock.now = MONDAY + timedelta(days=9)
    escalate_all(service, lambda: True)
    with service.engine.connect() as connection:
        assert appointment_store.active(connection, ticket.number) == []
        assert ticket_thread.progress_of(connection, ticket.number).state == "closed"


def test_who_may_say_how_many_a_place_takes(site, as_staff) -> None:
    where, wanted = f"/api/v1/admin/capacities/visit/{site}", {"places": 2, "minutes": 30}
    assert as_staff(Role.AGENT).put(where, json=wanted).status_code == 403
    curator = as_staff(Role.CURATOR)
    assert curator.put(where, json={"places": 0, "minutes": 30}).status_code == 422
    assert curator.put("/api/v1/admin/capacities/visit/nowhere", json=wanted).status_code == 422
    assert curator.put(where, json=wanted).json()["hours"] == HOURS
    assert curator.get("/api/v1/admin/capacities").json()[0]["places"] == 2
    assert curator.delete(where).status_code == 204
    assert curator.delete(where).status_code == 404


def _tasks(agent: TestClient, ticket: Any) -> list[dict[str, Any]]:
    rows = agent.get("/api/v1/desk/bookings", params={"kind": "callback"}).json()["items"]
    return [row for row in rows if row["number"] == ticket.number]
