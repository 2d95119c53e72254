"""The desk over HTTP: queue, taking, talking, suggestions, tickets, handing back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from api.desk import suggestions, sweep
from api.desk.tables import agent_table, wrap_up_table
from api.staff.roles import Role
from api.staff.tables import audit_table, staff_table
from api.wiring import Service
from bot import wording
from bot.tables import conversation_table, message_table

WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同，怎么要回来"
URL = "/api/v1/desk"


class Citizen:
    def __init__(self, client: TestClient) -> None:
        self.client = client
        opened = client.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id = opened["id"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}

    def say(self, **what: Any) -> dict[str, Any] | None:
        body = {"client_id": str(uuid.uuid4()), **what}
        answered = self.client.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers)
        assert answered.status_code == 200, answered.text
        return answered.json()["reply"]

    def read(self) -> dict[str, Any]:
        return self.client.get(f"/api/v1/conversations/{self.id}", headers=self.headers).json()


class Desk:
    """An agent with the desk open."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.staff_id = client.staff_id
        assert client.post(f"{URL}/presence", json={"ready": True}).status_code == 204

    def queue(self) -> dict[str, Any]:
        return self.client.get(f"{URL}/queue").json()

    def post(self, citizen: Citizen, what: str, **body: Any) -> Any:
        return self.client.post(f"{URL}/conversations/{citizen.id}/{what}", json=body)

    def take(self, citizen: Citizen) -> dict[str, Any]:
        taken = self.post(citizen, "take")
        assert taken.status_code == 200, taken.text
        return taken.json()

    def say(self, citizen: Citizen, text: str, **more: Any) -> Any:
        return self.post(citizen, "messages", client_id=uuid.uuid4().hex, text=text, **more)

    def view(self, citizen: Citizen) -> Any:
        return self.client.get(f"{URL}/conversations/{citizen.id}")

    def suggested(self, citizen: Citizen) -> dict[str, Any]:
        return self.view(citizen).json()["suggested"]


@pytest.fixture
def citizen(client: TestClient) -> Citizen:
    return Citizen(client)


@pytest.fixture(autouse=True)
def empty_desk(service: Service) -> None:
    """Other tests leave citizens waiting in the same database."""
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
        connection.execute(update(conversation_table).values(owner="bot", agent_id=None))


@pytest.fixture
def agent(as_staff: Callable[..., TestClient]) -> Desk:
    return Desk(as_staff(Role.AGENT, name="小王"))


@pytest.fixture
def other(as_staff: Callable[..., TestClient]) -> Desk:
    return Desk(as_staff(Role.AGENT, name="小李"))


def texts(citizen: Citizen, sender: str) -> list[str]:
    return [line["text"] for line in citizen.read()["messages"] if line["from"] == sender]


@pytest.mark.parametrize("ask", [{"text": "人工"}, {"text": "转人工"}, {"text": "找真人"}, {"action": "human"}])
def test_asking_for_a_person_puts_into_the_queue_at_the_first_try(
    citizen: Citizen, agent: Desk, ask: dict[str, str]
) -> None:
    reply = citizen.say(**ask)
    assert wording.QUEUED_NEXT in reply["text"]
    assert "ticket_form" in [card["kind"] for card in reply["cards"]]
    assert [item["id"] for item in agent.queue()["waiting"]] == [citizen.id]
    assert citizen.read()["status"] == {
        "owner": "waiting", "agent_name": "", "ahead": 0, "agents": 1, "typing": False, "read_id": 0,
    }  # fmt: skip


def test_in_danger_a_person_is_had_too_and_the_number_stays_in_front(citizen: Citizen, agent: Desk) -> None:
    assert citizen.say(text="他正在打我，我躲在厕所里")["outcome"] == "emergency"
    citizen.say(text="转人工")
    row = agent.queue()["waiting"][0]
    assert row["urgent"].startswith("E")
    both = Citizen(citizen.client).say(text="他拿刀在砸门，快转人工")
    assert "110" in both["text"][:8]
    assert wording.QUEUED_CALLBACK in both["text"]


def test_with_nobody_at_the_desks_it_is_said_and_12348_and_a_callback_are_offered(citizen: Citizen) -> None:
    reply = citizen.say(text="转人工")
    assert "没有座席在线" in reply["text"]
    assert "12348" in reply["text"]
    assert "ticket_form" in [card["kind"] for card in reply["cards"]]
    assert "没有座席在线" in citizen.say(text=WAGES)["text"]  # never left without a word


