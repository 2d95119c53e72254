"""Another hotline's system: a twin that is slow, fails, repeats itself and mixes the order up."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from api.exchange import peers, signing
from api.exchange.peers import Peer
from api.exchange.signing import Stamp
from api.exchange.tables import link_table, nonce_table, peer_table
from api.wiring import Service
from tests.serving import served

numbers = itertools.count(1)


@dataclass
class Hotline:
    """The other side. `statuses` are its next answers; 200 when there are none."""

    id: str
    secret: str = ""
    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> int:
        stamp = Stamp(*(headers[name] for name in (signing.PEER, signing.TIME, signing.NONCE, signing.SIGNATURE)))
        signing.check(stamp, self.secret, "POST", path, body, datetime.now(UTC))
        status = self.statuses.pop(0) if self.statuses else 200
        if status < 300:
            self.got.append(json.loads(body))
        return status

    def call(
        self, client: TestClient, method: str, path: str, body: Any = None, *, stamp: Stamp | None = None
    ) -> httpx2.Response:
        """Call us, signed."""
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        stamp = stamp or self.stamp(method, path, content)
        return client.request(
            method, path, content=content, headers={**stamp.headers(), "Content-Type": "application/json"}
        )

    def stamp(self, method: str, path: str, content: bytes, at: datetime | None = None) -> Stamp:
        return signing.stamp(self.id, self.secret, method, path, content, at or datetime.now(UTC))


@pytest.fixture
def make_hotline(service: Service) -> Iterator[Callable[..., Hotline]]:
    with contextlib.ExitStack() as servers:

        def make(*, bodies: frozenset[str] = frozenset(), may_order: bool = True) -> Hotline:
            hotline = Hotline(f"peer-{next(numbers)}")
            address = servers.enter_context(
                served(lambda path, headers, body: (hotline.receive(path, headers, body), b""))
            )
            hotline.url = f"{address}/tickets?from=yibotong"
            peer = Peer(hotline.id, "外部热线", hotline.url, bodies, may_order)
            with service.writing.begin() as connection:
                hotline.secret = peers.save_peer(connection, service.secrets, peer)
            return hotline

        yield make
    with service.writing.begin() as connection:
        for table in (nonce_table, link_table, peer_table):
            connection.execute(table.delete())
