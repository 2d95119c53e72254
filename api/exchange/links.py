"""Which peer must know of which ticket, and how far it does. Callers commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.exchange.peers import Peer
from api.exchange.tables import link_table
from routing.tables import ticket_status_table

LEASE = timedelta(minutes=1)
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
MOST_ATTEMPTS = 12  # about five hours


@dataclass(frozen=True, slots=True)
class Link:
    """A ticket and a peer. `sequence` is the last event the peer has confirmed."""

    id: int
    peer: str
    role: str
    ticket: str | None
    external_id: str | None
    conversation_id: str | None
    sequence: int
    attempts: int
    next_at: datetime
    dead: bool
    last_error: str


def add_missing(connection: Connection, peers: Iterable[Peer], now: datetime) -> int:
    """A link for every ticket that lies with a peer's body and has none."""
    added = 0
    for peer in peers:
        linked = select(link_table.c.ticket).where(link_table.c.peer == peer.id, link_table.c.ticket.is_not(None))
        query = select(ticket_status_table.c.ticket).where(
            ticket_status_table.c.body_id.in_(peer.bodies), ticket_status_table.c.ticket.not_in(linked)
        )
        for number in connection.execute(query).scalars().all():
            added += add(connection, peer.id, "body", now, ticket=number)
    return added


def add(connection: Connection, peer_id: str, role: str, now: datetime, **values: Any) -> bool:
    """A new link; False when there is one, made meanwhile by somebody else perhaps."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = {"sequence": 0, "next_at": now, "dead": False, "ended": False, "last_error": ""}
    new = dialect.insert(link_table).values(peer=peer_id, role=role, **fresh, **values)
    made = new.on_conflict_do_nothing().returning(link_table.c.id)
    return connection.execute(made).first() is not None


def claim(connection: Connection, peer_ids: Iterable[str], now: datetime, most: int) -> list[Link]:
    """Links whose peer is behind, leased to the caller so that no other worker sends the same."""
    query = (
        select(link_table)
        .join(ticket_status_table, ticket_status_table.c.ticket == link_table.c.ticket)
        .where(
            link_table.c.peer.in_(peer_ids),
            ticket_status_table.c.sequence > link_table.c.sequence,
            link_table.c.next_at <= now,
            ~link_table.c.dead,
            ~link_table.c.ended,
        )
        .order_by(link_table.c.next_at)
        .limit(most)
    )
    rows = connection.execute(query).all()
    return [_link(row) for row in rows if _lease(connection, row, now)]


def confirm(connection: Connection, link: Link, sequence: int, now: datetime, *, ended: bool) -> None:
    """The peer has everything up to `sequence`."""
    values = {"sequence": sequence, "attempts": 0, "next_at": now, "last_error": "", "ended": ended}
    connection.execute(update(link_table).where(link_table.c.id == link.id).values(**values))


def put_off(connection: Connection, link: Link, error: str, now: datetime, *, hopeless: bool) -> None:
    """It did not work: later, each time twice as late; after the last attempt, people see to it."""
    attempts = link.attempts + 1
    delay = min(FIRST_DELAY * 2**link.attempts, LONGEST_DELAY)
    values = {
        "attempts": attempts,
        "next_at": now + delay,
        "dead": hopeless or attempts >= MOST_ATTEMPTS,
        "last_error": error[:200],
    }
    connection.execute(update(link_table).where(link_table.c.id == link.id).values(**values))


def revive(connection: Connection, link_id: int, now: datetime) -> bool:
    """Try a dead one again; False when there is none of this id."""
    again = {"dead": False, "attempts": 0, "next_at": now}
    dead = (link_table.c.id == link_id, link_table.c.dead)
    return connection.execute(update(link_table).where(*dead).values(**again)).rowcount == 1


def troubled(connection: Connection) -> list[Link]:
    """Dead letters, and what is being tried again."""
    query = select(link_table).where(link_table.c.attempts > 0).order_by(link_table.c.dead.desc(), link_table.c.next_at)
    return [_link(row) for row in connection.execute(query)]


def of_order(connection: Connection, peer_id: str, external_id: str) -> Link | None:
    """The link of a peer's own number."""
    where = (link_table.c.peer == peer_id, link_table.c.external_id == external_id)
    row = connection.execute(select(link_table).where(*where)).one_or_none()
    return _link(row) if row else None


def set_ticket(connection: Connection, link: Link, number: str) -> None:
    """An order has become a ticket."""
    connection.execute(update(link_table).where(link_table.c.id == link.id).values(ticket=number))


def _lease(connection: Connection, row: Row, now: datetime) -> bool:
    mine = update(link_table).where(link_table.c.id == row.id, link_table.c.next_at == row.next_at)
    return connection.execute(mine.values(next_at=now + LEASE)).rowcount == 1


def _link(row: Row) -> Link:
    return Link(
        id=row.id,
        peer=row.peer,
        role=row.role,
        ticket=row.ticket,
        external_id=row.external_id,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        attempts=row.attempts,
        next_at=row.next_at,
        dead=row.dead,
        last_error=row.last_error,
    )
