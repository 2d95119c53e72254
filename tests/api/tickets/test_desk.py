"""The desk's routes: lists, actions, who may do what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from api.staff.roles import Role
from api.staff.tables import audit_table


@pytest.fixture
def inspection(service) -> str:
    return service.parts.directory.find("labor_inspection", "洪山区").id


def test_lists_are_filtered_by_the_server_a_page_at_a_time(as_staff, a_ticket, inspection) -> None:
    agent = as_staff(Role.AGENT)
    numbers = [a_ticket().number for _ in range(3)]
    page = agent.get("/api/v1/desk/tickets", params={"order": "newest", "size": 2}).json()
    assert len(page["items"]) == 2 < page["total"]
    newest = agent.get("/api/v1/desk/tickets", params={"order": "newest", "size": 100}).json()["items"]
    listed = [line["number"] for line in newest if line["number"] in numbers]  # others' may be dated ahead
    assert listed == sorted(numbers, reverse=True)
    one = agent.get("/api/v1/desk/tickets", params={"number": numbers[0][2:]}).json()
    assert [line["number"] for line in one["items"]] == [numbers[0]]
    assert one["items"][0]["clock"] == "first_response"
    for wanted, found in (
        ({"state": "opened"}, True),
        ({"state": "closed"}, False),
        ({"waits_for": "agent"}, True),
        ({"due": "overdue"}, False),
        ({"due": "soon"}, True),
        ({"body": inspection}, False),
        ({"owner": "none"}, True),
        ({"owner": "me"}, False),
        ({"area": one["items"][0]["area"]}, True),
        ({"matter": "wage_arrears"}, True),
    ):
        listed = agent.get("/api/v1/desk/tickets", params={"number": numbers[0], **wanted}).json()
        assert bool(listed["total"]) is found, wanted
    assert agent.get("/api/v1/desk/tickets", params={"state": "nonsense"}).status_code == 422


def test_a_bodys_officer_sees_and_does_only_what_their_body_has(as_staff, a_ticket, inspection) -> None:
    agent = as_staff(Role.AGENT)
    officer = as_staff(Role.BODY_OFFICER, bodies=frozenset({inspection}))
    other = as_staff(Role.BODY_OFFICER, bodies=frozenset({"court-elsewhere"}))
    ticket = a_ticket(phone="13800138000")
    assert ticket.seen(officer).status_code == 404
    ticket.done(agent, "sent", body_id=inspection)
    assert ticket.seen(officer).json()["phone"] == ""
    assert ticket.seen(other).status_code == 404
    assert ticket.act(other, "accepted", sequence=2).status_code == 404
    assert officer.get("/api/v1/desk/tickets").json()["total"] >= 1
    assert other.get("/api/v1/desk/tickets").json()["total"] == 0
    assert ticket.act(officer, "decided", body_id=inspection).status_code == 409
    assert ticket.act(officer, "closed").status_code == 409
    assert ticket.done(officer, "accepted")["ticket"]["phone"] == "+8613800138000"
    assert officer.post(f"/api/v1/desk/tickets/{ticket.number}/links").status_code == 403


def test_a_note_for_the_desk_is_not_for_the_body(as_staff, a_ticket, inspection, link_holder) -> None:
    agent = as_staff(Role.AGENT)
    ticket = a_ticket()
    body = link_holder(ticket.done(agent, "sent", body_id=inspection))
    ticket.done(agent, "note", text="只给座席看", visible_to="agents")
    ticket.done(agent, "note", text="给单位看")
    texts = [event["text"] for event in body.look().json()["ticket"]["events"]]
    assert "给单位看" in texts
    assert "只给座席看" not in texts
    assert not any("给单位看" in event["text"] for event in ticket.seen_by_citizen()["events"])


def test_what_a_body_says_on_the_phone_is_written_down_with_who_wrote_it(as_staff, a_ticket, inspection) -> None:
    agent = as_staff(Role.AGENT, name="李座席")
    ticket = a_ticket()
    ticket.done(agent, "sent", body_id=inspection)
    ticket.done(agent, "accepted")
    done = ticket.done(agent, "answered", text="下周一来取款")
    assert done["ticket"]["state"] == "answered"
    assert "李座席代为登记" in ticket.seen_by_citizen()["answer"]


def test_handing_over_the_first_responder_needs_the_others_yes(as_staff, a_ticket) -> None:
    first, second, third = (as_staff(Role.AGENT) for _ in range(3))
    ticket = a_ticket()
    ticket.done(first, "taken")
    assert ticket.act(second, "offered", person=second.username).status_code == 409
    ticket.done(first, "offered", person=second.username)
    assert ticket.act(third, "handed").status_code == 409
    assert ticket.done(second, "handed")["ticket"]["first_responder"] == second.username


def test_merging_tells_the_other_ticket_and_ends_the_clocks(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    kept, merged = a_ticket(), a_ticket()
    assert merged.act(agent, "merged", ticket="WH20200101-000001").status_code == 422
    assert merged.act(agent, "merged", ticket=merged.number).status_code == 422
    done = merged.done(agent, "merged", ticket=kept.number)
    assert (done["ticket"]["state"], done["ticket"]["merged_into"]) == ("merged", kept.number)
    assert all(clock["stopped_at"] for clock in done["ticket"]["clocks"])
    assert kept.seen(agent).json()["events"][-1]["kind"] == "absorbed"


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("sent", {"body_id": "nobody"}, "body_id"),
        ("sent", {}, "body_id"),
        ("note", {"text": " "}, "text"),
        ("note", {"text": "x", "visible_to": "citizen"}, "visible_to"),
        ("taken", {"visible_to": "agents"}, "visible_to"),
    ],
)
def test_what_is_not_filled_is_named(as_staff, a_ticket, kind, fields, field) -> None:
    refused = a_ticket().act(as_staff(Role.AGENT), kind, **fields)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field


def test_the_same_action_sent_again_does_nothing_more(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    ticket = a_ticket()
    body = {"kind": "note", "key": "note-0001", "sequence": 1, "text": "一次"}
    url = f"/api/v1/desk/tickets/{ticket.number}/actions"
    assert {agent.post(url, json=body).status_code for _ in range(3)} == {200}
    assert ticket.seen(agent).json()["sequence"] == 2


def test_of_two_agents_at_once_one_is_told(as_staff, a_ticket) -> None:
    agents = [as_staff(Role.AGENT) for _ in range(6)]
    ticket = a_ticket()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda agent: ticket.act(agent, "taken", sequence=1), agents))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    told = next(answer for answer in answers if answer.status_code == 409).json()
    assert told["type"] == "urn:yibotong:changed-meanwhile"


def test_out_of_order_is_refused_in_words(as_staff, a_ticket) -> None:
    refused = a_ticket().act(as_staff(Role.AGENT), "accepted")
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:yibotong:out-of-order"
    assert "已登记" in refused.json()["detail"]


def test_every_change_is_in_the_trail(as_staff, a_ticket, service, inspection) -> None:
    agent = as_staff(Role.AGENT)
    ticket = a_ticket()
    ticket.done(agent, "sent", body_id=inspection)
    with service.engine.connect() as connection:
        rows = connection.execute(select(audit_table).where(audit_table.c.object_id == ticket.number)).all()
    assert [(row.action, row.before, row.after) for row in rows] == [
        ("ticket.sent", {"state": "opened"}, {"state": "sent"})
    ]


def test_who_is_not_of_the_desk_sees_nothing(as_staff, a_ticket, client) -> None:
    ticket = a_ticket()
    assert client.get("/api/v1/desk/tickets").status_code == 401
    assert as_staff(Role.CURATOR).get(f"/api/v1/desk/tickets/{ticket.number}").status_code == 403
    assert as_staff(Role.AGENT).get(f"/api/v1/desk/tickets/{ticket.number}/chain").status_code == 403
    assert as_staff(Role.AUDITOR).get(f"/api/v1/desk/tickets/{ticket.number}/chain").json() == []


def test_an_answer_that_cites_an_article_not_in_force_is_refused_and_a_regulation_is_marked(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    ticket = a_ticket()
    refused = ticket.act(agent, "answered", text="依据《民法典》第九千条，应当支付。")
    assert refused.status_code == 422
    assert "没有第九千条" in refused.json()["errors"][0]["message"]
    ticket.done(agent, "answered", text="依据《民法典》第五百七十七条和《工伤保险条例》第十七条，应当支付。")
    assert "《工伤保险条例》第十七条（未核实）" in ticket.seen_by_citizen()["answer"]
