"""Links by which a body without a system of its own acts on one ticket. Callers commit.

A link is for one ticket and one body, ends after a time, can be revoked, and works only while that body has the ticket.
The token itself is kept nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from routing.errors import RoutingError
from routing.tables import body_link_table

LIFETIME = timedelta(days=30)  # longer than answer and extension together (15 working days and a holiday week)


class UnknownLinkError(RoutingError):
    """No such link, or it ended or was revoked; they look the same from outside."""


@dataclass(frozen=True, slots=True)
class BodyLink:
    """One link as it is listed; the token is known only to whoever was given it."""

    ticket: str
    body_id: str
    body_name: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


def make(connection: Connection, ticket: str, body_id: str, body_name: str, made_by: str, now: datetime) -> str:
    """A new link's token. Links made for this ticket before end now."""
    revoke(connection, ticket, now)
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(body_link_table).values(
            token_hash=_hash(token),
            ticket=ticket,
            body_id=body_id,
            body_name=body_name,
            made_by=made_by,
            made_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return token


def revoke(connection: Connection, ticket: str, now: datetime) -> int:
    """End every link of a ticket; returns how many."""
    live = (body_link_table.c.ticket == ticket, body_link_table.c.revoked_at.is_(None))
    return connection.execute(update(body_link_table).where(*live).values(revoked_at=now)).rowcount


def find(connection: Connection, token: str, now: datetime) -> BodyLink:
    """The link of this token; `UnknownLinkError` otherwise."""
    query = select(body_link_table).where(
        body_link_table.c.token_hash == _hash(token),
        body_link_table.c.expires_at > now,
        body_link_table.c.revoked_at.is_(None),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UnknownLinkError
    return _link(row)


def links_of(connection: Connection, ticket: str) -> list[BodyLink]:
    """All links ever made for a ticket, oldest first."""
    query = select(body_link_table).where(body_link_table.c.ticket == ticket).order_by(body_link_table.c.made_at)
    return [_link(row) for row in connection.execute(query)]


def _link(row) -> BodyLink:
    return BodyLink(row.ticket, row.body_id, row.body_name, row.made_by, row.made_at, row.expires_at, row.revoked_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
