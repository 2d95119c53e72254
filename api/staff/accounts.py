"""Accounts of staff. Callers commit."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Row, String, cast, func, insert, or_, select, update

from api.staff.errors import (
    ChangedMeanwhileError,
    LastAdministratorError,
    UnknownAccountError,
    UsernameTakenError,
    WeakPasswordError,
)
from api.staff.roles import Role, Staff
from api.staff.tables import staff_table

MOST_FAILURES = 5
LOCKOUT = timedelta(minutes=15)
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for length, not for kinds of characters
LONGEST_PASSWORD = 200
FEWEST_DIFFERENT = 5  # different characters in a password, so that 111111111111 is none
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")

_HASHER = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)
# Checked when there is no such account, so that the time an answer takes tells nothing.
_NOBODY = _HASHER.hash("nobody's password")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it."""

    staff: Staff
    active: bool
    locked_until: datetime | None
    created_at: datetime
    version: int


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
    temporary_password: bool = False,
) -> int:
    """A new account's id; `StaffError` when the name is taken or the password too weak. User names are kept in lower case."""
    username = same_name(username)
    check_strength(password, username)
    if connection.execute(select(staff_table.c.id).where(staff_table.c.username == username)).first():
        raise UsernameTakenError(username)
    values = {
        "username": username,
        "name": name,
        "password_hash": _HASHER.hash(password),
        "temporary_password": temporary_password,
        "roles": sorted(roles),
        "areas": sorted(areas),
        "bodies": sorted(bodies),
        "skills": sorted(skills),
        "active": True,
        "created_at": now,
    }
    return connection.execute(insert(staff_table).values(**values).returning(staff_table.c.id)).scalar_one()


def same_name(username: str) -> str:
    """How a user name is stored and looked for."""
    return username.strip().lower()


def check_strength(password: str, username: str) -> None:
    """`WeakPasswordError` for a password that is easy to guess."""
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPasswordError(f"密码至少要 {SHORTEST_PASSWORD} 个字符；一句自己记得住的话就很好。")
    if len(password) > LONGEST_PASSWORD:
        raise WeakPasswordError(f"密码最长 {LONGEST_PASSWORD} 个字符。")
    if len(set(password)) < FEWEST_DIFFERENT or username in password.lower():
        raise WeakPasswordError("这个密码太好猜：不要含账号，也不要总是那几个字符。")


def password_fits(connection: Connection, username: str, password: str) -> bool:
    """Whether it is the account's password; takes equally long when there is no such account."""
    query = select(staff_table.c.password_hash).where(staff_table.c.username == same_name(username))
    stored = connection.execute(query).scalar_one_or_none()
    try:
        _HASHER.verify(stored or _NOBODY, password)
    except VerificationError:
        return False
    return stored is not None


def find(connection: Connection, staff_id: int) -> Account:
    """One account; `UnknownAccountError`."""
    row = connection.execute(select(staff_table).where(staff_table.c.id == staff_id)).one_or_none()
    if row is None:
        raise UnknownAccountError
    return _account(row)


def find_by_name(connection: Connection, username: str) -> Account:
    """One account; `UnknownAccountError`."""
    query = select(staff_table).where(staff_table.c.username == same_name(username))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UnknownAccountError
    return _account(row)


def listed(
    connection: Connection,
    *,
    text: str = "",
    role: Role | None = None,
    active: bool | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[Account], int]:
    """Accounts by user name, and how many there are; `text` is part of a user name or a name."""
    where = []
    if text:
        where.append(
            or_(
                staff_table.c.username.contains(same_name(text), autoescape=True),
                staff_table.c.name.contains(text.strip(), autoescape=True),
            )
        )
    if role:  # the JSON text of a list of codes, none of which is part of another
        where.append(cast(staff_table.c.roles, String).contains(f'"{role}"', autoescape=True))
    if active is not None:
        where.append(staff_table.c.active == active)
    total = connection.execute(select(func.count()).select_from(staff_table).where(*where)).scalar_one()
    query = select(staff_table).where(*where).order_by(staff_table.c.username).offset(offset).limit(limit)
    return [_account(row) for row in connection.execute(query)], total


def change(connection: Connection, staff_id: int, version: int, changes: dict[str, Any]) -> None:
    """Set columns of an account that is still at `version`; `ChangedMeanwhileError`, `LastAdministratorError`."""
    before = find(connection, staff_id)
    if before.version != version:
        raise ChangedMeanwhileError
    administers = Role.ADMINISTRATOR in changes.get("roles", before.staff.roles) and changes.get(
        "active", before.active
    )
    if before.active and before.staff.may(Role.ADMINISTRATOR) and not administers:
        others = [a for a in listed(connection, role=Role.ADMINISTRATOR, active=True)[0] if a.staff.id != staff_id]
        if not others:
            raise LastAdministratorError
    values = {key: sorted(value) if isinstance(value, frozenset) else value for key, value in changes.items()}
    changed = connection.execute(
        update(staff_table)
        .where(staff_table.c.id == staff_id, staff_table.c.version == version)
        .values(**values, version=version + 1)
    )
    if changed.rowcount != 1:
        raise ChangedMeanwhileError


def set_password(connection: Connection, staff_id: int, password: str, *, temporary: bool) -> None:
    """A new password, which also ends a lockout. A temporary one must be changed before anything else is done."""
    account = find(connection, staff_id)
    check_strength(password, account.staff.username)
    connection.execute(
        update(staff_table)
        .where(staff_table.c.id == staff_id)
        .values(password_hash=_HASHER.hash(password), temporary_password=temporary, failures=0, locked_until=None)
    )


def make_password() -> str:
    """A password that is told once and changed at the first sign-in."""
    return secrets.token_urlsafe(12)


def count_failure(connection: Connection, row: Row, now: datetime) -> None:
    """A wrong password or code: the fifth locks the account for a while. While it is locked nothing is counted."""
    if row.locked_until and row.locked_until > now:
        return
    failures = row.failures + 1
    values: dict[str, Any] = {"failures": failures}
    if failures >= MOST_FAILURES:
        values = {"failures": 0, "locked_until": now + LOCKOUT}
    connection.execute(update(staff_table).where(staff_table.c.id == row.id).values(**values))


def forgive(connection: Connection, staff_id: int) -> None:
    """Somebody has signed in: count failures from nothing again."""
    connection.execute(update(staff_table).where(staff_table.c.id == staff_id).values(failures=0, locked_until=None))


def staff_of(row: Row) -> Staff:
    """The member of staff in a row of `staff_table`."""
    return Staff(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=frozenset(map(Role, row.roles)),
        areas=frozenset(row.areas),
        bodies=frozenset(row.bodies),
        skills=frozenset(row.skills),
        second_factor=row.totp_secret is not None,
        temporary_password=row.temporary_password,
    )


def _account(row: Row) -> Account:
    return Account(
        staff=staff_of(row),
        active=row.active,
        locked_until=row.locked_until,
        created_at=row.created_at,
        version=row.version,
    )
