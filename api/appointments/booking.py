"""What can be booked for a ticket, booking it, and giving it back: the one way for citizens and the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.errors import bad_field
from api.staff import audit
from api.staff.roles import Staff
from api.wiring import Service
from bot import appointment_wording, ticket_wording
from routing import appointment_store, ticket_thread, tickets
from routing.appointment_store import Booking
from routing.appointments import WINDOW_MINUTES, BookingKind, Capacity, FreeSlot, free, slots
from routing.directory import LEGAL_HOTLINE, Body
from routing.ticket_events import SYSTEM_SELF, Actor, EventKind, TicketEvent, event
from routing.ticket_state import OPEN, OutOfOrderError, Progress
from routing.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Offer:
    """Free times at one place, or why there are none."""

    body: Body
    free: list[FreeSlot]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be booked. `body_id` is for a visit; `phone` (E.164) replaces the ticket's, empty keeps it."""

    kind: BookingKind
    starts: datetime
    key: str
    body_id: str = ""
    phone: str = ""


def sites(service: Service, connection: Connection, ticket: Ticket, also: str = "") -> list[Offer]:
    """Where the citizen can come: the body that has the ticket, those of its kind nearby, and one named besides.

    The first is always given, with a note when nothing can be booked there; the others only where times are known.
    """
    directory = service.parts.directory
    first = directory.by_id(ticket.progress.body or ticket.body_id) or LEGAL_HOTLINE
    bodies = [first, *directory.candidates(first.type, ticket.area or None)]
    if named := directory.by_id(also):
        bodies.insert(1, named)
    known = {c.body_id: c for c in appointment_store.capacities(connection) if c.kind == "visit"}
    offers = [
        _site(service, connection, body, known.get(body.id)) for body in {body.id: body for body in bodies}.values()
    ]
    return [offer for offer in offers if offer.free or offer.body.id in (first.id, also)]


def windows(service: Service, connection: Connection) -> Offer:
    """When somebody can be called back: the hours of the city's legal hotline, as the directory knows them."""
    centre = service.parts.directory.by_id(LEGAL_HOTLINE.id) or LEGAL_HOTLINE
    if centre.schedule is None:
        return Offer(centre, [], appointment_wording.NO_CALL_HOURS)
    limit = _limit(connection, "callback", centre.id)
    now = service.now()
    minutes, places = (limit.minutes, limit.places) if limit else (WINDOW_MINUTES, None)
    offered = slots(centre.schedule, "callback", minutes, now)
    found = free(offered, places, appointment_store.taken(connection, "callback", centre.id, now))
    return Offer(centre, found, "" if found else appointment_wording.NO_WINDOWS)


def book(service: Service, number: str, wanted: Wanted, by: Actor, staff: Staff | None = None) -> None:
    """Book it, in place of what the ticket had of this kind. The same `key` again does nothing more.

    `SlotTakenError` when the last place went to somebody else, `OutOfOrderError` when the ticket has ended, 422 for a time that
    is not offered or a callback without a phone. `staff` is who did it for the citizen, for the audit trail.
    """
    with service.writing.begin() as connection:
        ticket_thread.hold(connection, number)
        if not ticket_thread.knows(connection, number, wanted.key):
            _book(service, connection, number, wanted, by)
            _record(service, connection, staff, "ticket.booked", number, wanted.kind)


def cancel(service: Service, number: str, kind: BookingKind, by: Actor, staff: Staff | None = None) -> None:
    """Give back what the ticket has of this kind; nothing when it has none."""
    with service.writing.begin() as connection:
        ticket_thread.hold(connection, number)
        if _give_back(service, connection, number, kind, by):
            _record(service, connection, staff, "ticket.booking_cancelled", number, kind)


def settle(
    service: Service, connection: Connection, number: str, kind: EventKind, progress: Progress, now: datetime
) -> Progress:
    """What an event means for what was booked: a callback was made; a ticket that ended gives its places back, and one that
    left a body its place there."""
    if kind == "called_back":
        appointment_store.end(connection, number, "callback", "done", now)
    left = {*progress.had_by, *progress.returned_by} - {progress.body}
    for booking in appointment_store.active(connection, number):
        if progress.state not in OPEN:
            why = appointment_wording.ENDED
        elif booking.kind == "visit" and booking.body_id in left:
            why = appointment_wording.LEFT_BODY
        else:
            continue
        appointment_store.end(connection, number, booking.kind, "cancelled", now)
        told = _event(service, "booking_cancelled", booking, SYSTEM_SELF, now, why)
        progress = ticket_thread.append(connection, service.promises, number, told)
    return progress


