"""Twins of the services that notices go by: a gateway for SMS over HTTP, a mail server over SMTP, both on loopback."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.exchange import signing
from api.exchange.signing import Stamp
from tests.api.tickets.conftest import a_ticket  # noqa: F401  (a fixture)
from tests.serving import served

SECRET = "ab" * 32


@dataclass
class GatewayTwin:
    """An SMS gateway. `statuses` are its next answers; 202 when there are none."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[dict[str, str]] = field(default_factory=list)

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> int:
        stamp = Stamp(*(headers[name] for name in (signing.PEER, signing.TIME, signing.NONCE, signing.SIGNATURE)))
        signing.check(stamp, SECRET, "POST", path, body, datetime.now(UTC))
        status = self.statuses.pop(0) if self.statuses else 202
        if status < 300:
            self.got.append(json.loads(body))
        return status

    def receipt(
        self, id_: str, to: str, state: str, *, error: str = "", secret: str = SECRET, now: datetime | None = None
    ) -> tuple[dict[str, str], bytes]:
        """What it reports of a message later: headers and body."""
        body = json.dumps({"id": id_, "to": to, "state": state, "error": error}).encode()
        stamp = signing.stamp("sms", secret, "POST", "/api/v1/notices/receipts", body, now or datetime.now(UTC))
        return {**stamp.headers(), "Content-Type": "application/json"}, body


@pytest.fixture
def gateway() -> Iterator[GatewayTwin]:
    twin = GatewayTwin()

    with served(lambda path, headers, body: (twin.receive(path, headers, body), b"")) as address:
        twin.url = f"{address}/sms?account=yibotong"
        yield twin


@dataclass
class MailTwin:
    """A mail server. `answers` are what it says to the next recipients; it takes them when there are none."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    got: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.got.append(message_from_bytes(envelope.original_content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[MailTwin]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        twin = MailTwin(free.getsockname()[1])
    controller = Controller(twin, hostname="127.0.0.1", port=twin.port)
    controller.start()
    yield twin
    controller.stop()
