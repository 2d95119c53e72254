"""Routes of a conversation of three: the agent asks somebody of a body in, who reads and speaks with the citizen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api import streams, thread
from api.dependencies import ServiceIn, requires, still_may
from api.desk import hands, joint, queue
from api.desk.routes import LONGEST_TEXT, Agent, ClientId, Id, Input, LookInput
from api.desk.views import Person, people_view
from api.errors import ApiError, Problem, bad_field
from api.live import QUEUE
from api.numbers import RowId, RowIdOrZero
from api.staff import accounts
from api.staff.errors import UnknownAccountError
from api.staff.roles import Role, Staff
from api.wiring import Service
from bot import presence

router = APIRouter(
    prefix="/api/v1/desk",
    tags=["desk"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)
Officer = Annotated[Staff, requires(Role.BODY_OFFICER)]


class OfficerView(BaseModel):
    """Somebody who can be asked in for a body."""

    staff_id: int
    name: str
    body_name: str


class AskInInput(Input):
    """Whom to ask in; `agreed`: the citizen was asked and agreed that the body reads and speaks along."""

    staff_id: RowId
    agreed: Literal[True]


class SpeakInput(Input):
    client_id: ClientId
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class JointView(BaseModel):
    """A conversation an officer is in; `people` are those at it."""

    id: str
    channel: str
    matter_name: str
    agent_id: int
    agent_name: str
    last_text: str
    last_at: datetime
    people: list[Person]


@router.get("/officers")
def list_officers(_me: Agent, service: ServiceIn) -> list[OfficerView]:
    """Who can be asked in for a body; needs the role agent or supervisor."""
    with service.engine.connect() as connection:
        found, _ = accounts.listed(connection, role=Role.BODY_OFFICER, active=True)
    named = [
        OfficerView(staff_id=one.staff.id, name=one.staff.name, body_name=joint.body_of(service, one.staff))
        for one in found
        if joint.is_officer(one)
    ]
    return sorted(named, key=lambda one: (one.body_name, one.name))


@router.post("/conversations/{conversation_id}/officers", status_code=204)
def ask_officer_in(conversation_id: Id, input_: AskInInput, me: Agent, service: ServiceIn) -> None:
    """Ask somebody of a body in, to speak with the citizen; needs the role agent (own) or supervisor."""
    with service.engine.connect() as connection:
        try:
            account = accounts.find(connection, input_.staff_id)
        except UnknownAccountError:
            raise bad_field("staff_id", "没有这个人。") from None
    if not joint.is_officer(account):
        raise ApiError(409, "请不了", f"{account.staff.name}现在不是单位的经办人。")
    joint.ask_in(service, conversation_id, me, account.staff)


@router.get("/joint")
def list_joint(me: Officer, service: ServiceIn) -> list[JointView]:
    """Conversations one is asked into for one's body; needs the role body officer."""
    with service.engine.connect() as connection:
        return _listed(service, connection, me)


@router.get("/joint/events", response_class=EventSourceResponse)
async def follow_joint(me: Officer, service: ServiceIn, request: Request) -> AsyncIterator[ServerSentEvent]:
    """These conversations whenever they change (`joint`); needs the role body officer."""

    def read(_last: int) -> list[tuple[str, int, Any]] | None:
        if not still_may(service, request, Role.BODY_OFFICER):
            return None
        with service.engine.connect() as connection:
            return [("joint", 0, [one.model_dump(mode="json") for one in _listed(service, connection, me)])]

    async for event in streams.stream(service, QUEUE, read):
        yield event


@router.get("/joint/{conversation_id}")
def read_joint(conversation_id: Id, me: Officer, service: ServiceIn) -> JointView:
    """One of them; needs the role body officer, asked in."""
    with service.engine.connect() as connection:
        joint.seen_by(connection, conversation_id, me, service.now())
        return next(one for one in _listed(service, connection, me) if one.id == conversation_id)


@router.get("/joint/{conversation_id}/events", response_class=EventSourceResponse)
async def follow_one(
    conversation_id: Id,
    me: Officer,
    service: ServiceIn,
    request: Request,
    last_event_id: Annotated[RowIdOrZero, Header()] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """What is said (`lines`, without the desk's notes) and who is there (`people`); needs the role body officer, asked in."""

    def read(last: int) -> list[tuple[str, int, Any]] | None:
        if not still_may(service, request, Role.BODY_OFFICER):
            return None
        now = service.now()
        with service.engine.connect() as connection:
            try:
                joint.seen_by(connection, conversation_id, me, now)
            except ApiError:
                return [("gone", 0, {})]
            new = joint.exchanges(connection, conversation_id, me, last)
            people = [one.model_dump(mode="json") for one in people_view(connection, conversation_id, now)]
        said = [line.model_dump(mode="json", by_alias=True) for line in thread.lines(service, new, codes=False)]
        return [*([("lines", new[-1].id, said)] if new else []), ("people", 0, people)]

    async for event in streams.stream(service, conversation_id, read, last_event_id):
        yield event


@router.post("/joint/{conversation_id}/messages", status_code=204)
def speak_as_body(conversation_id: Id, input_: SpeakInput, me: Officer, service: ServiceIn) -> None:
    """Speak as the body; needs the role body officer, asked in. A statute that is not in force is refused (422)."""
    joint.speak(service, conversation_id, me, input_.client_id, input_.text)


@router.post("/joint/{conversation_id}/presence", status_code=204)
def look_as_body(conversation_id: Id, input_: LookInput, me: Officer, service: ServiceIn) -> None:
    """Say that one looks, types, has read; needs the role body officer, asked in."""
    now = service.now()
    with service.writing.begin() as connection:
        joint.seen_by(connection, conversation_id, me, now)
        if input_.looking:
            presence.mark(
                connection, conversation_id, me.id, me.name, now, typing=input_.typing, read_id=input_.read_id
            )
        else:
            presence.leave(connection, conversation_id, me.id, now)
    service.live.nudge()


@router.post("/joint/{conversation_id}/leave", status_code=204)
def leave_joint(conversation_id: Id, me: Officer, service: ServiceIn) -> None:
    """Go, and see it no more; needs the role body officer, asked in."""
    joint.leave(service, conversation_id, me)


def _listed(service: Service, connection: Connection, me: Staff) -> list[JointView]:
    now = service.now()
    asked = set(hands.invitations(connection, me.id))
    held = queue.listed(connection, service.settings, now, owner="agent") if asked else []
    return [
        JointView(
            id=row.id,
            channel=row.channel,
            matter_name=service.matters.name(row.matter) if row.matter else "",
            agent_id=row.ownership.agent_id or 0,
            agent_name=row.ownership.agent_name,
            last_text=row.last_text[:80],
            last_at=row.last_at,
            people=people_view(connection, row.id, now),
        )
        for row in held
        if row.id in asked
    ]
