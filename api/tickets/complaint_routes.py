"""Complaints over HTTP: from a conversation, from a ticket's page, and at the desk; and keeping somebody away from a ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import Connection

from api import complaints as opening
from api.citizen import ConsentInput, Id, TicketOpened
from api.complaints import Told
from api.dependencies import ServiceIn, TokenIn
from api.errors import ApiError, Problem, bad_field
from api.handover import phone_number
from api.staff import accounts, audit
from api.staff.errors import UnknownAccountError
from api.staff.roles import Role
from api.tickets import citizen, desk
from api.tickets.citizen import CodeHeader, Number
from api.tickets.desk import Desk
from api.wiring import Service
from bot import compose, conversations
from bot.conversations import Conversation
from bot.normalize import has_words, normalize
from bot.reply import ComplaintCard
from case_library.redact import mask
from routing import body_links, complaints, tickets
from routing.complaints import SERVICE
from routing.directory import Body
from routing.ticket_events import CITIZEN_SELF, Actor
from routing.tickets import Contact, Ticket

router = APIRouter(
    prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 403, 404, 409, 410, 422, 429, 503)}
)

_BODY = TypeAdapter(Body)


class Input(BaseModel):
    """Base of what clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ComplaintInput(Input):
    """Whom the complaint is about and what happened. `key` names the sending: the same again makes no second complaint."""

    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")
    target: str = Field(max_length=30)
    about: str = Field("", max_length=120)
    area: str = Field("", max_length=40)
    text: str = Field(max_length=4000)
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    consent: ConsentInput


class DeskComplaintInput(ComplaintInput):
    """The same as an agent writes it down. `ticket` is the one it arose from; `bodies` and `staff` are who is to be kept away
    beside those that follow from the rest."""

    ticket: str = Field("", max_length=30)
    bodies: list[Annotated[str, Field(max_length=120)]] = Field([], max_length=10)
    staff: list[Annotated[str, Field(max_length=60)]] = Field([], max_length=10)


class ComplaintOpened(BaseModel):
    """What an agent tells the caller."""

    number: str
    query_code: str
    body_name: str


class RecusalInput(Input):
    """A body's id, or a username, to be kept away from a ticket."""

    party: Literal["staff", "body"]
    id: str = Field(min_length=1, max_length=120)


@router.get("/complaints/form")
def form(service: ServiceIn) -> ComplaintCard:
    """Whom one can complain about, and what becomes of it. Open to everyone."""
    return compose.complaint_form(service.parts.complaint_targets, service.parts.rules.areas_to_offer)


@router.post("/conversations/{conversation_id}/complaints", status_code=201)
def complain_in_conversation(
    conversation_id: Id, input_: ComplaintInput, token: TokenIn, service: ServiceIn
) -> TicketOpened:
    """Complain about somebody who gives legal services, or about this service; needs the conversation's token.

    Nothing of it is written into the conversation, which those complained about may read.
    """
    told = _told(input_, f"conversation:{conversation_id}")
    with service.writing.begin() as connection:
        conversation = conversations.find_conversation(connection, conversation_id, token, service.now())
        if input_.target == SERVICE:
            staff = _agent_of(connection, conversation)
            for number in tickets.tickets_of(connection, conversation_id):
                staff |= opening.acted_on(tickets.read_ticket(connection, service.secrets, number))
            told = replace(told, staff=tuple(staff.items()))
        ticket = opening.open_complaint(service, connection, told, input_.consent.version, CITIZEN_SELF)
    return _opened(service, ticket)


