"""Photos and files of a ticket, as the database knows them; their content lies in the data folder. Callers commit.

Who added one, when, and who may see it says the event `attached` that names it: a file without such an event is seen by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, func, insert, select

from routing import ticket_thread
from routing.errors import RoutingError
from routing.tables import attachment_table
from routing.ticket_events import Audience, TicketEvent, sees
from routing.ticket_state import follow


class UnknownFileError(RoutingError):
    """No such file on this ticket, or not for whoever asks; they look the same from outside."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file. `id` names its content, `name` is cleaned, `media_type` was found in the content, `size` is in bytes. `key` is
    its content's own, encrypted; None for one that lies open."""

    id: str
    ticket: str
    name: str
    media_type: str
    size: int
    sha256: str
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A file and the event that brought it; `sequence` is the event's number."""

    file: Attachment
    event: TicketEvent
    sequence: int


def add(connection: Connection, file: Attachment) -> None:
    """Keep what is known of a file."""
    connection.execute(insert(attachment_table).values(**asdict(file)))


def of_ticket(connection: Connection, ticket: str) -> dict[str, Attachment]:
    """The files that came with a ticket, by their ids, whoever may see them."""
    query = select(attachment_table).where(attachment_table.c.ticket == ticket)
    return {row.id: Attachment(**row._mapping) for row in connection.execute(query)}  # noqa: SLF001  (public)


def remove(connection: Connection, file_id: str) -> None:
    """Forget a file and the key without which its content is worthless."""
    connection.execute(delete(attachment_table).where(attachment_table.c.id == file_id))


def bodies_with(events: Sequence[TicketEvent], file_id: str) -> tuple[str, ...]:
    """Names of the bodies that had the ticket while this file was there, and may have seen it."""
    came = next(place for place, e in enumerate(events, 1) if e.kind == "attached" and e.details.file == file_id)
    had = [follow(events[:came]).body_name]
    had += [e.details.body_name for e in events[came:] if e.kind in ("sent", "referred_onward", "decided")]
    return tuple(dict.fromkeys(name for name in had if name))


def count(connection: Connection, ticket: str) -> int:
    """How many files a ticket has."""
    query = select(func.count()).select_from(attachment_table).where(attachment_table.c.ticket == ticket)
    return connection.execute(query).scalar_one()


def ids(connection: Connection) -> set[str]:
    """The ids of all files."""
    return set(connection.execute(select(attachment_table.c.id)).scalars())


def shown(connection: Connection, ticket: str, events: Sequence[TicketEvent], audience: Audience) -> tuple[Shown, ...]:
    """The files of a ticket that this audience may see, oldest first; for those who work on it with the files of tickets that
    were merged into it, whose citizens may be others."""
    files = of_ticket(connection, ticket)
    found: list[Shown] = []
    for sequence, event in enumerate(events, 1):
        if event.kind == "absorbed" and audience != "citizen":
            other = event.details.ticket
            found += shown(connection, other, ticket_thread.events_of(connection, other), audience)
        elif event.kind == "attached" and event.details.file in files and sees(audience, event):
            found.append(Shown(files[event.details.file], event, sequence))
    return tuple(found)


def find(
    connection: Connection, ticket: str, events: Sequence[TicketEvent], audience: Audience, file_id: str
) -> Attachment:
    """The file of this id, when this audience may see it; `UnknownFileError` otherwise."""
    for found in shown(connection, ticket, events, audience):
        if found.file.id == file_id:
            return found.file
    raise UnknownFileError(file_id)
