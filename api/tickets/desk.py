"""Tickets at the desk: list, one ticket, and everything that can be done with it.

Agents and supervisors see all tickets; a body's officer those their bodies have now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.dependencies import ServiceIn, requires
from api.desk import citations
from api.errors import Problem, bad_field
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.staff import audit
from api.staff.roles import Role, Staff
from api.tickets import files
from api.tickets.actions import Action, act
from api.tickets.views import Choice, TicketDetail, detail
from api.wiring import Service
from routing import body_links, ticket_list, ticket_thread, tickets
from routing.calendar import add_working_days
from routing.complaints import is_recused
from routing.promises import DUE_SOON_DAYS, day_of
from routing.ticket_events import RETURN_REASONS, Actor, Audience, Party
from routing.ticket_list import Due, Order, TicketFilter, TicketLine
from routing.ticket_state import STATE_NAMES, State
from routing.tickets import Ticket, UnknownTicketError

BODY_PAGE = "/body/"  # the token goes behind a `#`, so that it reaches no server's log

router = APIRouter(
    prefix="/api/v1/desk/tickets", responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)}
)
Me = Annotated[Staff, requires(Role.AGENT, Role.SUPERVISOR, Role.BODY_OFFICER)]
Desk = Annotated[Staff, requires(Role.AGENT, Role.SUPERVISOR)]
Number = Annotated[str, Path(max_length=30)]
StaffAction = Literal[
    "taken",
    "requeued",
    "sent",
    "seen",
    "accepted",
    "returned",
    "referred_onward",
    "decided",
    "note",
    "asked",
    "citizen_wrote",
    "reminder",
    "extended",
    "answered",
    "confirmed",
    "not_solved",
    "reopened",
    "merged",
    "withdrawn",
    "closed",
    "offered",
    "handed",
    "declined",
    "callback_due",
    "called_back",
]


class ActionInput(BaseModel):
    """What to do. `sequence` is the one of the ticket as it was seen: when somebody acted since, nothing is done (409).

    `key` names this action, so that sending it again does nothing more. What else a kind needs: `sent`, `referred_onward`,
    `decided`: `body_id`; `returned`: `reason` (a code) and `better` (a body id or 'unknown'); `extended`: `days` and
    `text`; `merged`: `ticket`; `taken`, `offered`: `person` (a username; oneself when left out for `taken`).
    """

    model_config = ConfigDict(extra="forbid")

    kind: StaffAction
    sequence: RowId
    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")
    text: str = Field("", max_length=ticket_thread.LONGEST_TEXT)
    body_id: str = Field("", max_length=120)
    better: str = Field("", max_length=120)
    reason: str = Field("", max_length=60)
    days: int = Field(0, ge=0, le=60)
    person: str = Field("", max_length=60)
    ticket: str = Field("", max_length=30)
    visible_to: Literal["body", "agents"] | None = None  # of a note


class LineView(BaseModel):
    """One line of the list."""

    number: str
    state: State
    state_text: str
    waits_for: Party | None
    matter: str
    matter_name: str
    area: str
    body_id: str
    body_name: str
    owner: str
    first_responder: str
    clock: str | None
    due_on: str | None
    overdue: bool
    urgent: bool
    callback_due: bool
    repeat: bool
    opened_at: datetime
    changed_at: datetime
    sequence: int


class LinkView(BaseModel):
    """A link that was made for a body; the address itself is shown once, when it is made."""

    body_name: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class ActionDone(BaseModel):
    """The ticket as it stands now. `link` is the address to give to the body, shown this once; `link_note` says how."""

    ticket: TicketDetail
    link: str | None = None
    link_note: str = ""


class TicketChoices(BaseModel):
    """Bodies a ticket can go to, and why one is sent back."""

    bodies: list[Choice]
    return_reasons: list[Choice]


class ListQuery(BaseModel):
    """What to list; everything left out means any."""

    model_config = ConfigDict(extra="forbid")

    state: list[State] = []
    open: bool = False
    waits_for: Party | None = None
    due: Due | None = None
    body: str | None = Field(None, max_length=120)
    matter: str | None = Field(None, max_length=60)
    area: str | None = Field(None, max_length=40)
    owner: str | None = Field(None, max_length=60)
    first_responder: str | None = Field(None, max_length=60)
    callback_due: bool | None = None
    number: str | None = Field(None, max_length=30)
    complaints: bool = False
    order: Order = "due"


def _list_query(
    state: Annotated[list[State] | None, Query()] = None,
    *,
    open_: Annotated[bool, Query(alias="open")] = False,
    waits_for: Party | None = None,
    due: Due | None = None,
    body: Annotated[str | None, Query(max_length=120)] = None,
    matter: Annotated[str | None, Query(max_length=60)] = None,
    area: Annotated[str | None, Query(max_length=40)] = None,
    owner: Annotated[str | None, Query(max_length=60)] = None,
    first_responder: Annotated[str | None, Query(max_length=60)] = None,
    callback_due: bool | None = None,
    number: Annotated[str | None, Query(max_length=30)] = None,
    complaints: bool = False,
    order: Order = "due",
) -> ListQuery:
    return ListQuery(
        state=state or [],
        open=open_,
        waits_for=waits_for,
        due=due,
        body=body,
        matter=matter,
        area=area,
        owner=owner,
        first_responder=first_responder,
        callback_due=callback_due,
        number=number,
        complaints=complaints,
        order=order,
    )


@router.get("")
def list_tickets(
    me: Me, service: ServiceIn, paging: PagingIn, wanted: Annotated[ListQuery, Depends(_list_query)]
) -> Rows[LineView]:
    """A page of tickets; needs an agent, a supervisor, or a body's officer (who gets only their bodies' tickets).

    `owner` and `first_responder` take a username or `me`; `owner=none` is the queue. `due=soon` is one working day or less.
    """
    today = day_of(service.now())
    bodies = (wanted.body,) if wanted.body else None
    if not _is_desk(me):
        bodies = tuple(body for body in me.bodies if wanted.body in (None, body))
    filter_ = TicketFilter(
        states=tuple(wanted.state),
        open_only=wanted.open,
        waits_for=wanted.waits_for,
        due=wanted.due,
        soon=add_working_days(today, DUE_SOON_DAYS),
        bodies=bodies,
        matter=wanted.matter,
        area=wanted.area,
        owner=_who(wanted.owner, me),
        first_responder=_who(wanted.first_responder, me),
        callback_due=wanted.callback_due,
        number=wanted.number,
        reader=(me.username, tuple(me.bodies)),
        complaints_only=wanted.complaints,
        areas=areas_of(me),
    )
    with service.engine.connect() as connection:
        found = ticket_list.list_tickets(
            connection, filter_, today, page=paging.page, size=paging.size, order=wanted.order
        )
    return Rows(items=[_line(service, line, today) for line in found.lines], total=found.total)


@router.get("/choices", dependencies=[requires(Role.AGENT, Role.SUPERVISOR, Role.BODY_OFFICER)])
def choices(service: ServiceIn) -> TicketChoices:
    """What can be chosen in an action; needs an agent, a supervisor or a body's officer."""
    bodies = [Choice(id=body.id, name=body.name) for body in service.parts.directory.bodies if body.state != "inactive"]
    reasons = [Choice(id=code, name=name) for code, name in RETURN_REASONS.items()]
    return TicketChoices(bodies=sorted(bodies, key=lambda body: body.name), return_reasons=reasons)


