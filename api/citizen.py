"""The citizen's routes: conversations and tickets. Who may call them: whoever holds the conversation's token,
or the ticket's query code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import proof, streams, talk, thread
from api.dependencies import ServiceIn, TokenIn
from api.errors import ApiError, Problem, ProofProblem
from api.handover import hand_over, own_tickets, phone_number
from api.numbers import RowIdOrZero
from api.proof import ProofNeededError
from api.staff import site_settings
from api.thread import Line, Status
from api.tickets.files import FileLimits, limits
from bot import compose, conversations, presence, wording
from bot.conversations import Conversation, Exchange
from bot.message import Action, Choice
from bot.normalize import normalize
from bot.reply import ConsentText, Reply
from case_library import misses
from case_library.misses import Reason
from case_library.redact import mask
from routing import tickets
from routing.tickets import Contact, Relation

LONGEST_BODY_TEXT = 20_000  # characters accepted; more than is read (`normalize.LONGEST`), so that nobody is refused
OPENING = "~opening"  # client_id of the greeting; no client can choose such an id

router = APIRouter(prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 404, 410, 422, 429, 503)})

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
ProofHeader = Annotated[str, Header(alias="X-Proof", max_length=proof.LONGEST_PROOF)]
NEEDS_PROOF = {428: {"model": ProofProblem}}
ClientId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w\-]+$")]


class Input(BaseModel):
    """Base of what clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ConversationInput(Input):
    channel: Literal["web", "kiosk"] = "web"


class ChoiceInput(Input):
    question: str = Field(max_length=60)
    value: str = Field(max_length=60)


class TicketKeysInput(Input):
    """A ticket the person has the code of."""

    number: str = Field(max_length=30)
    code: str = Field(max_length=20)


class MessageInput(Input):
    """Exactly one of text, choice, action. The same `client_id` is answered once."""

    client_id: ClientId
    text: str | None = Field(None, max_length=LONGEST_BODY_TEXT)
    choice: ChoiceInput | None = None
    action: Action | None = None
    # Slips this device holds: what is said about one of them again is told how it stands instead of asked anew.
    known_tickets: list[TicketKeysInput] = Field([], max_length=5)

    @model_validator(mode="after")
    def _one_of(self) -> MessageInput:
        if sum(part is not None for part in (self.text, self.choice, self.action)) != 1:
            raise ValueError("exactly one of text, choice, action")
        return self


class ConsentInput(Input):
    version: str = Field(max_length=40)
    agreed: Literal[True]


class ForSomeoneInput(Input):
    """Who acts for the person; `agreed` confirms the sentence the form shows for this relation."""

    relation: Relation
    agreed: Literal[True]


class TicketInput(Input):
    conversation_id: str = Field(pattern=r"^[0-9a-f]{24}$")
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    note: str = Field("", max_length=1000)
    consent: ConsentInput
    for_someone: ForSomeoneInput | None = None
    # Slips this device holds: when one is about the same matter, it is gone on with instead of a second one.
    known_tickets: list[TicketKeysInput] = Field([], max_length=5)


class ConversationOpened(BaseModel):
    id: str
    token: str
    expires_at: datetime
    reply: Reply


class MessageAnswered(BaseModel):
    """`reply` is None while a person has the conversation."""

    client_id: str
    reply: Reply | None


class PresenceInput(Input):
    """What the page tells of its user: that they look, whether they type, and the newest message they saw."""

    typing: bool = False
    read_id: RowIdOrZero = 0


class ReasonInput(Input):
    """Why the answer did not help."""

    reason: Reason


class ConversationView(BaseModel):
    id: str
    created_at: datetime
    expires_at: datetime
    messages: list[Line]
    tickets: list[str]
    status: Status


class TicketOpened(BaseModel):
    number: str
    query_code: str
    reply: Reply


class Meta(BaseModel):
    name: str
    notice: str
    consent: ConsentText
    examples: list[str]
    hotline: str
    file_limits: FileLimits


@router.get("/meta")
def meta(service: ServiceIn) -> Meta:
    """Texts the page shows. Open to everyone."""
    with service.engine.connect() as connection:
        told = site_settings.opening(connection, service.settings)
    return Meta(
        name="一拨通",
        notice=" ".join(filter(None, (wording.NOTICE, told.text, told.english))),
        consent=wording.CONSENT,
        examples=list(wording.EXAMPLES),
        hotline="12348",
        file_limits=limits(service.settings, service.settings.files_per_ticket),
    )


@router.post("/conversations", status_code=201, responses=NEEDS_PROOF)
def open_conversation(
    input_: ConversationInput, request: Request, service: ServiceIn, x_proof: ProofHeader = ""
) -> ConversationOpened:
    """Begin a conversation. Open to everyone, within a limit for one address; under attack with a proof of work (428)."""
    now = service.now()
    address = request.client.host if request.client else ""
    nonce = proof.require(service.secrets, service.pressure, x_proof, OPENING, address, now)
    if not service.openings.hit(address):
        raise ApiError(429, "太频繁了", "这里开始的对话太多了，请过一会儿再来，着急的话请打 12348。")
    reply = compose.greeting()
    lifetime = timedelta(days=service.settings.conversation_days)
    try:
        with service.writing.begin() as connection:
            conversation, token = conversations.open_conversation(connection, input_.channel, now, lifetime, nonce)
            exchange = Exchange(OPENING, "", talk.to_json(reply), now)
            conversations.save_exchange(connection, conversation, exchange, conversation.dialogue)
    except IntegrityError:  # begun with this proof before
        raise ProofNeededError(proof.challenge(service.secrets, OPENING, address, now)) from None
    return ConversationOpened(id=conversation.id, token=token, expires_at=conversation.expires_at, reply=reply)


