"""Where citizens want to be told of news, and what was sent."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.citizen import ConsentInput
from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem, bad_field
from api.exchange.signing import UnsignedError
from api.exchange.stamped import StampedIn
from api.handover import phone_number
from api.notices import contacts, outbox, receipts
from api.notices.outbox import Notice, Outcome, Sending, State
from api.notices.receipts import Receipt, Report
from api.notices.senders import CHANNELS, Channel, SmsGateway
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.staff import audit
from api.staff.roles import Role, Staff
from api.staff.session import NO_NUL
from api.tickets.citizen import CodeHeader, Number, find_own
from api.wechat import followers
from api.wiring import Service
from bot import notice_wording
from bot.reply import ConsentText
from routing.ticket_events import KINDS
from routing.tickets import Ticket

router = APIRouter(prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 403, 404, 422, 429)})
Watcher = Annotated[Staff, requires(Role.SUPERVISOR, Role.ADMINISTRATOR)]
ChannelIn = Annotated[Channel, Path()]
_MAILBOX = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}")


class ContactInput(BaseModel):
    """Where to tell. `address` is a phone or a mailbox; empty: the ticket's own phone, or the follower in WeChat."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field("", max_length=200)
    consent: ConsentInput


class ContactView(BaseModel):
    """One way to be told. `address` shows enough to know it by; empty while it is not asked for."""

    channel: Channel
    name: str
    address: str
    failed: bool


class NoticeContacts(BaseModel):
    """The ways this installation has, and what must be agreed to; no way at all where nothing is connected."""

    channels: list[ContactView]
    consent: ConsentText
    phone: str


class SendingView(BaseModel):
    """One attempt, or what the gateway told of it afterwards."""

    channel: str
    at: datetime
    outcome: Outcome
    error: str


class ReceiptInput(BaseModel):
    """What became of a message: `id` and `to` are those it was sent with."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^yibotong-notice-\d{1,18}$")
    to: str = Field(max_length=20)
    state: Report
    error: str = Field("", max_length=200, pattern=NO_NUL)


class NoticeView(BaseModel):
    """A notice and every attempt to send it."""

    id: int
    ticket: str
    kind_name: str
    text: str
    state: State
    made_at: datetime
    sent_at: datetime | None
    sendings: list[SendingView]


@router.get("/tickets/{number}/notices")
def read_contacts(
    number: Number, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> NoticeContacts:
    """Where news of a ticket goes; needs its query code."""
    return _view(service, find_own(service, request, number, x_query_code))


@router.put("/tickets/{number}/notices/{channel}")
def register(
    number: Number,
    channel: ChannelIn,
    input_: ContactInput,
    request: Request,
    service: ServiceIn,
    x_query_code: CodeHeader = "",
) -> NoticeContacts:
    """Tell news of a ticket there from now on; needs its query code."""
    ticket = find_own(service, request, number, x_query_code)
    if channel not in service.notices:
        raise bad_field("channel", "现在没有接通这种通知。")
    if input_.consent.version != notice_wording.CONSENT.version:
        raise bad_field("consent", "同意书更新过，请重新看一遍再点同意。")
    with service.writing.begin() as connection:
        address = _address(service, connection, ticket, channel, input_.address.strip())
        version = notice_wording.CONSENT.version
        contacts.register(connection, service.secrets, ticket.number, channel, address, version, service.now())
    return _view(service, ticket)


@router.delete("/tickets/{number}/notices/{channel}")
def remove(
    number: Number, channel: ChannelIn, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> NoticeContacts:
    """Tell nothing there any more; needs the ticket's query code. Doing it again changes nothing."""
    ticket = find_own(service, request, number, x_query_code)
    with service.writing.begin() as connection:
        contacts.remove(connection, ticket.number, channel)
    return _view(service, ticket)


