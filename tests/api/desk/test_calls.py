"""Telephone calls over the switchboard's twin: the pop-up, speech as it comes, the caller's earlier tickets."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.desk.tables import agent_table, call_event_table, call_table
from api.staff.roles import Role
from api.wiring import Service
from bot import wording
from bot.tables import conversation_table

_spec = importlib.util.spec_from_file_location("switchboard", Path(__file__).with_name("switchboard.py"))
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
Switchboard = _module.Switchboard

PHONE = "13800138000"
WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"
DESK = "/api/v1/desk/conversations"


@pytest.fixture
def switchboard(client: TestClient, service: Service) -> Iterator[Any]:
    before = service.settings.cti_secret
    service.settings.cti_secret = SecretStr("agreed with the exchange")
    yield Switchboard(client, "agreed with the exchange")
    service.settings.cti_secret = before
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
        connection.execute(update(call_table).values(state="ended"))
        connection.execute(update(conversation_table).values(owner="bot", agent_id=None))


@pytest.fixture
def agent(as_staff: Callable[..., TestClient]) -> TestClient:
    opened = as_staff(Role.AGENT, name="小王")
    opened.post("/api/v1/desk/presence", json={"ready": True})
    return opened


@pytest.fixture
def call(switchboard: Any, agent: TestClient) -> dict[str, Any]:
    """A call the agent has answered."""
    line = uuid.uuid4().hex
    for kind in ("ringing", "answered"):
        assert switchboard.tell(line, kind, phone=PHONE, agent=agent.username).status_code == 204
    return {**agent.get("/api/v1/calls").json()[0], "line": line}


def say(agent: TestClient, call: dict[str, Any], sequence: int, text: str, **more: Any) -> dict[str, Any]:
    answered = agent.post(f"/api/v1/calls/{call['id']}/segments", json={"sequence": sequence, "text": text, **more})
    assert answered.status_code == 200, answered.text
    return answered.json()


def test_a_call_pops_up_with_its_number_masked_and_belongs_to_who_answers(
    switchboard: Any, agent: TestClient, service: Service
) -> None:
    line = uuid.uuid4().hex
    switchboard.tell(line, "ringing", phone=PHONE, agent=agent.username)
    popped = agent.get("/api/v1/calls").json()[0]
    assert (popped["state"], popped["phone_shown"]) == ("ringing", "138****8000")
    assert agent.post(f"{DESK}/{popped['conversation_id']}/take").status_code == 409, (
        "the telephone is lifted, not the page"
    )
    switchboard.tell(line, "answered", agent=agent.username)
    assert agent.get("/api/v1/desk/queue").json()["mine"][0]["channel"] == "phone"
    switchboard.tell(line, "ended")
    assert agent.get("/api/v1/calls").json() == []
    with service.engine.connect() as connection:
        row = connection.execute(select(call_table).where(call_table.c.switchboard_id == line)).one()
        kinds = connection.execute(
            select(call_event_table.c.kind).where(call_event_table.c.call_id == row.id)
        ).scalars()
        assert list(kinds) == ["ringing", "answered", "ended"]
    assert PHONE.encode() not in row.phone
    assert row.ended_at >= row.answered_at >= row.began_at


def test_the_same_notice_twice_counts_once_and_a_late_one_revives_nothing(
    switchboard: Any, agent: TestClient, service: Service
) -> None:
    line = uuid.uuid4().hex
    for _ in range(2):
        assert switchboard.tell(line, "ringing", event_id=f"{line}-1", agent=agent.username).status_code == 204
    switchboard.tell(line, "ended")
    switchboard.tell(line, "answered", agent=agent.username)
    with service.engine.connect() as connection:
        row = connection.execute(select(call_table).where(call_table.c.switchboard_id == line)).one()
        events = connection.execute(select(call_event_table.c.id).where(call_event_table.c.call_id == row.id)).all()
    assert row.state == "ended"
    assert len(events) == 3


def test_who_does_not_sign_or_signs_an_old_notice_is_refused(
    switchboard: Any, client: TestClient, call: dict[str, Any]
) -> None:
    forger = Switchboard(client, "guessed")
    assert forger.tell("x", "ringing").status_code == 401
    assert switchboard.tell("x", "ringing", age_s=600).status_code == 401
    assert client.post("/api/v1/calls/notices", content=b"{}").status_code == 401
    with pytest.raises(WebSocketDisconnect), forger.speech(call["id"]):
        pass


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "exploded"}, {"phone": "1" * 40}, {"agent": "nobody-here"}, {"extra": "x"}, {"event_id": "e" * 99}],
)
def test_a_notice_of_the_wrong_shape_is_a_problem(switchboard: Any, wrong: dict[str, str]) -> None:
    told = {"kind": "ringing", **wrong}
    assert switchboard.tell(uuid.uuid4().hex, **told).status_code == 422


def test_without_a_secret_no_call_comes_in(switchboard: Any, client: TestClient, service: Service) -> None:
    service.settings.cti_secret = SecretStr("")
    assert Switchboard(client, "").tell("x", "ringing").status_code == 401


def test_what_the_agent_types_gives_matter_case_body_and_the_next_question(
    agent: TestClient, call: dict[str, Any]
) -> None:
    suggestion = say(agent, call, 1, WAGES)["suggested"]["suggestion"]
    assert suggestion["matter"] == "wage_arrears"
    assert suggestion["confidence"] > 0.5
    assert suggestion["cases"][0]["card"]["statutes"]
    assert suggestion["referral"]["body"]["area"] == "洪山区"


def test_a_tap_on_the_suggested_question_changes_the_body(agent: TestClient, call: dict[str, Any]) -> None:
    say(agent, call, 1, "老板三个月没发我工资，我在一家餐馆打工")
    tapped = agent.post(
        f"/api/v1/calls/{call['id']}/answers", json={"sequence": 2, "question": "area_work", "value": "武昌区"}
    )
    assert tapped.json()["suggested"]["suggestion"]["referral"]["body"]["area"] == "武昌区"


def test_speech_is_heard_as_it_comes_and_the_draft_to_an_earlier_sentence_is_dropped(
    switchboard: Any, agent: TestClient, call: dict[str, Any]
) -> None:
    with switchboard.speech(call["id"]) as line:
        line.send_json({"sequence": 0, "text": "我在洪山区", "final": False})
        line.send_json({"sequence": 1, "text": WAGES})
        line.send_json({"sequence": 2, "text": "您在哪家餐馆", "speaker": "agent"})
        line.send_json({"sequence": 3, "text": "在街道口那边，老板姓李"})
        while (heard := line.receive_json())["sequence"] != 3:
            pass  # the machine was as quick as the speaker
    assert heard["suggested"]["suggestion"]["matter"] == "wage_arrears"
    said = agent.get(f"{DESK}/{call['conversation_id']}/lines").json()
    assert [(row["from"], row["text"]) for row in said if row["text"]][-3:] == [
        ("citizen", WAGES),
        ("agent", "您在哪家餐馆"),
        ("citizen", "在街道口那边，老板姓李"),
    ]


def test_the_same_segment_after_a_broken_line_is_kept_once(
    switchboard: Any, agent: TestClient, call: dict[str, Any]
) -> None:
    for _ in range(2):
        with switchboard.speech(call["id"]) as line:
            line.send_json({"sequence": 1, "text": WAGES})
            line.receive_json()
    said = agent.get(f"{DESK}/{call['conversation_id']}/lines").json()
    assert [row["text"] for row in said if row["from"] == "citizen"] == [WAGES]


def test_danger_is_seen_before_the_sentence_is_at_its_end(switchboard: Any, call: dict[str, Any]) -> None:
    with switchboard.speech(call["id"]) as line:
        line.send_json({"sequence": 1, "text": "他拿刀在砸我家的门，我", "final": False})
        assert "110" in line.receive_json()["danger"][0]


def test_nonsense_on_the_line_is_answered_and_the_line_stays(switchboard: Any, call: dict[str, Any]) -> None:
    with switchboard.speech(call["id"]) as line:
        line.send_text("{not json")
        assert "error" in line.receive_json()
        line.send_json({"sequence": 1, "text": WAGES})
        assert line.receive_json()["sequence"] == 1


def test_a_call_is_the_agents_own(agent: TestClient, call: dict[str, Any], as_staff: Callable[..., TestClient]) -> None:
    other = as_staff(Role.AGENT)
    url = f"/api/v1/calls/{call['id']}/segments"
    assert other.post(url, json={"sequence": 1, "text": "x"}).status_code == 409
    assert other.get("/api/v1/calls").json() == []
    assert agent.post(f"/api/v1/calls/{'0' * 24}/segments", json={"sequence": 1, "text": "x"}).status_code == 404


def test_a_ticket_of_a_call_takes_the_callers_number(agent: TestClient, call: dict[str, Any], service: Service) -> None:
    say(agent, call, 1, WAGES)
    draft = agent.get(f"{DESK}/{call['conversation_id']}/ticket").json()
    assert draft["phone_shown"] == "138****8000"
    consent = {"consent_version": wording.CONSENT.version, "agreed": True}
    made = agent.post(f"{DESK}/{call['conversation_id']}/ticket", json=consent)
    assert made.status_code == 201, made.text


def test_who_called_before_is_shown_only_after_number_and_query_code(
    switchboard: Any, agent: TestClient, call: dict[str, Any]
) -> None:
    say(agent, call, 1, WAGES)
    consent = {"consent_version": wording.CONSENT.version, "agreed": True}
    made = agent.post(f"{DESK}/{call['conversation_id']}/ticket", json=consent).json()
    keys = {"number": made["number"], "code": made["query_code"]}

    def calls_from(phone: str) -> str:
        line = uuid.uuid4().hex
        switchboard.tell(line, "answered", phone=phone, agent=agent.username)
        return agent.get("/api/v1/calls").json()[0]["id"]

    again, stranger = calls_from(PHONE), calls_from("13900139000")
    wrong = agent.post(f"/api/v1/calls/{again}/proof", json={**keys, "code": "222222"})
    foreign = agent.post(f"/api/v1/calls/{stranger}/proof", json=keys)
    assert wrong.status_code == foreign.status_code == 404
    assert wrong.json() == foreign.json()
    proven = agent.post(f"/api/v1/calls/{again}/proof", json=keys)
    assert proven.status_code == 200, proven.text
    assert proven.json()[0]["number"] == made["number"]
    assert WAGES in proven.json()[0]["told"]
