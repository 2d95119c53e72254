"""Telephone calls: what the switchboard tells (CTI), who is heard, who proved to be the owner of a ticket. Callers commit.

A call has a conversation of its own (channel `phone`) that belongs to the agent who answered. What the caller says becomes
the caller's messages in it, so suggestions, tickets, transfers and wrap-ups are the same as for texts.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Row, insert, select, update

from api.desk.queue import PHONE
from api.desk.tables import call_event_table, call_table
from api.errors import ApiError
from api.staff.roles import Staff
from api.wiring import Service
from bot import conversations
from bot.conversations import Exchange, Ownership
from case_library.redact import mask
from routing.tickets import Secrets

CallEventKind = Literal["ringing", "answered", "transferred", "ended"]
CallState = Literal["ringing", "answered", "ended"]
# How old a signed notice may be; an older one may be a copy somebody kept.
SIGNED_WITHIN = timedelta(minutes=5)
GOING_ON: tuple[CallState, ...] = ("ringing", "answered")
MOST_SHOWN = 200  # calls on a wall


@dataclass(frozen=True, slots=True)
class Call:
    """A call as stored. `phone_shown` is masked, or empty when the number is withheld; `ticket` was proven by its code."""

    id: str
    switchboard_id: str
    conversation_id: str
    agent_id: int | None
    phone_shown: str
    state: CallState
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the switchboard tells of a call. `event_id` is its own; the same one twice counts once."""

    event_id: str
    call: str
    kind: CallEventKind
    phone: str
    agent: Staff | None


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 of the moment (seconds since 1970) and the body, in hexadecimal."""
    return hmac.digest(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hex()


def is_signed(secret: str, moment: str, body: bytes, given: str, now: datetime) -> bool:
    """Whether a notice comes from the switchboard, and now. Without a secret nothing does."""
    if not secret or not moment.isdigit():
        return False
    fresh = abs(now.timestamp() - int(moment[:12])) <= SIGNED_WITHIN.total_seconds()
    return fresh and hmac.compare_digest(signature(secret, moment, body), given.lower())


def note(service: Service, connection: Connection, notice: Notice, now: datetime) -> Call | None:
    """Take in one notice; None when it came before, or tells of a call that is over."""
    known = select(call_event_table.c.id).where(call_event_table.c.event_id == notice.event_id)
    if connection.execute(known).first():
        return None
    there = select(call_table).where(call_table.c.switchboard_id == notice.call).with_for_update()
    row = connection.execute(there).one_or_none()
    call = _call(row) if row else _begin(service, connection, notice, now)
    connection.execute(
        insert(call_event_table).values(call_id=call.id, event_id=notice.event_id, kind=notice.kind, at=now)
    )
    if call.state == "ended":
        return None  # an "answered" that was late on its way brings no call back to life
    values: dict = {}
    if notice.agent:
        values["agent_id"] = notice.agent.id
    if notice.kind in ("answered", "transferred"):
        values |= {"state": "answered", "answered_at": call.answered_at or now}
    elif notice.kind == "ended":
        values |= {"state": "ended", "ended_at": now}
    if values:
        connection.execute(update(call_table).where(call_table.c.id == call.id).values(**values))
    if notice.kind in ("answered", "transferred") and notice.agent:
        _give(connection, call, notice.agent, now)
    return find(connection, call.id)


def find(connection: Connection, call_id: str) -> Call:
    """One call; 404 when there is none."""
    row = connection.execute(select(call_table).where(call_table.c.id == call_id)).one_or_none()
    if row is None:
        raise ApiError(404, "没有这通电话", "没有找到这通电话。")
    return _call(row)


def of_conversation(connection: Connection, conversation_id: str) -> Call | None:
    """The call a conversation belongs to."""
    row = connection.execute(select(call_table).where(call_table.c.conversation_id == conversation_id)).one_or_none()
    return _call(row) if row else None


def going_on(connection: Connection, agent_id: int) -> list[Call]:
    """Calls that ring at an agent's desk or are spoken there, newest first."""
    c = call_table.c
    query = select(call_table).where(c.agent_id == agent_id, c.state.in_(GOING_ON)).order_by(c.began_at.desc())
    return [_call(row) for row in connection.execute(query)]


def all_going_on(connection: Connection) -> list[Call]:
    """Every call that rings or is spoken, the oldest first."""
    query = select(call_table).where(call_table.c.state.in_(GOING_ON)).order_by(call_table.c.began_at).limit(MOST_SHOWN)
    return [_call(row) for row in connection.execute(query)]


def phone_of(connection: Connection, keys: Secrets, call_id: str) -> str:
    """The number a call came from; empty when it is withheld."""
    return keys.show(connection.execute(select(call_table.c.phone).where(call_table.c.id == call_id)).scalar_one())


def prove(connection: Connection, call_id: str, ticket: str) -> None:
    """The caller named a ticket and its query code."""
    connection.execute(update(call_table).where(call_table.c.id == call_id).values(ticket=ticket))


def _begin(service: Service, connection: Connection, notice: Notice, now: datetime) -> Call:
    lifetime = timedelta(days=service.settings.conversation_days)
    conversation, _ = conversations.open_conversation(connection, PHONE, now, lifetime)
    waiting = Ownership("waiting", waiting_since=now)
    opening = Exchange("~call", "", None, now)
    conversations.save_exchange(connection, conversation, opening, conversation.dialogue, waiting)
    call_id = secrets.token_hex(12)
    connection.execute(
        insert(call_table).values(
            id=call_id,
            switchboard_id=notice.call,
            conversation_id=conversation.id,
            agent_id=notice.agent.id if notice.agent else None,
            phone=service.secrets.hide(notice.phone),
            phone_shown=_shown(notice.phone),
            state="ringing",
            began_at=now,
            ticket="",
        )
    )
    return find(connection, call_id)


def _give(connection: Connection, call: Call, agent: Staff, now: datetime) -> None:
    """The conversation follows the line: whoever the switchboard gave it to has it."""
    while True:
        conversation = conversations.conversation_by_id(connection, call.conversation_id, now)
        owned = replace(conversation.ownership, owner="agent", agent_id=agent.id, agent_name=agent.name, taken_at=now)
        line = Exchange(f"~{secrets.token_hex(8)}", "", None, now)
        if conversations.save_exchange(connection, conversation, line, conversation.dialogue, owned):
            return


def _shown(phone: str) -> str:
    """138****8000; of a number that is no mobile, the last four digits."""
    masked = mask(phone)
    if masked != phone or not phone:
        return masked.removeprefix("+86")
    return f"****{phone[-4:]}"


def _call(row: Row) -> Call:
    return Call(
        id=row.id,
        switchboard_id=row.switchboard_id,
        conversation_id=row.conversation_id,
        agent_id=row.agent_id,
        phone_shown=row.phone_shown,
        state=row.state,
        began_at=row.began_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        ticket=row.ticket,
    )
