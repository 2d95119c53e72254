"""A conversation as pages see it: its lines, and who speaks for the service now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api import talk
from api.desk import queue
from api.wiring import Service
from bot import presence
from bot.conversations import Conversation, Exchange
from bot.reply import Reply, TicketCard

STREAM_S = 300  # a stream ends after this long and is opened again: rights are checked anew
BEAT_S = 15  # between signs of life on a quiet stream


class Line(BaseModel):
    """One thing said. Both lines of an exchange carry its id."""

    id: int
    sender: Literal["citizen", "bot", "agent", "note"] = Field(serialization_alias="from")
    text: str
    at: datetime
    client_id: str | None = None
    name: str = ""
    reply: Reply | None = None


class Status(BaseModel):
    """Who speaks for the service, as the citizen may know. `ahead` is None where nobody waits."""

    owner: Literal["bot", "waiting", "agent"]
    agent_name: str
    ahead: int | None
    agents: int
    typing: bool
    read_id: int


def lines(service: Service, exchanges: list[Exchange], *, codes: bool) -> list[Line]:
    """What was said, oldest first; with query codes only for whoever holds the conversation's token."""
    out: list[Line] = []
    for exchange in exchanges:
        if exchange.text:
            out.append(
                Line(
                    id=exchange.id,
                    sender=exchange.who,
                    text=exchange.text,
                    at=exchange.at,
                    client_id=exchange.client_id,
                    name=exchange.name,
                )
            )
        if reply := talk.from_json(exchange.reply):
            reply = _with_codes(reply, service) if codes else reply
            # Where the machine spoke unasked (the greeting, hands that changed) the line is the exchange's own.
            own = None if exchange.text else exchange.client_id
            line = Line(id=exchange.id, sender="bot", text=reply.text, at=exchange.at, client_id=own, reply=reply)
            out.append(line)
    return out


def status(connection: Connection, conversation: Conversation, now: datetime) -> Status:
    """Who speaks now, where the citizen stands in the queue, what the agent has read."""
    ownership = conversation.ownership
    standing = queue.standing(connection, ownership, now, "") if ownership.owner == "waiting" else None
    people = presence.at_conversation(connection, conversation.id, now) if ownership.owner == "agent" else []
    agent = next((person for person in people if person.staff_id == ownership.agent_id), None)
    return Status(
        owner=ownership.owner,
        agent_name=ownership.agent_name,
        ahead=standing.ahead if standing else None,
        agents=standing.agents if standing else 0,
        typing=bool(agent and agent.typing),
        read_id=agent.read_id if agent else 0,
    )


def _with_codes(reply: Reply, service: Service) -> Reply:
    """Query codes are not stored; whoever holds the conversation's token may see them again."""
    cards = tuple(
        replace(card, query_code=service.secrets.query_code(card.number)) if isinstance(card, TicketCard) else card
        for card in reply.cards
    )
    return replace(reply, cards=cards)