@router.post("/conversations/{conversation_id}/messages", responses=NEEDS_PROOF)
def send_message(
    conversation_id: Id,
    input_: MessageInput,
    token: TokenIn,
    request: Request,
    service: ServiceIn,
    x_proof: ProofHeader = "",
) -> MessageAnswered:
    """Answer one message; needs the conversation's token, and under attack a proof of work (428). The same `client_id` again
    gives the same answer."""
    address = request.client.host if request.client else ""
    subject = f"{conversation_id} {input_.client_id}"
    proof.require(service.secrets, service.pressure, x_proof, subject, address, service.now())
    choice = Choice(input_.choice.question, input_.choice.value) if input_.choice else None
    heard = talk.hear(service, text=input_.text, choice=choice, action=input_.action)

    def find(connection: Connection, now: datetime) -> Conversation:
        return conversations.find_conversation(connection, conversation_id, token, now)

    own = own_tickets(service, [(keys.number, keys.code) for keys in input_.known_tickets], address)
    return MessageAnswered(
        client_id=input_.client_id, reply=talk.answer(service, find, input_.client_id, heard, own=own)
    )


@router.get("/conversations/{conversation_id}")
def read_conversation(conversation_id: Id, token: TokenIn, service: ServiceIn) -> ConversationView:
    """The whole conversation; needs its token."""
    now = service.now()
    with service.engine.connect() as connection:
        conversation = conversations.find_conversation(connection, conversation_id, token, now)
        exchanges = conversations.exchanges(connection, conversation_id)
        numbers = tickets.tickets_of(connection, conversation_id)
        status = thread.status(connection, conversation, now)
    return ConversationView(
        id=conversation.id,
        created_at=conversation.created_at,
        expires_at=conversation.expires_at,
        messages=thread.lines(service, exchanges, codes=True),
        tickets=numbers,
        status=status,
    )


@router.post("/conversations/{conversation_id}/presence", status_code=204)
def tell_presence(conversation_id: Id, input_: PresenceInput, token: TokenIn, service: ServiceIn) -> None:
    """Tell that the citizen looks, types, has read; needs the conversation's token."""
    now = service.now()
    with service.writing.begin() as connection:
        conversations.find_conversation(connection, conversation_id, token, now)
        presence.mark(
            connection, conversation_id, presence.CITIZEN, "", now, typing=input_.typing, read_id=input_.read_id
        )
    service.live.nudge()


@router.post("/conversations/{conversation_id}/unresolved-reason", status_code=204)
def tell_reason(conversation_id: Id, input_: ReasonInput, token: TokenIn, service: ServiceIn) -> None:
    """Why the answer that was just rejected did not help; needs the conversation's token. Never needed: whoever says
    没解决 is helped on at once. Said again, the last word counts; 404 when nothing was rejected."""
    now = service.now()
    with service.writing.begin() as connection:
        conversations.find_conversation(connection, conversation_id, token, now)
        if not misses.give_reason(connection, conversation_id, input_.reason):
            raise ApiError(404, "没有找到", "这里还没有点过“没解决”。")


def _allowed(conversation_id: Id, token: TokenIn, service: ServiceIn) -> str:
    """The conversation's id, once the token is found to be its own: before the stream begins, so that errors have a status."""
    with service.engine.connect() as connection:
        conversations.find_conversation(connection, conversation_id, token, service.now())
    return conversation_id


@router.get("/conversations/{conversation_id}/events", response_class=EventSourceResponse)
async def follow_conversation(
    allowed: Annotated[str, Depends(_allowed)],
    service: ServiceIn,
    last_event_id: Annotated[RowIdOrZero, Header()] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """News of a conversation as it comes (`lines`, `status`); needs its token.

    With the header `Last-Event-ID`, what came after that message is told first, so nothing is lost by a broken connection.
    """
    async for event in streams.citizen(service, allowed, last_event_id):
        yield event


@router.post("/tickets", status_code=201)
def open_ticket(input_: TicketInput, token: TokenIn, request: Request, service: ServiceIn) -> TicketOpened:
    """Hand the whole story over; needs the conversation's token. The same matter again gives the same ticket."""
    address = request.client.host if request.client else ""
    contact = Contact(mask(normalize(input_.name)), phone_number(input_.phone))

    def find(connection: Connection, now: datetime) -> Conversation:
        return conversations.find_conversation(connection, input_.conversation_id, token, now)

    made = hand_over(
        service,
        find,
        contact=contact,
        note=normalize(input_.note),
        consent_version=input_.consent.version,
        relation=input_.for_someone.relation if input_.for_someone else None,
        own=own_tickets(service, [(keys.number, keys.code) for keys in input_.known_tickets], address),
    )
    return TicketOpened(number=made.ticket.number, query_code=made.query_code, reply=made.reply)
