"""The desk's routes: queue, conversations, suggestions, tickets. For agents and supervisors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert

from api import curation_notes, streams
from api.dependencies import ServiceIn, requires, still_may
from api.desk import agents, citations, drafts, hands, phrases, suggestions, views, wall
from api.desk.tables import wrap_up_table
from api.errors import ApiError, Problem, bad_field
from api.handover import hand_over, phone_number
from api.live import QUEUE
from api.numbers import RowId, RowIdOrZero
from api.staff import accounts, audit
from api.staff.errors import UnknownAccountError
from api.staff.roles import Role, Staff
from api.thread import Line
from api.wiring import Service
from bot import conversations, presence
from bot.conversations import Conversation
from bot.normalize import normalize
from case_library.redact import mask
from routing.ticket_events import Actor
from routing.tickets import Contact

router = APIRouter(
    prefix="/api/v1/desk",
    tags=["desk"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422, 503)},
)
Agent = Annotated[Staff, requires(Role.AGENT, Role.SUPERVISOR)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
ClientId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w\-]+$")]
LONGEST_TEXT = 2000  # characters an agent sends at once


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReadyInput(Input):
    """Whether new conversations are taken; said again every twenty seconds."""

    ready: bool


class NoteInput(Input):
    note: str = Field("", max_length=1000)


class TransferInput(Input):
    to: RowId
    summary: str = Field(min_length=1, max_length=1000)


class InviteInput(Input):
    staff_id: RowId


class SayInput(Input):
    """`suggestion_id` when the text is a suggestion, as it was or edited. `leave_out` sends without what is not in force."""

    client_id: ClientId
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    leave_out: bool = False
    suggestion_id: RowId | None = None


class StaffNoteInput(Input):
    client_id: ClientId
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class LookInput(Input):
    """What the page tells of its agent at a conversation; `looking` false when they turn to another."""

    looking: bool = True
    typing: bool = False
    read_id: RowIdOrZero = 0


class TextInput(Input):
    text: str = Field(max_length=LONGEST_TEXT)


class TicketInput(Input):
    """Only what was missing. `agreed`: the citizen agreed, here or on the telephone, to the consent of this version."""

    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    note: str = Field("", max_length=1000)
    consent_version: str = Field(max_length=40)
    agreed: Literal[True]


class WrapUpInput(Input):
    code: str = Field(max_length=40)
    note: str = Field("", max_length=1000)


class DraftCitation(BaseModel):
    """An article cited; `text` is that in force, empty when there is none."""

    said: str
    start: int
    end: int
    id: str
    found: bool
    in_force: bool
    text: str


class SaidView(BaseModel):
    """What went to the citizen: `text` may differ from what was written (masked, a citation left out)."""

    id: int
    text: str
    at: datetime


class DeskTicket(BaseModel):
    number: str
    query_code: str
    body_name: str


def _seen(conversation_id: Id, me: Agent, service: ServiceIn) -> Conversation:
    """The conversation, if this member of staff may see it; otherwise it is as if there were none."""
    now = service.now()
    with service.engine.connect() as connection:
        conversation = conversations.conversation_by_id(connection, conversation_id, now)
        if not hands.may_see(connection, conversation, me):
            owned = conversation.ownership
            held = f"{owned.agent_name}正在办这次对话。" if owned.owner == "agent" else "这次对话已经不在排队了。"
            raise ApiError(409, "不在您手上", held)
    if me.may(Role.SUPERVISOR):
        wall.note_listening(service, conversation, me)
    return conversation


Seen = Annotated[Conversation, Depends(_seen)]


@router.get("/queue")
def read_queue(me: Agent, service: ServiceIn) -> views.QueueView:
    """Who waits, one's own, colleagues; needs the role agent or supervisor."""
    return views.queue_view(service, me, service.now())