def body_name(service: Service, body_id: str) -> str:
    """As the directory has it; the id where the body is gone."""
    body = service.parts.directory.by_id(body_id)
    return body.name if body else body_id


def _site(service: Service, connection: Connection, body: Body, capacity: Capacity | None) -> Offer:
    if body.schedule is None:
        return Offer(body, [], appointment_wording.NO_HOURS.format(body=body.name))
    if capacity is None:
        return Offer(body, [], appointment_wording.NO_CAPACITY.format(body=body.name))
    now = service.now()
    offered = slots(body.schedule, "visit", capacity.minutes, now)
    found = free(offered, capacity.places, appointment_store.taken(connection, "visit", body.id, now))
    return Offer(body, found, "" if found else appointment_wording.FULL.format(body=body.name))


def _limit(connection: Connection, kind: BookingKind, body_id: str) -> Capacity | None:
    known = appointment_store.capacities(connection)
    return next((capacity for capacity in known if (capacity.kind, capacity.body_id) == (kind, body_id)), None)


def _book(service: Service, connection: Connection, number: str, wanted: Wanted, by: Actor) -> None:
    now = service.now()
    ticket = tickets.read_ticket(connection, service.secrets, number)
    before = [booking for booking in appointment_store.active(connection, number) if booking.kind == wanted.kind]
    kind: EventKind = "booking_moved" if before else "booked"
    if ticket.state not in OPEN:
        raise OutOfOrderError(kind, ticket.state, "这件工单已经结束，不能再约时间。")
    if wanted.kind == "callback":
        _keep_phone(service, connection, ticket, wanted.phone)
        offer = windows(service, connection)
    else:
        body = service.parts.directory.by_id(wanted.body_id)
        if body is None or not body.exists(now.date()):
            raise bad_field("body_id", "信息库里没有这个地方，或者它已经停用。")
        offer = _site(service, connection, body, _limit(connection, "visit", body.id))
    # Full ones are looked for too: who comes too late is told so, and not that the time is wrong.
    capacity = _limit(connection, wanted.kind, offer.body.id)
    if offer.body.schedule is None or (capacity is None and wanted.kind == "visit"):
        raise bad_field("starts", offer.note)
    minutes = capacity.minutes if capacity else WINDOW_MINUTES
    open_then = slots(offer.body.schedule, wanted.kind, minutes, now)
    slot = next((slot for slot in open_then if slot.starts == wanted.starts), None)
    if slot is None:
        raise bad_field("starts", "这个时间不能约，请在给出的时间里选。")
    places = capacity.places if capacity else None
    booking = appointment_store.book(connection, number, wanted.kind, offer.body.id, slot, places, by.party, now)
    told = _event(service, kind, booking, by, now)
    ticket_thread.append(connection, service.promises, number, told, key=wanted.key)


def _keep_phone(service: Service, connection: Connection, ticket: Ticket, phone: str) -> None:
    if not (phone or ticket.contact.phone):
        raise bad_field("phone", "要回电，请留一个打得通的电话。")
    if phone and phone != ticket.contact.phone:
        tickets.change_phone(connection, service.secrets, ticket.number, phone)


def _give_back(service: Service, connection: Connection, number: str, kind: BookingKind, by: Actor) -> bool:
    mine = [booking for booking in appointment_store.active(connection, number) if booking.kind == kind]
    for booking in mine:
        now = service.now()
        appointment_store.end(connection, number, kind, "cancelled", now)
        told = _event(service, "booking_cancelled", booking, by, now)
        ticket_thread.append(connection, service.promises, number, told, key=f"cancelled:{booking.id}")
    return bool(mine)


def _record(
    service: Service, connection: Connection, staff: Staff | None, action: str, number: str, kind: BookingKind
) -> None:
    if staff:
        audit.record(connection, staff, action, "ticket", number, service.now(), after={"kind": kind})


def _event(
    service: Service, kind: EventKind, booking: Booking, by: Actor, now: datetime, text: str = ""
) -> TicketEvent:
    name = body_name(service, booking.body_id)
    told = ticket_wording.EVENT_TEXT[kind].format(
        day=appointment_wording.when(booking.slot.starts, booking.slot.ends),
        what=appointment_wording.what(booking.kind, name),
        text=text,
    )
    if by.party in ("agent", "supervisor"):
        told += ticket_wording.WRITTEN_DOWN.format(person=by.name)
    return event(
        kind,
        told,
        now,
        by,
        booking=booking.kind,
        body=booking.body_id if booking.kind == "visit" else "",
        body_name=name if booking.kind == "visit" else "",
        starts=booking.slot.starts.isoformat(),
        ends=booking.slot.ends.isoformat(),
    )
