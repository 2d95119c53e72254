"""Appointments in the database: capacities, places taken. Callers commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from case_library.store import upsert
from routing import ticket_thread
from routing.appointment_tables import appointment_table, capacity_table
from routing.appointments import BookingKind, Capacity, Slot
from routing.complaints import not_recused
from routing.errors import RoutingError
from routing.tables import ticket_table
from routing.ticket_events import Party

Ended = Literal["moved", "cancelled", "done"]

_a = appointment_table.c


class SlotTakenError(RoutingError):
    """The slot is full. Nothing was written; what was booked before still holds."""

    def __init__(self, body_id: str, slot: Slot) -> None:
        super().__init__(f"{body_id}: no place left at {slot.starts.isoformat()}")
        self.slot = slot


@dataclass(frozen=True, slots=True)
class Booking:
    """Something that was agreed and still holds."""

    id: int
    ticket: str
    kind: BookingKind
    body_id: str
    slot: Slot
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BookingLine:
    """A booking with its ticket's matter, for lists."""

    booking: Booking
    matter: str


def set_capacity(connection: Connection, capacity: Capacity, who: str, now: datetime) -> None:
    """From now on; what is booked stays booked."""
    upsert(connection, capacity_table, {**asdict(capacity), "set_by": who, "set_at": now})


def forget_capacity(connection: Connection, kind: BookingKind, body_id: str) -> bool:
    """Nothing more is offered there; False when nothing was."""
    key = (capacity_table.c.kind == kind, capacity_table.c.body_id == body_id)
    return connection.execute(delete(capacity_table).where(*key)).rowcount == 1


def capacities(connection: Connection) -> list[Capacity]:
    """All that are known."""
    query = select(capacity_table).order_by(capacity_table.c.kind.desc(), capacity_table.c.body_id)
    return [Capacity(row.kind, row.body_id, row.places, row.minutes) for row in connection.execute(query)]


def taken(connection: Connection, kind: BookingKind, body_id: str, since: datetime) -> list[tuple[datetime, datetime]]:
    """The spans of every place taken there that has not ended by `since`."""
    query = select(_a.starts_at, _a.ends_at).where(
        _a.kind == kind, _a.body_id == body_id, _a.state == "booked", _a.ends_at > since
    )
    return [(row.starts_at, row.ends_at) for row in connection.execute(query)]


def active(connection: Connection, ticket: str) -> list[Booking]:
    """What is agreed for a ticket now: at most one of each kind."""
    query = select(appointment_table).where(_a.ticket == ticket, _a.state == "booked").order_by(_a.starts_at)
    return [_booking(row) for row in connection.execute(query)]


def book(
    connection: Connection,
    ticket: str,
    kind: BookingKind,
    body_id: str,
    slot: Slot,
    places: int | None,
    by: Party,
    now: datetime,
) -> Booking:
    """Take a place, in place of what the ticket had of this kind. `SlotTakenError` when all `places` are taken (None: as
    many as come): the caller rolls back, and the ticket keeps what it had.

    Two who want the last place cannot both get it: the database refuses the same place twice. Slots of two lengths can
    overlap without sharing a place, so that a place with a capacity is booked by one after the other.
    """
    ticket_thread.hold(connection, ticket)
    c = capacity_table.c
    connection.execute(select(c.places).where(c.kind == kind, c.body_id == body_id).with_for_update())
    end(connection, ticket, kind, "moved", now)
    values = {
        "ticket": ticket,
        "kind": kind,
        "body_id": body_id,
        "starts_at": slot.starts,
        "ends_at": slot.ends,
        "active": _key(kind, ticket),
        "state": "booked",
        "made_by": by,
        "made_at": now,
    }
    # Each turn beyond the first means that another writer took a place: it ends when none is left.
    while (place := _free_place(connection, kind, body_id, slot, places)) is not None:
        try:
            with connection.begin_nested():
                row_id = connection.execute(
                    insert(appointment_table).values(place=place, **values).returning(_a.id)
                ).scalar_one()
        except IntegrityError:
            continue
        return Booking(row_id, ticket, kind, body_id, slot, by, now)
    raise SlotTakenError(body_id, slot)


def end(connection: Connection, ticket: str, kind: BookingKind, how: Ended, now: datetime) -> bool:
    """What the ticket had of this kind holds no longer; False when it had nothing."""
    mine = update(appointment_table).where(_a.active == _key(kind, ticket))
    return connection.execute(mine.values(state=how, place=None, active=None, ended_at=now)).rowcount == 1


def list_bookings(
    connection: Connection,
    kind: BookingKind,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    bodies: Sequence[str] | None = None,
    reader: tuple[str, tuple[str, ...]] | None = None,
    offset: int = 0,
    size: int = 50,
) -> tuple[list[BookingLine], int]:
    """What is agreed, soonest first, and how many in all. `since` and `until` bound its start; `bodies` None: all.
    `reader` (a username and the bodies acted for) is not shown tickets they are kept away from."""
    where = [_a.kind == kind, _a.state == "booked"]
    if since is not None:
        where.append(_a.starts_at >= since)
    if until is not None:
        where.append(_a.starts_at < until)
    if bodies is not None:
        where.append(_a.body_id.in_(bodies))
    if reader is not None:
        where.append(not_recused(*reader, _a.ticket))
    total = connection.execute(select(func.count()).select_from(appointment_table).where(*where)).scalar_one()
    query = (
        select(appointment_table, ticket_table.c.matter)
        .join(ticket_table, ticket_table.c.number == _a.ticket)
        .where(*where)
        .order_by(_a.starts_at, _a.id)
        .offset(offset)
        .limit(size)
    )
    return [BookingLine(_booking(row), row.matter) for row in connection.execute(query)], total


def _key(kind: str, ticket: str) -> str:
    return f"{kind}:{ticket}"


def _free_place(connection: Connection, kind: BookingKind, body_id: str, slot: Slot, places: int | None) -> int | None:
    """The lowest place nobody has in this slot. Slots of another length that overlap count too: the length may have been
    changed since they were booked."""
    query = select(_a.starts_at, _a.place).where(
        _a.kind == kind,
        _a.body_id == body_id,
        _a.state == "booked",
        _a.starts_at < slot.ends,
        _a.ends_at > slot.starts,
    )
    rows = connection.execute(query).all()
    if places is not None and len(rows) >= places:
        return None
    here = {row.place for row in rows if row.starts_at == slot.starts}
    return next(place for place in range(1, len(here) + 2) if place not in here)


def _booking(row: Row) -> Booking:
    return Booking(
        row.id, row.ticket, row.kind, row.body_id, Slot(row.starts_at, row.ends_at), row.made_by, row.made_at
    )
