"""Who is there for one district sees that district's tickets, and no way around."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.staff.roles import Role

HERE, ELSEWHERE = frozenset({"洪山区"}), frozenset({"汉阳区", "江岸区"})
URL = "/api/v1/desk/tickets"


@pytest.fixture
def of_other_district(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.SUPERVISOR, Role.AGENT, areas=ELSEWHERE)


def numbers(staff: TestClient, number: str) -> list[str]:
    return [line["number"] for line in staff.get(URL, params={"number": number}).json()["items"]]


def test_a_district_s_desk_sees_its_own_tickets_and_the_city_s_all(
    as_staff: Callable[..., TestClient], of_other_district: TestClient, a_ticket: Callable[..., Any]
) -> None:
    ticket = a_ticket()
    assert ticket.seen(as_staff(Role.AGENT)).json()["area"] == "洪山区"
    for areas in (frozenset(), HERE, HERE | ELSEWHERE):
        staff = as_staff(Role.AGENT, areas=areas)
        assert numbers(staff, ticket.number) == [ticket.number]
        assert ticket.seen(staff).status_code == 200
    assert numbers(of_other_district, ticket.number) == []
    assert ticket.seen(of_other_district).status_code == 404


def test_there_is_no_way_around(of_other_district: TestClient, a_ticket: Callable[..., Any]) -> None:
    ticket = a_ticket()
    assert ticket.act(of_other_district, "note", text="看看", sequence=1).status_code == 404
    assert of_other_district.post(f"{URL}/{ticket.number}/links").status_code == 404
    assert of_other_district.get(f"{URL}/{ticket.number}/links").status_code == 404
    assert of_other_district.delete(f"{URL}/{ticket.number}/links").status_code == 404


def test_whoever_answers_for_a_ticket_keeps_seeing_it_wherever_it_goes(
    of_other_district: TestClient, as_staff: Callable[..., TestClient], a_ticket: Callable[..., Any]
) -> None:
    ticket = a_ticket()
    agent = as_staff(Role.AGENT)
    ticket.done(agent, "taken")
    assert ticket.seen(of_other_district).status_code == 404
    ticket.done(agent, "offered", person=of_other_district.username)
    assert ticket.seen(of_other_district).status_code == 200, "who is asked has to see what for"
    ticket.done(of_other_district, "handed")
    assert numbers(of_other_district, ticket.number) == [ticket.number]


def test_the_wall_counts_what_the_list_shows(
    of_other_district: TestClient, as_staff: Callable[..., TestClient], a_ticket: Callable[..., Any]
) -> None:
    a_ticket()
    for staff in (of_other_district, as_staff(Role.SUPERVISOR)):
        counted = staff.get("/api/v1/desk/wall/tickets").json()["soon"]
        listed = staff.get(URL, params={"open": True, "due": "soon"}).json()["total"]
        assert counted == listed


def test_a_limit_taken_away_during_a_session_works_at_once(
    as_staff: Callable[..., TestClient], a_ticket: Callable[..., Any]
) -> None:
    ticket, staff = a_ticket(), as_staff(Role.SUPERVISOR)
    assert ticket.seen(staff).status_code == 200
    administrator = as_staff(Role.ADMINISTRATOR)
    path = f"/api/v1/staff/accounts/{staff.staff_id}"
    version = administrator.get(path).json()["version"]
    change = {"version": version, "areas": sorted(ELSEWHERE), "reason": "调到汉阳"}
    assert administrator.patch(path, json=change).status_code == 200
    assert ticket.seen(staff).status_code == 404