@router.get("/admin/notices")
def list_notices(
    _me: Watcher,
    service: ServiceIn,
    paging: PagingIn,
    state: State | None = None,
    ticket: Annotated[str, Query(max_length=30, pattern=NO_NUL)] = "",
) -> Rows[NoticeView]:
    """What was sent to citizens or could not be, newest first; needs a supervisor or an administrator."""
    with service.engine.connect() as connection:
        found, total = outbox.list_notices(connection, state, ticket, paging.offset, paging.size)
        attempts = outbox.sendings(connection, [notice.id for notice in found])
    return Rows(items=[_notice(notice, attempts[notice.id]) for notice in found], total=total)


@router.post("/admin/notices/{notice_id}/retry", status_code=204)
def retry(notice_id: RowId, me: Watcher, service: ServiceIn) -> None:
    """Try a notice again that could not be sent; needs a supervisor or an administrator."""
    with service.writing.begin() as connection:
        if not outbox.revive(connection, notice_id, service.now()):
            raise ApiError(404, "没有找到", "没有这条通知，或者它不用重发。")
        audit.record(connection, me, "notice.retry", "notice", str(notice_id), service.now())


@router.post("/notices/receipts", status_code=204)
def take_receipt(input_: ReceiptInput, given: StampedIn, service: ServiceIn) -> None:
    """What became of an SMS; needs the signature of the SMS gateway. However often and late, it counts once.

    404 for a message we did not send, 409 for one that is not written down as sent yet: to be reported again.
    """
    gateway = service.notices.get("sms")
    if not isinstance(gateway, SmsGateway):
        raise UnsignedError("no gateway")
    gateway.check(given.stamp, given.method, given.path, given.body)
    receipt = Receipt(int(input_.id.rpartition("-")[2]), input_.to, input_.state, input_.error)
    with service.writing.begin() as connection:
        taken = receipts.take(connection, service.secrets, receipt, service.now())
    if taken == "unknown":
        raise ApiError(404, "没有找到", "没有发过这条短信。")
    if taken == "early":
        raise ApiError(409, "还没有记下", "这条短信还没有记成发出，请过一会儿再报一次。")


def _address(service: Service, connection: Connection, ticket: Ticket, channel: Channel, given: str) -> str:
    if channel == "wechat":
        follower = followers.follower_of(connection, service.secrets, ticket.conversation_id)
        if follower is None:
            raise bad_field("channel", notice_wording.NO_FOLLOWER)
        return follower.openid
    if channel == "sms":
        number = phone_number(given) or ticket.contact.phone
        if not number:
            raise bad_field("address", notice_wording.NO_PHONE)
        return number
    if not _MAILBOX.fullmatch(given):
        raise bad_field("address", notice_wording.BAD_MAILBOX)
    return given


def _view(service: Service, ticket: Ticket) -> NoticeContacts:
    with service.engine.connect() as connection:
        known = {c.channel: c for c in contacts.contacts_of(connection, service.secrets, ticket.number)}
        follows = followers.follower_of(connection, service.secrets, ticket.conversation_id) is not None
    shown = [name for name in CHANNELS if name in service.notices and (name != "wechat" or follows)]
    return NoticeContacts(
        channels=[
            ContactView(
                channel=name,
                name=notice_wording.CHANNEL_NAMES[name],
                address=_hint(name, known[name].address) if name in known else "",
                failed=name in known and known[name].failed,
            )
            for name in shown
        ],
        consent=notice_wording.CONSENT,
        phone=ticket.contact.phone[-4:],
    )


def _hint(channel: Channel, address: str) -> str:
    """Enough to know it by, too little to use it."""
    match channel:
        case "wechat":
            return "您的微信"
        case "sms":
            return f"尾号 {address[-4:]}"
        case "email":
            name, _, host = address.partition("@")
            return f"{name[0]}***@{host}"


def _notice(notice: Notice, attempts: list[Sending]) -> NoticeView:
    return NoticeView(
        id=notice.id,
        ticket=notice.ticket,
        kind_name=KINDS[notice.kind].name,
        text=notice.text,
        state=notice.state,
        made_at=notice.made_at,
        sent_at=notice.sent_at,
        sendings=[SendingView(channel=s.channel, at=s.at, outcome=s.outcome, error=s.error) for s in attempts],
    )
