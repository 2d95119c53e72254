"""Agents at their desks. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from api.desk.tables import agent_table
from api.staff.roles import Staff

AWAY_AFTER = timedelta(seconds=60)  # the page says every twenty seconds that somebody is there


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at a desk; `ready` says whether they take new conversations."""

    staff_id: int
    name: str
    skills: tuple[str, ...]
    ready: bool
    seen_at: datetime


def beat(connection: Connection, me: Staff, now: datetime, *, ready: bool) -> None:
    """An agent is there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(agent_table).values(
        staff_id=me.id, name=me.name, skills=sorted(me.skills), ready=ready, seen_at=now
    )
    changes = {name: statement.excluded[name] for name in ("name", "skills", "ready", "seen_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["staff_id"], set_=changes))


def leave(connection: Connection, staff_id: int) -> None:
    """An agent goes."""
    connection.execute(agent_table.delete().where(agent_table.c.staff_id == staff_id))


def present(connection: Connection, now: datetime) -> list[Agent]:
    """Who is there, by name."""
    query = select(agent_table).where(agent_table.c.seen_at > now - AWAY_AFTER).order_by(agent_table.c.name)
    return [
        Agent(row.staff_id, row.name, tuple(row.skills), row.ready, row.seen_at) for row in connection.execute(query)
    ]


def is_present(connection: Connection, staff_id: int, now: datetime) -> bool:
    """Whether one agent is there."""
    where = (agent_table.c.staff_id == staff_id, agent_table.c.seen_at > now - AWAY_AFTER)
    return connection.execute(select(agent_table.c.staff_id).where(*where)).first() is not None


def count_ready(connection: Connection, now: datetime) -> int:
    """How many take conversations now."""
    where = (agent_table.c.seen_at > now - AWAY_AFTER, agent_table.c.ready)
    return connection.execute(select(func.count()).select_from(agent_table).where(*where)).scalar_one()
