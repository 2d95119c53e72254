"""Lists of tickets for the desk, from their derived status; one page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from routing.complaints import not_recused
from routing.tables import complaint_table, ticket_status_table, ticket_table
from routing.ticket_state import OPEN

Due = Literal["overdue", "today", "soon"]
Order = Literal["due", "newest"]
NOBODY = "none"

_t = ticket_status_table.c


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What to list; None and empty mean any. `bodies` limits to tickets these bodies have now. `owner` is a username or
    'none' for the queue. `reader` is who looks (a username, and the bodies acted for): tickets they are recused from are left
    out. `areas` limits to tickets of these districts, of which the district is not known, or which the reader answers for; empty
    is the whole city. `soon` is the day up to which a ticket counts as due soon."""

    states: tuple[str, ...] = ()
    open_only: bool = False
    waits_for: str | None = None
    due: Due | None = None
    soon: date | None = None
    bodies: tuple[str, ...] | None = None
    matter: str | None = None
    area: str | None = None
    owner: str | None = None
    first_responder: str | None = None
    callback_due: bool | None = None
    number: str | None = None
    reader: tuple[str, tuple[str, ...]] | None = None
    complaints_only: bool = False
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of a list."""

    number: str
    state: str
    waits_for: str | None
    matter: str
    area: str
    body_id: str
    planned_body_id: str
    owner: str
    first_responder: str
    clock: str | None
    due_on: date | None
    urgent: bool
    callback_due: bool
    opened_at: datetime
    changed_at: datetime
    sequence: int
    repeat_of: str | None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """One page; `total` counts all that match."""

    lines: tuple[TicketLine, ...]
    total: int


def list_tickets(
    connection: Connection, wanted: TicketFilter, today: date, *, page: int = 1, size: int = 50, order: Order = "due"
) -> TicketPage:
    """A page of tickets, the most pressing or the newest first."""
    where = _conditions(wanted, today)
    total = connection.execute(select(func.count()).select_from(ticket_status_table).where(*where)).scalar_one()
    by: Sequence[ColumnElement] = (_t.opened_at.desc(), _t.ticket.desc())
    if order == "due":
        by = (_t.due_on.is_(None), _t.due_on, _t.urgent.desc(), _t.ticket)
    # The page's keys first, from indexes alone; the wide rows only for these.
    keys = select(_t.ticket).where(*where).order_by(*by).limit(size).offset((page - 1) * size).subquery()
    query = _lines().where(_t.ticket.in_(select(keys.c.ticket))).order_by(*by)
    return TicketPage(tuple(_line(row) for row in connection.execute(query)), total)


def to_escalate(connection: Connection, today: date, soon: date, limit: int) -> list[str]:
    """Numbers of tickets of which a reminder (due by `soon`) or the end of a promise was not told yet, most pressing first."""
    is_over = and_(_t.due_on < today, _t.told_overdue.is_(False))
    is_near = and_(_t.due_on.between(today, soon), _t.reminded.is_(False), _t.clock != "confirmation")
    query = select(_t.ticket).where(or_(is_over, is_near)).order_by(_t.due_on).limit(limit)
    return list(connection.execute(query).scalars())


def _lines() -> Select:
    return select(ticket_status_table, ticket_table.c.body_id.label("planned_body_id"), ticket_table.c.repeat_of).join(
        ticket_table, ticket_table.c.number == _t.ticket
    )


def _conditions(wanted: TicketFilter, today: date) -> list[ColumnElement[bool]]:
    equal = {
        _t.waits_for: wanted.waits_for,
        _t.matter: wanted.matter,
        _t.area: wanted.area,
        _t.first_responder: wanted.first_responder,
        _t.callback_due: wanted.callback_due,
    }
    where = [column == value for column, value in equal.items() if value is not None]
    if wanted.states:
        where.append(_t.state.in_(wanted.states))
    if wanted.open_only:
        where.append(_t.state.in_(OPEN))
    if wanted.bodies is not None:
        where.append(_t.body_id.in_(wanted.bodies))
    if wanted.owner is not None:
        where.append(_t.owner == ("" if wanted.owner == NOBODY else wanted.owner))
    where += [not_recused(*wanted.reader)] if wanted.reader else []
    where += [_in_areas(wanted)] if wanted.areas else []
    where += [_t.ticket.in_(select(complaint_table.c.ticket))] if wanted.complaints_only else []
    if wanted.number:
        where.append(_t.ticket.like(f"%{wanted.number.replace('%', '').replace('_', '')}%"))
    match wanted.due:
        case "overdue":
            where.append(_t.due_on < today)
        case "today":
            where.append(_t.due_on == today)
        case "soon":
            where.append(_t.due_on.between(today, wanted.soon or today))
    return where


def _in_areas(wanted: TicketFilter) -> ColumnElement[bool]:
    who = wanted.reader[0] if wanted.reader else None
    own = [_t.owner == who, _t.first_responder == who] if who else []
    return or_(_t.area.in_((*wanted.areas, "")), *own)


def _line(row: Row) -> TicketLine:
    return TicketLine(
        number=row.ticket,
        state=row.state,
        waits_for=row.waits_for,
        matter=row.matter,
        area=row.area,
        body_id=row.body_id,
        planned_body_id=row.planned_body_id,
        owner=row.owner,
        first_responder=row.first_responder,
        clock=row.clock,
        due_on=row.due_on,
        urgent=row.urgent,
        callback_due=row.callback_due,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        sequence=row.sequence,
        repeat_of=row.repeat_of,
    )
