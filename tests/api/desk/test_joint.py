"""Three at once: a citizen, an agent, and somebody of the body whom the agent has asked in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from api.desk import joint
from api.staff.roles import Role
from api.staff.tables import audit_table
from api.wiring import Service
from bot.tables import conversation_table
from tests.api.desk.test_routes import URL, WAGES, Citizen, Desk, texts

JOINT = f"{URL}/joint"


@pytest.fixture
def body_id(service: Service) -> str:
    return next(body.id for body in service.parts.directory.bodies if body.type == "labor_inspection")


@pytest.fixture
def officer(as_staff: Callable[..., TestClient], body_id: str) -> TestClient:
    return as_staff(Role.BODY_OFFICER, name="老周", bodies=frozenset({body_id}))


@pytest.fixture
def agent(as_staff: Callable[..., TestClient]) -> Desk:
    return Desk(as_staff(Role.AGENT, name="小王"))


@pytest.fixture
def citizen(client: TestClient, agent: Desk) -> Citizen:
    """Somebody whom the agent has."""
    made = Citizen(client)
    made.say(text="转人工")
    made.say(text=WAGES)
    agent.take(made)
    return made


def ask_in(agent: Desk, citizen: Citizen, officer: TestClient, **more: Any) -> Any:
    return agent.post(citizen, "officers", staff_id=officer.staff_id, **{"agreed": True, **more})


def speak(officer: TestClient, citizen: Citizen, text: str, key: str = "") -> Any:
    body = {"client_id": key or uuid.uuid4().hex, "text": text}
    return officer.post(f"{JOINT}/{citizen.id}/messages", json=body)


def mine(officer: TestClient) -> list[str]:
    return [one["id"] for one in officer.get(JOINT).json()]


def heard(service: Service, citizen: Citizen, officer: TestClient) -> list[str]:
    with service.engine.connect() as connection:
        staff = type("Officer", (), {"id": officer.staff_id})
        return [one.text for one in joint.exchanges(connection, citizen.id, staff) if one.text]


def test_the_body_reads_what_was_said_speaks_with_the_citizen_and_goes(
    service: Service, agent: Desk, citizen: Citizen, officer: TestClient, body_id: str
) -> None:
    listed = next(one for one in agent.client.get(f"{URL}/officers").json() if one["staff_id"] == officer.staff_id)
    body = service.parts.directory.by_id(body_id).name
    assert (listed["name"], listed["body_name"]) == ("老周", body)
    assert ask_in(agent, citizen, officer).status_code == 204
    assert ask_in(agent, citizen, officer).status_code == 204  # again changes nothing
    assert sum("三方一起谈" in text for text in texts(citizen, "bot")) == 1
    assert body in texts(citizen, "bot")[-1]
    assert mine(officer) == [citizen.id]
    agent.post(citizen, "notes", client_id=uuid.uuid4().hex, text="他说话有点急")
    assert WAGES in heard(service, citizen, officer)
    assert "他说话有点急" not in heard(service, citizen, officer)  # the desk's notes stay at the desk

    key = uuid.uuid4().hex
    assert speak(officer, citizen, "带上工资流水，到我们这里登记", key).status_code == 204
    assert speak(officer, citizen, "带上工资流水，到我们这里登记", key).status_code == 204
    line = [one for one in citizen.read()["messages"] if one["from"] == "agent"]
    assert [(one["text"], one["name"]) for one in line] == [("带上工资流水，到我们这里登记", f"老周（{body}）")]
    assert officer.post(f"{JOINT}/{citizen.id}/presence", json={"typing": True}).status_code == 204
    people = {person["name"]: person["typing"] for person in agent.view(citizen).json()["people"]}
    assert people["老周"]

    assert officer.post(f"{JOINT}/{citizen.id}/leave").status_code == 204
    assert "先离开了" in texts(citizen, "bot")[-1]
    assert mine(officer) == []
    assert speak(officer, citizen, "还有一句").status_code == 409
    with service.engine.connect() as connection:
        a = audit_table.c
        done = connection.execute(
            select(a.action, a.who, a.after).where(a.object_id == citizen.id).order_by(a.id)
        ).all()
    assert ("conversation.ask_body_in", {"officer": officer.username, "citizen_agreed": True}) in [
        (row.action, row.after) for row in done
    ]
    assert done[-1].action == "conversation.body_left"


def test_without_the_citizen_s_word_nobody_is_asked_in(agent: Desk, citizen: Citizen, officer: TestClient) -> None:
    assert ask_in(agent, citizen, officer, agreed=False).status_code == 422
    assert agent.post(citizen, "officers", staff_id=officer.staff_id).status_code == 422
    assert mine(officer) == []


def test_only_whoever_has_the_conversation_asks_in_and_only_somebody_of_a_body(
    as_staff: Callable[..., TestClient], agent: Desk, citizen: Citizen, officer: TestClient
) -> None:
    other = Desk(as_staff(Role.AGENT))
    assert ask_in(other, citizen, officer).status_code == 409
    assert ask_in(agent, citizen, as_staff(Role.BODY_OFFICER)).status_code == 409  # of no body
    assert ask_in(agent, citizen, as_staff(Role.CURATOR)).status_code == 409
    assert agent.post(citizen, "officers", staff_id=10**9, agreed=True).status_code == 422


def test_who_was_not_asked_in_sees_nothing(
    as_staff: Callable[..., TestClient], agent: Desk, citizen: Citizen, officer: TestClient, body_id: str
) -> None:
    ask_in(agent, citizen, officer)
    stranger = as_staff(Role.BODY_OFFICER, bodies=frozenset({body_id}))
    assert mine(stranger) == []
    assert speak(stranger, citizen, "我也说一句").status_code == 409
    assert stranger.get(f"{JOINT}/{citizen.id}").status_code == 409
    assert stranger.post(f"{JOINT}/{citizen.id}/presence", json={}).status_code == 409
    assert '"gone"' in json.dumps(events(stranger, citizen))
    for path in ("", f"/{citizen.id}"):
        assert agent.client.get(f"{JOINT}{path}").status_code == 403
    assert officer.get(f"{URL}/conversations/{citizen.id}").status_code == 403  # not the desk's view


def events(officer: TestClient, citizen: Citizen) -> list[str]:
    """The kinds of the first events of the stream."""
    found = []
    with officer.stream("GET", f"{JOINT}/{citizen.id}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("event:"):
                found.append(line.removeprefix("event:").strip())
                break
    return found


def test_what_the_body_may_see_ends_with_the_agent_s_part(agent: Desk, citizen: Citizen, officer: TestClient) -> None:
    ask_in(agent, citizen, officer)
    code = agent.client.get(f"{URL}/wrap-up-codes").json()[0]["code"]
    assert agent.post(citizen, "release", note="").status_code == 204
    assert mine(officer) == []
    agent.take(citizen)
    assert mine(officer) == [citizen.id]
    assert agent.post(citizen, "hand-back", code=code, note="").status_code == 204
    assert mine(officer) == []
    assert speak(officer, citizen, "还有一句").status_code == 409


def test_a_statute_that_is_not_in_force_is_refused_and_personal_data_are_masked(
    agent: Desk, citizen: Citizen, officer: TestClient
) -> None:
    ask_in(agent, citizen, officer)
    assert speak(officer, citizen, "按《合同法》第一百零七条办").status_code == 422
    assert speak(officer, citizen, "   ").status_code == 422
    assert speak(officer, citizen, "打我手机 13800138000 找我").status_code == 204
    assert "13800138000" not in texts(citizen, "agent")[-1]


def test_on_the_telephone_what_the_body_writes_is_for_the_agent(
    service: Service, agent: Desk, citizen: Citizen, officer: TestClient
) -> None:
    with service.writing.begin() as connection:
        connection.execute(
            update(conversation_table).where(conversation_table.c.id == citizen.id).values(channel="phone")
        )
    ask_in(agent, citizen, officer)
    assert speak(officer, citizen, "请他把考勤带来").status_code == 204
    assert "请他把考勤带来" not in [line["text"] for line in citizen.read()["messages"]]
    assert heard(service, citizen, officer)[-1] == "请他把考勤带来"
    at_desk = agent.client.get(f"{URL}/conversations/{citizen.id}/lines").json()
    assert at_desk[-1]["from"] == "note"
    assert "老周" in at_desk[-1]["name"]
