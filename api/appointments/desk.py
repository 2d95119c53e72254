"""Appointments at the desk: book for a citizen, what is agreed and when, how many people a place takes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.appointments import booking
from api.appointments.views import Bookable, BookingInput, Kind, bookable, wanted
from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem, bad_field
from api.paging import PagingIn, Rows
from api.staff import audit
from api.staff.roles import Role, Staff
from api.tickets import desk as ticket_desk
from api.wiring import Service
from routing import appointment_store, tickets
from routing.appointment_store import BookingLine
from routing.appointments import BookingKind, Capacity
from routing.hours import SHANGHAI
from routing.ticket_events import Actor

router = APIRouter(prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422, 503)})
Desk = Annotated[Staff, requires(Role.AGENT, Role.SUPERVISOR)]
Watcher = Annotated[Staff, requires(Role.AGENT, Role.SUPERVISOR, Role.BODY_OFFICER)]
Planner = Annotated[Staff, requires(Role.CURATOR, Role.SUPERVISOR)]
Number = Annotated[str, Path(max_length=30)]
FARTHEST = timedelta(days=366)  # a calendar has ends, at which reckoning with its days fails
BodyId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=120)]


class BookingRow(BaseModel):
    """One line of the list. `name` and `phone` are for the desk; `late`: the agreed time is over and nobody has called."""

    number: str
    kind: BookingKind
    matter_name: str
    body_id: str
    body_name: str
    starts: datetime
    ends: datetime
    late: bool
    name: str
    phone: str


class CapacityInput(BaseModel):
    """How many people a place takes in a slot, and how many minutes a slot is long."""

    model_config = ConfigDict(extra="forbid")

    places: int = Field(ge=1, le=200)
    minutes: int = Field(ge=5, le=240)


class CapacityView(BaseModel):
    kind: BookingKind
    body_id: str
    body_name: str
    hours: str | None
    places: int
    minutes: int


@router.get("/desk/tickets/{number}/bookings")
def read_bookings(
    number: Number, me: Desk, service: ServiceIn, body_id: Annotated[str, Query(max_length=120)] = ""
) -> Bookable:
    """What is agreed for a ticket and what can be, at `body_id` too; needs an agent or a supervisor."""
    _check(service, number, me)
    return _view(service, number, body_id)


@router.post("/desk/tickets/{number}/bookings")
def book(number: Number, input_: BookingInput, me: Desk, service: ServiceIn) -> Bookable:
    """Book or move for the citizen; needs an agent or a supervisor. 409 when somebody else was first."""
    _check(service, number, me)
    booking.book(service, number, wanted(input_, me.username), _actor(me), me)
    return _view(service, number)


@router.delete("/desk/tickets/{number}/bookings/{kind}")
def cancel(number: Number, kind: Kind, me: Desk, service: ServiceIn) -> Bookable:
    """Give a booked time back for the citizen; needs an agent or a supervisor."""
    _check(service, number, me)
    booking.cancel(service, number, kind, _actor(me), me)
    return _view(service, number)


@router.get("/desk/bookings")
def list_bookings(
    me: Watcher, service: ServiceIn, paging: PagingIn, kind: BookingKind = "callback", day: date | None = None
) -> Rows[BookingRow]:
    """Callbacks to make or visits to come, soonest first; needs an agent, a supervisor, or a body's officer, who sees the
    visits to their bodies. `day` limits to one day."""
    desk = me.may(Role.AGENT, Role.SUPERVISOR)
    if not desk and kind == "callback":
        raise ApiError(403, "没有权限", "回电由座席来打。")
    if day and abs(day - service.now().date()) > FARTHEST:
        raise bad_field("day", "只能看前后一年的。")
    since = datetime.combine(day, time(), SHANGHAI) if day else None
    until = since + timedelta(days=1) if since else None
    if kind == "visit" and since is None:
        since = service.now().replace(hour=0, minute=0, second=0, microsecond=0)  # who was to come yesterday is past
    with service.engine.connect() as connection:
        found, total = appointment_store.list_bookings(
            connection,
            kind,
            since=since,
            until=until,
            bodies=None if desk else sorted(me.bodies),
            reader=(me.username, tuple(me.bodies)),
            offset=paging.offset,
            size=paging.size,
        )
        contacts = {
            line.booking.ticket: tickets.contact_of(connection, service.secrets, line.booking.ticket)
            for line in found
            if desk
        }
    now = service.now()
    return Rows(items=[_row(service, line, contacts.get(line.booking.ticket), now) for line in found], total=total)


@router.get("/admin/capacities")
def list_capacities(_me: Planner, service: ServiceIn) -> list[CapacityView]:
    """How many people places take, where that is known; needs a curator or a supervisor."""
    with service.engine.connect() as connection:
        return [_capacity(service, known) for known in appointment_store.capacities(connection)]


@router.put("/admin/capacities/{kind}/{body_id}")
def set_capacity(kind: Kind, body_id: BodyId, input_: CapacityInput, me: Planner, service: ServiceIn) -> CapacityView:
    """Say how many people a place takes in a slot; needs a curator or a supervisor. What is booked stays booked."""
    body = service.parts.directory.by_id(body_id)
    if body is None or body.state == "inactive":
        raise bad_field("body_id", "信息库里没有这个地方，或者它已经停用。")
    capacity = Capacity(kind, body_id, input_.places, input_.minutes)
    with service.writing.begin() as connection:
        before = {(c.kind, c.body_id): c for c in appointment_store.capacities(connection)}.get((kind, body_id))
        appointment_store.set_capacity(connection, capacity, me.name, service.now())
        audit.record(
            connection,
            me,
            "capacity.set",
            kind,
            body_id,
            service.now(),
            before={"places": before.places, "minutes": before.minutes} if before else None,
            after=input_.model_dump(),
        )
    return _capacity(service, capacity)


@router.delete("/admin/capacities/{kind}/{body_id}", status_code=204)
def forget_capacity(kind: Kind, body_id: BodyId, me: Planner, service: ServiceIn) -> None:
    """Offer no more times there; needs a curator or a supervisor. What is booked stays booked."""
    with service.writing.begin() as connection:
        if not appointment_store.forget_capacity(connection, kind, body_id):
            raise ApiError(404, "没有找到", "这个地方没有登记过。")
        audit.record(connection, me, "capacity.forget", kind, body_id, service.now())


def _check(service: Service, number: str, me: Staff) -> None:
    """The ticket is there, and not one this member of staff is kept away from."""
    with service.engine.connect() as connection:
        ticket_desk.visible_ticket(service, connection, number, me)


def _actor(me: Staff) -> Actor:
    return Actor("supervisor" if me.may(Role.SUPERVISOR) else "agent", me.username, me.name)


def _view(service: Service, number: str, also: str = "") -> Bookable:
    with service.engine.connect() as connection:
        return bookable(service, connection, tickets.read_ticket(connection, service.secrets, number), also)


def _row(service: Service, line: BookingLine, contact: tickets.Contact | None, now: datetime) -> BookingRow:
    found = line.booking
    return BookingRow(
        number=found.ticket,
        kind=found.kind,
        matter_name=service.matters.name(line.matter),
        body_id=found.body_id,
        body_name=booking.body_name(service, found.body_id),
        starts=found.slot.starts,
        ends=found.slot.ends,
        late=found.kind == "callback" and now > found.slot.ends,
        name=contact.name if contact else "",
        phone=contact.phone if contact else "",
    )


def _capacity(service: Service, known: Capacity) -> CapacityView:
    body = service.parts.directory.by_id(known.body_id)
    return CapacityView(
        kind=known.kind,
        body_id=known.body_id,
        body_name=body.name if body else known.body_id,
        hours=body.hours if body else None,
        places=known.places,
        minutes=known.minutes,
    )
