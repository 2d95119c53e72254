"""The decision who may sign in. Callers commit, also when nobody may: failures are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from api.staff import accounts, second_factor
from api.staff.tables import staff_table
from routing.tickets import Secrets


@dataclass(frozen=True, slots=True)
class Answer:
    """`staff_id` when they may come in; `wants_code` when only the second factor's code is missing."""

    staff_id: int | None = None
    wants_code: bool = False


REFUSED = Answer()


def decide(
    connection: Connection, secrets: Secrets, username: str, code: str, now: datetime, *, password_fits: bool
) -> Answer:
    """Unknown account, wrong password, wrong or used code, locked and inactive all look the same.

    `password_fits` is found out before the transaction that writes (`accounts.password_fits` takes tens of milliseconds).
    """
    row = connection.execute(
        select(staff_table).where(staff_table.c.username == accounts.same_name(username))
    ).one_or_none()
    if row is None:
        return REFUSED
    if not password_fits:
        accounts.count_failure(connection, row, now)
        return REFUSED
    if not row.active or (row.locked_until and row.locked_until > now):
        return REFUSED
    if row.totp_secret is not None:
        if not code.strip():
            return Answer(wants_code=True)
        if not second_factor.use(connection, secrets, row, code, now):
            accounts.count_failure(connection, row, now)
            return REFUSED
    accounts.forgive(connection, row.id)
    return Answer(staff_id=row.id)
