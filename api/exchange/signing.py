"""Signed requests: HMAC-SHA256 over method, path, time, nonce and body; five minutes; once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WINDOW = timedelta(minutes=5)
SECRET_BYTES = 32
PEER, TIME, NONCE, SIGNATURE = (
    "X-Yibotong-Peer",
    "X-Yibotong-Time",
    "X-Yibotong-Nonce",
    "X-Yibotong-Signature",
)


class UnsignedError(Exception):
    """A request without a signature that holds: unknown peer, wrong, late or used before. Outside they look the same."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What travels in the headers. `time` is in whole seconds since 1970, UTC."""

    peer: str
    time: str
    nonce: str
    signature: str

    def headers(self) -> dict[str, str]:
        """As HTTP headers."""
        return {PEER: self.peer, TIME: self.time, NONCE: self.nonce, SIGNATURE: self.signature}


def new_secret() -> str:
    """A secret for a peer."""
    return secrets.token_hex(SECRET_BYTES)


def stamp(peer: str, secret: str, method: str, path: str, body: bytes, now: datetime) -> Stamp:
    """Sign a request; `path` with its query."""
    time, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    return Stamp(peer, time, nonce, _signature(secret, method, path, time, nonce, body))


def check(given: Stamp, secret: str, method: str, path: str, body: bytes, now: datetime) -> None:
    """`UnsignedError` unless the signature holds and is not late; that it was not used before is for the caller."""
    expected = _signature(secret, method, path, given.time, given.nonce, body)
    if not hmac.compare_digest(expected.encode(), given.signature.encode()):
        raise UnsignedError("wrong signature")
    if not given.time.isdigit() or abs(datetime.fromtimestamp(int(given.time), UTC) - now) > WINDOW:
        raise UnsignedError("late or early")


def _signature(secret: str, method: str, path: str, time: str, nonce: str, body: bytes) -> str:
    content = "\n".join((method.upper(), path, time, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.digest(bytes.fromhex(secret), content.encode(), hashlib.sha256).hex()
