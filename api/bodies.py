"""What a body without a system of its own does by its link: see the story, accept, return, ask, extend, answer.

Who may call these: whoever holds the link's token (header `Authorization: Bearer`), for that one ticket and while that body
has it.
"""

from __future__ import annotations

import contextlib
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.dependencies import ServiceIn, TokenIn
from api.errors import ApiError, Problem
from api.numbers import RowId
from api.tickets.actions import Action, act
from api.tickets.views import Choice, TicketDetail, detail
from api.wiring import Service
from bot import ticket_wording
from routing import body_links, ticket_thread, tickets
from routing.body_links import BodyLink, UnknownLinkError
from routing.ticket_events import RETURN_REASONS, Actor, event
from routing.tickets import Ticket

router = APIRouter(
    prefix="/api/v1/body", responses={code: {"model": Problem} for code in (401, 404, 409, 410, 422, 429)}
)
BodyAction = Literal["accepted", "returned", "referred_onward", "asked", "extended", "answered", "note"]


class BodyActionInput(BaseModel):
    """What the body does; `sequence` and `key` as at the desk."""

    model_config = ConfigDict(extra="forbid")

    kind: BodyAction
    sequence: RowId
    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")
    text: str = Field("", max_length=ticket_thread.LONGEST_TEXT)
    body_id: str = Field("", max_length=120)
    better: str = Field("", max_length=120)
    reason: str = Field("", max_length=60)
    days: int = Field(0, ge=0, le=60)


class BodyView(BaseModel):
    """The ticket, for whom the link is, and what can be chosen when it is returned."""

    for_body: str
    ticket: TicketDetail
    return_reasons: list[Choice]
    bodies: list[Choice]
    most_extension_days: int


def _link(request: Request, token: TokenIn, service: ServiceIn) -> str:
    """Tries with wrong tokens are counted by address."""
    address = f"link:{request.client.host if request.client else ''}"
    if not service.code_tries.test(address):
        raise ApiError(429, "太频繁了", "试得太多了，请过一小时再试。")
    with service.engine.connect() as connection:
        try:
            body_links.find(connection, token, service.now())
        except UnknownLinkError:
            service.code_tries.hit(address)
            raise
    return token


LinkToken = Annotated[str, Depends(_link)]


@router.get("")
def read(token: LinkToken, service: ServiceIn) -> BodyView:
    """The ticket behind a link; needs the link's token. That it was opened is written into the thread once."""
    now = service.now()
    with service.writing.begin() as connection:
        link, ticket = link_and_ticket(service, connection, token)
        progress = ticket.progress
        if not progress.seen and progress.state in ("sent", "accepted", "reopened"):
            text = ticket_wording.EVENT_TEXT["seen"].format(body=link.body_name)
            seen = event("seen", text, now, actor_of(link), body=link.body_id)
            # When somebody acts just now, the next look is written.
            with contextlib.suppress(ticket_thread.TicketChangedError):
                ticket_thread.append(connection, service.promises, ticket.number, seen, expected=progress.sequence)
            link, ticket = link_and_ticket(service, connection, token)
    return view(service, link, ticket)


@router.post("/actions")
def do(input_: BodyActionInput, token: LinkToken, service: ServiceIn) -> BodyView:
    """Accept, return, ask, extend, answer, pass on; needs the link's token. 409 when the ticket has moved since."""
    now = service.now()
    key = f"link:{input_.key}"
    with service.writing.begin() as connection:
        link = body_links.find(connection, token, now)
        ticket_thread.hold(connection, link.ticket)
        if ticket_thread.knows(connection, link.ticket, key):  # a return sent twice: the ticket is no longer theirs
            return view(service, link, tickets.read_ticket(connection, service.secrets, link.ticket))
        link, ticket = link_and_ticket(service, connection, token)
        action = Action(
            kind=input_.kind,
            text=input_.text,
            body_id=input_.body_id,
            better=input_.better,
            reason=input_.reason,
            days=input_.days,
            expected=input_.sequence,
            key=key,
        )
        act(service, connection, ticket.number, action, actor_of(link), now)
        ticket = tickets.read_ticket(connection, service.secrets, ticket.number)
    return view(service, link, ticket)


def link_and_ticket(service: Service, connection: Connection, token: str) -> tuple[BodyLink, Ticket]:
    """The link of this token and its ticket, as long as that is with the body; 410 otherwise."""
    link = body_links.find(connection, token, service.now())
    ticket = tickets.read_ticket(connection, service.secrets, link.ticket)
    if ticket.progress.body != link.body_id:
        raise ApiError(410, "已不在贵单位", "这件工单现在不在贵单位，不用再办了。")
    return link, ticket


def actor_of(link: BodyLink) -> Actor:
    """As whom the holder of a link acts."""
    return Actor("body", link.body_id, link.body_name)


def view(service: Service, link: BodyLink, ticket: Ticket) -> BodyView:
    """The ticket as the body sees it."""
    shown = detail(service, ticket, "body", "body", service.now())
    if ticket.progress.body != link.body_id:  # it has just returned it or passed it on
        shown = shown.model_copy(update={"may": [], "name": "", "phone": ""})
    promise = service.promises.find("answer", ticket.progress.need, urgent=ticket.progress.urgent)
    bodies = [b for b in service.parts.directory.bodies if b.state != "inactive" and b.id != link.body_id]
    nearby = [b for b in bodies if b.area in (ticket.area, "武汉市") and not b.id.startswith("hotline-")]
    return BodyView(
        for_body=link.body_name,
        ticket=shown,
        return_reasons=[Choice(id=code, name=name) for code, name in RETURN_REASONS.items()],
        bodies=[Choice(id=b.id, name=b.name) for b in nearby],
        most_extension_days=promise.extension_days,
    )