@router.post("/tickets/{number}/complaints", status_code=201)
def complain_of_ticket(
    number: Number, input_: ComplaintInput, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> TicketOpened:
    """Complain about how a ticket was dealt with; needs its query code. Whoever dealt with it is kept away from the complaint."""
    found = citizen.find_own(service, request, number, x_query_code)
    told = replace(_told(input_, f"ticket:{found.number}"), arose_from=found)
    if not told.contact.phone:  # the answer goes where the ticket's would
        told = replace(told, contact=found.contact)
    with service.writing.begin() as connection:
        ticket = opening.open_complaint(service, connection, told, input_.consent.version, CITIZEN_SELF)
    return _opened(service, ticket)


@router.post("/desk/complaints", status_code=201)
def complain_at_desk(input_: DeskComplaintInput, me: Desk, service: ServiceIn) -> ComplaintOpened:
    """Write down a complaint somebody told; needs an agent or a supervisor, who may not be the one complained about."""
    told = _told(input_, f"desk:{me.username}")
    with service.writing.begin() as connection:
        found = desk.visible_ticket(service, connection, input_.ticket, me) if input_.ticket else None
        dealt_with = opening.acted_on(found) if found and input_.target == SERVICE else {}
        if me.username in (*input_.staff, *dealt_with):
            raise ApiError(409, "要回避", "投诉的事您经手过，请让别的同事登记。")
        staff = tuple((name, _name_of(service, connection, "staff", name)) for name in input_.staff)
        for body_id in input_.bodies:
            _name_of(service, connection, "body", body_id)
        told = replace(told, arose_from=found, bodies=tuple(input_.bodies), staff=staff)
        by = Actor("agent" if me.may(Role.AGENT) else "supervisor", me.username, me.name)
        ticket = opening.open_complaint(service, connection, told, input_.consent.version, by)
        after = {"complaint": told.target}
        audit.record(connection, me, "ticket.open", "ticket", ticket.number, service.now(), after=after)
    body_name = ticket.story.decision["body"]["name"]
    return ComplaintOpened(
        number=ticket.number, query_code=service.secrets.query_code(ticket.number), body_name=body_name
    )


@router.post("/desk/tickets/{number}/recusals", status_code=204)
def recuse(number: Annotated[str, Path(max_length=30)], input_: RecusalInput, me: Desk, service: ServiceIn) -> None:
    """Keep a body or a member of staff (oneself too) away from a ticket, for good; needs an agent or a supervisor. A body
    that has it loses it, with its links."""
    now = service.now()
    with service.writing.begin() as connection:
        ticket = desk.visible_ticket(service, connection, number, me)
        who = (input_.id, _name_of(service, connection, input_.party, input_.id))
        by = desk.actor_of(me, ticket)
        complaints.recuse(connection, service.promises, ticket.number, input_.party, who, by, now)
        if input_.party == "body" and ticket.progress.body == input_.id:
            body_links.revoke(connection, ticket.number, now)
        audit.record(connection, me, "ticket.recused", "ticket", ticket.number, now, after={input_.party: input_.id})


def _told(input_: ComplaintInput, sender: str) -> Told:
    text = mask(normalize(input_.text))
    if not has_words(text):
        raise bad_field("text", "请写一两句出了什么事。")
    return Told(
        target=input_.target,
        about=normalize(input_.about).strip(),
        text=text,
        area=input_.area,
        contact=Contact(mask(normalize(input_.name)), phone_number(input_.phone)),
        key=f"{sender}:{input_.key}",
    )


def _agent_of(connection: Connection, conversation: Conversation) -> dict[str, str]:
    """The agent who has the conversation now."""
    agent_id = conversation.ownership.agent_id
    if agent_id is None:
        return {}
    account = accounts.find(connection, agent_id)
    return {account.staff.username: account.staff.name}


def _name_of(service: Service, connection: Connection, party: str, id_: str) -> str:
    if party == "body":
        body = service.parts.directory.by_id(id_)
        if body is None:
            raise bad_field("bodies", "信息库里没有这个单位。")
        return body.name
    try:
        return accounts.find_by_name(connection, id_).staff.name
    except UnknownAccountError:
        raise bad_field("staff", "没有这个账号。") from None


def _opened(service: Service, ticket: Ticket) -> TicketOpened:
    code = service.secrets.query_code(ticket.number)
    body = _BODY.validate_python(ticket.story.decision["body"])
    reply = compose.complaint_opened(ticket, code, body, service.promises)
    return TicketOpened(number=ticket.number, query_code=code, reply=reply)
