"""The supervisor's wall: who waits, who is at a desk and at what, calls under way, promises at risk; listening in.

Supervisors see what others say without being asked in, so each time they do it stands in the audit trail.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from sqlalchemy import Connection, select

from api import streams
from api.dependencies import ServiceIn, requires, still_may
from api.desk import agents, calls, hands, queue, suggestions, views
from api.desk.agents import Agent
from api.desk.calls import Call, CallState
from api.desk.queue import Waiting
from api.errors import Problem
from api.live import QUEUE
from api.staff import accounts, audit
from api.staff.errors import UnknownAccountError
from api.staff.roles import Role, Staff
from api.staff.tables import audit_table
from api.tickets import desk as ticket_desk
from api.wiring import Service
from bot.conversations import Conversation
from routing import ticket_list
from routing.calendar import add_working_days
from routing.promises import DUE_SOON_DAYS, day_of
from routing.ticket_list import TicketFilter

router = APIRouter(
    prefix="/api/v1/desk", tags=["wall"], responses={code: {"model": Problem} for code in (401, 403, 422)}
)
Supervisor = Annotated[Staff, requires(Role.SUPERVISOR)]
LISTEN = "conversation.listen"
# Following a conversation is asked again every few minutes; one row an hour says enough of one who listens.
LISTEN_AGAIN = timedelta(hours=1)

AgentState = Literal["call", "talk", "ready", "paused"]


class WallAgent(BaseModel):
    """Somebody at a desk: on the telephone, in conversations, free, or taking nothing new."""

    staff_id: int
    name: str
    skill_names: list[str]
    state: AgentState
    holds: int


class WallCall(BaseModel):
    """A call that rings or is spoken. `since` is when that began; `agent_name` is empty while the line goes to nobody."""

    id: str
    conversation_id: str
    phone_shown: str
    state: CallState
    since: datetime
    agent_name: str
    matter_name: str


class WallView(BaseModel):
    """The desk as it is now. `late` wait longer than promised, `soon` have used half of the promised time; `held` counts
    the `conversations` agents have, `waiting` the `queue`."""

    now: datetime
    waiting: int
    longest_wait_s: int
    late: int
    soon: int
    held: int
    urgent: int
    queue: list[views.Item]
    conversations: list[views.Item]
    calls: list[WallCall]
    agents: list[WallAgent]


class WallTickets(BaseModel):
    """Open tickets whose promise ended, ends today, or ends within the next working days; sent back twice; to be called
    back."""

    overdue: int
    today: int
    soon: int
    disputed: int
    callbacks: int


class AgreementView(BaseModel):
    matter: str
    matter_name: str
    agent_name: str
    adopted: int
    edited: int
    rejected: int


@router.get("/wall")
def read_wall(_me: Supervisor, service: ServiceIn) -> WallView:
    """Live figures of the desk; needs the role supervisor."""
    return wall_view(service, service.now())


@router.get("/wall/events", response_class=EventSourceResponse)
async def follow_wall(_me: Supervisor, service: ServiceIn, request: Request) -> AsyncIterator[ServerSentEvent]:
    """The wall whenever it changes (`wall`); needs the role supervisor."""

    def read(_last: int) -> list[tuple[str, int, Any]] | None:
        if not still_may(service, request, Role.SUPERVISOR):
            return None
        # Without the time and what follows from it alone: the page counts on by itself, and the same is not sent again.
        view = wall_view(service, service.now()).model_dump(mode="json")
        return [("wall", 0, {**view, "now": "", "longest_wait_s": 0, "late": 0, "soon": 0})]

    async for event in streams.stream(service, QUEUE, read):
        yield event


@router.get("/wall/tickets")
def read_wall_tickets(me: Supervisor, service: ServiceIn) -> WallTickets:
    """How many tickets need a supervisor's eye; needs the role supervisor."""
    today = day_of(service.now())
    base = TicketFilter(
        open_only=True,
        soon=add_working_days(today, DUE_SOON_DAYS),
        reader=(me.username, tuple(me.bodies)),
        areas=ticket_desk.areas_of(me),
    )
    wanted = {
        "overdue": replace(base, due="overdue"),
        "today": replace(base, due="today"),
        "soon": replace(base, due="soon"),
        "disputed": replace(base, states=("disputed",)),
        "callbacks": replace(base, open_only=False, callback_due=True),
    }
    with service.engine.connect() as connection:
        counts = {
            name: ticket_list.list_tickets(connection, filter_, today, size=1).total for name, filter_ in wanted.items()
        }
    return WallTickets(**counts)


