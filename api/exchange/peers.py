"""Peers in the database. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.exchange import signing
from api.exchange.signing import Stamp, UnsignedError
from api.exchange.tables import nonce_table, peer_table
from routing.tickets import Secrets


@dataclass(frozen=True, slots=True)
class Peer:
    """Another system. `url` is empty for one that only asks; `bodies` are those whose tickets go to it."""

    id: str
    name: str
    url: str
    bodies: frozenset[str]
    may_order: bool
    active: bool = True


def save_peer(connection: Connection, secrets: Secrets, peer: Peer) -> str | None:
    """Add or change a peer; a new one's secret is given back, once."""
    values = {
        "name": peer.name,
        "url": peer.url,
        "bodies": sorted(peer.bodies),
        "may_order": peer.may_order,
        "active": peer.active,
    }
    if connection.execute(update(peer_table).where(peer_table.c.id == peer.id).values(**values)).rowcount:
        return None
    secret = signing.new_secret()
    connection.execute(insert(peer_table).values(id=peer.id, secret=secrets.hide(secret), **values))
    return secret


def renew_secret(connection: Connection, secrets: Secrets, peer_id: str) -> str:
    """A new secret; the old one is worthless from now on."""
    secret = signing.new_secret()
    connection.execute(update(peer_table).where(peer_table.c.id == peer_id).values(secret=secrets.hide(secret)))
    return secret


def all_peers(connection: Connection) -> list[Peer]:
    """Every peer, by id."""
    return [_peer(row) for row in connection.execute(select(peer_table).order_by(peer_table.c.id))]


def find_peer(connection: Connection, peer_id: str) -> Peer | None:
    """The peer of this id."""
    row = connection.execute(select(peer_table).where(peer_table.c.id == peer_id)).one_or_none()
    return _peer(row) if row else None


def secret_of(connection: Connection, secrets: Secrets, peer_id: str) -> str:
    """A peer's secret."""
    query = select(peer_table.c.secret).where(peer_table.c.id == peer_id)
    return secrets.show(connection.execute(query).scalar_one())


def verified(
    connection: Connection, secrets: Secrets, given: Stamp, method: str, path: str, body: bytes, now: datetime
) -> Peer:
    """Who signed this request; `UnsignedError` for everything that does not hold, a repeated nonce included."""
    row = connection.execute(select(peer_table).where(peer_table.c.id == given.peer, peer_table.c.active)).one_or_none()
    # Somebody unknown takes as long as somebody with a wrong signature.
    signing.check(given, secrets.show(row.secret) if row else signing.new_secret(), method, path, body, now)
    if row is None:
        raise UnsignedError("unknown peer")
    connection.execute(delete(nonce_table).where(nonce_table.c.at < now - 2 * signing.WINDOW))
    try:
        with connection.begin_nested():
            connection.execute(insert(nonce_table).values(peer=row.id, nonce=given.nonce, at=now))
    except IntegrityError as error:
        raise UnsignedError("used before") from error
    return _peer(row)


def _peer(row: Row) -> Peer:
    return Peer(row.id, row.name, row.url, frozenset(row.bodies), row.may_order, row.active)