@router.post("/presence", status_code=204)
def be_present(input_: ReadyInput, me: Agent, service: ServiceIn) -> None:
    """Say that one is at the desk; needs the role agent or supervisor."""
    with service.writing.begin() as connection:
        agents.beat(connection, me, service.now(), ready=input_.ready)
    service.live.nudge()


@router.delete("/presence", status_code=204)
def leave_desk(me: Agent, service: ServiceIn) -> None:
    """Leave the desk; needs the role agent or supervisor. What one held goes back to the queue within a minute."""
    with service.writing.begin() as connection:
        agents.leave(connection, me.id)
    service.live.nudge()


@router.get("/events", response_class=EventSourceResponse)
async def follow_queue(me: Agent, service: ServiceIn, request: Request) -> AsyncIterator[ServerSentEvent]:
    """The queue whenever it changes (`queue`); needs the role agent or supervisor."""

    def read(_last: int) -> list[tuple[str, int, Any]] | None:
        if not still_may(service, request, Role.AGENT, Role.SUPERVISOR):
            return None
        view = views.queue_view(service, me, service.now()).model_dump(mode="json")
        return [("queue", 0, {**view, "now": ""})]

    async for event in streams.stream(service, QUEUE, read):
        yield event


@router.get("/conversations/{conversation_id}")
def read_conversation(seen: Seen, me: Agent, service: ServiceIn) -> views.DeskConversation:
    """Who is at a conversation, and what is suggested; needs the role agent (waiting, own, asked in) or supervisor."""
    with service.engine.connect() as connection:
        return views.conversation_view(service, connection, seen, me, service.now())


@router.get("/conversations/{conversation_id}/lines")
def read_lines(seen: Seen, service: ServiceIn) -> list[Line]:
    """What was said, with staff's notes; needs the role agent (waiting, own, asked in) or supervisor."""
    with service.engine.connect() as connection:
        return views.desk_lines(service, connection, seen.id)


@router.get("/conversations/{conversation_id}/events", response_class=EventSourceResponse)
async def follow_conversation(
    seen: Seen, me: Agent, service: ServiceIn, request: Request, last_event_id: Annotated[RowIdOrZero, Header()] = 0
) -> AsyncIterator[ServerSentEvent]:
    """A conversation as it goes on (`lines`, `conversation`); needs the role agent (waiting, own, asked in) or supervisor.

    Supervisors listen in by this: it shows them everything and lets them say nothing.
    """

    def read(last: int) -> list[tuple[str, int, Any]] | None:
        if not still_may(service, request, Role.AGENT, Role.SUPERVISOR):
            return None
        now = service.now()
        with service.engine.connect() as connection:
            conversation = conversations.conversation_by_id(connection, seen.id, now)
            if not hands.may_see(connection, conversation, me):
                return [("gone", 0, {"owner": conversation.ownership.owner, "name": conversation.ownership.agent_name})]
            lines = views.desk_lines(service, connection, seen.id, last)
            view = views.conversation_view(service, connection, conversation, me, now)
        news = (
            [("lines", lines[-1].id, [line.model_dump(mode="json", by_alias=True) for line in lines])] if lines else []
        )
        return [*news, ("conversation", 0, view.model_dump(mode="json"))]

    async for event in streams.stream(service, seen.id, read, last_event_id):
        yield event


@router.post("/conversations/{conversation_id}/take")
def take(conversation_id: Id, me: Agent, service: ServiceIn) -> views.DeskConversation:
    """Take a conversation that waits; needs the role agent or supervisor. The second one is told who has it (409)."""
    hands.take(service, conversation_id, me)
    return _view(service, conversation_id, me)


@router.post("/conversations/{conversation_id}/release", status_code=204)
def release(conversation_id: Id, input_: NoteInput, me: Agent, service: ServiceIn) -> None:
    """Put one's conversation back into the queue; needs the role agent (own) or supervisor."""
    hands.release(service, conversation_id, me, input_.note.strip())


