"""The citizen's routes: conversations and tickets. Who may call them: whoever holds the conversation's token,
or the ticket's query code."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

import phonenumbers
from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from sqlalchemy.exc import IntegrityError

from api.dependencies import ServiceIn, TokenIn
from api.errors import ApiError, Problem, bad_field
from api.wiring import Service
from bot import compose, conversations, wording
from bot.consult import consult, judge
from bot.conversations import Exchange
from bot.message import Action, Choice, Message
from bot.normalize import has_words, normalize, readable
from bot.reply import BodyView, ConsentText, Reply, TicketCard
from case_library.redact import mask
from routing import tickets
from routing.directory import Body
from routing.tickets import Contact

LONGEST_BODY_TEXT = 20_000  # characters accepted; more than is read (`normalize.LONGEST`), so that nobody is refused
OPENING = "~opening"  # client_id of the greeting; no client can choose such an id
TRIES = 5  # how often a message is answered anew when another message of the conversation came in between

router = APIRouter(prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 404, 410, 422, 429, 503)})
_REPLY = TypeAdapter(Reply)
_BODY = TypeAdapter(Body)

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
ClientId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w\-]+$")]


class Input(BaseModel):
    """Base of what clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ConversationInput(Input):
    channel: Literal["web", "kiosk"] = "web"


class ChoiceInput(Input):
    question: str = Field(max_length=60)
    value: str = Field(max_length=60)


class MessageInput(Input):
    """Exactly one of text, choice, action. The same `client_id` is answered once."""

    client_id: ClientId
    text: str | None = Field(None, max_length=LONGEST_BODY_TEXT)
    choice: ChoiceInput | None = None
    action: Action | None = None

    @model_validator(mode="after")
    def _one_of(self) -> MessageInput:
        if sum(part is not None for part in (self.text, self.choice, self.action)) != 1:
            raise ValueError("exactly one of text, choice, action")
        return self


class ConsentInput(Input):
    version: str = Field(max_length=40)
    agreed: Literal[True]


class TicketInput(Input):
    conversation_id: str = Field(pattern=r"^[0-9a-f]{24}$")
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    note: str = Field("", max_length=1000)
    consent: ConsentInput


class ConversationOpened(BaseModel):
    id: str
    token: str
    expires_at: datetime
    reply: Reply


class MessageAnswered(BaseModel):
    client_id: str
    reply: Reply


class Line(BaseModel):
    sender: Literal["citizen", "bot"] = Field(serialization_alias="from")
    text: str
    at: datetime
    client_id: str | None = None
    reply: Reply | None = None


class ConversationView(BaseModel):
    id: str
    created_at: datetime
    expires_at: datetime
    messages: list[Line]
    tickets: list[str]


class TicketOpened(BaseModel):
    number: str
    query_code: str
    reply: Reply


class TicketEventView(BaseModel):
    at: datetime
    text: str


class TicketView(BaseModel):
    number: str
    state: str
    state_text: str
    opened_at: datetime
    matter_name: str
    body: BodyView
    next_step: str
    events: list[TicketEventView]


class Meta(BaseModel):
    name: str
    notice: str
    consent: ConsentText
    examples: list[str]
    hotline: str


@router.get("/meta")
def meta() -> Meta:
    """Texts the page shows. Open to everyone."""
    return Meta(
        name="一拨通",
        notice=wording.NOTICE,
        consent=wording.CONSENT,
        examples=list(wording.EXAMPLES),
        hotline="12348",
    )


@router.post("/conversations", status_code=201)
def open_conversation(input_: ConversationInput, request: Request, service: ServiceIn) -> ConversationOpened:
    """Begin a conversation. Open to everyone, within a limit for one address."""
    now = service.now()
    address = request.client.host if request.client else ""
    if not service.openings.hit(address):
        raise ApiError(429, "太频繁了", "这里开始的对话太多了，请过一会儿再来，着急的话请打 12348。")
    reply = compose.greeting()
    with service.writing.begin() as connection:
        lifetime = timedelta(days=service.settings.conversation_days)
        conversation, token = conversations.open_conversation(connection, input_.channel, now, lifetime)
        exchange = Exchange(OPENING, "", _REPLY.dump_python(reply, mode="json"), now)
        conversations.save_exchange(connection, conversation, exchange, conversation.dialogue)
    return ConversationOpened(id=conversation.id, token=token, expires_at=conversation.expires_at, reply=reply)


