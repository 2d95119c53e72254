"""A telephone switchboard as it stands outside: it signs what it tells, and hears for itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from starlette.testclient import TestClient


class Switchboard:
    """The offline twin. Its signing is written anew from the interface's description, not taken from the service."""

    def __init__(self, client: TestClient, secret: str) -> None:
        self._client = client
        self._secret = secret

    def headers(self, body: bytes, *, age_s: int = 0) -> dict[str, str]:
        moment = str(int(time.time()) - age_s)
        digest = hmac.new(self._secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
        return {"X-Moment": moment, "X-Signature": digest.hexdigest()}

    def tell(self, call: str, kind: str, *, event_id: str = "", age_s: int = 0, **more: str) -> Any:
        notice = {"event_id": event_id or uuid.uuid4().hex, "call": call, "kind": kind, **more}
        body = json.dumps(notice).encode()
        return self._client.post("/api/v1/calls/notices", content=body, headers=self.headers(body, age_s=age_s))

    def speech(self, call_id: str) -> Any:
        return self._client.websocket_connect(f"/api/v1/calls/{call_id}", headers=self.headers(call_id.encode()))
