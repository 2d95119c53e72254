"""Suggested answers: stored when made, with what the agent did with them. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from api.desk.tables import suggestion_table
from bot import suggest
from bot.suggest import Suggestion

Deed = Literal["adopted", "edited", "rejected"]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion to one message. `action` is empty until the agent did something; `question` and `sent_text` are masked."""

    id: int
    conversation_id: str
    client_id: str
    at: datetime
    question: str
    suggestion: Suggestion
    text: str
    action: str
    sent_text: str
    agent_id: int | None
    agent_name: str
    acted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often suggestions on a matter were taken by an agent; a view for learning, not for ranking people."""

    matter: str
    agent_name: str
    adopted: int
    edited: int
    rejected: int


def save(
    connection: Connection, conversation_id: str, client_id: str, question: str, suggestion: Suggestion, now: datetime
) -> None:
    """Keep a new suggestion."""
    connection.execute(
        insert(suggestion_table).values(
            conversation_id=conversation_id,
            client_id=client_id,
            at=now,
            question=question,
            matter=suggestion.matter,
            confidence=suggestion.confidence,
            case_id=suggestion.case_id,
            text=suggestion.say,
            content=suggest.ADAPTER.dump_python(suggestion, mode="json"),
            action="",
            sent_text="",
            agent_name="",
        )
    )


def newest(connection: Connection, conversation_id: str) -> Suggested | None:
    """The suggestion to the last message that had one."""
    query = select(suggestion_table).where(suggestion_table.c.conversation_id == conversation_id)
    row = connection.execute(query.order_by(suggestion_table.c.id.desc()).limit(1)).one_or_none()
    return _suggested(row) if row else None


def record(
    connection: Connection,
    suggestion_id: int,
    conversation_id: str,
    action: Deed,
    sent_text: str,
    agent: tuple[int, str],
    now: datetime,
) -> bool:
    """Write down what was done; False when it was done already, or is another conversation's."""
    changed = connection.execute(
        update(suggestion_table)
        .where(
            suggestion_table.c.id == suggestion_id,
            suggestion_table.c.conversation_id == conversation_id,
            suggestion_table.c.action == "",
        )
        .values(action=action, sent_text=sent_text, agent_id=agent[0], agent_name=agent[1], acted_at=now)
    )
    return changed.rowcount == 1


def acted_since(connection: Connection, since: datetime, *, after: int = 0, limit: int = 1000) -> list[Suggested]:
    """What agents did from a moment on, oldest first: the rejected and edited ones feed the list of misses."""
    c = suggestion_table.c
    query = select(suggestion_table).where(c.action != "", c.acted_at >= since, c.id > after)
    return [_suggested(row) for row in connection.execute(query.order_by(c.id).limit(limit))]


def agreement(connection: Connection, since: datetime) -> list[Agreement]:
    """By matter and agent, from a moment on."""
    c = suggestion_table.c
    query = (
        select(c.matter, c.agent_name, c.action, func.count().label("count"))
        .where(c.action != "", c.acted_at >= since)
        .group_by(c.matter, c.agent_name, c.action)
    )
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in connection.execute(query):
        counts.setdefault((row.matter, row.agent_name), {})[row.action] = row[3]
    return [
        Agreement(matter, agent, done.get("adopted", 0), done.get("edited", 0), done.get("rejected", 0))
        for (matter, agent), done in sorted(counts.items())
    ]


def _suggested(row: Row) -> Suggested:
    return Suggested(
        id=row.id,
        conversation_id=row.conversation_id,
        client_id=row.client_id,
        at=row.at,
        question=row.question,
        suggestion=suggest.ADAPTER.validate_python(row.content),
        text=row.text,
        action=row.action,
        sent_text=row.sent_text,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        acted_at=row.acted_at,
    )
