"""A ticket as it comes from a conversation, and those who act on it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import wording

WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同，怎么要回来"
_keys = itertools.count(1)


def new_key() -> str:
    return f"key-{next(_keys):08d}"


@dataclass
class OpenedTicket:
    """A ticket with its citizen's code."""

    client: TestClient
    number: str
    code: str
    reply: dict[str, Any]

    def seen_by_citizen(self) -> dict[str, Any]:
        answered = self.client.get(f"/api/v1/tickets/{self.number}", headers={"X-Query-Code": self.code})
        assert answered.status_code == 200, answered.text
        return answered.json()

    def citizen(self, kind: str, *, code: str | None = None, **fields: Any) -> Any:
        body = {"kind": kind, "key": new_key(), **fields}
        headers = {"X-Query-Code": self.code if code is None else code}
        return self.client.post(f"/api/v1/tickets/{self.number}/actions", json=body, headers=headers)

    def seen(self, staff: TestClient) -> Any:
        return staff.get(f"/api/v1/desk/tickets/{self.number}")

    def act(self, staff: TestClient, kind: str, **fields: Any) -> Any:
        sequence = fields.pop("sequence", None) or self.seen(staff).json()["sequence"]
        body = {"kind": kind, "key": new_key(), "sequence": sequence, **fields}
        return staff.post(f"/api/v1/desk/tickets/{self.number}/actions", json=body)

    def done(self, staff: TestClient, kind: str, **fields: Any) -> dict[str, Any]:
        answered = self.act(staff, kind, **fields)
        assert answered.status_code == 200, answered.text
        return answered.json()


@dataclass
class LinkHolder:
    """A body that was given a link."""

    client: TestClient
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def look(self) -> Any:
        return self.client.get("/api/v1/body", headers=self.headers)

    def act(self, kind: str, **fields: Any) -> Any:
        sequence = fields.pop("sequence", None) or self.look().json()["ticket"]["sequence"]
        body = {"kind": kind, "key": fields.pop("key", None) or new_key(), "sequence": sequence, **fields}
        return self.client.post("/api/v1/body/actions", json=body, headers=self.headers)

    def done(self, kind: str, **fields: Any) -> dict[str, Any]:
        answered = self.act(kind, **fields)
        assert answered.status_code == 200, answered.text
        return answered.json()


@pytest.fixture
def a_ticket(client: TestClient) -> Callable[..., OpenedTicket]:
    """`a_ticket(text=…, phone=…)`: opened the way a citizen opens it."""

    def open_one(text: str = WAGES, **fields: Any) -> OpenedTicket:
        opened = client.post("/api/v1/conversations", json={"channel": "web"}).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        message = {"client_id": str(uuid.uuid4()), "text": text}
        client.post(f"/api/v1/conversations/{opened['id']}/messages", json=message, headers=headers)
        consent = {"version": wording.CONSENT.version, "agreed": True}
        body = {"conversation_id": opened["id"], "consent": consent, **fields}
        made = client.post("/api/v1/tickets", json=body, headers=headers)
        assert made.status_code == 201, made.text
        answer = made.json()
        return OpenedTicket(client, answer["number"], answer["query_code"], answer["reply"])

    return open_one


@pytest.fixture
def link_holder(client: TestClient) -> Callable[[dict[str, Any]], LinkHolder]:
    """`link_holder(done)`: whoever was given the link that came with an action."""

    def holding(done: dict[str, Any]) -> LinkHolder:
        page, _, token = done["link"].partition("#")
        assert page == "/body/"
        return LinkHolder(client, token)

    return holding
