"""A request with the signature that another system put on it, as a dependency of routes; not yet checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from api.exchange.signing import Stamp

_HeaderText = Annotated[str, Header(max_length=80)]


@dataclass(frozen=True, slots=True)
class Stamped:
    """What was signed: `path` with its query, and the body as it came."""

    stamp: Stamp
    method: str
    path: str
    body: bytes


async def _stamped(
    request: Request,
    x_yibotong_peer: _HeaderText = "",
    x_yibotong_time: _HeaderText = "",
    x_yibotong_nonce: _HeaderText = "",
    x_yibotong_signature: _HeaderText = "",
) -> Stamped:
    stamp = Stamp(x_yibotong_peer, x_yibotong_time, x_yibotong_nonce, x_yibotong_signature)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Stamped(stamp, request.method, path, await request.body())


StampedIn = Annotated[Stamped, Depends(_stamped)]