def test_from_then_on_the_machine_is_silent_and_suggests_to_the_agent(citizen: Citizen, agent: Desk) -> None:
    citizen.say(text="转人工")
    assert citizen.say(text=WAGES) is None
    view = agent.take(citizen)
    assert citizen.say(text="老板说没钱") is None
    assert view["suggested"]["suggestion"]["matter"] == "wage_arrears"
    assert view["suggested"]["suggestion"]["cases"][0]["card"]["case_id"].startswith("wage_arrears.")
    assert view["suggested"]["suggestion"]["referral"]["body"]["name"]
    assert "座席小王来了" in texts(citizen, "bot")[-1]


def test_danger_is_shown_to_citizen_and_agent_while_a_person_has_the_conversation(
    citizen: Citizen, agent: Desk
) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    alarm = citizen.say(text="他现在拿刀在砸我的门")
    assert alarm["outcome"] == "emergency"
    assert agent.suggested(citizen)["suggestion"]["danger"]["lines"]
    assert agent.queue()["mine"][0]["urgent"].startswith("E")


def test_waiting_can_be_ended_by_the_citizen_and_the_machine_answers_again(citizen: Citizen, agent: Desk) -> None:
    citizen.say(text="转人工")
    assert citizen.say(action="stop_waiting")["text"] == wording.STOPPED_WAITING
    assert agent.queue()["waiting"] == []
    assert citizen.say(text=WAGES)["outcome"] == "answered"
    assert agent.post(citizen, "take").status_code == 409


def test_both_talk_in_one_thread_and_handing_back_lets_the_machine_speak(citizen: Citizen, agent: Desk) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    assert agent.say(citizen, "您好，工资条还在吗").status_code == 201
    citizen.say(text="在的")
    assert texts(citizen, "agent") == ["您好，工资条还在吗"]
    assert agent.post(citizen, "hand-back", code="advised").status_code == 204
    assert citizen.read()["status"]["owner"] == "bot"
    assert citizen.say(text=WAGES)["outcome"] == "answered"
    assert agent.say(citizen, "还有一句").status_code == 409


def test_handing_back_records_how_it_ended(citizen: Citizen, agent: Desk, service: Service) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    assert agent.post(citizen, "hand-back", code="invented").status_code == 422
    agent.post(citizen, "hand-back", code="advised", note="电话13800138000")
    with service.engine.connect() as connection:
        row = connection.execute(select(wrap_up_table).where(wrap_up_table.c.conversation_id == citizen.id)).one()
        actions = connection.execute(
            select(audit_table.c.action).where(audit_table.c.object_id == citizen.id)
        ).scalars()
        assert {"conversation.take", "conversation.hand_back"} <= set(actions)
    assert (row.code, row.agent_name, row.note) == ("advised", "小王", "电话138****8000")


def test_of_two_agents_who_take_at_once_one_is_told_who_has_it(citizen: Citizen, agent: Desk, other: Desk) -> None:
    citizen.say(text="转人工")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda desk: desk.post(citizen, "take"), (agent, other)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "已经接了" in refused.json()["detail"]
    loser = other if answers[1] is refused else agent
    assert loser.say(citizen, "我也来").status_code == 409
    assert loser.view(citizen).status_code == 409


def test_taking_ones_own_again_changes_nothing(citizen: Citizen, agent: Desk) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    agent.take(citizen)
    assert len([text for text in texts(citizen, "bot") if "来了" in text]) == 1


def test_a_released_conversation_keeps_its_place_and_the_note_is_for_colleagues(
    citizen: Citizen, agent: Desk, other: Desk
) -> None:
    citizen.say(text="转人工")
    since = agent.take(citizen)["item"]["waiting_since"]
    agent.post(citizen, "release", note="要懂劳动法的")
    assert other.queue()["waiting"][0]["waiting_since"] == since
    lines = other.client.get(f"{URL}/conversations/{citizen.id}/lines").json()
    assert [line["text"] for line in lines if line["from"] == "note"] == ["要懂劳动法的"]
    assert "懂劳动法" not in str(citizen.read())


def test_a_transfer_carries_a_summary_and_only_goes_to_who_is_there(citizen: Citizen, agent: Desk, other: Desk) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    other.client.delete(f"{URL}/presence")
    assert agent.post(citizen, "transfer", to=other.staff_id, summary="欠薪").status_code == 409
    other.client.post(f"{URL}/presence", json={"ready": True})
    assert agent.post(citizen, "transfer", to=other.staff_id, summary="欠薪").status_code == 204
    assert other.view(citizen).json()["mine"]
    assert "小李接着为您办" in texts(citizen, "bot")[-1]
    assert agent.say(citizen, "还有").status_code == 409