@router.post("/conversations/{conversation_id}/transfer", status_code=204)
def transfer(conversation_id: Id, input_: TransferInput, me: Agent, service: ServiceIn) -> None:
    """Give one's conversation to a colleague at their desk; needs the role agent (own) or supervisor."""
    hands.transfer(service, conversation_id, me, _colleague(service, input_.to), input_.summary)


@router.post("/conversations/{conversation_id}/invitations", status_code=204)
def invite(conversation_id: Id, input_: InviteInput, me: Agent, service: ServiceIn) -> None:
    """Ask a colleague in; needs the role agent (own) or supervisor. Both see it, one owns it."""
    hands.invite(service, conversation_id, me, _colleague(service, input_.staff_id))


@router.post("/conversations/{conversation_id}/hand-back", status_code=204)
def hand_back(conversation_id: Id, input_: WrapUpInput, me: Agent, service: ServiceIn) -> None:
    """End one's part with a wrap-up and give the conversation back to the machine; needs the role agent (own)."""
    hands.hand_back(service, conversation_id, me, _wrapping_up(input_, me))


@router.post("/conversations/{conversation_id}/messages", status_code=201)
def say(conversation_id: Id, input_: SayInput, me: Agent, service: ServiceIn) -> SaidView:
    """Speak to the citizen; needs the role agent (own conversation). A statute that is not in force is refused (422).

    With `suggestion_id` the suggestion counts as adopted or edited; 409 when the conversation has moved on since.
    """
    suggestion = _suggestion(service, conversation_id, input_.suggestion_id) if input_.suggestion_id else None
    shown = suggestion.suggestion.case_id if suggestion else ""

    def also(connection: Connection, conversation: Conversation, now: datetime) -> None:
        if suggestion:
            deed = "adopted" if suggestion.text.strip() == input_.text.strip() else "edited"
            sent = mask(normalize(input_.text))
            suggestions.record(connection, suggestion.id, conversation.id, deed, sent, (me.id, me.name), now)
            if deed == "edited":
                curation_notes.note_edit(
                    connection, suggestion.question, suggestion.text, sent, suggestion.suggestion.matter, shown, now
                )

    said = hands.say(
        service,
        conversation_id,
        me,
        input_.client_id,
        input_.text,
        leave_out=input_.leave_out,
        also=also,
        shown=shown,
    )
    return SaidView(id=said.id, text=said.text, at=said.at)


@router.post("/conversations/{conversation_id}/notes", status_code=204)
def leave_note(seen: Seen, input_: StaffNoteInput, me: Agent, service: ServiceIn) -> None:
    """A note for colleagues; needs the role agent (waiting, own, asked in) or supervisor. The citizen never sees it."""
    hands.leave_note(service, seen.id, me, input_.client_id, input_.text)


@router.post("/conversations/{conversation_id}/presence", status_code=204)
def look(seen: Seen, input_: LookInput, me: Agent, service: ServiceIn) -> None:
    """Say that one looks, types, has read; needs the role agent (waiting, own, asked in) or supervisor."""
    now = service.now()
    with service.writing.begin() as connection:
        if input_.looking:
            presence.mark(connection, seen.id, me.id, me.name, now, typing=input_.typing, read_id=input_.read_id)
        else:
            presence.leave(connection, seen.id, me.id, now)
    service.live.nudge()


@router.post("/conversations/{conversation_id}/suggestions/{suggestion_id}/reject", status_code=204)
def reject(conversation_id: Id, suggestion_id: RowId, me: Agent, service: ServiceIn) -> None:
    """Refuse a suggestion; needs the role agent (own conversation). It feeds the list of misses."""
    with service.writing.begin() as connection:
        now = service.now()
        conversation = conversations.conversation_by_id(connection, conversation_id, now)
        if conversation.ownership.agent_id != me.id:
            raise ApiError(409, "不在您手上", "这次对话现在不在您手上。")
        suggestions.record(connection, suggestion_id, conversation_id, "rejected", "", (me.id, me.name), now)
    service.live.nudge()