@router.get("/{number}")
def read_ticket(number: Number, me: Me, service: ServiceIn) -> TicketDetail:
    """One ticket with its story, thread and clocks; needs an agent, a supervisor, or an officer of the body that has it."""
    with service.engine.connect() as connection:
        ticket = visible_ticket(service, connection, number, me)
    return staff_detail(service, ticket, me)


@router.post("/{number}/actions")
def do(number: Number, input_: ActionInput, me: Me, service: ServiceIn) -> ActionDone:
    """Do something with a ticket; needs an agent, a supervisor, or an officer of the body that has it.

    409 when somebody acted since it was seen, or when this can't be done now.
    """
    now = service.now()
    if input_.visible_to and input_.kind != "note":
        raise bad_field("visible_to", "只有备注可以选给谁看。")
    person = me.username if input_.kind == "taken" and not input_.person else input_.person
    action = Action(
        kind=input_.kind,
        # What the citizen said stays as it was said.
        text=input_.text if input_.kind == "citizen_wrote" else citations.sendable(service, input_.text),
        body_id=input_.body_id,
        better=input_.better,
        reason=input_.reason,
        days=input_.days,
        person=person,
        ticket=input_.ticket,
        visible_to=input_.visible_to,
        expected=input_.sequence,
        key=f"{me.username}:{input_.key}",
    )
    with service.writing.begin() as connection:
        before = visible_ticket(service, connection, number, me)
        by = actor_of(me, before)
        done = act(service, connection, number, action, by, now)
        audit.record(
            connection,
            me,
            f"ticket.{input_.kind}",
            "ticket",
            number,
            now,
            before={"state": before.state},
            after={"state": done.progress.state},
            reason=input_.reason,
        )
        ticket = tickets.read_ticket(connection, service.secrets, number)
    return ActionDone(
        ticket=staff_detail(service, ticket, me),
        link=f"{BODY_PAGE}#{done.link_token}" if done.link_token else None,
        link_note=_link_note(service, done.progress.body) if done.link_token else "",
    )


@router.post("/{number}/links", status_code=201)
def make_link(number: Number, me: Desk, service: ServiceIn) -> ActionDone:
    """A new link for the body that has the ticket; earlier ones end. Needs an agent or a supervisor."""
    now = service.now()
    with service.writing.begin() as connection:
        ticket = visible_ticket(service, connection, number, me)
        progress = ticket.progress
        if not progress.body:
            raise bad_field("number", "这件工单现在不在任何单位，先转出。")
        token = body_links.make(connection, number, progress.body, progress.body_name, me.name, now)
        audit.record(connection, me, "ticket.link", "ticket", number, now, after={"body": progress.body})
    return ActionDone(
        ticket=staff_detail(service, ticket, me),
        link=f"{BODY_PAGE}#{token}",
        link_note=_link_note(service, progress.body),
    )


