"""The supervisor's wall, and listening in: who waits, who is at what, and that nobody reads along unrecorded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, func, select, update
from starlette.testclient import TestClient

from api.desk import wall
from api.desk.tables import agent_table, call_table
from api.staff.roles import Role
from api.staff.tables import audit_table
from api.wiring import Service
from bot.tables import conversation_table
from tests.api.desk.switchboard import Switchboard
from tests.api.desk.test_routes import WAGES, Citizen, Desk

URL = "/api/v1/desk"


@pytest.fixture(autouse=True)
def empty_desk(service: Service) -> None:
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
        connection.execute(update(call_table).values(state="ended"))
        connection.execute(update(conversation_table).values(owner="bot", agent_id=None))


@pytest.fixture
def supervisor(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.SUPERVISOR, name="班长")


@pytest.fixture
def agent(as_staff: Callable[..., TestClient]) -> Desk:
    return Desk(as_staff(Role.AGENT, name="小王", skills=frozenset({"labor"})))


@pytest.fixture
def switchboard(client: TestClient, service: Service) -> Iterator[Switchboard]:
    before = service.settings.cti_secret
    service.settings.cti_secret = SecretStr("agreed with the exchange")
    yield Switchboard(client, "agreed with the exchange")
    service.settings.cti_secret = before


def listened(service: Service, conversation_id: str) -> int:
    where = (audit_table.c.action == wall.LISTEN, audit_table.c.object_id == conversation_id)
    with service.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(audit_table).where(*where)).scalar_one()


def test_it_tells_who_waits_who_is_late_and_what_each_agent_does(
    client: TestClient, service: Service, agent: Desk, supervisor: TestClient
) -> None:
    first, second, third = Citizen(client), Citizen(client), Citizen(client)
    for citizen in (first, second, third):
        citizen.say(text="转人工")
    agent.take(first)
    begun = {second.id: timedelta(minutes=4), third.id: timedelta(minutes=2)}
    with service.writing.begin() as connection:
        for conversation_id, ago in begun.items():
            waiting = update(conversation_table).where(conversation_table.c.id == conversation_id)
            connection.execute(waiting.values(waiting_since=service.now() - ago))
    told = supervisor.get(f"{URL}/wall").json()
    assert (told["waiting"], told["held"], told["late"], told["soon"]) == (2, 1, 1, 1)
    assert 235 <= told["longest_wait_s"] <= 300
    assert [item["id"] for item in told["queue"]] == [second.id, third.id]
    assert [item["agent_name"] for item in told["conversations"]] == ["小王"]
    assert told["agents"][0]["skill_names"] == ["劳动与社会保障"]
    assert (told["agents"][0]["state"], told["agents"][0]["holds"]) == ("talk", 1)


def test_a_call_is_shown_from_its_first_ring_to_its_end(
    service: Service, agent: Desk, supervisor: TestClient, switchboard: Switchboard
) -> None:
    line, username = uuid.uuid4().hex, agent.client.username
    switchboard.tell(line, "ringing", phone="13800138000", agent=username)
    ringing = supervisor.get(f"{URL}/wall").json()
    assert [(call["state"], call["phone_shown"]) for call in ringing["calls"]] == [("ringing", "138****8000")]
    assert ringing["agents"][0]["state"] == "ready"
    switchboard.tell(line, "answered", agent=username)
    spoken = supervisor.get(f"{URL}/wall").json()
    assert [(call["state"], call["agent_name"]) for call in spoken["calls"]] == [("answered", "小王")]
    assert spoken["agents"][0]["state"] == "call"
    switchboard.tell(line, "ended")
    assert supervisor.get(f"{URL}/wall").json()["calls"] == []


def test_listening_in_stands_in_the_trail_once_and_changes_nothing(
    client: TestClient, service: Service, agent: Desk, supervisor: TestClient
) -> None:
    citizen = Citizen(client)
    citizen.say(text="转人工")
    citizen.say(text=WAGES)
    agent.take(citizen)
    path = f"{URL}/conversations/{citizen.id}"
    assert listened(service, citizen.id) == 0
    assert supervisor.get(path).status_code == 200
    assert any(line["text"] == WAGES for line in supervisor.get(f"{path}/lines").json())
    assert listened(service, citizen.id) == 1
    said = supervisor.post(f"{path}/messages", json={"client_id": "x", "text": "插一句"})
    assert said.status_code == 409
    assert "插一句" not in str(citizen.read())


def test_a_colleague_who_was_asked_in_and_one_s_own_conversation_are_no_listening_in(
    client: TestClient, service: Service, agent: Desk, as_staff: Callable[..., TestClient]
) -> None:
    chief = Desk(as_staff(Role.SUPERVISOR, name="班长"))
    citizen, own = Citizen(client), Citizen(client)
    for one in (citizen, own):
        one.say(text="转人工")
    agent.take(citizen)
    chief.take(own)
    agent.post(citizen, "invitations", staff_id=chief.staff_id)
    assert [chief.view(one).status_code for one in (citizen, own)] == [200, 200]
    assert [listened(service, one.id) for one in (citizen, own)] == [0, 0]


def test_what_needs_a_decision_is_counted(supervisor: TestClient) -> None:
    counted = supervisor.get(f"{URL}/wall/tickets").json()
    assert set(counted) == {"overdue", "today", "soon", "disputed", "callbacks"}
    listed = supervisor.get(f"{URL}/tickets", params={"open": True, "due": "overdue"}).json()
    assert counted["overdue"] == listed["total"]


@pytest.mark.parametrize("what", ["wall", "wall/events", "wall/tickets", "held", "agreement"])
def test_it_is_for_supervisors(as_staff: Callable[..., Any], what: str) -> None:
    for role in (Role.AGENT, Role.CURATOR, Role.BODY_OFFICER, Role.ADMINISTRATOR):
        assert as_staff(role).get(f"{URL}/{what}").status_code == 403
