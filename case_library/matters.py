"""The one list of matters (`nlu_data/matters.yml`); everything else refers to its codes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from case_library.errors import BadDataFileError

MATTER_KEYS = {"code", "group", "kind", "name", "short", "scope", "excludes"}


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter (事项). `kind` is `legal` for a trouble, `service` for a public legal service that is asked for."""

    code: str
    group: str
    kind: Literal["legal", "service"]
    name: str
    short: str
    scope: str
    excludes: str


@dataclass(frozen=True, slots=True)
class Matters:
    """All matters by code in file order, the groups' names, and the dialogue acts' names."""

    by_code: dict[str, Matter]
    groups: dict[str, str]
    dialogue_acts: dict[str, str]

    def name(self, code: str) -> str:
        """Chinese name of a matter; the code itself when it is not a matter."""
        matter = self.by_code.get(code)
        return matter.name if matter else code


def load_matters(path: Path) -> Matters:
    """Read and check the list; `BadDataFileError` names every fault at once."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    problems: list[str] = []
    groups = {row["code"]: row["name"] for row in raw["groups"]}
    by_code: dict[str, Matter] = {}
    for number, row in enumerate(raw["matters"], 1):
        where = f"{path.name}: matter {number} ({row.get('code')})"
        if set(row) != MATTER_KEYS:
            problems.append(f"{where}: keys {sorted(set(row) ^ MATTER_KEYS)} missing or unknown")
            continue
        if row["group"] not in groups:
            problems.append(f"{where}: group {row['group']!r} is not in groups")
        if row["kind"] not in ("legal", "service"):
            problems.append(f"{where}: kind {row['kind']!r}, expected legal or service")
        if row["code"] in by_code:
            problems.append(f"{where}: code stands twice")
        by_code[row["code"]] = Matter(**row)
    if problems:
        raise BadDataFileError(problems)
    return Matters(by_code, groups, {row["code"]: row["name"] for row in raw["dialogue_acts"]})
