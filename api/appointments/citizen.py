"""The citizen's side of appointments. Who may call these: whoever holds the ticket's query code."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.appointments import booking
from api.appointments.views import Bookable, BookingInput, Kind, bookable, wanted
from api.dependencies import ServiceIn
from api.errors import Problem
from api.tickets.citizen import CodeHeader, Number, check_pace, find_own
from api.wiring import Service
from routing import tickets
from routing.ticket_events import CITIZEN_SELF

router = APIRouter(
    prefix="/api/v1/tickets/{number}/bookings",
    responses={code: {"model": Problem} for code in (404, 409, 422, 429, 503)},
)


@router.get("")
def read_bookings(number: Number, request: Request, service: ServiceIn, x_query_code: CodeHeader = "") -> Bookable:
    """What is agreed and when one can come or be called; needs the ticket's query code."""
    ticket = find_own(service, request, number, x_query_code)
    return _view(service, ticket.number)


@router.post("")
def book(
    number: Number, input_: BookingInput, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> Bookable:
    """Book a time, or move what is booked to it; needs the query code. 409 when somebody else was first."""
    ticket = find_own(service, request, number, x_query_code)
    check_pace(service, ticket)
    booking.book(service, ticket.number, wanted(input_, "citizen"), CITIZEN_SELF)
    return _view(service, ticket.number)


@router.delete("/{kind}")
def cancel(number: Number, kind: Kind, request: Request, service: ServiceIn, x_query_code: CodeHeader = "") -> Bookable:
    """Give a booked time back; needs the query code. Doing it again changes nothing."""
    ticket = find_own(service, request, number, x_query_code)
    check_pace(service, ticket)
    booking.cancel(service, ticket.number, kind, CITIZEN_SELF)
    return _view(service, ticket.number)


def _view(service: Service, number: str) -> Bookable:
    with service.engine.connect() as connection:
        return bookable(service, connection, tickets.read_ticket(connection, service.secrets, number))
