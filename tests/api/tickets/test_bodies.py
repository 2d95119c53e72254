"""Links by which a body acts without an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from api.staff.roles import Role
from api.wiring import Tries
from routing.tables import body_link_table


@pytest.fixture
def inspection(service) -> str:
    return service.parts.directory.find("labor_inspection", "洪山区").id


@pytest.fixture
def sent(as_staff, a_ticket, inspection, link_holder):
    """A ticket that was sent, the agent, and the body that holds its link."""
    agent, ticket = as_staff(Role.AGENT), a_ticket()
    return ticket, agent, link_holder(ticket.done(agent, "sent", body_id=inspection))


def test_opening_the_link_is_written_down_once(sent) -> None:
    ticket, agent, body = sent
    assert [body.look().status_code for _ in range(3)] == [200] * 3
    kinds = [event["kind"] for event in ticket.seen(agent).json()["events"]]
    assert kinds == ["opened", "sent", "seen"]


def test_the_token_is_kept_only_as_a_hash(sent, service) -> None:
    ticket, _, body = sent
    with service.engine.connect() as connection:
        rows = connection.execute(select(body_link_table).where(body_link_table.c.ticket == ticket.number)).all()
    assert len(rows) == 1
    assert body.token not in str(rows)


def test_a_link_can_be_revoked_and_made_anew(sent) -> None:
    ticket, agent, body = sent
    assert agent.delete(f"/api/v1/desk/tickets/{ticket.number}/links").status_code == 204
    assert body.look().status_code == 404
    made = agent.post(f"/api/v1/desk/tickets/{ticket.number}/links")
    assert made.status_code == 201
    assert "还没有核实" in made.json()["link_note"]
    body.token = made.json()["link"].partition("#")[2]
    assert body.look().status_code == 200
    links = agent.get(f"/api/v1/desk/tickets/{ticket.number}/links").json()
    assert [bool(link["revoked_at"]) for link in links] == [True, False]


def test_a_link_ends(sent, service) -> None:
    ticket, _, body = sent
    with service.writing.begin() as connection:
        connection.execute(
            update(body_link_table)
            .where(body_link_table.c.ticket == ticket.number)
            .values(expires_at=service.now() - timedelta(seconds=1))
        )
    refused = body.look()
    assert refused.status_code == 404
    assert "过期" in refused.json()["detail"]


def test_a_link_is_for_one_body_only(sent, service, link_holder) -> None:
    ticket, agent, body = sent
    court = service.parts.directory.find("court", "洪山区").id
    body.done("returned", reason="not_competent", better=court)
    assert body.look().status_code == 410
    assert body.act("accepted", sequence=4).status_code == 410
    other = link_holder(ticket.done(agent, "sent", body_id=court))
    assert other.look().status_code == 200
    assert body.look().status_code == 404  # making the new one ended the old one


def test_a_return_needs_a_reason_and_a_better_body_or_unknown(sent) -> None:
    _, _, body = sent
    assert body.act("returned", reason="", better="unknown").json()["errors"][0]["field"] == "reason"
    assert body.act("returned", reason="not_competent", better="").json()["errors"][0]["field"] == "better"
    assert body.act("returned", reason="not_competent", better="nobody").json()["errors"][0]["field"] == "better"


def test_a_body_cannot_do_what_is_not_its_own(sent) -> None:
    _, _, body = sent
    for kind in ("decided", "closed", "merged", "rated", "confirmed"):
        assert body.act(kind, sequence=2).status_code == 422


def test_passing_it_on_sends_it_to_the_next_body_and_gives_the_first_no_link_to_it(sent, service) -> None:
    ticket, agent, body = sent
    court = service.parts.directory.find("court", "洪山区").id
    passed = body.act("referred_onward", body_id=court)
    assert passed.status_code == 200
    assert passed.json()["ticket"]["may"] == []
    assert ticket.seen(agent).json()["body"]["id"] == court
    assert body.look().status_code in (404, 410)


def test_wrong_tokens_are_counted(client, service, monkeypatch) -> None:
    monkeypatch.setattr(service, "code_tries", Tries(5))
    headers = {"Authorization": "Bearer wrong"}
    tried = [client.get("/api/v1/body", headers=headers).status_code for _ in range(6)]
    assert tried == [404] * 5 + [429]
