"""What a peer is told of a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from api.exchange.links import Link
from api.exchange.peers import Peer
from api.tickets.views import TicketDetail, detail
from api.wiring import Service
from routing.ticket_events import EventKind, sees
from routing.ticket_state import State
from routing.tickets import Ticket

OrderState = Literal["waiting", "sent", "in_progress", "asked", "returned", "done", "cancelled"]

# Our states as other systems know them. The README shows this table; a test holds that no state is missing.
ORDER_STATES: dict[State, OrderState] = {
    "new": "waiting",
    "opened": "waiting",
    "sent": "sent",
    "accepted": "in_progress",
    "asked": "asked",
    "returned": "returned",
    "disputed": "returned",
    "answered": "done",
    "reopened": "in_progress",
    "closed": "done",
    "withdrawn": "cancelled",
    "merged": "cancelled",
}


class EventMessage(BaseModel):
    """One event; `sequence` counts from 1 within the ticket and is never given twice."""

    sequence: int
    kind: EventKind
    text: str
    at: datetime
    by: str


class TicketMessage(BaseModel):
    """How a ticket stands, and what happened since the last confirmed message.

    `sequence` is the ticket's last event: a receiver that has it already has nothing to do. `ticket` is the whole story, in
    the first message to a body only. `yours` is false when the peer's body has nothing more to do with it.
    """

    number: str
    external_id: str | None
    sequence: int
    state: OrderState
    yours: bool
    events: list[EventMessage]
    ticket: TicketDetail | None = None


def message_for(service: Service, peer: Peer, link: Link, ticket: Ticket, now: datetime) -> TicketMessage:
    """What this peer is to be told now."""
    progress = ticket.progress
    audience = "body" if link.role == "body" else "citizen"
    first = link.sequence == 0 and link.role == "body"
    return TicketMessage(
        number=ticket.number,
        external_id=link.external_id,
        sequence=progress.sequence,
        state=ORDER_STATES[progress.state],
        yours=link.role == "origin" or progress.body in peer.bodies,
        events=[
            EventMessage(sequence=number, kind=event.kind, text=event.text, at=event.at, by=event.by.name)
            for number, event in enumerate(ticket.events, 1)
            if number > link.sequence and sees(audience, event)
        ],
        ticket=detail(service, ticket, "body", "body", now) if first else None,
    )
