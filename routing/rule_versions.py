"""Versions of the rules: storing them, which one is in use, and loading one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from routing.cues import Cues
from routing.edit_tables import rules_use_table, rules_version_table
from routing.errors import RoutingError
from routing.load import DATA_DIR, load_cues, load_rules
from routing.rules import Rules

EDITABLE = ("questions.yml", "deadlines.yml", "legal_aid.yml", "cues.yml", "answers.yml")  # besides those of routes/


class UnknownRulesVersionError(RoutingError):
    """No such version of the rules."""


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """Rules as somebody drafted them: the files that differ from those installed."""

    number: int
    title: str
    files: Mapping[str, str]
    proof: Mapping[str, Any]
    staff_id: int | None
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RulesUse:
    """That a version was put in use; no number means the files as installed."""

    id: int
    number: int | None
    who: str
    reason: str
    at: datetime


def add_version(
    connection: Connection,
    title: str,
    files: Mapping[str, str],
    proof: Mapping[str, Any],
    staff_id: int,
    author: str,
    now: datetime,
) -> int:
    """Store a draft; returns its number."""
    values = {
        "title": title,
        "files": dict(files),
        "proof": dict(proof),
        "staff_id": staff_id,
        "author": author,
        "at": now,
    }
    return connection.execute(insert(rules_version_table).values(values)).inserted_primary_key[0]


def put_in_use(connection: Connection, number: int | None, staff_id: int, who: str, reason: str, now: datetime) -> None:
    """From now on this version decides; an older one goes back."""
    values = {"number": number, "staff_id": staff_id, "who": who, "reason": reason, "at": now}
    connection.execute(insert(rules_use_table).values(values))


def last_use(connection: Connection) -> RulesUse | None:
    """Which version is in use; None until one was put in use."""
    row = connection.execute(select(rules_use_table).order_by(rules_use_table.c.id.desc()).limit(1)).first()
    return RulesUse(row.id, row.number, row.who, row.reason, row.at) if row else None


def uses(connection: Connection) -> list[RulesUse]:
    """Every time a version was put in use, latest first."""
    rows = connection.execute(select(rules_use_table).order_by(rules_use_table.c.id.desc()))
    return [RulesUse(row.id, row.number, row.who, row.reason, row.at) for row in rows]


def versions(connection: Connection, limit: int = 100) -> list[RulesVersion]:
    """The latest versions, latest first."""
    rows = connection.execute(select(rules_version_table).order_by(rules_version_table.c.number.desc()).limit(limit))
    return [_version(row) for row in rows]


def version(connection: Connection, number: int) -> RulesVersion:
    """One version; `UnknownRulesVersionError` when there is none."""
    row = connection.execute(select(rules_version_table).where(rules_version_table.c.number == number)).first()
    if row is None:
        raise UnknownRulesVersionError(f"no version {number}")
    return _version(row)


def _version(row: Any) -> RulesVersion:
    return RulesVersion(row.number, row.title, row.files, row.proof, row.staff_id, row.author, row.at)


def file_names(data_dir: Path) -> tuple[str, ...]:
    """The files that make up the rules, as curators see them."""
    return (*(f"routes/{path.name}" for path in sorted((data_dir / "routes").glob("*.yml"))), *EDITABLE)


def read_files(data_dir: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The text of every file, with these over those installed."""
    return {name: files.get(name) or _installed(data_dir, name) for name in file_names(data_dir)}


def _installed(data_dir: Path, name: str) -> str:
    own = data_dir / name  # an imported folder may be older than a file
    return (own if own.exists() else DATA_DIR / name).read_text(encoding="utf-8")


def load_version(
    files: Mapping[str, str],
    data_dir: Path,
    matters: Collection[str],
    in_force: Callable[[str, str], bool] | None = None,
) -> tuple[Rules, Cues]:
    """Rules and cues with these files over those installed, checked like those; `BadDataFileError` says what is wrong."""
    if not files:
        return load_rules(matters, data_dir, in_force), load_cues(data_dir)
    with tempfile.TemporaryDirectory(prefix="rules-") as folder:
        copy = Path(folder) / "data"
        shutil.copytree(data_dir, copy)
        for name in set(files) & set(file_names(data_dir)):  # nothing else is ever written
            (copy / name).write_text(files[name], encoding="utf-8")
        return load_rules(matters, copy, in_force), load_cues(copy)
