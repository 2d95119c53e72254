"""Emptying what a ticket or a conversation holds about a person. Callers commit.

What stays of a ticket: number, matter, district, body, what happened and when, levels of ratings. That is what the service
answers for, and names nobody. The chain of events can still be checked: it is made of the texts' hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select, update

from api.desk.tables import call_table, invitation_table, suggestion_table, wrap_up_table
from api.notices.tables import contact_table, notice_table, sending_table, watch_table
from api.open311.tables import publication_table
from api.privacy.tables import erasure_table
from api.quality.tables import sample_table
from api.wechat.tables import follower_table
from bot.tables import conversation_table, message_table, presence_table
from case_library import misses
from routing import ticket_thread
from routing.tables import attachment_table, body_link_table, complaint_table, ticket_table

What = Literal["contact", "content"]
Why = Literal["citizen", "administrator", "retention"]

# Of a ticket's story: what routing and figures rest on, and nothing that was told.
_KEPT_OF_STORY = ("matter", "also", "need", "cases_shown", "statutes_shown", "decision")
_EMPTIED_STORY: dict[str, Any] = {"transcript": [], "facts": {}, "note": "", "for_someone": None}


def was_erased(connection: Connection, number: str, what: What = "content") -> bool:
    """Whether this was erased of a ticket."""
    e = erasure_table.c
    return connection.execute(select(e.ticket).where(e.ticket == number, e.what == what)).first() is not None


def erase_contact(connection: Connection, number: str, why: Why, now: datetime) -> None:
    """Name and phone of a ticket, and where its news goes."""
    connection.execute(update(ticket_table).where(ticket_table.c.number == number).values(name=None, phone=None))
    for table in (contact_table, watch_table):
        connection.execute(delete(table).where(table.c.ticket == number))
    _note(connection, number, "contact", why, now)


def erase_content(connection: Connection, number: str, why: Why, now: datetime) -> None:
    """All that was told, written and sent along in a ticket, with the contact. Files go from the disk with `files.sweep`."""
    erase_contact(connection, number, why, now)
    story = connection.execute(select(ticket_table.c.story).where(ticket_table.c.number == number)).scalar_one()
    kept = {name: story[name] for name in _KEPT_OF_STORY if name in story} | _EMPTIED_STORY
    connection.execute(update(ticket_table).where(ticket_table.c.number == number).values(story=kept, person_id=None))
    ticket_thread.erase_texts(connection, number)
    connection.execute(update(complaint_table).where(complaint_table.c.ticket == number).values(about=None))
    connection.execute(update(sample_table).where(sample_table.c.ticket == number).values(note=""))
    notices = select(notice_table.c.id).where(notice_table.c.ticket == number)
    connection.execute(delete(sending_table).where(sending_table.c.notice.in_(notices)))
    for table in (notice_table, attachment_table, body_link_table, publication_table):
        connection.execute(delete(table).where(table.c.ticket == number))
    connection.execute(update(call_table).where(call_table.c.ticket == number).values(phone=None, phone_shown=""))
    _note(connection, number, "content", why, now)


def erase_conversations(connection: Connection, ids: Sequence[str]) -> None:
    """Conversations with all that was said in them and what was made of it; they can't be gone on with."""
    misses.forget(connection, ids)
    calls = update(call_table).where(call_table.c.conversation_id.in_(ids))
    connection.execute(calls.values(phone=None, phone_shown=""))
    connection.execute(update(wrap_up_table).where(wrap_up_table.c.conversation_id.in_(ids)).values(note=""))
    for table in (suggestion_table, follower_table):
        connection.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    delete_conversations(connection, ids)


def delete_conversations(connection: Connection, ids: Sequence[str]) -> None:
    """Conversations with all that was said in them; what was learnt from them stays (masked, without the way back)."""
    for table in (invitation_table, message_table, presence_table):
        connection.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    connection.execute(delete(conversation_table).where(conversation_table.c.id.in_(ids)))


def _note(connection: Connection, number: str, what: What, why: Why, now: datetime) -> None:
    if not was_erased(connection, number, what):
        connection.execute(insert(erasure_table).values(ticket=number, what=what, why=why, at=now))
