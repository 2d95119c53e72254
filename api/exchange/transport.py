"""How a message gets to a peer."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from api.exchange import signing

TRY_AGAIN = frozenset({408, 425, 429})
OURSELVES = "yibotong"


class DeliveryError(Exception):
    """A peer did not take a message; `hopeless` when another try can't help."""

    def __init__(self, why: str, *, hopeless: bool) -> None:
        super().__init__(why)
        self.hopeless = hopeless


class Transport(Protocol):
    """Delivers JSON to an address, signed with the peer's secret."""

    def post(self, url: str, secret: str, body: bytes, now: datetime) -> None:
        """Deliver; raises `DeliveryError`."""


class HttpTransport:
    """Over HTTP; redirects are not followed, since the signature holds for one path."""

    def __init__(self, timeout_s: float = 10) -> None:
        self._http = httpx2.Client(timeout=timeout_s, follow_redirects=False)

    def post(self, url: str, secret: str, body: bytes, now: datetime) -> None:
        """As the protocol says."""
        target = urlsplit(url)
        path = target.path or "/"
        signed = f"{path}?{target.query}" if target.query else path
        stamp = signing.stamp(OURSELVES, secret, "POST", signed, body, now)
        headers = {**stamp.headers(), "Content-Type": "application/json"}
        try:
            status = self._http.post(url, content=body, headers=headers).status_code
        except httpx2.HTTPError as error:
            raise DeliveryError(type(error).__name__, hopeless=False) from error
        if not 200 <= status < 300:
            raise DeliveryError(f"HTTP {status}", hopeless=400 <= status < 500 and status not in TRY_AGAIN)
