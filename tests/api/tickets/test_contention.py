"""Many at once on the same tickets: nothing is lost, and whoever comes second is told. And what comes thrice is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.staff.roles import Role
from api.wiring import Service
from tests import contention

MESSAGES = 7


def test_sixteen_agents_and_bodies_on_three_tickets_lose_nothing_and_the_losers_are_told(
    service: Service, as_staff: Callable[..., TestClient], a_ticket: Callable[..., Any]
) -> None:
    inspection = service.parts.directory.find("labor_inspection", "洪山区").id
    boss = as_staff(Role.SUPERVISOR)
    links = {}
    for ticket in (a_ticket() for _ in range(3)):
        links[ticket.number] = ticket.done(boss, "sent", body_id=inspection)["link"].partition("#")[2]
    agents = [as_staff(Role.AGENT) for _ in range(8)]
    people = [contention.agent(client, client.username) for client in agents]
    people += [contention.body(TestClient(boss.app), f"body{i}", links) for i in range(8)]
    outcome = contention.compete(service.engine, people, list(links), seconds=4)
    assert outcome.faults == []
    assert outcome.done > 0
    assert outcome.told > 0


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([number for number in range(MESSAGES) for _ in range(3)]))
def test_every_message_three_times_in_any_order_is_the_same_as_once(
    service: Service,
    as_staff: Callable[..., TestClient],
    a_ticket: Callable[..., Any],
    order: list[int],
) -> None:
    inspection = service.parts.directory.find("labor_inspection", "洪山区").id
    agent = as_staff(Role.AGENT)

    def messages(ticket: Any) -> list[Callable[[], Any]]:
        """What the desk, the body and the citizen send, each as its sender repeats it: with the same key."""
        desk, own = f"/api/v1/desk/tickets/{ticket.number}/actions", f"/api/v1/tickets/{ticket.number}/actions"

        def by_staff(sequence: int, kind: str, **fields: Any) -> Callable[[], Any]:
            body = {"kind": kind, "sequence": sequence, "key": f"thrice-{sequence}", **fields}
            return lambda: agent.post(desk, json=body)

        def by_citizen(kind: str, **fields: Any) -> Callable[[], Any]:
            body = {"kind": kind, "key": f"thrice-{kind}", **fields}
            return lambda: ticket.client.post(own, json=body, headers={"X-Query-Code": ticket.code})

        return [
            by_staff(1, "sent", body_id=inspection),
            by_staff(2, "accepted"),
            by_staff(3, "asked", text="请补合同"),
            by_staff(4, "citizen_wrote", text="补上了"),
            by_staff(5, "answered", text="已责令支付"),
            by_citizen("confirmed"),
            by_citizen("rated", level=5),
        ]

    def thread(ticket: Any) -> list[tuple]:
        seen = ticket.seen(agent).json()
        return [(e["sequence"], e["kind"], e["text"], e["party"]) for e in seen["events"]] + [(seen["state"],)]

    once = a_ticket()
    assert [send().status_code for send in messages(once)] == [200] * MESSAGES
    thrice = a_ticket()
    waiting = [messages(thrice)[number] for number in order]
    for _ in range(MESSAGES + 1):  # each time round, the next one in order gets through
        refused = [send for send in waiting if send().status_code != 200]
        if not refused:
            break
        waiting = refused
    assert not refused
    assert thread(thrice) == thread(once)
