"""Cases to look at again because an article they cite has changed. Callers commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from case_library import versions
from case_library.case import StatuteRef
from case_library.statutes import article_id
from case_library.store import upsert
from case_library.tables import article_change_table


def note(connection: Connection, refs: Iterable[StatuteRef], now: datetime) -> list[str]:
    """List every case that cites one of these changed articles; returns the cases' ids."""
    found = []
    for ref in refs:
        for case_id in versions.citing(connection, (ref.law, ref.article)):
            row = {"case_id": case_id, "article": article_id(ref.law, ref.article), "change": "changed", "at": now}
            upsert(connection, article_change_table, {**row, "settled_by": None, "settled_at": None})
            found.append(case_id)
    return list(dict.fromkeys(found))


def open_cases(connection: Connection) -> list[str]:
    """Ids of the cases that nobody has looked at since."""
    query = select(article_change_table.c.case_id).where(article_change_table.c.settled_at.is_(None)).distinct()
    return list(connection.execute(query).scalars())


def of_case(connection: Connection, case_id: str) -> list[str]:
    """Articles of a case that changed and were not looked at since."""
    where = (article_change_table.c.case_id == case_id, article_change_table.c.settled_at.is_(None))
    return list(connection.execute(select(article_change_table.c.article).where(*where)).scalars())


def settle(connection: Connection, case_id: str, who: str, now: datetime) -> None:
    """Somebody has looked at the case: its changed articles are settled."""
    where = (article_change_table.c.case_id == case_id, article_change_table.c.settled_at.is_(None))
    connection.execute(update(article_change_table).where(*where).values(settled_by=who, settled_at=now))
