"""Conversations in the database. Callers commit."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot import dialogue as dialogues
from bot.dialogue import Dialogue
from bot.errors import ConversationExpiredError, UnknownConversationError
from bot.tables import conversation_table, message_table


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as stored; `version` is needed to write it back."""

    id: str
    channel: str
    dialogue: Dialogue
    version: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message with its reply. `text` is masked; empty for the greeting that opens a conversation."""

    client_id: str
    text: str
    reply: dict[str, Any]
    at: datetime


def open_conversation(
    connection: Connection, channel: str, now: datetime, lifetime: timedelta
) -> tuple[Conversation, str]:
    """A new conversation and its token, which is kept only as a hash."""
    token = secrets.token_urlsafe(24)
    conversation = Conversation(secrets.token_hex(12), channel, Dialogue(), 0, now, now + lifetime)
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
    expires_at = row.expires_at
    if expires_at <= now:
        raise ConversationExpiredError(conversation_id)
    state = dialogues.from_json(row.state)
    return Conversation(row.id, row.channel, state, row.version, row.created_at, expires_at)


def find_exchange(connection: Connection, conversation_id: str, client_id: str) -> Exchange | None:
    """What was answered to this message, if it came before."""
    where = (message_table.c.conversation_id == conversation_id, message_table.c.client_id == client_id)
    row = connection.execute(select(message_table).where(*where)).one_or_none()
    return _exchange(row) if row else None


def save_exchange(connection: Connection, conversation: Conversation, exchange: Exchange, dialogue: Dialogue) -> bool:
    """Store a message, its reply and the new state; False when someone else wrote first (then nothing is stored)."""
    changed = connection.execute(
        update(conversation_table)
        .where(conversation_table.c.id == conversation.id, conversation_table.c.version == conversation.version)
        .values(state=dialogues.to_json(dialogue), version=conversation.version + 1)
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
        )
    )
    return True


def exchanges(connection: Connection, conversation_id: str) -> list[Exchange]:
    """All messages with their replies, oldest first."""
    query = select(message_table).where(message_table.c.conversation_id == conversation_id).order_by(message_table.c.id)
    return [_exchange(row) for row in connection.execute(query)]


def messages_since(connection: Connection, conversation_id: str, since: datetime) -> int:
    """How many messages came after a moment; for the rate limit."""
    where = (message_table.c.conversation_id == conversation_id, message_table.c.at > since)
    return connection.execute(select(func.count()).select_from(message_table).where(*where)).scalar_one()


def delete_expired(connection: Connection, now: datetime) -> int:
    """Delete conversations past their time with all that was said; what a ticket needs lies in the ticket."""
    expired = select(conversation_table.c.id).where(conversation_table.c.expires_at <= now)
    connection.execute(delete(message_table).where(message_table.c.conversation_id.in_(expired)))
    return connection.execute(delete(conversation_table).where(conversation_table.c.expires_at <= now)).rowcount


def _exchange(row: Any) -> Exchange:
    return Exchange(row.client_id, row.text, row.reply, row.at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
