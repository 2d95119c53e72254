"""One story over four bodies, with a return, a second return, the coordinator, a reopening and a rating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from api.staff.roles import Role
from api.wiring import Service
from routing import ticket_thread


def ids_of(service: Service) -> list[str]:
    """Four bodies of 洪山区, found in the directory rather than known by heart."""
    types = ("labor_inspection", "labor_arbitration", "legal_aid_center", "court")
    return [service.parts.directory.find(type_, "洪山区").id for type_ in types]


def test_one_story_over_four_bodies(
    client: TestClient,
    service: Service,
    as_staff: Callable[..., TestClient],
    a_ticket: Callable[..., Any],
    link_holder: Callable[..., Any],
) -> None:
    inspection, arbitration, legal_aid, court = ids_of(service)
    agent, boss = as_staff(Role.AGENT, name="李座席"), as_staff(Role.SUPERVISOR, name="赵督办")
    ticket = a_ticket(name="王小明", phone="13800138000")
    assert ticket.seen_by_citizen()["state"] == "opened"

    # The first body sees the whole story, but not yet who it is; it says that it is not competent.
    first = link_holder(ticket.done(agent, "sent", body_id=inspection))
    shown = first.look().json()
    assert "三个月没发工资" in shown["ticket"]["story"]["told"][0]["text"] + shown["ticket"]["story"]["told"][1]["text"]
    assert shown["ticket"]["story"]["reasons"]
    assert shown["ticket"]["phone"] == ""
    first.done("returned", reason="not_competent", better=arbitration, text="已经过了劳动关系认定阶段")
    assert first.look().status_code == 410
    returned = ticket.seen(agent).json()
    assert returned["state"] == "returned"
    assert returned["proposals"][0]["body"]["id"] == arbitration  # what the returning body named
    assert returned["proposals"][0]["basis"]
    assert inspection not in [p["body"]["id"] for p in returned["proposals"]]
    assert ticket.act(agent, "sent", body_id=inspection).status_code == 409

    # The second return goes to the coordinator, whose decision binds.
    second = link_holder(ticket.done(agent, "sent", body_id=arbitration))
    second.done("returned", reason="other_way_by_law", better="unknown")
    assert ticket.seen_by_citizen()["state"] == "disputed"
    assert ticket.act(agent, "sent", body_id=legal_aid).status_code == 409
    third = link_holder(ticket.done(boss, "decided", body_id=legal_aid, text="先由法律援助中心代理"))
    refused = third.act("returned", reason="other", better="unknown")
    assert refused.status_code == 409
    assert "裁定" in refused.json()["detail"]
    third.done("accepted")
    assert third.look().json()["ticket"]["phone"] == "+8613800138000"

    # It asks, the citizen answers, it extends once and answers.
    third.done("asked", text="公司全称是什么？")
    assert ticket.seen_by_citizen()["question"].endswith("公司全称是什么？")
    assert ticket.citizen("citizen_wrote", text="叫红火餐饮").status_code == 200
    third.done("extended", days=4, text="等公司的营业执照")
    assert third.act("extended", days=2, text="再等等").status_code in (409, 422)
    third.done("answered", text="已经代理立案，法院会通知您")
    seen = ticket.seen_by_citizen()
    assert (seen["state"], "confirmed" in seen["may"]) == ("answered", True)

    # Not solved: back to the same body and the same first responder, who brings in the fourth.
    assert ticket.citizen("not_solved", text="法院没有通知我").json()["state"] == "reopened"
    again = ticket.seen(agent).json()
    assert (again["first_responder"], again["body"]["id"]) == (agent.username, legal_aid)
    assert third.look().status_code == 200
    fourth = link_holder(ticket.done(boss, "decided", body_id=court, text="已立案，由法院说明"))
    fourth.done("answered", text="12 月 8 日上午开庭")
    assert ticket.citizen("confirmed").json()["state"] == "closed"

    # A rating; the dissatisfied are called back.
    assert ticket.citizen("rated", level=2, text="跑了四个单位").json()["rating"] == 2
    assert ticket.citizen("rated", level=5).status_code == 409
    due = agent.get("/api/v1/desk/tickets", params={"callback_due": True, "number": ticket.number}).json()
    assert due["total"] == 1
    ticket.done(agent, "called_back", text="道歉，说明开庭安排")
    assert not ticket.seen(agent).json()["callback_due"]

    with service.engine.connect() as connection:
        assert ticket_thread.verify(connection, ticket.number) == []
    kinds = [event["kind"] for event in ticket.seen(boss).json()["events"]]
    assert kinds.count("returned") == 2
    assert kinds.count("seen") == 4
