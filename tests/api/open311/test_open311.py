"""What is public of tickets, and what is not."""

from __future__ import annotations

from typing import get_args

import pytest
from starlette.testclient import TestClient

from api.open311 import publications
from api.open311.routes import DETAILED
from api.wiring import Service
from bot import wording
from routing.ticket_state import State

pytestmark = pytest.mark.rasa
REQUESTS = "/open311/v2/requests.json"


@pytest.fixture
def number(client: TestClient) -> str:
    opened = client.post("/api/v1/conversations", json={}).json()
    token = {"Authorization": f"Bearer {opened['token']}"}
    said = {"client_id": "a", "text": "我在洪山区一家餐馆打工，老板三个月没发工资了"}
    client.post(f"/api/v1/conversations/{opened['id']}/messages", json=said, headers=token)
    ticket = {
        "conversation_id": opened["id"],
        "phone": "13800138000",
        "consent": {"version": wording.CONSENT.version, "agreed": True},
    }
    return client.post("/api/v1/tickets", json=ticket, headers=token).json()["number"]


def test_every_state_has_a_word_of_the_extended_ones() -> None:
    assert set(DETAILED) == set(get_args(State))


def test_every_matter_is_a_service(client: TestClient, service: Service) -> None:
    services = client.get("/open311/v2/services.json").json()
    assert {entry["service_code"] for entry in services} == set(service.matters.by_code)


def test_a_ticket_is_private_until_it_is_published_and_again_when_taken_back(
    client: TestClient, service: Service, number: str
) -> None:
    one = f"/open311/v2/requests/{number}.json"
    assert client.get(one).status_code == 404
    assert number not in client.get(REQUESTS).text
    with service.writing.begin() as connection:
        publications.publish(connection, number, "餐馆拖欠工资，电话 13800138000", "督办", service.now())
    (entry,) = client.get(one).json()
    assert (entry["status"], entry["extended_attributes"]) == ("open", {"detailed_status": "open"})
    assert "13800138000" not in str(entry)
    assert [e["service_request_id"] for e in client.get(REQUESTS, params={"status": "open"}).json()] == [number]
    assert client.get(REQUESTS, params={"status": "closed"}).json() == []
    assert client.get(REQUESTS, params={"end_date": "2020-01-01T00:00:00Z"}).json() == []
    with service.writing.begin() as connection:
        assert publications.take_back(connection, number)
    assert client.get(one).status_code == 404


def test_nobody_publishes_without_being_a_supervisor(client: TestClient, number: str) -> None:
    answer = client.put(f"/api/v1/desk/tickets/{number}/publication", json={"summary": "公开"})
    assert answer.status_code == 401


@pytest.mark.parametrize("query", [{"status": "lost"}, {"page": 0}, {"start_date": "yesterday"}, {"page_size": 9999}])
def test_a_wrong_query_is_refused(client: TestClient, query: dict) -> None:
    assert client.get(REQUESTS, params=query).status_code == 422
