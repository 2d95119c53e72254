"""Tickets (工单): the whole story in one place, and what happened to it since. Callers commit."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing import ticket_thread
from routing.errors import RoutingError
from routing.promises import SHANGHAI, Promises
from routing.tables import ticket_counter_table, ticket_status_table, ticket_table
from routing.ticket_events import TicketEvent, event
from routing.ticket_state import ENDED, Progress, State, follow

CODE_LENGTH = 6
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0/O, 1/I/L: read out over the phone

ADDED = "收到您补充的情况。"


class UnknownTicketError(RoutingError):
    """No ticket of this number, or the query code is not its code; the two look the same from outside."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line of the transcript; the text is masked."""

    who: Literal["citizen", "bot", "agent"]
    text: str
    at: str


Relation = Literal["family", "friend", "grid_worker", "guardian"]


@dataclass(frozen=True, slots=True)
class ForSomeone:
    """Somebody acts for the person: the facts are the person's, the contact is the helper's.

    `agreed_to` is the sentence the helper confirmed about the person's consent.
    """

    relation: Relation
    agreed_to: str


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
    for_someone: ForSomeone | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks; both empty for anonymous advice. Stored encrypted."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with its thread; how it stands is derived from the events, never stored with it.

    `body_id` is where the decision at opening sends it; `progress.body` is who has it now. `area` is that body's district.
    """

    number: str
    conversation_id: str
    matter: str
    body_id: str
    area: str
    contact: Contact
    consent_version: str
    story: Story
    opened_at: datetime
    events: tuple[TicketEvent, ...]
    person_id: str | None = None
    repeat_of: str | None = None

    @property
    def progress(self) -> Progress:
        """How it stands."""
        return follow(self.events)

    @property
    def state(self) -> State:
        """The state alone."""
        return self.progress.state


class Secrets:
    """Keys of one installation.

    Query codes and fingerprints are derived from `key`, which never changes: codes are printed on slips. What is encrypted is
    written under the newest key of `ring` (newest first; `key` where it is empty) and read under any of them. The ring is asked
    each time, so that a new key counts at once in every process.
    """

    def __init__(self, key: bytes, ring: Callable[[], Sequence[bytes]] = tuple) -> None:
        self._key = key
        self._ring = ring
        self._made: tuple[tuple[bytes, ...], tuple[Fernet, ...]] = ((), (Fernet(key),))

    def query_code(self, number: str) -> str:
        """The code that goes with a ticket number: six letters or digits, the same whenever it is asked for."""
        digest = int.from_bytes(hmac.digest(self._key, number.encode(), hashlib.sha256))
        return "".join(CODE_LETTERS[digest // len(CODE_LETTERS) ** i % len(CODE_LETTERS)] for i in range(CODE_LENGTH))

    def is_code(self, number: str, code: str) -> bool:
        """Whether `code` belongs to `number`; lower case and spaces are forgiven."""
        given = "".join(code.split()).upper()
        return hmac.compare_digest(self.query_code(number).encode(), given.encode())

    def fingerprint(self, text: str) -> str:
        """The same 64 hexadecimal digits for the same text (a phone, an openid), useless without the key."""
        return hmac.digest(self._key, b"fingerprint:" + text.encode(), hashlib.sha256).hex()

    def hide(self, text: str) -> bytes | None:
        """Encrypt; None for nothing."""
        return self._ciphers()[0].encrypt(text.encode()) if text else None

    def show(self, hidden: bytes | None) -> str:
        """Decrypt what `hide` gave."""
        return MultiFernet(self._ciphers()).decrypt(hidden).decode() if hidden else ""

    def is_current(self, hidden: bytes) -> bool:
        """Whether it is encrypted under the newest key."""
        try:
            self._ciphers()[0].decrypt(hidden)
        except InvalidToken:
            return False
        return True

    def renewed(self, hidden: bytes) -> bytes:
        """The same, encrypted under the newest key."""
        return MultiFernet(self._ciphers()).rotate(hidden)

    def _ciphers(self) -> tuple[Fernet, ...]:
        keys = tuple(self._ring())
        made_for, ciphers = self._made
        if keys != made_for:
            ciphers = tuple(map(Fernet, (*keys, self._key)))
            self._made = (keys, ciphers)
        return ciphers


def open_ticket(
    connection: Connection,
    secrets: Secrets,
    promises: Promises,
    *,
    conversation_id: str,
    body_id: str,
    area: str = "",
    contact: Contact,
    consent_version: str,
    story: Story,
    event: TicketEvent,
    now: datetime,
    person_id: str | None = None,
    repeat_of: str | None = None,
    anew: bool = False,
) -> Ticket:
    """A new ticket; if this conversation has an open one on the same matter, that one with what is new added, unless `anew`."""
    known = None if anew else _open_one(connection, conversation_id, story.matter)
    if known:
        _add(connection, secrets, promises, read_ticket(connection, secrets, known), contact, story, event, now)
        return read_ticket(connection, secrets, known)
    number = _next_number(connection, now)
    connection.execute(
        insert(ticket_table).values(
            number=number,
            conversation_id=conversation_id,
            matter=story.matter,
            body_id=body_id,
            area=area,
            name=secrets.hide(contact.name),
            phone=secrets.hide(contact.phone),
            consent_version=consent_version,
            consented_at=now,
            story=asdict(story),
            opened_at=now,
            person_id=person_id,
            repeat_of=repeat_of,
        )
    )
    ticket_thread.begin(connection, promises, number, event, matter=story.matter, area=area)
    return read_ticket(connection, secrets, number)


def _open_one(connection: Connection, conversation_id: str, matter: str) -> str | None:
    query = (
        select(ticket_table.c.number)
        .join(ticket_status_table, ticket_status_table.c.ticket == ticket_table.c.number)
        .where(
            ticket_table.c.conversation_id == conversation_id,
            ticket_table.c.matter == matter,
            ticket_status_table.c.state.not_in(ENDED),
        )
        .order_by(ticket_table.c.number.desc())
    )
    return connection.execute(query).scalars().first()


def find_ticket(connection: Connection, secrets: Secrets, number: str, code: str) -> Ticket:
    """The ticket of this number and query code; `UnknownTicketError` otherwise."""
    if not secrets.is_code(number, code):
        raise UnknownTicketError(number)
    return read_ticket(connection, secrets, number)


def tickets_of(connection: Connection, conversation_id: str) -> list[str]:
    """Numbers of a conversation's tickets, oldest first."""
    query = select(ticket_table.c.number).where(ticket_table.c.conversation_id == conversation_id)
    return list(connection.execute(query.order_by(ticket_table.c.opened_at)).scalars())


