"""Who came to a person in the past: calls as the switchboard told of them, written conversations as the queue knew them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select

from api.desk.queue import PHONE
from api.desk.tables import call_table, suggestion_table, wrap_up_table
from api.seats.plan import Contact
from api.staff.tables import audit_table
from bot.tables import conversation_table, message_table
from case_library.tables import miss_table

Kind = Literal["phone", "text"]
LONGEST = timedelta(hours=2)  # a conversation left open over lunch says nothing about how long it took
AFTER_CALL = timedelta(minutes=15)  # the wrap-up written within this after the call belongs to its time


def contacts(connection: Connection, kind: Kind, since: datetime, until: datetime) -> list[Contact]:
    """Everybody who came in that time; conversations that were deleted since are missing, calls are not."""
    matters = _matters(connection, since)
    return (_calls if kind == "phone" else _texts)(connection, since, until, matters)


def misses_by_matter(connection: Connection) -> dict[str, int]:
    """How many questions on each matter wait on the list of those that were not answered well."""
    m = miss_table.c
    rows = connection.execute(
        select(m.matter, func.count()).where(m.state == "open", m.matter != "").group_by(m.matter)
    )
    return {matter: count for matter, count in rows}  # noqa: C416  (rows are no pairs to `dict`)


def _calls(connection: Connection, since: datetime, until: datetime, matters: dict[str, str]) -> list[Contact]:
    c = call_table.c
    rows = connection.execute(
        select(c.conversation_id, c.began_at, c.answered_at, c.ended_at).where(c.began_at >= since, c.began_at < until)
    ).all()
    wrapped = _wrap_ups(connection, since)
    found = []
    for row in rows:
        handled = None
        if row.answered_at and row.ended_at:
            end = row.ended_at
            written = [at for at in wrapped.get(row.conversation_id, ()) if end <= at <= end + AFTER_CALL]
            handled = _seconds(row.answered_at, max(written, default=end))
        waited = row.answered_at or row.ended_at
        found.append(
            Contact(
                row.began_at,
                matters.get(row.conversation_id, ""),
                handled,
                waited_s=_seconds(row.began_at, waited) if waited else None,
                left=row.answered_at is None and row.ended_at is not None,
            )
        )
    return found


def _texts(connection: Connection, since: datetime, until: datetime, matters: dict[str, str]) -> list[Contact]:
    """One for each time somebody was put in the queue: from taking to wrapping up, where both were."""
    m, c, a = message_table.c, conversation_table.c, audit_table.c
    asked = connection.execute(
        select(m.conversation_id, m.at)
        .join(conversation_table, c.id == m.conversation_id)
        .where(m.at >= since, m.at < until, c.channel != PHONE, m.reply["outcome"].as_string() == "handoff")
    ).all()
    taken: dict[str, list[datetime]] = {}
    for row in connection.execute(
        select(a.object_id, a.at).where(a.action == "conversation.take", a.at >= since, a.at < until).order_by(a.id)
    ):
        taken.setdefault(row.object_id, []).append(row.at)
    # In danger the answer is no hand-over by name: then the taking is the first that is known of it.
    came = [tuple(row) for row in asked] + [(id_, at) for id_, moments in taken.items() for at in moments]
    wrapped = _wrap_ups(connection, since)
    found: list[Contact] = []
    busy_until: dict[str, datetime] = {}
    for conversation, at in sorted(came, key=lambda one: one[1]):
        if at < busy_until.get(conversation, since):
            continue  # asked again while waiting or talking: the same contact
        begun = next((moment for moment in taken.get(conversation, ()) if moment >= at), None)
        ended = next((moment for moment in wrapped.get(conversation, ()) if begun and moment >= begun), None)
        busy_until[conversation] = ended or at + LONGEST
        found.append(Contact(at, matters.get(conversation, ""), _seconds(begun, ended) if begun and ended else None))
    return found


def _seconds(begun: datetime, ended: datetime) -> float | None:
    return (ended - begun).total_seconds() if timedelta() < ended - begun <= LONGEST else None


def _wrap_ups(connection: Connection, since: datetime) -> dict[str, list[datetime]]:
    w = wrap_up_table.c
    found: dict[str, list[datetime]] = {}
    for row in connection.execute(select(w.conversation_id, w.at).where(w.at >= since).order_by(w.at)):
        found.setdefault(row.conversation_id, []).append(row.at)
    return found


def _matters(connection: Connection, since: datetime) -> dict[str, str]:
    """What each conversation was about: as it stands, or as last understood at the desk."""
    s, c = suggestion_table.c, conversation_table.c
    found: dict[str, str] = {}
    for row in connection.execute(
        select(s.conversation_id, s.matter).where(s.at >= since, s.matter != "").order_by(s.id)
    ):
        found[row.conversation_id] = row.matter
    matter = c.state["matter"].as_string()
    changed = c.created_at >= since - timedelta(days=31)
    found |= {id_: told for id_, told in connection.execute(select(c.id, matter).where(changed)) if told}
    return found
