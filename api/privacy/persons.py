"""One person's data: what there is, a copy of it, and erasing it.

Who is meant is proved outside: by a ticket's query code, a conversation's token, or an administrator who has seen the person.
The law: 个人信息保护法第四十五条 (to see and copy), 第四十七条 (to erase).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from api.notices import contacts
from api.privacy import erasure
from api.privacy.erasure import Why
from bot import wording
from bot.tables import conversation_table, message_table
from case_library.matters import Matters
from case_library.redact import mask
from routing import attachments, ticket_thread, tickets
from routing.tables import identity_table, ticket_status_table, ticket_table
from routing.ticket_events import sees
from routing.ticket_state import ENDED
from routing.tickets import Secrets


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept of one person. `open_tickets` are still being worked on."""

    tickets: tuple[str, ...]
    open_tickets: tuple[str, ...]
    conversations: tuple[str, ...]
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of it: numbers of tickets emptied, of those kept because they are open, and how many conversations went."""

    tickets: tuple[str, ...]
    kept: tuple[str, ...]
    conversations: int


def of_ticket(connection: Connection, number: str, *, whole_person: bool = False) -> Holdings:
    """What a ticket holds with its conversation; with `whole_person` all tickets joined to the same person."""
    t = ticket_table.c
    row = connection.execute(select(t.person_id).where(t.number == number)).one_or_none()
    if row is None:
        raise tickets.UnknownTicketError(number)
    numbers = [number]
    if whole_person and row.person_id:
        mine = select(t.number).where(t.person_id == row.person_id).order_by(t.opened_at)
        numbers = list(connection.execute(mine).scalars())
    return _holdings(connection, numbers, (), row.person_id if whole_person else None)


def of_conversation(connection: Connection, conversation_id: str) -> Holdings:
    """What a conversation holds, with the tickets made in it."""
    return _holdings(connection, tickets.tickets_of(connection, conversation_id), (conversation_id,), None)


def copy_of(
    connection: Connection, secrets: Secrets, matters: Matters, held: Holdings, *, full: bool
) -> dict[str, Any]:
    """All of it in plain form, for taking along. Without `full` name and phone are masked: whoever found a slip has its code."""
    return {
        "tickets": [_ticket(connection, secrets, matters, number, full=full) for number in held.tickets],
        "conversations": [_conversation(connection, one) for one in held.conversations],
    }


def erase(connection: Connection, held: Holdings, why: Why, now: datetime) -> Erased:
    """Empty the tickets that have ended, and delete conversations whose tickets all have. Open ones stay as they are: what the
    body needs to help is in them."""
    ended = tuple(number for number in held.tickets if number not in held.open_tickets)
    for number in ended:
        erasure.erase_content(connection, number, why, now)
    needed = _conversations_of(connection, held.open_tickets)
    gone = [one for one in held.conversations if one not in needed]
    erasure.erase_conversations(connection, gone)
    if held.person_id and not held.open_tickets:
        connection.execute(delete(identity_table).where(identity_table.c.person_id == held.person_id))
    return Erased(ended, held.open_tickets, len(gone))


def _holdings(
    connection: Connection, numbers: Sequence[str], conversations: Sequence[str], person_id: str | None
) -> Holdings:
    s = ticket_status_table.c
    still_open = select(s.ticket).where(s.ticket.in_(numbers), s.state.not_in(ENDED)).order_by(s.ticket)
    ids = dict.fromkeys((*conversations, *_conversations_of(connection, numbers)))
    known = select(conversation_table.c.id).where(conversation_table.c.id.in_(list(ids)))
    there = set(connection.execute(known).scalars())
    return Holdings(
        tuple(numbers),
        tuple(connection.execute(still_open).scalars()),
        tuple(one for one in ids if one in there),
        person_id,
    )


def _conversations_of(connection: Connection, numbers: Sequence[str]) -> list[str]:
    query = select(ticket_table.c.conversation_id).where(ticket_table.c.number.in_(numbers))
    return list(connection.execute(query).scalars())


def _ticket(connection: Connection, secrets: Secrets, matters: Matters, number: str, *, full: bool) -> dict[str, Any]:
    ticket = tickets.read_ticket(connection, secrets, number)
    story = ticket.story
    name, phone = ticket.contact.name, ticket.contact.phone
    events = [happened for happened in ticket.events if sees("citizen", happened)]
    return {
        "number": number,
        "opened_at": ticket.opened_at.isoformat(),
        "state": ticket.state,
        "state_text": wording.STATE_TEXT[ticket.state],
        "matter": ticket.matter,
        "matter_name": matters.name(ticket.matter),
        "name": name if full else name[:1] + "*" * len(name[1:]),
        "phone": phone if full else mask(phone),
        "consent_version": ticket.consent_version,
        "told": [asdict(line) for line in story.transcript],
        "facts": story.facts,
        "note": story.note,
        "for_someone": asdict(story.for_someone) if story.for_someone else None,
        "events": [{"at": e.at.isoformat(), "kind": e.kind, "by": e.by.name, "text": e.text} for e in events],
        "files": [
            {"name": shown.file.name, "size": shown.file.size, "sha256": shown.file.sha256}
            for shown in attachments.shown(connection, number, ticket.events, "citizen")
        ],
        "news_by": [contact.channel for contact in contacts.contacts_of(connection, secrets, number)],
        "erased": erasure.was_erased(connection, number),
        "chain_is_whole": not ticket_thread.verify(connection, number),
    }


def _conversation(connection: Connection, conversation_id: str) -> dict[str, Any]:
    m = message_table.c
    said = select(m.at, m.who, m.text, m.reply).where(m.conversation_id == conversation_id, m.who != "note")
    return {
        "messages": [
            {"at": row.at.isoformat(), "who": row.who, "text": row.text, "answer": (row.reply or {}).get("text", "")}
            for row in connection.execute(said.order_by(m.id))
        ]
    }