@router.get("/held")
def read_held(_me: Supervisor, service: ServiceIn) -> list[views.Item]:
    """Conversations agents have now, to listen in; needs the role supervisor."""
    with service.engine.connect() as connection:
        return [
            views.item(service, row) for row in queue.listed(connection, service.settings, service.now(), owner="agent")
        ]


@router.get("/agreement")
def read_agreement(
    _me: Supervisor, service: ServiceIn, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> list[AgreementView]:
    """How often suggestions were taken, by matter and agent; needs the role supervisor. For learning, not for ranking."""
    with service.engine.connect() as connection:
        found = suggestions.agreement(connection, service.now() - timedelta(days=days))
    return [AgreementView(**asdict(row), matter_name=service.matters.name(row.matter)) for row in found]


def wall_view(service: Service, now: datetime) -> WallView:
    """The wall as it is now."""
    with service.engine.connect() as connection:
        waiting = queue.listed(connection, service.settings, now, owner="waiting")
        held = queue.listed(connection, service.settings, now, owner="agent")
        there = agents.present(connection, now)
        lines = calls.all_going_on(connection)
        called = {call.agent_id: _name(connection, call.agent_id) for call in lines if call.agent_id is not None}
    since = [row.ownership.waiting_since for row in waiting if row.ownership.waiting_since]
    promised = [(row.ownership.waiting_since, row.promised_until) for row in waiting]
    late = [until for _, until in promised if until is not None and until < now]
    soon = [1 for begun, until in promised if begun and until and until >= now and now - begun > (until - begun) / 2]
    matters = {row.id: service.matters.name(row.matter) for row in (*waiting, *held) if row.matter}
    return WallView(
        now=now,
        waiting=len(waiting),
        longest_wait_s=int((now - min(since)).total_seconds()) if since else 0,
        late=len(late),
        soon=len(soon),
        held=len(held),
        urgent=sum(bool(row.ownership.urgent) for row in waiting),
        queue=[views.item(service, row) for row in waiting],
        conversations=[views.item(service, row) for row in held],
        calls=[_call(call, called, matters) for call in lines],
        agents=[_agent(service, agent, held, lines) for agent in there],
    )


def note_listening(service: Service, conversation: Conversation, me: Staff) -> None:
    """Write down that a supervisor reads what is not theirs; nothing for those who see it anyway."""
    now = service.now()
    with service.engine.connect() as connection:
        if hands.sees_as_colleague(connection, conversation, me) or _noted(connection, conversation.id, me, now):
            return
    owned = conversation.ownership
    with service.writing.begin() as connection:
        if not _noted(connection, conversation.id, me, now):  # several requests of one page come at the same time
            told = {"owner": owned.owner, "agent": owned.agent_name}
            audit.record(connection, me, LISTEN, "conversation", conversation.id, now, after=told)


def _noted(connection: Connection, conversation_id: str, me: Staff, now: datetime) -> bool:
    c = audit_table.c
    where = (c.object_id == conversation_id, c.staff_id == me.id, c.action == LISTEN, c.at > now - LISTEN_AGAIN)
    return connection.execute(select(c.id).where(*where).limit(1)).first() is not None


def _name(connection: Connection, staff_id: int) -> str:
    try:
        return accounts.find(connection, staff_id).staff.name
    except UnknownAccountError:
        return ""


def _call(call: Call, called: dict[int, str], matters: dict[str, str]) -> WallCall:
    return WallCall(
        id=call.id,
        conversation_id=call.conversation_id,
        phone_shown=call.phone_shown,
        state=call.state,
        since=call.answered_at or call.began_at,
        agent_name=called.get(call.agent_id, "") if call.agent_id else "",
        matter_name=matters.get(call.conversation_id, ""),
    )


def _agent(service: Service, agent: Agent, held: list[Waiting], lines: list[Call]) -> WallAgent:
    holds = sum(row.ownership.agent_id == agent.staff_id for row in held)
    state: AgentState = "ready" if agent.ready else "paused"
    if any(call.agent_id == agent.staff_id and call.state == "answered" for call in lines):
        state = "call"
    elif agent.ready and holds:
        state = "talk"
    names = [service.matters.groups.get(skill, skill) for skill in agent.skills]
    return WallAgent(staff_id=agent.staff_id, name=agent.name, skill_names=names, state=state, holds=holds)
