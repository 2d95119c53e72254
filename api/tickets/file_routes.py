"""Photos and files of a ticket: sent and fetched by its citizen, by the body that has it, and at the desk.

The content is the request's body itself, so that it can be cut off while it is sent; `name` is what the sender calls it, and
`key` names the sending, so that sending again adds nothing more.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from api import bodies
from api.bodies import BodyView, LinkToken
from api.dependencies import ServiceIn
from api.errors import Problem
from api.staff import audit
from api.staff.roles import Staff
from api.tickets import citizen, desk, files
from api.tickets.citizen import CodeHeader, Number, TicketView
from api.tickets.desk import Me
from api.tickets.files import Sending
from api.tickets.views import TicketDetail
from api.wiring import Service
from routing import attachments, tickets
from routing.body_links import BodyLink
from routing.ticket_events import CITIZEN_SELF, Actor
from routing.tickets import Ticket

router = APIRouter(
    prefix="/api/v1",
    responses={code: {"model": Problem} for code in (400, 401, 403, 404, 409, 410, 413, 422, 429, 503)},
)
Name = Annotated[str, Query(min_length=1, max_length=255)]
Key = Annotated[str, Query(min_length=8, max_length=64, pattern=r"^[\w\-]+$")]
FileId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
CONTENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
DOWNLOAD: dict[int | str, Any] = {200: {"content": {"application/octet-stream": {}}}}


@router.post("/tickets/{number}/files", status_code=201, openapi_extra=CONTENT)
async def add_as_citizen(
    number: Number, name: Name, key: Key, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> TicketView:
    """Add a photo or a file; needs the ticket's query code. 413 when it is too large, 422 when it is not taken."""
    found = await run_in_threadpool(citizen.find_own, service, request, number, x_query_code)
    citizen.check_pace(service, found)

    def target(connection: Connection) -> tuple[Ticket, Actor]:
        return tickets.read_ticket(connection, service.secrets, found.number), CITIZEN_SELF

    await files.take_in(service, request, Sending(target, name, f"citizen-file:{key}"))
    return await run_in_threadpool(_as_citizen, service, found.number)


@router.get("/tickets/{number}/files/{file_id}", response_class=StreamingResponse, responses=DOWNLOAD)
def fetch_as_citizen(
    number: Number, file_id: FileId, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> StreamingResponse:
    """One file that its citizen may see, to be saved; needs the ticket's query code."""
    ticket = citizen.find_own(service, request, number, x_query_code)
    with service.engine.connect() as connection:
        file = attachments.find(connection, ticket.number, ticket.events, "citizen", file_id)
    return files.given_out(service, file)


@router.delete("/tickets/{number}/files/{file_id}")
def take_back_as_citizen(
    number: Number, file_id: FileId, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> TicketView:
    """Take back a file that the citizen added; needs the ticket's query code. Doing it again changes nothing."""
    ticket = citizen.find_own(service, request, number, x_query_code)
    citizen.check_pace(service, ticket)
    files.take_back(service, ticket.number, file_id)
    return _as_citizen(service, ticket.number)


@router.post("/body/files", status_code=201, openapi_extra=CONTENT)
async def add_as_body(
    name: Name,
    key: Key,
    token: LinkToken,
    request: Request,
    service: ServiceIn,
    visible_to: Literal["citizen", "body"] = "citizen",
) -> BodyView:
    """Add a photo or a file for the citizen, or for those only who work on it (`body`); needs the link's token."""

    def target(connection: Connection) -> tuple[Ticket, Actor]:
        link, ticket = bodies.link_and_ticket(service, connection, token)
        return ticket, bodies.actor_of(link)

    await run_in_threadpool(_with_body, service, token)  # before anything is read
    await files.take_in(service, request, Sending(target, name, f"link-file:{key}", visible_to))
    return await run_in_threadpool(_as_body, service, token)


@router.get("/body/files/{file_id}", response_class=StreamingResponse, responses=DOWNLOAD)
def fetch_as_body(file_id: FileId, token: LinkToken, service: ServiceIn) -> StreamingResponse:
    """One file of the ticket behind a link, to be saved; needs the link's token."""
    with service.engine.connect() as connection:
        _, ticket = bodies.link_and_ticket(service, connection, token)
        file = attachments.find(connection, ticket.number, ticket.events, "body", file_id)
    return files.given_out(service, file)


@router.post("/desk/tickets/{number}/files", status_code=201, openapi_extra=CONTENT)
async def add_at_desk(
    number: Number,
    name: Name,
    key: Key,
    me: Me,
    request: Request,
    service: ServiceIn,
    visible_to: Literal["citizen", "body", "agents"] = "citizen",
) -> TicketDetail:
    """Add a photo or a file and say who may see it; needs an agent, a supervisor, or an officer of the body that has it."""

    def target(connection: Connection) -> tuple[Ticket, Actor]:
        ticket = desk.visible_ticket(service, connection, number, me)
        return ticket, desk.actor_of(me, ticket)

    def record(connection: Connection) -> None:
        after = {"visible_to": visible_to}
        audit.record(connection, me, "ticket.attached", "ticket", number, service.now(), after=after)

    await run_in_threadpool(_read_at_desk, service, number, me)  # before anything is read
    await files.take_in(service, request, Sending(target, name, f"{me.username}-file:{key}", visible_to, record))
    return await run_in_threadpool(_at_desk, service, number, me)


@router.get("/desk/tickets/{number}/files/{file_id}", response_class=StreamingResponse, responses=DOWNLOAD)
def fetch_at_desk(number: Number, file_id: FileId, me: Me, service: ServiceIn) -> StreamingResponse:
    """One file, to be saved; needs an agent, a supervisor, or an officer of the body that has it. Written into the trail."""
    with service.writing.begin() as connection:
        ticket = desk.visible_ticket(service, connection, number, me)
        file = attachments.find(connection, ticket.number, ticket.events, desk.audience_of(me), file_id)
        audit.record(connection, me, "ticket.file_read", "ticket", number, service.now(), after={"file": file_id})
    return files.given_out(service, file)


def _as_citizen(service: Service, number: str) -> TicketView:
    with service.engine.connect() as connection:
        return citizen.view(service, tickets.read_ticket(connection, service.secrets, number))


def _with_body(service: Service, token: str) -> tuple[BodyLink, Ticket]:
    with service.engine.connect() as connection:
        return bodies.link_and_ticket(service, connection, token)


def _as_body(service: Service, token: str) -> BodyView:
    return bodies.view(service, *_with_body(service, token))


def _read_at_desk(service: Service, number: str, me: Staff) -> Ticket:
    with service.engine.connect() as connection:
        return desk.visible_ticket(service, connection, number, me)


def _at_desk(service: Service, number: str, me: Staff) -> TicketDetail:
    return desk.staff_detail(service, _read_at_desk(service, number, me), me)
