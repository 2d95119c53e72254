"""Followers of the account and deliveries, in the database. Callers commit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from api.wechat.tables import delivery_table, follower_table
from bot.tables import message_table
from case_library.store import upsert
from routing.tickets import Secrets

MOST_MESSAGES = 5  # customer-service messages after the citizen's last one
WINDOW = timedelta(hours=48)
FORGET_DELIVERIES = timedelta(days=1)  # WeChat delivers again within half a minute


@dataclass(frozen=True, slots=True)
class Follower:
    """A follower and the conversation that is theirs."""

    key: str
    openid: str
    conversation_id: str
    token: str
    asked_consent: str
    wrote_at: datetime
    sent: int
    delivered: int

    def left(self, now: datetime) -> int:
        """How many customer-service messages may still go out, 0 to 5."""
        return max(0, MOST_MESSAGES - self.sent) if now < self.wrote_at + WINDOW else 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was made of a delivery; `answer` is None while it is being made."""

    taken_at: datetime
    answer: tuple[str, ...] | None
    sent: int
    by_service: bool


def find_follower(connection: Connection, secrets: Secrets, openid: str) -> Follower | None:
    """The follower with this openid."""
    return _one(connection, secrets, follower_table.c.key == secrets.fingerprint(openid))


def follower_of(connection: Connection, secrets: Secrets, conversation_id: str) -> Follower | None:
    """Who follows this conversation in WeChat; None when nobody does."""
    return _one(connection, secrets, follower_table.c.conversation_id == conversation_id)


def save_follower(
    connection: Connection, secrets: Secrets, openid: str, conversation_id: str, token: str, now: datetime
) -> None:
    """Tie a follower to a conversation, in place of the one before; what was said there until now is not sent on."""
    key = secrets.fingerprint(openid)
    newest = select(func.max(message_table.c.id)).where(message_table.c.conversation_id == conversation_id)
    values = {
        "conversation_id": conversation_id,
        "conversation_token": secrets.hide(token),
        "asked_consent": "",
        "wrote_at": now,
        "sent": 0,
        "delivered": connection.execute(newest).scalar() or 0,
    }
    upsert(connection, follower_table, {"key": key, "openid": secrets.hide(openid), **values})


def change_follower(connection: Connection, follower: Follower, **values: Any) -> None:
    """Set columns of a follower."""
    connection.execute(update(follower_table).where(follower_table.c.key == follower.key).values(**values))


def count_sent(connection: Connection, follower: Follower, now: datetime) -> bool:
    """Take one of the five; False when none is left. Safe with several workers."""
    one_more = update(follower_table).where(
        follower_table.c.key == follower.key,
        follower_table.c.sent < MOST_MESSAGES,
        follower_table.c.wrote_at > now - WINDOW,
    )
    return connection.execute(one_more.values(sent=follower_table.c.sent + 1)).rowcount == 1


def take_delivery(connection: Connection, key: str, now: datetime) -> None:
    """Note that a delivery is being answered; raises `IntegrityError` when it was before."""
    connection.execute(delete(delivery_table).where(delivery_table.c.taken_at < now - FORGET_DELIVERIES))
    connection.execute(insert(delivery_table).values(key=key, taken_at=now, sent=0, by_service=False))


def find_delivery(connection: Connection, key: str) -> Delivery:
    """A delivery that was taken."""
    row = connection.execute(select(delivery_table).where(delivery_table.c.key == key)).one()
    answer = tuple(json.loads(row.answer)) if row.answer is not None else None
    return Delivery(row.taken_at, answer, row.sent, row.by_service)


def take_over(connection: Connection, key: str, seen: datetime, now: datetime) -> bool:
    """Answer a delivery whose first worker was lost; False when somebody else does."""
    lost = update(delivery_table).where(
        delivery_table.c.key == key, delivery_table.c.taken_at == seen, delivery_table.c.answer.is_(None)
    )
    return connection.execute(lost.values(taken_at=now)).rowcount == 1


def save_answer(connection: Connection, key: str, texts: list[str]) -> None:
    """What is to be sent for a delivery."""
    answer = json.dumps(texts, ensure_ascii=False)
    connection.execute(update(delivery_table).where(delivery_table.c.key == key).values(answer=answer))


def claim(connection: Connection, key: str, sent: int, *, by_service: bool | None = None) -> bool:
    """Be the one who sends text number `sent` (from 0); False when somebody else was."""
    values: dict[str, Any] = {"sent": sent + 1}
    if by_service is not None:
        values["by_service"] = by_service
    mine = update(delivery_table).where(delivery_table.c.key == key, delivery_table.c.sent == sent)
    return connection.execute(mine.values(**values)).rowcount == 1


def _one(connection: Connection, secrets: Secrets, where: Any) -> Follower | None:
    row = connection.execute(select(follower_table).where(where)).first()
    if row is None:
        return None
    return Follower(
        key=row.key,
        openid=secrets.show(row.openid),
        conversation_id=row.conversation_id,
        token=secrets.show(row.conversation_token),
        asked_consent=row.asked_consent,
        wrote_at=row.wrote_at,
        sent=row.sent,
        delivered=row.delivered,
    )
