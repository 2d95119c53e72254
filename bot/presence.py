"""Who looks at a conversation, types in it, and has read how far. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.tables import presence_table

CITIZEN = 0  # stands for the citizen among ids of staff
TYPING_FOR = timedelta(seconds=6)  # a page says it again every three seconds
LOOKING_FOR = timedelta(seconds=45)  # ... and that somebody looks every twenty


@dataclass(frozen=True, slots=True)
class Presence:
    """One person at a conversation. `read_id` is the id of the newest message they have seen, 0 for none."""

    staff_id: int
    name: str
    looking: bool
    typing: bool
    read_id: int


def mark(
    connection: Connection,
    conversation_id: str,
    staff_id: int,
    name: str,
    now: datetime,
    *,
    typing: bool = False,
    read_id: int = 0,
) -> None:
    """Somebody looks; what was read stays read."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(presence_table).values(
        conversation_id=conversation_id,
        staff_id=staff_id,
        name=name,
        seen_at=now,
        typing_at=now if typing else None,
        read_id=read_id,
    )
    changes: dict[str, Any] = {name: statement.excluded[name] for name in ("name", "seen_at", "typing_at")}
    if read_id:
        changes["read_id"] = case(
            (presence_table.c.read_id > read_id, presence_table.c.read_id), else_=statement.excluded.read_id
        )
    connection.execute(statement.on_conflict_do_update(index_elements=["conversation_id", "staff_id"], set_=changes))


def leave(connection: Connection, conversation_id: str, staff_id: int, now: datetime) -> None:
    """Somebody looks away; how far they read is kept."""
    connection.execute(
        presence_table.update()
        .where(presence_table.c.conversation_id == conversation_id, presence_table.c.staff_id == staff_id)
        .values(seen_at=now - LOOKING_FOR, typing_at=None)
    )


def at_conversation(connection: Connection, conversation_id: str, now: datetime) -> list[Presence]:
    """Everybody who looked at it so far, the citizen first."""
    query = select(presence_table).where(presence_table.c.conversation_id == conversation_id)
    return [of_row(row, now) for row in connection.execute(query.order_by(presence_table.c.staff_id))]


def of_row(row: Row, now: datetime) -> Presence:
    """Of a row of the table, as of now."""
    looking = row.seen_at > now - LOOKING_FOR
    typing = row.typing_at is not None and row.typing_at > now - TYPING_FOR
    return Presence(row.staff_id, row.name, looking, typing, row.read_id)
