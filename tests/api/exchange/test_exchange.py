"""Work orders from and to another hotline's system, which is slow, fails, repeats itself and mixes the order up."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from api.exchange import links
from api.exchange.messages import ORDER_STATES
from api.exchange.sending import send_all
from api.exchange.tables import link_table, peer_table
from api.wiring import Service
from routing import ticket_thread, tickets
from routing.ticket_events import Actor, event
from routing.ticket_state import State

pytestmark = pytest.mark.rasa
ORDERS = "/api/v1/exchange/orders"
WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了"
AGENT = Actor("agent", "wang", "座席")
numbers = itertools.count(1)
Make = Callable[..., Any]


def an_order(**changes) -> dict:
    return {"external_id": f"12345-{next(numbers)}", "text": WAGES, "agreed": True, **changes}


def send(service: Service, number: str, body_id: str) -> None:
    name = service.parts.directory.by_id(body_id).name
    with service.writing.begin() as connection:
        sent = event("sent", f"已转给{name}。", service.now(), AGENT, body=body_id, body_name=name)
        ticket_thread.append(connection, service.promises, number, sent)


def a_body(service: Service) -> str:
    return next(body.id for body in service.parts.directory.bodies if body.type == "labor_inspection")


def taken(client: TestClient, hotline: Any, **changes) -> dict:
    answer = hotline.call(client, "POST", ORDERS, an_order(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_every_state_has_its_name_for_other_systems() -> None:
    assert set(ORDER_STATES) == set(get_args(State))


def test_an_order_sent_three_times_at_once_is_one_ticket(client: TestClient, make_hotline: Make) -> None:
    hotline, order = make_hotline(), an_order()
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: hotline.call(client, "POST", ORDERS, order).json(), range(3)))
    assert len({answer["number"] for answer in answers}) == 1
    assert answers[0]["state"] == "waiting"


def test_what_is_no_legal_matter_goes_back(client: TestClient, make_hotline: Make) -> None:
    answer = taken(client, make_hotline(), text="小区门口的路灯不亮了，找谁修路灯")
    assert (answer["state"], answer["number"]) == ("returned", None)


def test_an_order_needs_a_peer_that_may_send_one(client: TestClient, make_hotline: Make) -> None:
    assert make_hotline(may_order=False).call(client, "POST", ORDERS, an_order()).status_code == 403


@pytest.mark.parametrize(
    "changes", [{"phone": "123"}, {"agreed": False}, {"external_id": "a b"}, {"text": ""}, {"colour": "red"}]
)
def test_a_wrong_order_is_refused(client: TestClient, make_hotline: Make, changes: dict) -> None:
    assert make_hotline().call(client, "POST", ORDERS, an_order(**changes)).status_code == 422


def test_forged_late_and_repeated_requests_are_refused(client: TestClient, make_hotline: Make) -> None:
    hotline, order = make_hotline(), an_order()
    stranger = replace(hotline, id="nobody")
    assert stranger.call(client, "POST", ORDERS, order).status_code == 401
    content = json.dumps(order, ensure_ascii=False).encode()
    late = hotline.stamp("POST", ORDERS, content, datetime.now(UTC) - timedelta(minutes=6))
    assert hotline.call(client, "POST", ORDERS, order, stamp=late).status_code == 401
    once = hotline.stamp("POST", ORDERS, content)
    assert hotline.call(client, "POST", ORDERS, order, stamp=replace(once, signature="0" * 64)).status_code == 401
    assert hotline.call(client, "POST", ORDERS, order, stamp=once).status_code == 201
    assert hotline.call(client, "POST", ORDERS, order, stamp=once).status_code == 401


def test_the_origin_learns_how_its_order_stands(client: TestClient, service: Service, make_hotline: Make) -> None:
    hotline = make_hotline()
    number = taken(client, hotline)["number"]
    send_all(service)
    send(service, number, a_body(service))
    send_all(service)
    send_all(service)
    mine = [message for message in hotline.got if message["number"] == number]
    assert [message["state"] for message in mine] == ["waiting", "sent"]
    assert [[e["sequence"] for e in message["events"]] for message in mine] == [[1], [2]]
    assert all(message["ticket"] is None for message in mine)


def test_a_body_gets_the_whole_story_and_acts_on_it(client: TestClient, service: Service, make_hotline: Make) -> None:
    body = a_body(service)
    origin, office = make_hotline(), make_hotline(bodies=frozenset({body}), may_order=False)
    number = taken(client, origin, phone="13800138000")["number"]
    send(service, number, body)
    send_all(service)
    (told,) = [message for message in office.got if message["number"] == number]
    assert told["ticket"]["story"]
    assert told["ticket"]["phone"] == ""  # until it is accepted
    path = f"/api/v1/exchange/tickets/{number}"
    accepted = {"key": "accept-1", "kind": "accepted", "sequence": told["sequence"]}
    answers = [office.call(client, "POST", f"{path}/events", accepted) for _ in range(3)]
    assert {answer.json()["state"] for answer in answers} == {"in_progress"}
    assert office.call(client, "GET", path).json()["phone"] == "+8613800138000"
    assert origin.call(client, "GET", path).status_code == 404


def test_files_go_by_reference_to_the_body_that_has_the_ticket(
    client: TestClient, service: Service, make_hotline: Make
) -> None:
    body = a_body(service)
    theirs, others = make_hotline(bodies=frozenset({body}), may_order=False), make_hotline()
    order = taken(client, make_hotline())
    address = f"/api/v1/tickets/{order['number']}/files"
    sent = {"params": {"name": "合同.pdf", "key": "the-contract"}, "headers": {"X-Query-Code": order["query_code"]}}
    assert client.post(address, content=b"%PDF-1.7\n", **sent).status_code == 201
    send(service, order["number"], body)
    (file,) = theirs.call(client, "GET", f"/api/v1/exchange/tickets/{order['number']}").json()["files"]
    assert (file["name"], file["size"]) == ("合同.pdf", 9)
    address = f"/api/v1/exchange/tickets/{order['number']}/files/{file['id']}"
    got = theirs.call(client, "GET", address)
    assert got.content == b"%PDF-1.7\n"
    assert hashlib.sha256(got.content).hexdigest() == file["sha256"]
    assert others.call(client, "GET", address).status_code == 404


def test_events_out_of_order_are_refused_and_change_nothing(
    client: TestClient, service: Service, make_hotline: Make
) -> None:
    body = a_body(service)
    office = make_hotline(bodies=frozenset({body}))
    number = taken(client, office)["number"]
    path = f"/api/v1/exchange/tickets/{number}/events"
    acts = [
        {"key": "accept-1", "kind": "accepted"},
        {"key": "answer-1", "kind": "answered", "text": "已责令单位支付工资。"},
    ]
    assert office.call(client, "POST", path, acts[0]).status_code == 404  # it was not sent to them yet
    send(service, number, body)
    random.Random(1).shuffle(shuffled := acts * 3)
    for act in shuffled:
        assert office.call(client, "POST", path, act).status_code in (200, 409)
    with service.engine.connect() as connection:
        kinds = [e.kind for e in ticket_thread.events_of(connection, number)]
    assert kinds.count("accepted") <= 1
    assert kinds.count("answered") == 1


def test_a_body_that_sent_it_back_can_do_nothing_more(client: TestClient, service: Service, make_hotline: Make) -> None:
    body = a_body(service)
    office = make_hotline(bodies=frozenset({body}))
    number = taken(client, office)["number"]
    send(service, number, body)
    path = f"/api/v1/exchange/tickets/{number}/events"
    back = {"key": "return-1", "kind": "returned", "reason": "other_area", "better": "unknown", "text": "不在本区。"}
    assert [office.call(client, "POST", path, back).status_code for _ in range(2)] == [200, 200]
    assert office.call(client, "POST", path, {"key": "accept-9", "kind": "accepted"}).status_code == 404


def test_what_fails_is_tried_again_and_given_up_at_last(
    client: TestClient, service: Service, make_hotline: Make
) -> None:
    hotline = make_hotline()
    number = taken(client, hotline)["number"]
    hotline.statuses = [500, 503]
    clock = [service.now()]
    later = replace(service, now=lambda: clock[0])
    for _ in range(3):
        send_all(later)
        clock[0] += timedelta(minutes=1)
    assert [message["number"] for message in hotline.got] == [number]

    second = taken(client, hotline)["number"]
    hotline.statuses = [400]
    send_all(service)
    with service.engine.connect() as connection:
        (letter,) = [link for link in links.troubled(connection) if link.ticket == second]
    assert (letter.dead, letter.last_error) == (True, "HTTP 400")
    with service.writing.begin() as connection:
        assert links.revive(connection, letter.id, service.now())
    send_all(service)
    assert [message["number"] for message in hotline.got] == [number, second]


def test_two_workers_send_a_message_once(client: TestClient, service: Service, make_hotline: Make) -> None:
    hotline = make_hotline()
    for _ in range(3):
        taken(client, hotline)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: send_all(service), range(4))) == 3
    assert len(hotline.got) == 3


def test_a_system_that_is_away_loses_nothing(client: TestClient, service: Service, make_hotline: Make) -> None:
    hotline = make_hotline()
    number = taken(client, hotline)["number"]
    with service.writing.begin() as connection:
        nowhere = update(peer_table).where(peer_table.c.id == hotline.id).values(url="http://127.0.0.1:9/")
        connection.execute(nowhere)
    assert send_all(service) == 0
    with service.engine.connect() as connection:
        row = connection.execute(select(link_table).where(link_table.c.ticket == number)).one()
    assert (row.sequence, row.attempts, row.dead) == (0, 1, False)


def test_what_the_citizen_told_there_reaches_the_ticket(
    client: TestClient, service: Service, make_hotline: Make
) -> None:
    hotline = make_hotline()
    order = taken(client, hotline)
    path = f"{ORDERS}/{order['external_id']}/events"
    said = {"key": "said-0001", "kind": "citizen_wrote", "text": "老板今天还说不给，我电话 13900139000"}
    assert [hotline.call(client, "POST", path, said).status_code for _ in range(2)] == [200, 200]
    with service.engine.connect() as connection:
        ticket = tickets.read_ticket(connection, service.secrets, order["number"])
    wrote = [e for e in ticket.events if e.kind == "citizen_wrote"]
    assert len(wrote) == 1
    assert "13900139000" not in wrote[0].text
    assert make_hotline().call(client, "POST", path, said).status_code == 404
