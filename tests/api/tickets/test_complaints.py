"""Complaints: to whoever is competent, never to those complained about."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from api.staff.roles import Role
from bot import wording
from routing.tables import complaint_table


def new_key() -> str:
    return uuid.uuid4().hex


def filled(**fields: Any) -> dict[str, Any]:
    consent = {"version": wording.CONSENT.version, "agreed": True}
    told = {"target": "lawyer", "area": "洪山区", "text": "收了两万块钱，什么都没有做"}
    return {"key": new_key(), "consent": consent, **told, **fields}


class Chat:
    """A conversation of a citizen."""

    def __init__(self, client: Any) -> None:
        self.client = client
        opened = client.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id, self.headers = opened["id"], {"Authorization": f"Bearer {opened['token']}"}

    def say(self, text: str) -> dict[str, Any]:
        body = {"client_id": new_key(), "text": text}
        return self.client.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers).json()[
            "reply"
        ]

    def complain(self, **fields: Any) -> Any:
        address = f"/api/v1/conversations/{self.id}/complaints"
        return self.client.post(address, json=filled(**fields), headers=self.headers)

    def hand_over(self) -> Any:
        consent = {"version": wording.CONSENT.version, "agreed": True}
        body = {"conversation_id": self.id, "consent": consent}
        return self.client.post("/api/v1/tickets", json=body, headers=self.headers)


@pytest.fixture
def chat(client) -> Chat:
    return Chat(client)


def look(staff: Any, number: str) -> Any:
    return staff.get(f"/api/v1/desk/tickets/{number}")


def bureau(service: Any, area: str = "洪山区") -> str:
    return service.parts.directory.find("judicial_bureau", area).id


def complain_of(ticket: Any, **fields: Any) -> Any:
    headers = {"X-Query-Code": ticket.code}
    return ticket.client.post(f"/api/v1/tickets/{ticket.number}/complaints", json=filled(**fields), headers=headers)


def test_whoever_says_that_they_want_to_complain_is_asked_about_whom(chat) -> None:
    reply = chat.say("我要投诉")
    (card,) = [card for card in reply["cards"] if card["kind"] == "complaint"]
    assert card["target"] == ""
    assert {target["id"] for target in card["targets"]} >= {
        "lawyer", "notary", "forensic", "mediator", "grassroots", "legal_aid", "service",
    }  # fmt: skip
    assert all(target["source"] for target in card["targets"])
    assert "看不到" in reply["text"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("我要投诉律师，收了两万块钱什么都没干，在洪山区", "lawyer"),
        ("我要投诉公证处乱收费", "notary"),
        ("投诉你们12348，态度太差", "service"),
    ],
)
def test_whom_the_words_mean_is_chosen_already(chat, text, target) -> None:
    (card,) = [card for card in chat.say(text)["cards"] if card["kind"] == "complaint"]
    assert card["target"] == target


def test_a_complaint_about_a_shop_is_none_of_these(chat) -> None:
    assert "complaint" not in [card["kind"] for card in chat.say("我要投诉商家卖假货")["cards"]]


def test_it_becomes_a_ticket_of_its_own_kind_with_its_own_promises(chat, as_staff, service) -> None:
    agent = as_staff(Role.AGENT)
    made = chat.complain(about="某某律师事务所 张律师", phone="13800138001")
    assert made.status_code == 201, made.text
    assert "洪山区司法局" in made.json()["reply"]["text"]
    shown = look(agent, made.json()["number"]).json()
    assert shown["matter"] == "legal_service_complaint"
    assert shown["need"] == "service_complaint"
    assert shown["clocks"][0]["promise"] == "first_response_complaint"
    assert shown["complaint"]["target_name"] == "律师、律师事务所"
    assert shown["complaint"]["about"] == "某某律师事务所 张律师"
    assert shown["story"]["reasons"][0]["source"] == "律师法第五十二条"
    listed = agent.get("/api/v1/desk/tickets", params={"complaints": True}).json()["items"]
    assert made.json()["number"] in [line["number"] for line in listed]
    with service.engine.connect() as connection:
        row = connection.execute(select(complaint_table).where(complaint_table.c.ticket == shown["number"])).one()
    assert "张律师".encode() not in row.about


def test_nothing_of_it_is_in_the_conversation_that_others_may_read(chat) -> None:
    chat.say("你好")
    chat.complain(target="service", text="座席骂人，叫李某")
    seen = chat.client.get(f"/api/v1/conversations/{chat.id}", headers=chat.headers)
    assert "骂人" not in seen.text
    assert seen.json()["tickets"] == []


def test_sent_again_it_is_one_complaint(chat) -> None:
    key = new_key()
    assert len({chat.complain(key=key).json()["number"] for _ in range(3)}) == 1
    assert chat.complain(text="另一件事").json()["number"] != chat.complain().json()["number"]


def test_the_agents_of_a_ticket_cannot_see_or_do_anything_with_the_complaint_about_them(
    as_staff, a_ticket, service
) -> None:
    blamed, boss, other = as_staff(Role.AGENT, name="李某"), as_staff(Role.SUPERVISOR), as_staff(Role.AGENT)
    ticket = a_ticket(phone="13900139000")
    ticket.done(blamed, "taken")
    made = complain_of(ticket, target="service", text="李某说话难听")
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    assert look(blamed, number).status_code == 404
    assert number not in str(blamed.get("/api/v1/desk/tickets", params={"number": number}).json())
    acted = blamed.post(
        f"/api/v1/desk/tickets/{number}/actions", json={"kind": "taken", "sequence": 2, "key": new_key()}
    )
    assert acted.status_code == 404
    for method, address in (("GET", "links"), ("POST", "links"), ("DELETE", "links"), ("GET", "bookings")):
        assert blamed.request(method, f"/api/v1/desk/tickets/{number}/{address}").status_code == 404
    shown = look(other, number).json()
    assert shown["complaint"]["about_ticket"] == ticket.number
    assert "李某" in shown["complaint"]["recused"][0]
    assert shown["phone"] == "+8613900139000"  # of the ticket it arose from: the answer goes there
    to_blamed = {"kind": "offered", "sequence": shown["sequence"], "key": new_key(), "person": blamed.username}
    refused = other.post(f"/api/v1/desk/tickets/{number}/actions", json=to_blamed)
    assert (refused.status_code, "不能由他来办" in refused.json()["detail"]) == (409, True)
    assert look(boss, number).status_code == 200


def test_a_body_complained_about_gets_neither_ticket_nor_link(as_staff, a_ticket, service, link_holder) -> None:
    aid = service.parts.directory.find("legal_aid_center", "洪山区").id
    agent, officer = as_staff(Role.AGENT), as_staff(Role.BODY_OFFICER, bodies=frozenset({aid, bureau(service)}))
    ticket = a_ticket()
    ticket.done(agent, "sent", body_id=aid)
    number = complain_of(ticket, target="legal_aid", text="援助律师不接电话").json()["number"]
    shown = look(agent, number).json()
    assert shown["story"]["decided_for"]["id"] == bureau(service)
    assert aid not in [proposal["body"]["id"] for proposal in shown["proposals"]]
    send = {"kind": "sent", "sequence": shown["sequence"], "key": new_key()}
    refused = agent.post(f"/api/v1/desk/tickets/{number}/actions", json={**send, "body_id": aid})
    assert (refused.status_code, "投诉的就是这个单位" in refused.json()["detail"]) == (409, True)
    done = agent.post(f"/api/v1/desk/tickets/{number}/actions", json={**send, "body_id": bureau(service)})
    assert done.status_code == 200, done.text
    # Somebody who acts for the body complained about sees it nowhere, though they act for the authority too.
    assert look(officer, number).status_code == 404
    assert number not in str(officer.get("/api/v1/desk/tickets").json())
    told = link_holder(done.json()).look().json()["ticket"]
    assert told["complaint"]["target"] == "legal_aid"
    assert (told["complaint"]["about_ticket"], told["complaint"]["recused"]) == ("", [])
    passed = link_holder(done.json()).act("referred_onward", body_id=aid)
    assert passed.status_code == 409


def test_the_authority_itself_can_be_complained_about(chat, as_staff, service) -> None:
    agent = as_staff(Role.AGENT)
    number = chat.complain(target="unknown", about="武汉市司法局 某科", area="").json()["number"]
    assert look(agent, number).json()["story"]["decided_for"]["id"] == "hotline-12345"
    number = chat.complain(target="lawyer", about="洪山区司法局不管", area="洪山区").json()["number"]
    assert look(agent, number).json()["story"]["decided_for"]["name"] == "武汉市司法局"


def test_the_citizen_hears_back_within_the_promise(chat, as_staff, service, link_holder) -> None:
    agent, made = as_staff(Role.AGENT), chat.complain().json()
    number, code = made["number"], made["query_code"]
    sequence = look(agent, number).json()["sequence"]
    send = {"kind": "sent", "sequence": sequence, "key": new_key(), "body_id": bureau(service)}
    authority = link_holder(agent.post(f"/api/v1/desk/tickets/{number}/actions", json=send).json())
    authority.done("accepted")
    running = [clock for clock in authority.look().json()["ticket"]["clocks"] if clock["stopped_at"] is None]
    assert [clock["promise"] for clock in running] == ["answer_complaint"]
    authority.done("answered", text="已立案调查，退还律师费")
    seen = chat.client.get(f"/api/v1/tickets/{number}", headers={"X-Query-Code": code}).json()
    assert seen["complaint"] == "律师、律师事务所"
    assert "已立案调查" in seen["answer"]
    assert "confirmed" in seen["may"]


def test_told_in_words_alone_it_is_a_complaint_all_the_same(chat, as_staff) -> None:
    chat.say("我要投诉公证处，乱收费，在江汉区")
    made = chat.hand_over()
    assert made.status_code == 201, made.text
    shown = look(as_staff(Role.AGENT), made.json()["number"]).json()
    assert (shown["need"], shown["complaint"]["target"]) == ("service_complaint", "notary")
    assert shown["story"]["decided_for"]["name"] == "武汉市司法局"
    assert chat.hand_over().json()["number"] == made.json()["number"]


def test_an_agent_writes_one_down_but_not_about_what_they_dealt_with(as_staff, a_ticket, service) -> None:
    agent, other = as_staff(Role.AGENT), as_staff(Role.AGENT)
    ticket = a_ticket()
    ticket.done(agent, "taken")
    body = filled(target="service", ticket=ticket.number, text="接电话的人态度差")
    assert agent.post("/api/v1/desk/complaints", json=body).status_code == 409
    made = other.post("/api/v1/desk/complaints", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["body_name"] == "武汉市司法局"
    assert look(agent, made.json()["number"]).status_code == 404
    about_me = filled(target="service", staff=[agent.username])
    assert agent.post("/api/v1/desk/complaints", json=about_me).status_code == 409
    for wrong in ({"staff": ["nobody"]}, {"bodies": ["nobody"]}, {"target": "neighbour"}, {"text": "。。"}):
        assert other.post("/api/v1/desk/complaints", json=filled(**wrong)).status_code == 422


def test_somebody_found_to_be_involved_is_kept_away_from_then_on(as_staff, a_ticket, service, link_holder) -> None:
    agent, other = as_staff(Role.AGENT), as_staff(Role.AGENT)
    inspection = service.parts.directory.find("labor_inspection", "洪山区").id
    ticket = a_ticket()
    body = link_holder(ticket.done(agent, "sent", body_id=inspection))
    address = f"/api/v1/desk/tickets/{ticket.number}/recusals"
    assert agent.post(address, json={"party": "body", "id": "nobody"}).status_code == 422
    assert agent.post(address, json={"party": "body", "id": inspection}).status_code == 204
    assert ticket.seen(agent).json()["state"] == "returned"
    assert body.look().status_code == 404
    assert agent.post(address, json={"party": "staff", "id": agent.username}).status_code == 204  # oneself
    assert ticket.seen(agent).status_code == 404
    assert ticket.seen(other).json()["first_responder"] == ""


def test_the_form_is_there_for_everyone(client) -> None:
    form = client.get("/api/v1/complaints/form").json()
    assert form["kind"] == "complaint"
    assert "洪山区" in form["areas"]
