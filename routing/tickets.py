"""Tickets (工单): the whole story in one place, and what happened to it since. Callers commit."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.errors import RoutingError
from routing.tables import ticket_counter_table, ticket_event_table, ticket_table

SHANGHAI = ZoneInfo("Asia/Shanghai")
CODE_LENGTH = 6
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0/O, 1/I/L: read out over the phone

EventKind = Literal["opened", "added"]
State = Literal["opened"]
ADDED = "收到您补充的情况。"


class UnknownTicketError(RoutingError):
    """No ticket of this number, or the query code is not its code; the two look the same from outside."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line of the transcript; the text is masked."""

    who: Literal["citizen", "bot"]
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the body needs so that nobody has to tell it again."""

    transcript: tuple[Utterance, ...]
    facts: dict[str, Any]
    matter: str
    also: tuple[str, ...]
    need: str
    cases_shown: tuple[str, ...]
    statutes_shown: tuple[str, ...]
    decision: dict[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks; both empty for anonymous advice. Stored encrypted."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened, in plain words for whoever may see it."""

    kind: EventKind
    visible_to: Literal["citizen", "agents", "body", "internal"]
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with its thread; its state is derived from the latest event that changes it."""

    number: str
    conversation_id: str
    matter: str
    body_id: str
    contact: Contact
    consent_version: str
    story: Story
    opened_at: datetime
    events: tuple[TicketEvent, ...]

    @property
    def state(self) -> State:
        """Derived, never stored."""
        return next(event.kind for event in reversed(self.events) if event.kind != "added")


class Secrets:
    """Keys of one installation: query codes are derived from it, contacts are encrypted with it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fernet = Fernet(key)

    def query_code(self, number: str) -> str:
        """The code that goes with a ticket number: six letters or digits, the same whenever it is asked for."""
        digest = int.from_bytes(hmac.digest(self._key, number.encode(), hashlib.sha256))
        return "".join(CODE_LETTERS[digest // len(CODE_LETTERS) ** i % len(CODE_LETTERS)] for i in range(CODE_LENGTH))

    def is_code(self, number: str, code: str) -> bool:
        """Whether `code` belongs to `number`; lower case and spaces are forgiven."""
        given = "".join(code.split()).upper()
        return hmac.compare_digest(self.query_code(number).encode(), given.encode())

    def hide(self, text: str) -> bytes | None:
        """Encrypt; None for nothing."""
        return self._fernet.encrypt(text.encode()) if text else None

    def show(self, hidden: bytes | None) -> str:
        """Decrypt what `hide` gave."""
        return self._fernet.decrypt(hidden).decode() if hidden else ""


def open_ticket(
    connection: Connection,
    secrets: Secrets,
    *,
    conversation_id: str,
    body_id: str,
    contact: Contact,
    consent_version: str,
    story: Story,
    event: TicketEvent,
    now: datetime,
) -> Ticket:
    """A new ticket; if this conversation has one on the same matter at the same body, that one with what is new added."""
    where = (ticket_table.c.conversation_id == conversation_id, ticket_table.c.matter == story.matter)
    known = connection.execute(
        select(ticket_table.c.number).where(*where, ticket_table.c.body_id == body_id)
    ).scalar_one_or_none()
    if known:
        _add(connection, secrets, _read(connection, secrets, known), contact, story, now)
        return _read(connection, secrets, known)
    number = _next_number(connection, now)
    connection.execute(
        insert(ticket_table).values(
            number=number,
            conversation_id=conversation_id,
            matter=story.matter,
            body_id=body_id,
            name=secrets.hide(contact.name),
            phone=secrets.hide(contact.phone),
            consent_version=consent_version,
            consented_at=now,
            story=asdict(story),
            opened_at=now,
        )
    )
    connection.execute(insert(ticket_event_table).values(ticket=number, sequence=1, **asdict(event)))
    return _read(connection, secrets, number)


def find_ticket(connection: Connection, secrets: Secrets, number: str, code: str) -> Ticket:
    """The ticket of this number and query code; `UnknownTicketError` otherwise."""
    if not secrets.is_code(number, code):
        raise UnknownTicketError(number)
    return _read(connection, secrets, number)


def tickets_of(connection: Connection, conversation_id: str) -> list[str]:
    """Numbers of a conversation's tickets, oldest first."""
    query = select(ticket_table.c.number).where(ticket_table.c.conversation_id == conversation_id)
    return list(connection.execute(query.order_by(ticket_table.c.opened_at)).scalars())


def _add(
    connection: Connection, secrets: Secrets, ticket: Ticket, contact: Contact, story: Story, now: datetime
) -> None:
    """What the citizen told since, and a contact given only now; a contact once given is not replaced by none."""
    values = {
        name: secrets.hide(getattr(contact, name))
        for name in ("name", "phone")
        if getattr(contact, name) and getattr(contact, name) != getattr(ticket.contact, name)
    }
    if asdict(story)["transcript"] != asdict(ticket.story)["transcript"] or story.note:
        values["story"] = asdict(story)
    if not values:
        return
    connection.execute(update(ticket_table).where(ticket_table.c.number == ticket.number).values(**values))
    event = TicketEvent("added", "citizen", ADDED, now)
    connection.execute(
        insert(ticket_event_table).values(ticket=ticket.number, sequence=len(ticket.events) + 1, **asdict(event))
    )


def _read(connection: Connection, secrets: Secrets, number: str) -> Ticket:
    row = connection.execute(select(ticket_table).where(ticket_table.c.number == number)).one_or_none()
    if row is None:
        raise UnknownTicketError(number)
    thread = connection.execute(
        select(ticket_event_table).where(ticket_event_table.c.ticket == number).order_by(ticket_event_table.c.sequence)
    )
    story = dict(row.story)
    story["transcript"] = tuple(Utterance(**line) for line in story["transcript"])
    for name in ("also", "cases_shown", "statutes_shown"):
        story[name] = tuple(story[name])
    return Ticket(
        number=row.number,
        conversation_id=row.conversation_id,
        matter=row.matter,
        body_id=row.body_id,
        contact=Contact(secrets.show(row.name), secrets.show(row.phone)),
        consent_version=row.consent_version,
        story=Story(**story),
        opened_at=row.opened_at,
        events=tuple(TicketEvent(e.kind, e.visible_to, e.text, e.at) for e in thread),
    )


def _next_number(connection: Connection, now: datetime) -> str:
    day = now.astimezone(SHANGHAI).strftime("%Y%m%d")
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(ticket_counter_table)
        .values(day=day, last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": ticket_counter_table.c.last + 1})
        .returning(ticket_counter_table.c.last)
    )
    return f"WH{day}-{connection.execute(statement).scalar_one():06d}"
