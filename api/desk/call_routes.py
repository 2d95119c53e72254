"""Routes of telephone calls: the switchboard's notices, what is said as it is said, the caller's earlier tickets."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from api import talk
from api.dependencies import ServiceIn
from api.desk import calls, hands, suggestions, views
from api.desk.calls import Call, Notice
from api.desk.hands import Change
from api.desk.routes import Agent, Input
from api.errors import ApiError, Problem, bad_field
from api.handover import phone_number
from api.staff import accounts, audit
from api.staff.errors import UnknownAccountError
from api.staff.roles import Role, Staff
from api.wiring import Service
from bot import conversations, presence, wording
from bot.conversations import Conversation, Exchange
from bot.errors import BotError
from bot.message import Choice
from bot.normalize import normalize, readable
from case_library.redact import mask
from routing import ledger, tickets
from routing.complaints import is_recused
from routing.tickets import Ticket, UnknownTicketError

router = APIRouter(
    prefix="/api/v1/calls",
    tags=["calls"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422, 429)},
)
LONGEST_SEGMENT = 2000  # characters said without a pause
LARGEST_NOTICE_BYTES = 4096
TYPING_EVERY_S = 3.0

CallId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]


class NoticeInput(Input):
    """What the switchboard tells. `agent` is the user name of whoever the line goes to."""

    event_id: str = Field(min_length=1, max_length=80)
    call: str = Field(min_length=1, max_length=80)
    kind: calls.CallEventKind
    phone: str = Field("", max_length=30)
    agent: str = Field("", max_length=60)


class Segment(Input):
    """A piece of speech, or of what an agent types of it. The same `sequence` counts once; partial ones are not kept."""

    sequence: int = Field(ge=0, le=10**9)
    speaker: Literal["caller", "agent"] = "caller"
    text: str = Field("", max_length=LONGEST_SEGMENT)
    final: bool = True


class AnswerInput(Input):
    """The caller's answer to the question the desk suggested."""

    sequence: int = Field(ge=0, le=10**9)
    question: str = Field(max_length=60)
    value: str = Field(max_length=60)


class ProofInput(Input):
    """A ticket's number and the query code that goes with it, as the caller says them."""

    number: str = Field(min_length=1, max_length=30)
    code: str = Field(min_length=1, max_length=20)


class Heard(BaseModel):
    """What comes of one segment. `suggested` is None when the caller went on speaking meanwhile."""

    sequence: int
    suggested: views.SuggestedView | None
    danger: list[str] = []


class EarlierTicket(BaseModel):
    """A ticket of whoever proved to be its owner."""

    number: str
    matter_name: str
    opened_at: datetime
    state_text: str
    told: list[str]


@router.post("/notices", status_code=204)
async def take_notice(
    request: Request,
    service: ServiceIn,
    x_moment: Annotated[str, Header(max_length=20)] = "",
    x_signature: Annotated[str, Header(max_length=80)] = "",
) -> None:
    """A call rings, is answered, transferred, ended; needs the switchboard's signature (`X-Moment`, `X-Signature`)."""
    body = await request.body()
    secret = service.settings.cti_secret.get_secret_value()
    if not calls.is_signed(secret, x_moment, body, x_signature, service.now()):
        raise ApiError(401, "签名不对", "没有交换机的签名，或者签名过时了。")
    if len(body) > LARGEST_NOTICE_BYTES:
        raise ApiError(413, "内容太大", "一次通知最多 4 KB。")
    try:
        told = NoticeInput.model_validate_json(body)
    except ValidationError:
        raise bad_field("body", "通知的格式不对。") from None
    await run_in_threadpool(_note, service, told)


@router.get("")
def read_calls(me: Agent, service: ServiceIn) -> list[views.CallView]:
    """Calls that ring or are spoken at one's desk; needs the role agent or supervisor."""
    with service.engine.connect() as connection:
        return [views.call_view(call) for call in calls.going_on(connection, me.id)]


