"""Sessions of staff: a random token in a cookie, its hash in the database. Callers commit."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from api.staff import accounts
from api.staff.roles import Staff
from api.staff.tables import session_table, staff_table

LONGEST = timedelta(hours=12)  # one shift with its overtime
IDLE = timedelta(hours=1)  # without any call; the pages count key presses themselves, as they go on calling alone
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last call is known
ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Session:
    """One browser somebody is signed in with; `id` names it and opens nothing."""

    id: str
    created_at: datetime
    seen_at: datetime
    address: str
    user_agent: str


def begin(connection: Connection, staff_id: int, now: datetime, *, address: str = "", user_agent: str = "") -> str:
    """A new session's token; sessions that have ended are removed."""
    connection.execute(delete(session_table).where(session_table.c.expires_at <= now))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session_table).values(
            token_hash=_hash(token),
            staff_id=staff_id,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
            address=address[:64],
            user_agent=user_agent[:200],
        )
    )
    return token


def staff_of_session(connection: Connection, token: str, now: datetime) -> Staff | None:
    """Who is signed in with this token, with the roles they have now; None when nobody is, any more."""
    if not token:
        return None
    query = select(staff_table).join(session_table).where(*_open(token, now), staff_table.c.active)
    row = connection.execute(query).one_or_none()
    return accounts.staff_of(row) if row else None


def is_stale(connection: Connection, token: str, now: datetime) -> bool:
    """Whether the session's last call is long enough ago to be noted anew with `touch`."""
    query = select(session_table.c.seen_at).where(session_table.c.token_hash == _hash(token))
    seen_at = connection.execute(query).scalar_one_or_none()
    return seen_at is not None and now - seen_at >= SEEN_EVERY


def touch(connection: Connection, token: str, now: datetime) -> None:
    """Note a call."""
    connection.execute(update(session_table).where(*_open(token, now)).values(seen_at=now))


def of_staff(connection: Connection, staff_id: int, now: datetime) -> list[Session]:
    """Sessions that are open, the last used first."""
    query = (
        select(session_table)
        .where(
            session_table.c.staff_id == staff_id, session_table.c.expires_at > now, session_table.c.seen_at > now - IDLE
        )
        .order_by(session_table.c.seen_at.desc())
    )
    return [
        Session(row.token_hash[:ID_LENGTH], row.created_at, row.seen_at, row.address, row.user_agent)
        for row in connection.execute(query)
    ]


def session_id(token: str) -> str:
    """The id of a token's session."""
    return _hash(token)[:ID_LENGTH]


def end(connection: Connection, token: str) -> None:
    """End a session by its token."""
    connection.execute(delete(session_table).where(session_table.c.token_hash == _hash(token)))


def end_one(connection: Connection, staff_id: int, id_: str) -> bool:
    """End one of somebody's sessions; False when there is no such session."""
    mine = (session_table.c.staff_id == staff_id, session_table.c.token_hash.startswith(id_, autoescape=True))
    return connection.execute(delete(session_table).where(*mine)).rowcount > 0


def end_all(connection: Connection, staff_id: int, *, but: str = "") -> int:
    """End all of somebody's sessions but that of one token; returns how many."""
    where = (session_table.c.staff_id == staff_id, session_table.c.token_hash != _hash(but))
    return connection.execute(delete(session_table).where(*where)).rowcount


def _open(token: str, now: datetime) -> tuple:
    return (
        session_table.c.token_hash == _hash(token),
        session_table.c.expires_at > now,
        session_table.c.seen_at > now - IDLE,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