def test_a_colleague_asked_in_sees_and_notes_but_does_not_speak(citizen: Citizen, agent: Desk, other: Desk) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    assert other.view(citizen).status_code == 409
    agent.post(citizen, "invitations", staff_id=other.staff_id)
    assert other.view(citizen).status_code == 200
    assert other.queue()["invited"][0]["id"] == citizen.id
    assert other.post(citizen, "notes", client_id="n1", text="问问合同").status_code == 204
    assert other.say(citizen, "您好").status_code == 409


def test_a_supervisor_listens_in_and_says_nothing(
    citizen: Citizen, agent: Desk, as_staff: Callable[..., TestClient]
) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    supervisor = Desk(as_staff(Role.SUPERVISOR))
    assert supervisor.view(citizen).status_code == 200
    assert supervisor.client.get(f"{URL}/held").json()[0]["id"] == citizen.id
    assert supervisor.say(citizen, "插一句").status_code == 409
    wall = supervisor.client.get(f"{URL}/wall").json()
    assert (wall["held"], wall["waiting"]) == (1, 0)
    assert agent.client.get(f"{URL}/wall").status_code == 403


def test_an_agent_whose_desk_is_gone_loses_the_conversation_to_the_queue(
    citizen: Citizen, agent: Desk, other: Desk, service: Service
) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    assert sweep.sweep(service) == 0
    with service.writing.begin() as connection:
        long_ago = service.now() - timedelta(minutes=3)
        connection.execute(
            update(conversation_table).where(conversation_table.c.id == citizen.id).values(taken_at=long_ago)
        )
        connection.execute(update(agent_table).where(agent_table.c.staff_id == agent.staff_id).values(seen_at=long_ago))
    assert sweep.sweep(service) == 1
    assert "断了线" in texts(citizen, "bot")[-1]
    assert other.queue()["waiting"][0]["id"] == citizen.id


def test_a_citizen_left_without_an_answer_goes_back_to_the_queue(
    citizen: Citizen, agent: Desk, service: Service
) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    citizen.say(text="在吗")
    with service.writing.begin() as connection:
        long_ago = service.now() - timedelta(minutes=6)
        where = message_table.c.conversation_id == citizen.id
        connection.execute(update(message_table).where(where).values(at=long_ago))
        connection.execute(
            update(conversation_table).where(conversation_table.c.id == citizen.id).values(taken_at=long_ago)
        )
    assert sweep.sweep(service) == 1
    assert "没能回您" in texts(citizen, "bot")[-1]


def test_a_statute_that_is_not_in_force_is_shown_before_sending_and_left_out_on_demand(
    citizen: Citizen, agent: Desk
) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    draft = "依据《劳动合同法》第三十条和《合同法》第一百零七条，可以要回来。"
    checked = agent.client.post(f"{URL}/citations", json={"text": draft}).json()
    assert [citation["in_force"] for citation in checked] == [True, False]
    refused = agent.say(citizen, draft)
    assert refused.status_code == 422
    assert "合同法》第一百零七条" in refused.json()["detail"]
    assert agent.say(citizen, draft, leave_out=True).status_code == 201
    assert "第一百零七条" not in texts(citizen, "agent")[-1]
    assert "第三十条" in texts(citizen, "agent")[-1]


def test_what_an_agent_writes_is_masked_and_the_same_key_twice_is_said_once(
    citizen: Citizen, agent: Desk, service: Service
) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    body = {"client_id": "same", "text": "您的身份证11010519491231002X对吗"}
    with ThreadPoolExecutor(3) as pool:
        codes = [answer.status_code for answer in pool.map(lambda _: agent.post(citizen, "messages", **body), range(3))]
    assert codes == [201] * 3
    assert texts(citizen, "agent") == ["您的身份证〔身份证号〕对吗"]


def test_a_suggestion_is_adopted_edited_or_refused_and_that_is_kept(
    citizen: Citizen, agent: Desk, service: Service, as_staff: Callable[..., TestClient]
) -> None:
    begun = service.now()
    citizen.say(text="转人工")
    agent.take(citizen)
    citizen.say(text=WAGES)
    first = agent.suggested(citizen)
    say = first["suggestion"]["say"]
    assert agent.say(citizen, say, suggestion_id=first["id"]).status_code == 201
    assert agent.suggested(citizen)["action"] == "adopted"
    citizen.say(text="老板不给我工资条")
    second = agent.suggested(citizen)
    assert second["id"] != first["id"]
    assert agent.say(citizen, "旧的", suggestion_id=first["id"]).status_code == 409, "the conversation has moved on"
    assert agent.say(citizen, "先去劳动监察", suggestion_id=second["id"]).status_code == 201
    citizen.say(text="押金也不退，三千块")
    third = agent.suggested(citizen)
    assert agent.post(citizen, f"suggestions/{third['id']}/reject").status_code == 204
    with service.engine.connect() as connection:
        kept = [row for row in suggestions.acted_since(connection, begun) if row.conversation_id == citizen.id]
    assert [row.action for row in kept] == ["adopted", "edited", "rejected"]
    assert kept[0].question == WAGES
    assert kept[1].sent_text == "先去劳动监察"
    supervisor = as_staff(Role.SUPERVISOR)
    rows = supervisor.get(f"{URL}/agreement").json()
    mine = [row for row in rows if row["agent_name"] == "小王"]
    assert sum(row["adopted"] for row in mine) >= 1
    assert sum(row["edited"] for row in mine) >= 1