@router.post("/{call_id}/segments")
def take_segment(call_id: CallId, segment: Segment, me: Agent, service: ServiceIn) -> Heard:
    """What the agent types of what is said; needs the role agent (own call). Answers with the suggestion to it."""
    call = _own(service, call_id, me)
    return _hear(service, call, segment)


@router.post("/{call_id}/answers")
def take_answer(call_id: CallId, input_: AnswerInput, me: Agent, service: ServiceIn) -> Heard:
    """The caller's answer to a suggested question, by one tap; needs the role agent (own call)."""
    call = _own(service, call_id, me)
    heard = talk.hear(service, choice=Choice(input_.question, input_.value))
    talk.answer(service, _find(call), _key(input_.sequence), heard)
    return _suggested(service, call, input_.sequence)


@router.post("/{call_id}/proof")
def prove(call_id: CallId, input_: ProofInput, me: Agent, service: ServiceIn) -> list[EarlierTicket]:
    """The caller's earlier tickets, once they named one with its query code from the telephone it was opened with;
    needs the role agent (own call). Wrong code, other telephone and unknown number look the same, and tries are limited."""
    call = _own(service, call_id, me)
    number = input_.number.strip().upper()
    keys = (call.id, number)
    if not all(service.code_tries.test(key) for key in keys):
        raise ApiError(429, "太频繁了", "试得太多了，请过一小时再核。")
    now = service.now()
    try:
        with service.writing.begin() as connection:
            ticket = tickets.find_ticket(connection, service.secrets, number, input_.code)
            _check_telephone(ticket, calls.phone_of(connection, service.secrets, call.id))
            calls.prove(connection, call.id, number)
            audit.record(connection, me, "call.prove", "ticket", number, now)
            others = ledger.tickets_of_person(connection, ticket.person_id, number) if ticket.person_id else []
            found = [ticket, *(tickets.read_ticket(connection, service.secrets, other) for other in others)]
    except UnknownTicketError:
        for key in keys:
            service.code_tries.hit(key)
        raise
    return [_earlier(service, ticket) for ticket in found if not is_recused(ticket.progress, me.username)]


def _switchboard(
    call_id: CallId,
    service: ServiceIn,
    x_moment: Annotated[str, Header(max_length=20)] = "",
    x_signature: Annotated[str, Header(max_length=80)] = "",
) -> Call:
    secret = service.settings.cti_secret.get_secret_value()
    if not calls.is_signed(secret, x_moment, call_id.encode(), x_signature, service.now()):
        raise ApiError(401, "签名不对", "没有交换机的签名，或者签名过时了。")
    with service.engine.connect() as connection:
        return calls.find(connection, call_id)


@router.websocket("/{call_id}")
async def listen(socket: WebSocket, call: Annotated[Call, Depends(_switchboard)], service: ServiceIn) -> None:
    """Speech as it is recognised, partial and final; needs the switchboard's signature over the call's id.

    Every final segment is kept, in order. What it suggests is sent only when no further final segment came meanwhile.
    """
    await socket.accept()
    finals: asyncio.Queue[Segment | None] = asyncio.Queue()
    working = asyncio.create_task(_work(socket, service, call, finals))
    spoken = 0.0
    try:
        while not working.done():
            try:
                segment = Segment.model_validate_json(await socket.receive_text())
            except ValidationError:
                await socket.send_json({"error": "格式不对"})
                continue
            if segment.final:
                finals.put_nowait(segment)
            elif segment.speaker == "caller":
                mark = time.monotonic() - spoken > TYPING_EVERY_S
                spoken = time.monotonic() if mark else spoken
                if danger := await run_in_threadpool(_partial, service, call, segment.text, mark=mark):
                    await socket.send_json({"sequence": segment.sequence, "danger": danger})
    except WebSocketDisconnect:
        pass  # what was said is still taken in
    finally:
        finals.put_nowait(None)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # nobody is there to be told any more
            await working


async def _work(socket: WebSocket, service: Service, call: Call, finals: asyncio.Queue[Segment | None]) -> None:
    while (segment := await finals.get()) is not None:
        try:
            heard = await run_in_threadpool(_hear, service, call, segment)
        except (ApiError, BotError):
            await socket.close(1011)
            return
        if finals.empty():
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the line broke; the words are kept
                await socket.send_json(heard.model_dump(mode="json"))