@router.get("/{number}/links")
def list_links(number: Number, me: Desk, service: ServiceIn) -> list[LinkView]:
    """Links made for a ticket; needs an agent or a supervisor."""
    with service.engine.connect() as connection:
        visible_ticket(service, connection, number, me)
        found = body_links.links_of(connection, number)
    return [
        LinkView(
            body_name=link.body_name,
            made_by=link.made_by,
            made_at=link.made_at,
            expires_at=link.expires_at,
            revoked_at=link.revoked_at,
        )
        for link in found
    ]


@router.delete("/{number}/links", status_code=204)
def revoke_links(number: Number, me: Desk, service: ServiceIn) -> None:
    """End every link of a ticket; needs an agent or a supervisor."""
    now = service.now()
    with service.writing.begin() as connection:
        visible_ticket(service, connection, number, me)
        count = body_links.revoke(connection, number, now)
        audit.record(connection, me, "ticket.links_revoked", "ticket", number, now, after={"ended": count})


@router.get("/{number}/chain", dependencies=[requires(Role.SUPERVISOR, Role.AUDITOR)])
def verify_chain(number: Number, service: ServiceIn) -> list[int]:
    """Sequence numbers of events that were changed or are missing, or whose file is; empty when all is well. Needs a
    supervisor or an auditor."""
    with service.engine.connect() as connection:
        return sorted({*ticket_thread.verify(connection, number), *files.damaged(service, connection, number)})


def _is_desk(me: Staff) -> bool:
    return me.may(Role.AGENT, Role.SUPERVISOR)


def _who(wanted: str | None, me: Staff) -> str | None:
    return me.username if wanted == "me" else wanted


def visible_ticket(service: Service, connection: Connection, number: str, me: Staff) -> Ticket:
    """The ticket; to a body's officer another body's ticket looks as if it did not exist, and so does another district's to
    whoever is there for one district, and a complaint to whomever it is about."""
    ticket = tickets.read_ticket(connection, service.secrets, number)
    progress = ticket.progress
    if is_recused(progress, me.username, me.bodies) or (not _is_desk(me) and progress.body not in me.bodies):
        raise UnknownTicketError(number)
    areas = areas_of(me)
    if (
        areas
        and ticket.area not in (*areas, "")
        and me.username
        not in (
            progress.owner,
            progress.first_responder,
            progress.offered_to,
        )
    ):
        raise UnknownTicketError(number)
    return ticket


def areas_of(me: Staff) -> tuple[str, ...]:
    """The districts whose tickets a member of the desk sees; empty is the whole city. Officers are limited by their bodies."""
    return tuple(sorted(me.areas)) if _is_desk(me) else ()


def actor_of(me: Staff, ticket: Ticket) -> Actor:
    """As whom a member of staff acts on this ticket."""
    if me.may(Role.SUPERVISOR):
        return Actor("supervisor", me.username, me.name)
    if me.may(Role.AGENT):
        return Actor("agent", me.username, me.name)
    return Actor("body", ticket.progress.body, f"{ticket.progress.body_name} {me.name}")


def audience_of(me: Staff) -> Audience:
    """What of a thread a member of staff sees."""
    return "internal" if me.may(Role.SUPERVISOR) else "agents" if me.may(Role.AGENT) else "body"


def staff_detail(service: Service, ticket: Ticket, me: Staff) -> TicketDetail:
    """The ticket as this member of staff sees it."""
    return detail(service, ticket, audience_of(me), actor_of(me, ticket).party, service.now())


def _link_note(service: Service, body_id: str) -> str:
    """How the link gets to the body; contacts of bodies are not known, so a person passes it on."""
    body = service.parts.directory.by_id(body_id)
    name = body.name if body else body_id
    return (
        f"这个链接只给{name}，{body_links.LIFETIME / timedelta(days=1):.0f} 天内有效，可以随时作废。"
        "这个单位的联系方式还没有核实，请您自己把链接发过去，或者打电话念给他们，再把回话代为登记。"
    )


def _line(service: Service, line: TicketLine, today) -> LineView:
    body_id = line.body_id or line.planned_body_id
    body = service.parts.directory.by_id(body_id)
    return LineView(
        number=line.number,
        state=line.state,
        state_text=STATE_NAMES[line.state],
        waits_for=line.waits_for,
        matter=line.matter,
        matter_name=service.matters.name(line.matter),
        area=line.area,
        body_id=body_id,
        body_name=body.name if body else body_id,
        owner=line.owner,
        first_responder=line.first_responder,
        clock=line.clock,
        due_on=line.due_on.isoformat() if line.due_on else None,
        overdue=bool(line.due_on and line.due_on < today),
        urgent=line.urgent,
        callback_due=line.callback_due,
        repeat=line.repeat_of is not None,
        opened_at=line.opened_at,
        changed_at=line.changed_at,
        sequence=line.sequence,
    )
