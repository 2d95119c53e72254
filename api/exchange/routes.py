"""What other systems call. Who may: a peer, by its signature (`api.exchange.signing`), for its own orders and its bodies' tickets."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.citizen import LONGEST_BODY_TEXT
from api.dependencies import ServiceIn
from api.errors import ApiError, Problem
from api.exchange import links, peers
from api.exchange.messages import ORDER_STATES, OrderState
from api.exchange.orders import Order, take_order
from api.exchange.peers import Peer
from api.exchange.stamped import StampedIn
from api.handover import phone_number
from api.numbers import RowId
from api.tickets import files
from api.tickets.actions import Action, act
from api.tickets.views import TicketDetail, detail
from api.wiring import Service
from bot.normalize import normalize
from case_library.redact import mask
from routing import attachments, ticket_thread, tickets
from routing.ticket_events import Actor
from routing.ticket_state import Progress
from routing.tickets import Contact, Ticket

router = APIRouter(
    prefix="/api/v1/exchange", responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)}
)
Number = Annotated[str, Path(max_length=30)]


def _signed(given: StampedIn, service: ServiceIn) -> Peer:
    with service.writing.begin() as connection:
        return peers.verified(
            connection, service.secrets, given.stamp, given.method, given.path, given.body, service.now()
        )


PeerIn = Annotated[Peer, Depends(_signed)]


class OrderInput(BaseModel):
    """A work order. `agreed`: the citizen agreed, at the sender's, that the story is passed on."""

    model_config = ConfigDict(extra="forbid")

    external_id: str = Field(min_length=1, max_length=100, pattern=r"^[\w\-.:]+$")
    text: str = Field(min_length=1, max_length=LONGEST_BODY_TEXT)
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    agreed: Literal[True]


class OrderTaken(BaseModel):
    """`state` is `returned` for what is no legal matter; then there is no ticket."""

    external_id: str
    state: OrderState
    number: str | None = None
    query_code: str | None = None


class PeerActionInput(BaseModel):
    """What a body did. The same `key` again changes nothing; `sequence` is the ticket's last event it was told of."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")
    kind: Literal["seen", "accepted", "returned", "referred_onward", "asked", "extended", "answered", "note"]
    sequence: RowId | None = None
    text: str = Field("", max_length=ticket_thread.LONGEST_TEXT)
    reason: str = Field("", max_length=60)
    better: str = Field("", max_length=120)
    body_id: str = Field("", max_length=120)
    days: int = Field(0, ge=0, le=60)


class OrderActionInput(BaseModel):
    """What the citizen told the hotline the order came from."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")
    kind: Literal["citizen_wrote", "withdrawn", "not_solved", "confirmed"]
    text: str = Field("", max_length=ticket_thread.LONGEST_TEXT)


class Standing(BaseModel):
    """How the ticket stands after the call."""

    number: str
    sequence: int
    state: OrderState


@router.post("/orders", status_code=201)
def take(input_: OrderInput, peer: PeerIn, service: ServiceIn) -> OrderTaken:
    """Take a work order; needs the signature of a peer that may send orders. The same `external_id` is taken once."""
    if not peer.may_order:
        raise ApiError(403, "没有权限", "这个系统没有开通转派工单。")
    contact = Contact(mask(normalize(input_.name)), phone_number(input_.phone))
    taken = take_order(service, peer, Order(input_.external_id, input_.text, contact))
    if taken.ticket is None:
        return OrderTaken(external_id=input_.external_id, state="returned")
    return OrderTaken(
        external_id=input_.external_id,
        state=ORDER_STATES[taken.ticket.state],
        number=taken.ticket.number,
        query_code=taken.query_code,
    )


@router.post("/orders/{external_id}/events")
def citizen_said(
    external_id: Annotated[str, Path(max_length=100)], input_: OrderActionInput, peer: PeerIn, service: ServiceIn
) -> Standing:
    """What the citizen said there; needs the signature of the peer whose order it is."""
    with service.writing.begin() as connection:
        link = links.of_order(connection, peer.id, external_id)
        if link is None or link.ticket is None:
            raise ApiError(404, "没有找到", "没有这个工单。")
        action = Action(kind=input_.kind, text=input_.text, key=f"{peer.id}:{input_.key}")
        return _do(service, connection, link.ticket, action, Actor("citizen", "", f"市民（{peer.name}转告）"))


@router.get("/tickets/{number}")
def read(number: Number, peer: PeerIn, service: ServiceIn) -> TicketDetail:
    """The whole ticket; needs the signature of the peer whose body has it. Contact data only once it was accepted."""
    with service.engine.connect() as connection:
        ticket = _theirs(service, connection, peer, number)
    return detail(service, ticket, "body", "body", service.now())


@router.get("/tickets/{number}/files/{file_id}", response_class=StreamingResponse)
def read_file(
    number: Number, file_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], peer: PeerIn, service: ServiceIn
) -> StreamingResponse:
    """One file of a ticket, named in its `files`; needs the signature of the peer whose body has the ticket."""
    with service.engine.connect() as connection:
        ticket = _theirs(service, connection, peer, number)
        file = attachments.find(connection, ticket.number, ticket.events, "body", file_id)
    return files.given_out(service, file)


@router.post("/tickets/{number}/events")
def body_did(number: Number, input_: PeerActionInput, peer: PeerIn, service: ServiceIn) -> Standing:
    """What the body did; needs the signature of the peer whose body has the ticket. 409 when it can't be done now."""
    key = f"{peer.id}:{input_.key}"
    with service.writing.begin() as connection:
        ticket_thread.hold(connection, number)
        if ticket_thread.knows(connection, number, key):  # a return sent twice: the ticket is no longer theirs
            return _standing(number, ticket_thread.progress_of(connection, number))
        ticket = _theirs(service, connection, peer, number)
        action = Action(
            kind=input_.kind,
            text=input_.text,
            reason=input_.reason,
            better=input_.better,
            body_id=input_.body_id,
            days=input_.days,
            expected=input_.sequence,
            key=key,
        )
        by = Actor("body", ticket.progress.body, ticket.progress.body_name)
        return _do(service, connection, number, action, by)


def _do(service: Service, connection: Connection, number: str, action: Action, by: Actor) -> Standing:
    return _standing(number, act(service, connection, number, action, by, service.now()).progress)


def _standing(number: str, progress: Progress) -> Standing:
    return Standing(number=number, sequence=progress.sequence, state=ORDER_STATES[progress.state])


def _theirs(service: Service, connection: Connection, peer: Peer, number: str) -> Ticket:
    try:
        ticket = tickets.read_ticket(connection, service.secrets, number)
    except tickets.UnknownTicketError:
        ticket = None
    if ticket is None or ticket.progress.body not in peer.bodies:
        raise ApiError(404, "没有找到", "没有这个工单，或者它不在贵单位。")
    return ticket
