"""From a question in English to a ticket whose slip can be read."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import english_reply, wording

pytestmark = pytest.mark.rasa
TOLD = "My boss has not paid me for three months. I work in a restaurant in Hongshan."


class Talk:
    """A conversation as the page holds it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        opened = client.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id = opened["id"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}

    def reply(self, **what: Any) -> Any:
        path = f"/api/v1/conversations/{self.id}/messages"
        answer = self.client.post(path, json={"client_id": str(uuid.uuid4()), **what}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["reply"]


def test_a_ticket_made_in_english_has_a_slip_in_english(client: TestClient) -> None:
    talk = Talk(client)
    assert talk.reply(text=TOLD)["english"] is True
    offered = talk.reply(action="unresolved")
    (form,) = [card for card in offered["cards"] if card["kind"] == "ticket_form"]
    assert form["consent"]["text"].startswith(english_reply.CONSENT)
    body = {"conversation_id": talk.id, "consent": {"version": form["consent"]["version"], "agreed": True}}
    made = client.post("/api/v1/tickets", json=body, headers=talk.headers).json()
    assert made["reply"]["english"] is True
    assert made["reply"]["text"].startswith("It is sent: ")
    assert made["query_code"] not in made["reply"]["text"]
    kept = client.get(f"/api/v1/conversations/{talk.id}", headers=talk.headers).json()["messages"]
    assert kept[-1]["reply"]["text"] == made["reply"]["text"]


def test_a_chinese_conversation_stays_chinese(client: TestClient) -> None:
    talk = Talk(client)
    assert talk.reply(text="我在洪山区一家餐馆打工，老板三个月没发工资了")["english"] is False
    body = {"conversation_id": talk.id, "consent": {"version": wording.CONSENT.version, "agreed": True}}
    made = client.post("/api/v1/tickets", json=body, headers=talk.headers).json()
    assert made["reply"]["english"] is False
    assert made["reply"]["text"][0] > "z"
