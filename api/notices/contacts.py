"""Where a ticket's citizen wants to be told. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from api.notices.senders import Channel
from api.notices.tables import contact_table, watch_table
from routing import ticket_thread
from routing.tables import ticket_status_table
from routing.tickets import Secrets

_c = contact_table.c


@dataclass(frozen=True, slots=True)
class NoticeContact:
    """One contact; `failed` when it could not be reached there."""

    id: int
    channel: Channel
    address: str
    agreed_at: datetime
    failed: bool


def register(
    connection: Connection,
    secrets: Secrets,
    ticket: str,
    channel: Channel,
    address: str,
    consent_version: str,
    now: datetime,
) -> None:
    """Tell news of a ticket there from now on; in place of another address of this channel. A failed one is tried anew."""
    ticket_thread.hold(connection, ticket)
    values = {
        "address": secrets.hide(address),
        "consent_version": consent_version,
        "agreed_at": now,
        "failed_at": None,
        "error": "",
    }
    known = update(contact_table).where(_c.ticket == ticket, _c.channel == channel)
    if connection.execute(known.values(**values)).rowcount == 0:
        connection.execute(insert(contact_table).values(ticket=ticket, channel=channel, **values))
    if connection.execute(select(watch_table.c.ticket).where(watch_table.c.ticket == ticket)).first() is None:
        # What happened before is known to whoever registers: it stands on the page they register on.
        sequence = select(ticket_status_table.c.sequence).where(ticket_status_table.c.ticket == ticket)
        begun = {"ticket": ticket, "sequence": connection.execute(sequence).scalar_one()}
        connection.execute(insert(watch_table).values(**begun))


def remove(connection: Connection, ticket: str, channel: Channel) -> bool:
    """Tell nothing there any more; False when nothing was. The last one ends the watch over the ticket."""
    ticket_thread.hold(connection, ticket)
    gone = connection.execute(delete(contact_table).where(_c.ticket == ticket, _c.channel == channel)).rowcount == 1
    if connection.execute(select(_c.id).where(_c.ticket == ticket)).first() is None:
        connection.execute(delete(watch_table).where(watch_table.c.ticket == ticket))
    return gone


def contacts_of(connection: Connection, secrets: Secrets, ticket: str) -> list[NoticeContact]:
    """In the order they are tried: as they were given; an address that is corrected keeps its place."""
    rows = connection.execute(select(contact_table).where(_c.ticket == ticket).order_by(_c.id))
    return [
        NoticeContact(row.id, row.channel, secrets.show(row.address), row.agreed_at, row.failed_at is not None)
        for row in rows
    ]


def mark_reached(connection: Connection, contact_id: int) -> None:
    """It was reached there after all."""
    connection.execute(update(contact_table).where(_c.id == contact_id).values(failed_at=None, error=""))


def mark_failed(connection: Connection, contact_id: int, error: str, now: datetime) -> None:
    """It cannot be reached there; nothing more is sent until it is given anew."""
    mine = update(contact_table).where(_c.id == contact_id)
    connection.execute(mine.values(failed_at=now, error=error[:200]))
