"""The second factor: six digits from an authenticator app (TOTP, RFC 6238). Callers commit."""

from __future__ import annotations

from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import Connection, Row, select, update

from api.staff.tables import staff_table
from routing.tickets import Secrets

ISSUER = "一拨通工作台"
WINDOW = 1  # steps of 30 s before and after: phones' clocks are not exact


def offer(connection: Connection, secrets: Secrets, staff_id: int, username: str) -> str:
    """A new secret, kept aside until a code of it is given; returns the `otpauth:` address for the QR code."""
    secret = pyotp.random_base32()
    _set(connection, staff_id, totp_offered=secrets.hide(secret))
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def confirm(connection: Connection, secrets: Secrets, staff_id: int, code: str, now: datetime) -> bool:
    """Switch the offered factor on when the code is of it."""
    offered = connection.execute(select(staff_table.c.totp_offered).where(staff_table.c.id == staff_id)).scalar_one()
    step = _step(secrets.show(offered), code, now)
    if step is None:
        return False
    _set(connection, staff_id, totp_secret=offered, totp_offered=None, totp_last_step=step)
    return True


def use(connection: Connection, secrets: Secrets, row: Row, code: str, now: datetime) -> bool:
    """Whether the code is right and was not used before; it is used now. `row` is one of `staff_table`."""
    step = _step(secrets.show(row.totp_secret), code, now)
    if step is None or step <= row.totp_last_step:
        return False
    used = connection.execute(
        update(staff_table)
        .where(staff_table.c.id == row.id, staff_table.c.totp_last_step == row.totp_last_step)
        .values(totp_last_step=step)
    )
    return used.rowcount == 1  # 0: somebody used it at the same moment


def remove(connection: Connection, staff_id: int) -> None:
    """Switch it off: a lost phone."""
    _set(connection, staff_id, totp_secret=None, totp_offered=None)


def _step(secret: str, code: str, now: datetime) -> int | None:
    if not secret:
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            "".join(code.split()), for_time=now.timestamp(), valid_window=WINDOW
        )
    except OTPVerificationError:
        return None


def _set(connection: Connection, staff_id: int, **values: bytes | int | None) -> None:
    connection.execute(update(staff_table).where(staff_table.c.id == staff_id).values(**values))
