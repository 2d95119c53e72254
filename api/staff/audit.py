"""The audit trail. Written in the same transaction as the change it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from api.staff.roles import Staff
from api.staff.tables import audit_table


def record(
    connection: Connection,
    who: Staff | None,
    action: str,
    kind: str,
    object_id: str,
    now: datetime,
    *,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> None:
    """Add a row; `who` is None for commands and jobs. `before` and `after` are JSON values without personal data."""
    connection.execute(
        insert(audit_table).values(
            at=now,
            staff_id=who.id if who else None,
            who=who.name if who else "系统",
            action=action,
            kind=kind,
            object_id=object_id,
            before=before,
            after=after,
            reason=reason,
        )
    )
