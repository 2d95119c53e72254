"""Who does a repeated job now: one worker of many, by a lease in the database. Callers commit."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.tables import job_table

LEASE = timedelta(minutes=5)  # a worker that is silent for so long is taken to have died


def take(connection: Connection, name: str, worker: str, now: datetime) -> bool:
    """Whether this worker is to do the job now: its time has come and nobody else is at it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(job_table).values(name=name, next_at=now, last_error="", failures=0).on_conflict_do_nothing()
    )
    free = or_(job_table.c.leased_until.is_(None), job_table.c.leased_until <= now)
    taken = connection.execute(
        update(job_table)
        .where(job_table.c.name == name, job_table.c.next_at <= now, free)
        .values(leased_by=worker, leased_until=now + LEASE)
    )
    return taken.rowcount == 1


def extend(connection: Connection, name: str, worker: str, now: datetime) -> bool:
    """Keep a lease during long work; False when another worker has taken over: then stop."""
    kept = connection.execute(
        update(job_table)
        .where(job_table.c.name == name, job_table.c.leased_by == worker)
        .values(leased_until=now + LEASE)
    )
    return kept.rowcount == 1


def finish(connection: Connection, name: str, worker: str, now: datetime, every: timedelta, error: str = "") -> None:
    """Give the lease back; the next time is `every` from now, sooner after a failure."""
    mine = (job_table.c.name == name, job_table.c.leased_by == worker)
    failures = connection.execute(select(job_table.c.failures).where(*mine)).scalar()
    if failures is None:
        return  # the lease ran out and another worker has it
    values = {"leased_by": None, "leased_until": None, "next_at": now + every, "last_error": error[:200]}
    values |= {"failures": failures + 1} if error else {"failures": 0, "last_done_at": now}
    connection.execute(update(job_table).where(*mine).values(**values))
