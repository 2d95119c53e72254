"""What the agent waits for while a caller speaks: from the end of a sentence to its suggestion, over the call's WebSocket."""

from __future__ import annotations

import json
import secrets
import time

from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.desk.calls import going_on, signature
from api.staff import accounts
from api.staff.roles import Role
from api.wiring import Service
from tests.benchmarks.speed import _p, _texts
from tests.benchmarks.table import Table

SENTENCES = 60
IN_ONE_CALL = 3  # a story in three breaths
SECRET = "agreed with the exchange"


def calls(service: Service) -> Table:
    """Every final segment is kept, understood, decided and suggested; beside it a bare parse of the same words."""
    service.settings.cti_secret = SecretStr(SECRET)
    username = f"bench{secrets.token_hex(4)}"
    with service.writing.begin() as connection:
        accounts.add(connection, username, "座席", secrets.token_urlsafe(16), frozenset({Role.AGENT}), service.now())
    rasa = service.parts.understanding._model._client
    bare, whole = [], []
    with TestClient(create_app(lambda: service)) as client:
        texts = _texts()[:SENTENCES]
        for story in (texts[at : at + IN_ONE_CALL] for at in range(0, len(texts), IN_ONE_CALL)):
            call = _lifted(client, service, username)
            with client.websocket_connect(f"/api/v1/calls/{call}", headers=_signed(service, call.encode())) as socket:
                for number, text in enumerate(story, 1):
                    begun = time.perf_counter()
                    rasa.post("/model/parse", json={"text": text}).raise_for_status()
                    parsed = time.perf_counter()
                    socket.send_text(json.dumps({"sequence": number, "text": text}))
                    heard = socket.receive_json()
                    whole.append(time.perf_counter() - parsed)
                    bare.append(parsed - begun)
                    assert heard["sequence"] == number, heard
    table = Table(f"A call, {len(whole)} final segments", ("", "p50 ms", "p95 ms"))
    table.add("bare Rasa /model/parse", f"{_p(bare, 50):.1f}", f"{_p(bare, 95):.1f}")
    table.add("segment to suggestion (target 300)", f"{_p(whole, 50):.1f}", f"{_p(whole, 95):.1f}")
    table.add("ratio", f"{_p(whole, 50) / _p(bare, 50):.1f}", f"{_p(whole, 95) / _p(bare, 95):.1f}")
    return table


def _lifted(client: TestClient, service: Service, username: str) -> str:
    """The id of a new call that the agent has answered."""
    line = secrets.token_hex(8)
    for kind in ("ringing", "answered"):
        told = {"event_id": secrets.token_hex(8), "call": line, "kind": kind, "agent": username}
        body = json.dumps(told).encode()
        client.post("/api/v1/calls/notices", content=body, headers=_signed(service, body)).raise_for_status()
    with service.engine.connect() as connection:
        agent = accounts.find_by_name(connection, username).staff
        return max(going_on(connection, agent.id), key=lambda call: call.began_at).id


def _signed(service: Service, body: bytes) -> dict[str, str]:
    moment = str(int(service.now().timestamp()))
    return {"X-Moment": moment, "X-Signature": signature(SECRET, moment, body)}
