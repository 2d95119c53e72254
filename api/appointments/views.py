"""What pages see of appointments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.appointments import booking
from api.appointments.booking import Offer, Wanted
from api.handover import phone_number
from api.wiring import Service
from bot import compose
from bot.reply import BodyView
from routing import appointment_store
from routing.appointment_store import Booking
from routing.appointments import BookingKind
from routing.tickets import Ticket

Kind = Annotated[BookingKind, Path()]


class BookingInput(BaseModel):
    """A time that was offered. `body_id` is for a visit. `phone` is for a callback, where the ticket has none or another.

    `key` names it, so that sending it again does nothing more."""

    model_config = ConfigDict(extra="forbid")

    kind: BookingKind
    starts: AwareDatetime
    body_id: str = Field("", max_length=120)
    phone: str = Field("", max_length=30)
    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")


class FreeSlotView(BaseModel):
    """A time that can be booked; `left` is how many more people it takes, None where that is not counted."""

    starts: datetime
    ends: datetime
    left: int | None


class SiteView(BaseModel):
    """A place to come to; `note` says why there are no times."""

    body: BodyView
    slots: list[FreeSlotView]
    note: str


class BookingView(BaseModel):
    """What is agreed."""

    kind: BookingKind
    body_id: str
    body_name: str
    starts: datetime
    ends: datetime


class Bookable(BaseModel):
    """What is agreed for a ticket and what can be. `phone` shows the end of the number that would be called."""

    booked: list[BookingView]
    may: bool
    sites: list[SiteView]
    windows: list[FreeSlotView]
    window_note: str
    phone: str


def bookable(service: Service, connection: Connection, ticket: Ticket, also: str = "") -> Bookable:
    """What can be booked for a ticket now; nothing once it has ended."""
    booked = [booking_view(service, found) for found in appointment_store.active(connection, ticket.number)]
    phone = ticket.contact.phone[-4:]
    if not ticket.progress.is_open:
        return Bookable(booked=booked, may=False, sites=[], windows=[], window_note="", phone=phone)
    called = booking.windows(service, connection)
    return Bookable(
        booked=booked,
        may=True,
        sites=[
            SiteView(body=compose.body_view(offer.body), slots=_slots(offer), note=offer.note)
            for offer in booking.sites(service, connection, ticket, also)
        ],
        windows=_slots(called),
        window_note=called.note,
        phone=phone,
    )


def booking_view(service: Service, found: Booking) -> BookingView:
    """As shown."""
    return BookingView(
        kind=found.kind,
        body_id=found.body_id,
        body_name=booking.body_name(service, found.body_id),
        starts=found.slot.starts,
        ends=found.slot.ends,
    )


def wanted(input_: BookingInput, whose: str) -> Wanted:
    """What was sent, checked; `whose` keeps one sender's keys apart from another's."""
    return Wanted(
        kind=input_.kind,
        starts=input_.starts,
        key=f"{whose}:book:{input_.key}",
        body_id=input_.body_id,
        phone=phone_number(input_.phone),
    )


def _slots(offer: Offer) -> list[FreeSlotView]:
    return [FreeSlotView(starts=f.slot.starts, ends=f.slot.ends, left=f.left) for f in offer.free]