@router.post("/conversations/{conversation_id}/messages")
def send_message(conversation_id: Id, input_: MessageInput, token: TokenIn, service: ServiceIn) -> MessageAnswered:
    """Answer one message; needs the conversation's token. The same `client_id` again gives the same answer."""
    message, shown = _message(input_, service)
    for _ in range(TRIES):
        now = service.now()
        with service.engine.connect() as connection:
            conversation = conversations.find_conversation(connection, conversation_id, token, now)
            if known := conversations.find_exchange(connection, conversation_id, input_.client_id):
                return MessageAnswered(client_id=input_.client_id, reply=_REPLY.validate_python(known.reply))
            recent = conversations.messages_since(connection, conversation_id, now - timedelta(minutes=1))
        if recent >= service.settings.messages_per_minute:
            raise ApiError(429, "太频繁了", "您发得太快了，请歇一分钟再发。着急的话请打 12348。")
        if input_.text is not None and not has_words(message.text):
            reply, dialogue = compose.say(wording.EMPTY), conversation.dialogue
        else:
            outcome = consult(message, conversation.dialogue, service.parts, now)
            reply, dialogue = outcome.reply, outcome.dialogue
        exchange = Exchange(input_.client_id, shown, _REPLY.dump_python(reply, mode="json"), now)
        try:
            with service.writing.begin() as connection:
                if conversations.save_exchange(connection, conversation, exchange, dialogue):
                    return MessageAnswered(client_id=input_.client_id, reply=reply)
        except IntegrityError:
            continue  # the same message was answered meanwhile: the next turn of the loop finds that answer
    raise ApiError(503, "暂时办不了", "系统正忙，您的话没有丢，请过一会儿再发一次。")


@router.get("/conversations/{conversation_id}")
def read_conversation(conversation_id: Id, token: TokenIn, service: ServiceIn) -> ConversationView:
    """The whole conversation; needs its token."""
    with service.engine.connect() as connection:
        conversation = conversations.find_conversation(connection, conversation_id, token, service.now())
        exchanges = conversations.exchanges(connection, conversation_id)
        numbers = tickets.tickets_of(connection, conversation_id)
    lines: list[Line] = []
    for exchange in exchanges:
        if exchange.text:
            lines.append(Line(sender="citizen", text=exchange.text, at=exchange.at, client_id=exchange.client_id))
        reply = _with_codes(_REPLY.validate_python(exchange.reply), service)
        lines.append(Line(sender="bot", text=reply.text, at=exchange.at, reply=reply))
    return ConversationView(
        id=conversation.id,
        created_at=conversation.created_at,
        expires_at=conversation.expires_at,
        messages=lines,
        tickets=numbers,
    )


