"""Accounts and sessions. Callers commit."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from api.failure import Failure
from api.staff.roles import Role, Staff
from api.staff.tables import session_table, staff_table

SESSION_HOURS = 12  # one shift with its overtime
MOST_FAILURES = 5
LOCKOUT = timedelta(minutes=15)
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for length, not for kinds of characters

_HASHER = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)
# Checked when there is no such account, so that the time an answer takes tells nothing.
_NOBODY = _HASHER.hash("nobody's password")


def add(
    connection: Connection,
    username: str,
    name: str,
    password: str,
    roles: frozenset[Role],
    now: datetime,
    *,
    areas: frozenset[str] = frozenset(),
    bodies: frozenset[str] = frozenset(),
    skills: frozenset[str] = frozenset(),
) -> int:
    """A new account; `Failure` when the name is taken or the password too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Failure(f"a password has at least {SHORTEST_PASSWORD} characters")
    if connection.execute(select(staff_table.c.id).where(staff_table.c.username == username)).first():
        raise Failure(f"there is an account {username!r} already")
    values = {
        "username": username,
        "name": name,
        "password_hash": _HASHER.hash(password),
        "roles": sorted(roles),
        "areas": sorted(areas),
        "bodies": sorted(bodies),
        "skills": sorted(skills),
        "active": True,
        "created_at": now,
    }
    return connection.execute(insert(staff_table).values(**values).returning(staff_table.c.id)).scalar_one()


def sign_in(connection: Connection, username: str, password: str, now: datetime) -> str | None:
    """A session's token, or None; unknown account, wrong password, locked and inactive look the same."""
    row = connection.execute(select(staff_table).where(staff_table.c.username == username)).one_or_none()
    try:
        _HASHER.verify(row.password_hash if row else _NOBODY, password)
    except VerificationError:
        if row:
            _count_failure(connection, row, now)
        return None
    if row is None or not row.active or (row.locked_until and row.locked_until > now):
        return None
    connection.execute(update(staff_table).where(staff_table.c.id == row.id).values(failures=0, locked_until=None))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session_table).values(
            token_hash=_hash(token),
            staff_id=row.id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=SESSION_HOURS),
        )
    )
    return token


def sign_out(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(session_table).where(session_table.c.token_hash == _hash(token)))


def staff_of_session(connection: Connection, token: str, now: datetime) -> Staff | None:
    """Who is signed in with this token; None when nobody is, any more."""
    if not token:
        return None
    query = (
        select(staff_table)
        .join(session_table)
        .where(session_table.c.token_hash == _hash(token), session_table.c.expires_at > now, staff_table.c.active)
    )
    row = connection.execute(query).one_or_none()
    return _staff(row) if row else None


def _staff(row: Row) -> Staff:
    return Staff(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=frozenset(map(Role, row.roles)),
        areas=frozenset(row.areas),
        bodies=frozenset(row.bodies),
        skills=frozenset(row.skills),
    )


def _count_failure(connection: Connection, row: Row, now: datetime) -> None:
    failures = row.failures + 1
    locked_until = now + LOCKOUT if failures >= MOST_FAILURES else row.locked_until
    connection.execute(
        update(staff_table).where(staff_table.c.id == row.id).values(failures=failures, locked_until=locked_until)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