def _add(
    connection: Connection,
    secrets: Secrets,
    promises: Promises,
    ticket: Ticket,
    contact: Contact,
    story: Story,
    opened: TicketEvent,
    now: datetime,
) -> None:
    """What the citizen told since, and a contact given only now; a contact once given is not replaced by none."""
    values = {
        name: secrets.hide(getattr(contact, name))
        for name in ("name", "phone")
        if getattr(contact, name) and getattr(contact, name) != getattr(ticket.contact, name)
    }
    story = replace(story, for_someone=story.for_someone or ticket.story.for_someone)
    told = asdict(story)["transcript"] != asdict(ticket.story)["transcript"] or story.note
    if told or story.for_someone != ticket.story.for_someone:
        # Once it was sent, the decision it was sent by stays with it; before, what was told since may change it.
        kept = story if ticket.progress.state == "opened" else replace(story, decision=ticket.story.decision)
        values["story"] = asdict(kept)
        if ticket.progress.state == "opened":
            values |= {"body_id": story.decision["body"]["id"], "area": story.decision["body"]["area"]}
    if not values:
        return
    connection.execute(update(ticket_table).where(ticket_table.c.number == ticket.number).values(**values))
    added = event("added", ADDED, now, opened.by)
    ticket_thread.append(connection, promises, ticket.number, added)


def read_ticket(connection: Connection, secrets: Secrets, number: str) -> Ticket:
    """The ticket of this number, for those who may see it without its code; `UnknownTicketError` otherwise."""
    row = connection.execute(select(ticket_table).where(ticket_table.c.number == number)).one_or_none()
    if row is None:
        raise UnknownTicketError(number)
    story = dict(row.story)
    story["transcript"] = tuple(Utterance(**line) for line in story["transcript"])
    for name in ("also", "cases_shown", "statutes_shown"):
        story[name] = tuple(story[name])
    if helper := story.get("for_someone"):
        story["for_someone"] = ForSomeone(**helper)
    return Ticket(
        number=row.number,
        conversation_id=row.conversation_id,
        matter=row.matter,
        body_id=row.body_id,
        area=row.area,
        contact=Contact(secrets.show(row.name), secrets.show(row.phone)),
        consent_version=row.consent_version,
        story=Story(**story),
        opened_at=row.opened_at,
        events=ticket_thread.events_of(connection, number),
        person_id=row.person_id,
        repeat_of=row.repeat_of,
    )


def contact_of(connection: Connection, secrets: Secrets, number: str) -> Contact:
    """Who asks; empty for an unknown number."""
    query = select(ticket_table.c.name, ticket_table.c.phone).where(ticket_table.c.number == number)
    row = connection.execute(query).one_or_none()
    return Contact(secrets.show(row.name), secrets.show(row.phone)) if row else Contact()


def change_phone(connection: Connection, secrets: Secrets, number: str, phone: str) -> None:
    """From now on this is the number to call about the ticket."""
    mine = update(ticket_table).where(ticket_table.c.number == number)
    connection.execute(mine.values(phone=secrets.hide(phone)))


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
