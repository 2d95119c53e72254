"""Canned phrases (常用语) and wrap-up codes (小结): for all in a file, one's own in the database. Callers commit."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select

from api.desk.tables import phrase_table
from api.errors import bad_field

FILE = Path(__file__).parent / "data" / "phrases.yml"
VARIABLES = ("座席", "单位", "事项", "工单", "期限")
MOST_OWN = 100
_VARIABLE = re.compile(r"\{([^{}]*)\}")


class Phrase(BaseModel):
    """A phrase by its key; `own` ones can be changed by whoever keeps them."""

    key: str
    title: str
    text: str
    own: bool = False


class Code(BaseModel):
    """A way a conversation ended."""

    code: str
    name: str


@cache
def _file() -> dict:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def for_all() -> list[Phrase]:
    """Those of the file, in its order."""
    return [Phrase(**row) for row in _file()["phrases"]]


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