@router.post("/citations")
def check_citations(input_: TextInput, _me: Agent, service: ServiceIn) -> list[DraftCitation]:
    """Every statute cited in a draft, found or not, in force or not; needs the role agent or supervisor."""
    return [DraftCitation(**asdict(checked)) for checked in citations.check(service, mask(normalize(input_.text)))]


@router.get("/conversations/{conversation_id}/ticket")
def draft_ticket(seen: Seen, service: ServiceIn) -> drafts.TicketDraft:
    """What a ticket would hold and what is missing; needs the role agent (waiting, own, asked in) or supervisor."""
    return drafts.draft(service, seen)


@router.post("/conversations/{conversation_id}/ticket", status_code=201)
def open_ticket(conversation_id: Id, input_: TicketInput, me: Agent, service: ServiceIn) -> DeskTicket:
    """Make the ticket of one's conversation; needs the role agent (own). The same matter again gives the same ticket."""
    with service.engine.connect() as connection:
        conversation = conversations.conversation_by_id(connection, conversation_id, service.now())
    if conversation.ownership.agent_id != me.id:
        raise ApiError(409, "不在您手上", "这次对话现在不在您手上，请先接起来。")
    contact = Contact(
        mask(normalize(input_.name)), phone_number(input_.phone) or drafts.caller(service, conversation_id)
    )

    def find(connection: Connection, now: datetime) -> Conversation:
        return conversations.conversation_by_id(connection, conversation_id, now)

    made = hand_over(
        service,
        find,
        contact=contact,
        note=normalize(input_.note),
        consent_version=input_.consent_version,
        by=Actor("agent", me.username, me.name),
    )
    with service.writing.begin() as connection:
        audit.record(connection, me, "ticket.open", "ticket", made.ticket.number, service.now())
    service.live.nudge()
    body = made.ticket.story.decision["body"]["name"]
    return DeskTicket(number=made.ticket.number, query_code=made.query_code, body_name=body)


@router.get("/wrap-up-codes")
def wrap_up_codes(_me: Agent) -> list[phrases.Code]:
    """How a conversation can end; needs the role agent or supervisor."""
    return phrases.codes()


def _view(service: Service, conversation_id: str, me: Staff) -> views.DeskConversation:
    now = service.now()
    with service.engine.connect() as connection:
        conversation = conversations.conversation_by_id(connection, conversation_id, now)
        return views.conversation_view(service, connection, conversation, me, now)


def _colleague(service: Service, staff_id: int) -> Staff:
    with service.engine.connect() as connection:
        try:
            account = accounts.find(connection, staff_id)
        except UnknownAccountError:
            raise bad_field("to", "没有这位同事。") from None
        there = agents.is_present(connection, staff_id, service.now())
    if not (account.active and account.staff.may(Role.AGENT, Role.SUPERVISOR) and there):
        raise ApiError(409, "不在座席上", f"{account.staff.name}现在不在座席上。")
    return account.staff


def _suggestion(service: Service, conversation_id: str, suggestion_id: int) -> suggestions.Suggested:
    """The suggestion, if it still is the newest: otherwise the conversation has moved on."""
    with service.engine.connect() as connection:
        newest = suggestions.newest(connection, conversation_id)
    if newest is None or newest.id != suggestion_id:
        raise ApiError(409, "对话又往下走了", "对方又说了新的，这条建议已经过时，请看新的建议。")
    return newest


def _wrapping_up(input_: WrapUpInput, me: Staff) -> hands.Also:
    if input_.code not in {code.code for code in phrases.codes()}:
        raise bad_field("code", "没有这个小结代码。")

    def also(connection: Connection, conversation: Conversation, now: datetime) -> None:
        connection.execute(
            insert(wrap_up_table).values(
                conversation_id=conversation.id,
                agent_id=me.id,
                agent_name=me.name,
                code=input_.code,
                note=mask(normalize(input_.note)),
                at=now,
            )
        )

    return also