@router.post("/tickets", status_code=201)
def open_ticket(input_: TicketInput, token: TokenIn, service: ServiceIn) -> TicketOpened:
    """Hand the whole story over; needs the conversation's token. The same matter again gives the same ticket."""
    if input_.consent.version != wording.CONSENT.version:
        raise bad_field("consent", "同意书更新过，请重新看一遍再点同意。")
    contact = Contact(mask(normalize(input_.name)), _phone(input_.phone))
    note = mask(normalize(input_.note))
    for _ in range(TRIES):
        now = service.now()
        with service.engine.connect() as connection:
            conversation = conversations.find_conversation(connection, input_.conversation_id, token, now)
            transcript = conversations.exchanges(connection, conversation.id)
        if not any(exchange.text for exchange in transcript):
            raise bad_field("conversation_id", "还没有说是什么事，请先把事情说一说。")
        inquiry = compose.inquiry_of(conversation.dialogue)
        vector = service.parts.encoder.encode(inquiry.text or wording.BUTTON_HUMAN)
        matches, decision = judge(inquiry, vector, service.parts, now, unresolved=True)
        story = compose.story(conversation.dialogue, transcript, note, matches, decision)
        with service.writing.begin() as connection:
            ticket = tickets.open_ticket(
                connection,
                service.secrets,
                conversation_id=conversation.id,
                body_id=decision.body.id,
                contact=contact,
                consent_version=input_.consent.version,
                story=story,
                event=compose.ticket_event(decision, now),
                now=now,
            )
            code = service.secrets.query_code(ticket.number)
            reply = compose.ticket_opened(ticket, code, decision.body)
            own_id = f"~{ticket.number}"  # no client can choose such an id
            if conversations.find_exchange(connection, conversation.id, own_id) is None:
                stored = compose.ticket_opened(ticket, "", decision.body)  # the code is made anew when it is read
                exchange = Exchange(own_id, "", _REPLY.dump_python(stored, mode="json"), now)
                if not conversations.save_exchange(connection, conversation, exchange, conversation.dialogue):
                    connection.rollback()
                    continue  # something was said meanwhile: it belongs to the story
            return TicketOpened(number=ticket.number, query_code=code, reply=reply)
    raise ApiError(503, "暂时办不了", "系统正忙，请再点一次提交。")


@router.get("/tickets/{number}")
def read_ticket(
    number: Annotated[str, Path(max_length=30)],
    request: Request,
    service: ServiceIn,
    x_query_code: Annotated[str, Header(max_length=20)] = "",
) -> TicketView:
    """How far a ticket is; needs its query code (header `X-Query-Code`). Wrong code and unknown number look the same."""
    address = request.client.host if request.client else ""
    number = number.strip().upper()
    if not (service.code_tries.test(address) and service.code_tries.test(number)):
        raise ApiError(429, "太频繁了", "试得太多了，请过一小时再查，或拨打 12348。")
    try:
        with service.engine.connect() as connection:
            ticket = tickets.find_ticket(connection, service.secrets, number, x_query_code)
    except tickets.UnknownTicketError:
        service.code_tries.hit(address)
        service.code_tries.hit(number)
        raise
    body = compose.body_view(_BODY.validate_python(ticket.story.decision["body"]))
    return TicketView(
        number=ticket.number,
        state=ticket.state,
        state_text=wording.STATE_TEXT[ticket.state],
        opened_at=ticket.opened_at,
        matter_name=service.matters.name(ticket.matter),
        body=body,
        next_step=compose.next_step(ticket),
        events=[TicketEventView(at=e.at, text=e.text) for e in ticket.events if e.visible_to == "citizen"],
    )


def _message(input_: MessageInput, service: Service) -> tuple[Message, str]:
    """The message as the bot reads it, and as it is kept and shown again (masked)."""
    if input_.text is not None:
        text = mask(normalize(input_.text))
        return Message(text=readable(text)), text or "〔没有文字〕"
    if input_.choice is not None:
        choice = Choice(input_.choice.question, input_.choice.value)
        return Message(choice=choice), service.option_label(choice)
    return Message(action=input_.action), wording.ACTION_TEXT[input_.action]


def _with_codes(reply: Reply, service: Service) -> Reply:
    """Query codes are not stored; whoever holds the conversation's token may see them again."""
    cards = tuple(
        replace(card, query_code=service.secrets.query_code(card.number)) if isinstance(card, TicketCard) else card
        for card in reply.cards
    )
    return replace(reply, cards=cards)


def _phone(said: str) -> str:
    """The number in one form; empty stays empty. A wrong one is refused with what is expected."""
    if not said.strip():
        return ""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", said), "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise bad_field("phone", "电话号码不对：手机号是 11 位，座机请加区号，比如 027 开头。")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
