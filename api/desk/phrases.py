"""Canned phrases (常用语) and wrap-up codes (小结). Callers commit.

Phrases for all come from a file; what was changed, added or withdrawn in the workbench is in the database and goes before it.
Each agent keeps own ones beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.desk.tables import central_phrase_table, phrase_table
from api.errors import CHANGED_MEANWHILE, ApiError, bad_field

FILE = Path(__file__).parent / "data" / "phrases.yml"
VARIABLES = ("座席", "单位", "事项", "工单", "期限")
MOST_OWN = 100
MOST_CENTRAL = 300
_VARIABLE = re.compile(r"\{([^{}]*)\}")


class Phrase(BaseModel):
    """A phrase by its key; `own` ones can be changed by whoever keeps them."""

    key: str
    title: str
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Central:
    """A phrase for all; version 0 is as the file has it. A withdrawn one is shown to nobody at the desk."""

    key: str
    title: str
    text: str
    withdrawn: bool = False
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


class Code(BaseModel):
    """A way a conversation ended."""

    code: str
    name: str


@cache
def _file() -> dict:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def central(connection: Connection) -> list[Central]:
    """Those for all, withdrawn ones too: the file's in its order, then those that were added, by key."""
    query = select(central_phrase_table).order_by(central_phrase_table.c.key)
    changed = {row.key: Central(**row._mapping) for row in connection.execute(query)}  # noqa: SLF001
    first = [changed.pop(row["key"], None) or Central(**row) for row in _file()["phrases"]]
    return [*first, *changed.values()]


def for_all(connection: Connection) -> list[Phrase]:
    """What agents are offered of them."""
    return [Phrase(key=p.key, title=p.title, text=p.text) for p in central(connection) if not p.withdrawn]


def change_central(connection: Connection, phrase: Central, who: str, now: datetime) -> Central | None:
    """Put one in the place of that of the same key and version (0: the file's, or a new one); gives what it was before.

    409 when somebody else has changed it since.
    """
    known = {found.key: found for found in central(connection)}
    before = known.get(phrase.key)
    if before is None and len(known) >= MOST_CENTRAL:
        raise bad_field("key", f"最多 {MOST_CENTRAL} 条。")
    values = {
        "title": phrase.title,
        "text": phrase.text,
        "withdrawn": phrase.withdrawn,
        "version": phrase.version + 1,
        "changed_by": who,
        "changed_at": now,
    }
    c = central_phrase_table.c
    if phrase.version == 0:
        try:
            with connection.begin_nested():
                connection.execute(insert(central_phrase_table).values(key=phrase.key, **values))
        except IntegrityError:
            raise _changed() from None
    else:
        where = (c.key == phrase.key, c.version == phrase.version)
        if connection.execute(update(central_phrase_table).where(*where).values(**values)).rowcount == 0:
            raise _changed()
    return before


def codes() -> list[Code]:
    """The wrap-up codes in order."""
    return [Code(**row) for row in _file()["codes"]]


def own(connection: Connection, staff_id: int) -> list[Phrase]:
    """Those of one agent, by key."""
    query = select(phrase_table).where(phrase_table.c.staff_id == staff_id).order_by(phrase_table.c.key)
    return [Phrase(key=row.key, title=row.title, text=row.text, own=True) for row in connection.execute(query)]


def keep(connection: Connection, staff_id: int, key: str, title: str, text: str) -> None:
    """Keep one, instead of that of the same key."""
    drop(connection, staff_id, key)
    if len(own(connection, staff_id)) >= MOST_OWN:
        raise bad_field("key", f"最多存 {MOST_OWN} 条。")
    connection.execute(insert(phrase_table).values(staff_id=staff_id, key=key, title=title, text=text))


def drop(connection: Connection, staff_id: int, key: str) -> None:
    """Remove one."""
    c = phrase_table.c
    connection.execute(delete(phrase_table).where(c.staff_id == staff_id, c.key == key))


def check(text: str) -> None:
    """422 for a variable nobody fills in."""
    unknown = [name for name in _VARIABLE.findall(text) if name not in VARIABLES]
    if unknown:
        known = "、".join(f"{{{name}}}" for name in VARIABLES)
        raise bad_field("text", f"不认识的变量：{unknown[0]}。可以用：{known}。")


def _changed() -> ApiError:
    return ApiError(409, "别人改过了", "别人刚刚改过这条常用语，请刷新后再改。", type=CHANGED_MEANWHILE)
