"""Which systems are connected, and what could not be delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem, bad_field
from api.exchange import links, peers
from api.exchange.peers import Peer
from api.numbers import RowId
from api.staff import audit
from api.staff.roles import Role, Staff

router = APIRouter(
    prefix="/api/v1/admin/exchange", responses={code: {"model": Problem} for code in (401, 403, 404, 422)}
)
Administrator = Annotated[Staff, requires(Role.ADMINISTRATOR)]
Watcher = Annotated[Staff, requires(Role.ADMINISTRATOR, Role.SUPERVISOR)]
PeerId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9\-]{0,59}$")]


class PeerInput(BaseModel):
    """A system; `url` is where our messages go, or nothing when it asks by itself."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    url: HttpUrl | None = None
    bodies: list[str] = Field(max_length=200)
    may_order: bool = False
    active: bool = True


class PeerView(BaseModel):
    id: str
    name: str
    url: str
    bodies: list[str]
    may_order: bool
    active: bool


class PeerSaved(BaseModel):
    """`secret` is shown this once, for a new system only."""

    peer: PeerView
    secret: str | None


class Letter(BaseModel):
    """A message that did not get through."""

    id: int
    peer: str
    ticket: str | None
    attempts: int
    next_at: datetime
    dead: bool
    error: str


@router.get("/peers")
def list_peers(_me: Watcher, service: ServiceIn) -> list[PeerView]:
    """Connected systems; needs an administrator or a supervisor."""
    with service.engine.connect() as connection:
        return [_view(peer) for peer in peers.all_peers(connection)]


@router.put("/peers/{peer_id}")
def save_peer(peer_id: PeerId, input_: PeerInput, me: Administrator, service: ServiceIn) -> PeerSaved:
    """Connect a system or change it; needs an administrator."""
    unknown = [body for body in input_.bodies if service.parts.directory.by_id(body) is None]
    if unknown:
        raise bad_field("bodies", "信息库里没有：" + "、".join(unknown))
    url = str(input_.url) if input_.url else ""
    peer = Peer(peer_id, input_.name, url, frozenset(input_.bodies), input_.may_order, input_.active)
    with service.writing.begin() as connection:
        before = peers.find_peer(connection, peer_id)
        secret = peers.save_peer(connection, service.secrets, peer)
        audit.record(
            connection,
            me,
            "peer.save",
            "peer",
            peer_id,
            service.now(),
            before=_view(before).model_dump() if before else None,
            after=_view(peer).model_dump(),
        )
    return PeerSaved(peer=_view(peer), secret=secret)


@router.post("/peers/{peer_id}/secret")
def renew_secret(peer_id: PeerId, me: Administrator, service: ServiceIn) -> PeerSaved:
    """Give a system a new secret, at once in place of the old one; needs an administrator."""
    with service.writing.begin() as connection:
        peer = peers.find_peer(connection, peer_id)
        if peer is None:
            raise ApiError(404, "没有找到", "没有这个系统。")
        secret = peers.renew_secret(connection, service.secrets, peer_id)
        audit.record(connection, me, "peer.renew_secret", "peer", peer_id, service.now())
    return PeerSaved(peer=_view(peer), secret=secret)


@router.get("/letters")
def list_letters(_me: Watcher, service: ServiceIn) -> list[Letter]:
    """Messages given up, then those being tried again; needs an administrator or a supervisor."""
    with service.engine.connect() as connection:
        return [
            Letter(
                id=link.id,
                peer=link.peer,
                ticket=link.ticket,
                attempts=link.attempts,
                next_at=link.next_at,
                dead=link.dead,
                error=link.last_error,
            )
            for link in links.troubled(connection)
        ]


@router.post("/letters/{letter_id}/retry", status_code=204)
def retry(letter_id: RowId, me: Watcher, service: ServiceIn) -> None:
    """Try a message again that was given up; needs an administrator or a supervisor."""
    with service.writing.begin() as connection:
        if not links.revive(connection, letter_id, service.now()):
            raise ApiError(404, "没有找到", "没有这封信，或者它还在重试。")
        audit.record(connection, me, "letter.retry", "letter", str(letter_id), service.now())


def _view(peer: Peer) -> PeerView:
    return PeerView(
        id=peer.id,
        name=peer.name,
        url=peer.url,
        bodies=sorted(peer.bodies),
        may_order=peer.may_order,
        active=peer.active,
    )
