"""The thread of a ticket in the database: events are added, never changed, each chained to the one before.

Callers commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from case_library.redact import mask
from routing import tallies
from routing.errors import RoutingError
from routing.promises import Clock, Promises, running
from routing.tables import ticket_event_table, ticket_status_table, ticket_table, ticket_tally_table
from routing.ticket_events import Actor, Details, EventKind, TicketEvent
from routing.ticket_state import OutOfOrderError, Progress, follow, step

LONGEST_TEXT = 2000  # characters of one event
FIRST_HASH = "0" * 64
_EMPTY = Details()
_CHAINED = ("sequence", "kind", "visible_to", "by_party", "by_id", "by_name", "details", "key")


class TicketChangedError(RoutingError):
    """Somebody else acted on this ticket first; `sequence` is where it stands now. Nothing was written."""

    def __init__(self, number: str, expected: int, sequence: int) -> None:
        super().__init__(f"{number}: expected to stand at {expected}, stands at {sequence}")
        self.number, self.expected, self.sequence = number, expected, sequence


def events_of(connection: Connection, number: str) -> tuple[TicketEvent, ...]:
    """The thread, oldest first; empty for an unknown number."""
    return tuple(event_of(row) for row in _rows(connection, number))


def progress_of(connection: Connection, number: str) -> Progress:
    """How a ticket stands."""
    return follow(events_of(connection, number))


def hold(connection: Connection, *numbers: str) -> None:
    """Until the transaction ends nobody else adds to these threads: what is read of them from here on still holds when
    something is added on the strength of it. Whoever wants several holds them together, so that nobody waits in a ring.

    On SQLite a transaction that writes keeps all others out anyway.
    """
    s = ticket_status_table.c
    connection.execute(select(s.ticket).where(s.ticket.in_(numbers)).order_by(s.ticket).with_for_update())


def begin(
    connection: Connection, promises: Promises, number: str, opened: TicketEvent, *, matter: str, area: str
) -> None:
    """The first event of a ticket whose row is there already."""
    opened = replace(opened, text=mask(opened.text)[:LONGEST_TEXT])
    progress = follow((opened,))
    clocks = promises.clocks_of(progress, (opened,))
    connection.execute(
        insert(ticket_status_table).values(
            ticket=number, matter=matter, area=area, opened_at=opened.at, **status_of(clocks, progress, (opened,))
        )
    )
    tallies.write(connection, number, progress, (opened,), clocks)
    _insert(connection, number, 1, opened, "", FIRST_HASH)


def append(
    connection: Connection,
    promises: Promises,
    number: str,
    event: TicketEvent,
    *,
    expected: int | None = None,
    key: str = "",
) -> Progress:
    """Add an event; gives how the ticket stands then.

    The same `key` again changes nothing; for another kind it is refused. `expected` is the sequence number the writer has
    seen: `TicketChangedError` when it is no longer the last. `OutOfOrderError` when the event can't happen now. The text is
    masked and cut here.
    """
    hold(connection, number)
    rows = _rows(connection, number)
    if known := next((row for row in rows if key and row.key == key), None):
        progress = follow(event_of(row) for row in rows)
        if known.kind != event.kind:  # done by nobody, and must not look done
            raise OutOfOrderError(event.kind, progress.state, "这个操作编号已经用在别的操作上。")
        return progress
    if expected is not None and expected != len(rows):
        raise TicketChangedError(number, expected, len(rows))
    thread = tuple(event_of(row) for row in rows)
    # Workers' clocks differ a little; a thread never runs backwards.
    at = max(event.at, thread[-1].at) if thread else event.at
    event = replace(event, text=mask(event.text)[:LONGEST_TEXT], at=at)
    progress = step(follow(thread), event)
    thread = (*thread, event)
    clocks = promises.clocks_of(progress, thread)
    status = update(ticket_status_table).where(ticket_status_table.c.ticket == number)
    connection.execute(status.values(**status_of(clocks, progress, thread)))
    tallies.write(connection, number, progress, thread, clocks)
    _insert(connection, number, len(thread), event, key, rows[-1].hash if rows else FIRST_HASH)
    return progress


def knows(connection: Connection, number: str, key: str) -> bool:
    """Whether the event of this key is in the thread."""
    return any(row.key == key for row in _rows(connection, number))


def verify(connection: Connection, number: str) -> list[int]:
    """Sequence numbers of events that are not as they were written, or whose place in the chain is not; empty when all is
    well. A text that was emptied (a person's erasure) is no fault; the fact that it was there still counts."""
    wrong, before = [], FIRST_HASH
    rows = _rows(connection, number)
    for place, row in enumerate(rows, 1):
        mapping = row._mapping  # noqa: SLF001  (public in spite of its name)
        is_text = row.text == "" or _sha(row.text) == row.text_hash
        if row.sequence != place or not is_text or row.hash != _chained(before, number, mapping, row.text_hash):
            wrong.append(row.sequence)
        before = row.hash
    last = select(ticket_status_table.c.sequence).where(ticket_status_table.c.ticket == number)
    missing = range(len(rows) + 1, (connection.execute(last).scalar() or 0) + 1)  # cut off at the end
    return [*wrong, *missing]


def rederive(connection: Connection, promises: Promises) -> int:
    """Make status and tally of every ticket anew from its events; returns how many were not as derived."""
    wrong = 0
    for row in connection.execute(select(ticket_status_table)).all():
        thread = events_of(connection, row.ticket)
        progress = follow(thread)
        clocks = promises.clocks_of(progress, thread)
        status = status_of(clocks, progress, thread)
        was_wrong = any(getattr(row, name) != value for name, value in status.items())
        if was_wrong:
            connection.execute(
                update(ticket_status_table).where(ticket_status_table.c.ticket == row.ticket).values(**status)
            )
        wrong += tallies.write(connection, row.ticket, progress, thread, clocks) or was_wrong
    return wrong


def fill_tallies(connection: Connection, promises: Promises) -> int:
    """Tally the tickets that are older than the tallies; returns how many there were."""
    number, tallied = ticket_table.c.number, ticket_tally_table.c.ticket
    missing = connection.execute(
        select(number).outerjoin(ticket_tally_table, tallied == number).where(tallied.is_(None))
    )
    numbers = missing.scalars().all()
    for missed in numbers:
        thread = events_of(connection, missed)
        progress = follow(thread)
        tallies.write(connection, missed, progress, thread, promises.clocks_of(progress, thread))
    return len(numbers)


def erase_texts(connection: Connection, number: str) -> None:
    """Empty what was written in a thread; what happened, when and by whom stays."""
    connection.execute(update(ticket_event_table).where(ticket_event_table.c.ticket == number).values(text=""))


def chain(number: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with `text_hash` and `hash` filled; for rows of before there were chains."""
    chained, before = [], FIRST_HASH
    for row in rows:
        text_hash = _sha(row["text"])
        before = _chained(before, number, row, text_hash)
        chained.append({**row, "text_hash": text_hash, "hash": before})
    return chained


def _insert(connection: Connection, number: str, sequence: int, event: TicketEvent, key: str, before: str) -> None:
    row = {
        "ticket": number,
        "sequence": sequence,
        "kind": event.kind,
        "visible_to": event.visible_to,
        "text": event.text,
        "at": event.at,
        "by_party": event.by.party,
        "by_id": event.by.id,
        "by_name": event.by.name,
        "details": {name: value for name, value in asdict(event.details).items() if value != getattr(_EMPTY, name)},
        "key": key or None,
    }
    text_hash = _sha(event.text)
    hash_ = _chained(before, number, row, text_hash)
    connection.execute(insert(ticket_event_table).values(**row, text_hash=text_hash, hash=hash_))


def _chained(before: str, number: str, row: Mapping[str, Any], text_hash: str) -> str:
    content = {name: row[name] for name in _CHAINED} | {"at": _utc(row["at"]), "text": text_hash}
    return _sha(json.dumps([before, number, content], ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _rows(connection: Connection, number: str) -> Sequence[Row]:
    query = select(ticket_event_table).where(ticket_event_table.c.ticket == number)
    return connection.execute(query.order_by(ticket_event_table.c.sequence)).all()


def event_of(row: Row) -> TicketEvent:
    """The event a row of the thread holds."""
    known = {field.name for field in fields(Details)}
    details = Details(**{name: value for name, value in row.details.items() if name in known})
    return TicketEvent(row.kind, row.visible_to, row.text, row.at, Actor(row.by_party, row.by_id, row.by_name), details)


def _was_told(thread: Sequence[TicketEvent], kind: EventKind, clock: Clock) -> bool:
    return any(e.kind == kind and e.details.promise == clock.promise.clock and e.at >= clock.started_at for e in thread)


def status_of(clocks: Sequence[Clock], progress: Progress, thread: Sequence[TicketEvent]) -> dict[str, Any]:
    """The columns of `ticket_status_table` that are derived from a thread."""
    first = next(iter(running(clocks)), None)
    return {
        "sequence": progress.sequence,
        "state": progress.state,
        "waits_for": progress.waits_for,
        "body_id": progress.body,
        "owner": progress.owner,
        "first_responder": progress.first_responder,
        "clock": first.promise.clock if first else None,
        "due_on": first.due_on if first else None,
        "reminded": bool(first and _was_told(thread, "reminder", first)),
        "told_overdue": bool(first and _was_told(thread, "overdue", first)),
        "callback_due": progress.callback_due or progress.callback_asked,
        "urgent": progress.urgent,
        "changed_at": progress.changed_at,
    }