def test_a_ticket_is_made_by_one_key_with_what_is_known(citizen: Citizen, agent: Desk) -> None:
    citizen.say(text=WAGES)
    citizen.say(text="转人工")
    agent.take(citizen)
    agent.say(citizen, "我帮您转过去")
    draft = agent.client.get(f"{URL}/conversations/{citizen.id}/ticket").json()
    assert draft["matter_name"]
    assert WAGES in draft["story"]
    assert draft["body"]["name"]
    assert any("洪山" in fact for fact in draft["facts"])
    consent = {"consent_version": wording.CONSENT.version, "agreed": True}
    made = agent.post(citizen, "ticket", phone="13800138000", **consent)
    assert made.status_code == 201, made.text
    assert citizen.read()["tickets"] == [made.json()["number"]]
    opened = agent.client.get(f"/api/v1/desk/tickets/{made.json()['number']}").json()
    assert opened["first_responder"] == agent.client.username
    assert agent.post(citizen, "ticket", phone="1", **consent).status_code == 422
    assert agent.post(citizen, "ticket", consent_version=wording.CONSENT.version, agreed=False).status_code == 422


def test_the_order_is_danger_then_time_and_ones_own_skills_first(
    client: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    family, wages, danger = Citizen(client), Citizen(client), Citizen(client)
    family.say(text="我想离婚，房子怎么分")
    family.say(text="转人工")
    wages.say(text=WAGES)
    wages.say(text="转人工")
    danger.say(text="他正在打我，我躲在厕所里，他在砸门")
    danger.say(text="转人工")
    everyone = Desk(as_staff(Role.AGENT))
    labour = Desk(as_staff(Role.AGENT, skills=frozenset({"labor"})))
    assert [item["id"] for item in everyone.queue()["waiting"]] == [danger.id, family.id, wages.id]
    assert [item["id"] for item in labour.queue()["waiting"]] == [danger.id, wages.id, family.id]
    assert wages.read()["status"]["ahead"] == 2
    assert danger.read()["status"]["ahead"] == 0


def test_who_looks_and_who_types_is_seen(citizen: Citizen, agent: Desk) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    agent.post(citizen, "presence", typing=True, read_id=3)
    assert citizen.read()["status"]["typing"]
    told = citizen.client.post(
        f"/api/v1/conversations/{citizen.id}/presence", json={"typing": True, "read_id": 2}, headers=citizen.headers
    )
    assert told.status_code == 204
    people = {person["name"]: person for person in agent.view(citizen).json()["people"]}
    assert people["群众"]["typing"]
    assert people["小王"]["looking"]


def test_a_role_taken_away_works_at_once(citizen: Citizen, agent: Desk, service: Service) -> None:
    citizen.say(text="转人工")
    agent.take(citizen)
    with service.writing.begin() as connection:
        connection.execute(update(staff_table).where(staff_table.c.id == agent.staff_id).values(roles=["auditor"]))
    assert agent.say(citizen, "还在").status_code == 403


def test_phrases_for_all_and_ones_own(agent: Desk, other: Desk) -> None:
    url = f"{URL}/phrases"
    own = {"key": "wo", "title": "我的", "text": "我是座席{座席}"}
    assert agent.client.put(url, json=own).status_code == 204
    assert agent.client.get(url).json()[0] == {**own, "own": True}
    assert all(not phrase["own"] for phrase in other.client.get(url).json())
    assert agent.client.put(url, json={**own, "text": "{没有的}"}).status_code == 422
    assert agent.client.put(url, json={**own, "text": "《合同法》第一百零七条"}).status_code == 422
    assert agent.client.delete(f"{url}/wo").status_code == 204


@pytest.mark.parametrize("what", ["queue", "phrases", "wrap-up-codes", "wall", "held", "agreement", "events"])
def test_nobody_gets_in_without_a_role(client: TestClient, as_staff: Callable[..., TestClient], what: str) -> None:
    assert client.get(f"{URL}/{what}").status_code == 401
    assert as_staff(Role.CURATOR).get(f"{URL}/{what}").status_code == 403
