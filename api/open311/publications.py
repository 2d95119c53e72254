"""Which tickets are public, and how they read. Callers commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, delete, select

from api.open311.tables import publication_table
from case_library.redact import mask
from case_library.store import upsert
from routing.tables import ticket_status_table
from routing.ticket_state import State


@dataclass(frozen=True, slots=True)
class Publication:
    """A ticket as the public sees it."""

    ticket: str
    summary: str
    matter: str
    state: State
    body_id: str
    area: str
    opened_at: datetime
    changed_at: datetime
    due_on: date | None


def publish(connection: Connection, number: str, summary: str, who: str, now: datetime) -> None:
    """Make a ticket public, or change what is read of it."""
    row = {"ticket": number, "summary": mask(summary), "published_at": now, "published_by": who}
    upsert(connection, publication_table, row)


def take_back(connection: Connection, number: str) -> bool:
    """Make it private again; False when it was not public."""
    public = delete(publication_table).where(publication_table.c.ticket == number)
    return connection.execute(public).rowcount == 1


def published(
    connection: Connection,
    *,
    numbers: Sequence[str] = (),
    matters: Sequence[str] = (),
    states: Sequence[State] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 1000,
    offset: int = 0,
) -> list[Publication]:
    """Public tickets, newest first; empty conditions hold for all."""
    status = ticket_status_table.c
    where = [
        *([status.ticket.in_(numbers)] if numbers else []),
        *([status.matter.in_(matters)] if matters else []),
        *([status.state.in_(states)] if states else []),
        *([status.opened_at >= since] if since else []),
        *([status.opened_at <= until] if until else []),
    ]
    query = (
        select(publication_table.c.summary, ticket_status_table)
        .join(ticket_status_table, status.ticket == publication_table.c.ticket)
        .where(*where)
        .order_by(status.opened_at.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_publication(row) for row in connection.execute(query)]


def _publication(row: Row) -> Publication:
    return Publication(
        ticket=row.ticket,
        summary=row.summary,
        matter=row.matter,
        state=row.state,
        body_id=row.body_id,
        area=row.area,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        due_on=row.due_on,
    )