def _note(service: Service, told: NoticeInput) -> None:
    try:
        _note_once(service, told)
    except IntegrityError:  # another notice of this call came at the same moment: now it is there
        _note_once(service, told)


def _note_once(service: Service, told: NoticeInput) -> None:
    now = service.now()
    phone = _phone(told.phone)
    with service.writing.begin() as connection:
        agent = None
        if told.agent:
            try:
                account = accounts.find_by_name(connection, told.agent)
            except UnknownAccountError:
                raise bad_field("agent", "没有这个座席。") from None
            if not (account.active and account.staff.may(Role.AGENT, Role.SUPERVISOR)):
                raise bad_field("agent", "这个账号不是座席。")
            agent = account.staff
        notice = Notice(told.event_id, told.call, told.kind, phone, agent)
        calls.note(service, connection, notice, now)
    service.live.nudge()


def _phone(said: str) -> str:
    """In one form; what is no number (withheld, an extension) is kept out rather than refusing the call."""
    try:
        return phone_number(said)
    except ApiError:
        return ""


def _hear(service: Service, call: Call, segment: Segment) -> Heard:
    """Keep one final segment and say what it suggests."""
    if not segment.text.strip() or not segment.final:
        return Heard(sequence=segment.sequence, suggested=None)
    if segment.speaker == "caller":
        reply = talk.answer(service, _find(call), _key(segment.sequence), talk.hear(service, text=segment.text))
        danger = reply.text.splitlines() if reply and reply.outcome == "emergency" else []
        return _suggested(service, call, segment.sequence).model_copy(update={"danger": danger})
    text = mask(normalize(segment.text))

    def decide(conversation: Conversation, now: datetime) -> Change:
        name = conversation.ownership.agent_name
        return Change(Exchange(f"agent-{segment.sequence}", text, None, now, "agent", name))

    with contextlib.suppress(IntegrityError):  # the same segment again
        hands.change(service, call.conversation_id, decide)
    return Heard(sequence=segment.sequence, suggested=None)


def _partial(service: Service, call: Call, text: str, *, mark: bool) -> list[str]:
    """Danger is looked for before the sentence is at its end; the desk sees that somebody speaks."""
    if mark:
        with service.writing.begin() as connection:
            presence.mark(connection, call.conversation_id, presence.CITIZEN, "", service.now(), typing=True)
        service.live.nudge()
    found = service.parts.safety.screen(readable(normalize(text)))
    return list(found.lines) if found else []


def _suggested(service: Service, call: Call, sequence: int) -> Heard:
    with service.engine.connect() as connection:
        newest = suggestions.newest(connection, call.conversation_id)
    current = newest is not None and newest.client_id == _key(sequence)
    return Heard(sequence=sequence, suggested=views.suggested_view(service, newest) if current else None)


def _check_telephone(ticket: Ticket, phone: str) -> None:
    if ticket.contact.phone and ticket.contact.phone != phone:
        raise UnknownTicketError(ticket.number)


def _own(service: Service, call_id: str, me: Staff) -> Call:
    with service.engine.connect() as connection:
        call = calls.find(connection, call_id)
        owned = conversations.conversation_by_id(connection, call.conversation_id, service.now()).ownership
    if owned.owner != "agent" or owned.agent_id != me.id:
        raise ApiError(409, "不在您手上", "这通电话现在不在您手上。")
    return call


def _find(call: Call) -> Callable[[Connection, datetime], Conversation]:
    return lambda connection, now: conversations.conversation_by_id(connection, call.conversation_id, now)


def _key(sequence: int) -> str:
    return f"call-{sequence}"


def _earlier(service: Service, ticket: Ticket) -> EarlierTicket:
    return EarlierTicket(
        number=ticket.number,
        matter_name=service.matters.name(ticket.matter),
        opened_at=ticket.opened_at,
        state_text=wording.STATE_TEXT[ticket.state],
        told=[line.text for line in ticket.story.transcript if line.who == "citizen"],
    )
