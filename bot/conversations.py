"""Conversations in the database. Callers commit."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot import dialogue as dialogues
from bot.dialogue import Dialogue
from bot.errors import ConversationExpiredError, UnknownConversationError
from bot.tables import conversation_table, message_table, presence_table

Owner = Literal["bot", "waiting", "agent"]
Who = Literal["citizen", "agent", "note"]


LEAST_SAID = 6  # characters; shorter messages are taps and answers to questions


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who speaks for the service: the machine, nobody yet (somebody waits in the queue), or an agent.

    `waiting_since` stays while an agent has it, so that whoever comes back to the queue keeps their place. `skill` is the
    group of the matter, empty while unknown; `urgent` a safety rule, `deadline`, or empty.
    """

    owner: Owner = "bot"
    agent_id: int | None = None
    agent_name: str = ""
    waiting_since: datetime | None = None
    taken_at: datetime | None = None
    skill: str = ""
    urgent: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as stored; `version` is needed to write it back."""

    id: str
    channel: str
    dialogue: Dialogue
    version: int
    created_at: datetime
    expires_at: datetime
    ownership: Ownership = field(default_factory=Ownership)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message with the machine's reply. `text` is masked; empty where the machine spoke unasked.

    `reply` is None where the machine was silent. `who` wrote the text: the citizen, an agent (`name` is shown), or an
    agent to colleagues only (a note). `id` grows with every message; 0 while it is not stored.
    """

    client_id: str
    text: str
    reply: dict[str, Any] | None
    at: datetime
    who: Who = "citizen"
    name: str = ""
    id: int = 0


def open_conversation(
    connection: Connection, channel: str, now: datetime, lifetime: timedelta, id_: str | None = None
) -> tuple[Conversation, str]:
    """A new conversation and its token, which is kept only as a hash.

    `id_` of 24 hexadecimal digits is given by a caller that wants it once: `IntegrityError` the second time.
    """
    token = secrets.token_urlsafe(24)
    conversation = Conversation(id_ or secrets.token_hex(12), channel, Dialogue(), 0, now, now + lifetime)
    connection.execute(
        insert(conversation_table).values(
            id=conversation.id,
            token_hash=_hash(token),
            channel=channel,
            state=dialogues.to_json(conversation.dialogue),
            version=0,
            created_at=now,
            expires_at=conversation.expires_at,
        )
    )
    return conversation, token


def find_conversation(connection: Connection, conversation_id: str, token: str, now: datetime) -> Conversation:
    """The conversation, if the token is its own.

    Raises `UnknownConversationError` for an unknown id and for a wrong token alike, `ConversationExpiredError` after its time.
    """
    row = connection.execute(select(conversation_table).where(conversation_table.c.id == conversation_id)).one_or_none()
    if row is None or not hmac.compare_digest(row.token_hash, _hash(token)):
        raise UnknownConversationError(conversation_id)
    return _conversation(row, now)


def conversation_by_id(connection: Connection, conversation_id: str, now: datetime) -> Conversation:
    """The conversation, for a caller whose right to it was proved otherwise. Raises as `find_conversation`."""
    row = connection.execute(select(conversation_table).where(conversation_table.c.id == conversation_id)).one_or_none()
    if row is None:
        raise UnknownConversationError(conversation_id)
    return _conversation(row, now)


def find_exchange(connection: Connection, conversation_id: str, client_id: str) -> Exchange | None:
    """What was answered to this message, if it came before."""
    where = (message_table.c.conversation_id == conversation_id, message_table.c.client_id == client_id)
    row = connection.execute(select(message_table).where(*where)).one_or_none()
    return _exchange(row) if row else None


def save_exchange(
    connection: Connection,
    conversation: Conversation,
    exchange: Exchange,
    dialogue: Dialogue,
    ownership: Ownership | None = None,
) -> bool:
    """Store a message, its reply and the new state; False when someone else wrote first (then nothing is stored).

    Whoever owns the conversation changes here and nowhere else, together with what is said about it: a reply that was
    made before an agent took over finds another version and is never stored.
    """
    values: dict[str, Any] = {"state": dialogues.to_json(dialogue), "version": conversation.version + 1}
    if ownership:
        values |= {name: getattr(ownership, name) for name in Ownership.__slots__}
    changed = connection.execute(
        update(conversation_table)
        .where(conversation_table.c.id == conversation.id, conversation_table.c.version == conversation.version)
        .values(**values)
    )
    if changed.rowcount != 1:
        return False
    connection.execute(
        insert(message_table).values(
            conversation_id=conversation.id,
            client_id=exchange.client_id,
            text=exchange.text,
            reply=exchange.reply,
            at=exchange.at,
            who=exchange.who,
            name=exchange.name,
        )
    )
    return True


def exchanges(connection: Connection, conversation_id: str, *, after: int = 0, notes: bool = False) -> list[Exchange]:
    """All messages with their replies, oldest first; those with an id beyond `after`, agents' notes only with `notes`."""
    query = select(message_table).where(message_table.c.conversation_id == conversation_id, message_table.c.id > after)
    if not notes:
        query = query.where(message_table.c.who != "note")
    return [_exchange(row) for row in connection.execute(query.order_by(message_table.c.id))]


def messages_since(connection: Connection, conversation_id: str, since: datetime) -> int:
    """How many messages the citizen sent after a moment; for the rate limit."""
    where = (message_table.c.conversation_id == conversation_id, message_table.c.at > since)
    where = (*where, message_table.c.who == "citizen")
    return connection.execute(select(func.count()).select_from(message_table).where(*where)).scalar_one()


def latest_texts(connection: Connection, limit: int) -> list[str]:
    """What citizens said last, newest first, each text once; what is too short to tell of a trouble is left out."""
    query = select(message_table.c.text).where(
        message_table.c.who == "citizen", func.length(message_table.c.text) >= LEAST_SAID
    )
    query = query.order_by(message_table.c.id.desc()).limit(limit)
    return list(dict.fromkeys(connection.execute(query).scalars()))


def latest_dialogues(connection: Connection, limit: int) -> list[Dialogue]:
    """What is known in the latest conversations that named a matter, newest first."""
    rows = connection.execute(
        select(conversation_table.c.state).order_by(conversation_table.c.created_at.desc()).limit(limit)
    )
    found = (dialogues.from_json(state) for (state,) in rows)
    return [dialogue for dialogue in found if dialogue.matter is not None]


def delete_expired(connection: Connection, now: datetime) -> int:
    """Delete conversations past their time with all that was said; what a ticket needs lies in the ticket."""
    expired = select(conversation_table.c.id).where(conversation_table.c.expires_at <= now)
    for table in (message_table, presence_table):
        connection.execute(delete(table).where(table.c.conversation_id.in_(expired)))
    return connection.execute(delete(conversation_table).where(conversation_table.c.expires_at <= now)).rowcount


def ownership_of_row(row: Row) -> Ownership:
    """Who owns the conversation of a row of its table."""
    return Ownership(**{name: getattr(row, name) for name in Ownership.__slots__})


def _conversation(row: Row, now: datetime) -> Conversation:
    if row.expires_at <= now:
        raise ConversationExpiredError(row.id)
    state = dialogues.from_json(row.state)
    return Conversation(row.id, row.channel, state, row.version, row.created_at, row.expires_at, ownership_of_row(row))


def _exchange(row: Any) -> Exchange:
    return Exchange(row.client_id, row.text, row.reply, row.at, row.who, row.name, row.id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
