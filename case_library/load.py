"""Reading case files (`case_library/data/*.yml`) and refusing what must not be shown (`case_library.check`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import yaml

from case_library.case import Case, Status, StatuteRef, TimeLimit
from case_library.check import Known, faults_of
from case_library.errors import BadDataFileError

KEYS = {
    "id", "matter", "title", "questions", "facts", "answer", "settles", "steps", "bring", "time_limits", "statutes",
    "other_sources", "handled_by",
}  # fmt: skip
DAYS = ("valid_until", "review_on")  # may be left out
LISTS = ("questions", "steps", "bring", "other_sources", "handled_by")
PLAIN = ("id", "matter", "title", "facts", "answer", "settles")


def read_case_files(paths: Iterable[Path], known: Known, today: date) -> list[Case]:
    """Cases of all files, checked together; `BadDataFileError` lists every fault.

    Refused: an unknown key, an id that stands twice, and what `faults_of` finds.
    """
    cases: dict[str, Case] = {}
    problems: list[str] = []
    for path in sorted(paths):
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            problems.append(f"{path.name}: not YAML: {error}")
            continue
        if not isinstance(raw, dict) or not isinstance(raw.get("cases"), list):
            problems.append(f"{path.name}: expected a mapping with status, note and a list of cases")
            continue
        if raw.get("status") not in get_args(Status):
            problems.append(f"{path.name}: status {raw.get('status')!r}, expected one of {', '.join(get_args(Status))}")
        for number, row in enumerate(raw["cases"], 1):
            where = f"{path.name}: case {number} ({row.get('id') if isinstance(row, dict) else row!r})"
            faults = shape_faults(row)
            if not faults:
                case = build_case(row, raw.get("status", ""), raw.get("note", ""))
                faults = [f"{fault.field}: {fault.text}" for fault in faults_of(case, known, today)]
                if case.id in cases:
                    faults.append("id stands twice")
                cases[case.id] = case
            problems += [f"{where}: {fault}" for fault in faults]
    if problems:
        raise BadDataFileError(problems)
    return list(cases.values())


def shape_faults(row: object) -> list[str]:
    """What keeps a row of a file from being a `Case` at all."""
    if not isinstance(row, dict):
        return ["expected a mapping"]
    faults = []
    if odd := (set(row) - set(DAYS)) ^ KEYS:
        faults.append(f"keys missing or unknown: {sorted(odd)}")
        return faults
    faults += [
        f"{name}: expected a list of texts"
        for name in LISTS
        if not isinstance(row[name], list) or not all(isinstance(item, str) and item.strip() for item in row[name])
    ]
    faults += [f"{name}: expected a text" for name in PLAIN if not isinstance(row[name], str) or not row[name].strip()]
    if not isinstance(row["statutes"], list) or not isinstance(row["time_limits"], list):
        return [*faults, "statutes and time_limits: expected lists"]
    if not all(isinstance(ref, list) and len(ref) == 2 for ref in row["statutes"]):
        faults.append("statutes: expected [law, article] pairs")
    if not all(isinstance(limit, dict) and set(limit) == {"text", "basis"} for limit in row["time_limits"]):
        faults.append("time_limits: expected text and basis")
    faults += [f"{name}: expected a date, got {row[name]!r}" for name in DAYS if not _is_day(row.get(name))]
    return faults


def build_case(row: dict, status: str, note: str) -> Case:
    """The case of a row that has no `shape_faults`."""
    fields = {name: tuple(row[name]) for name in LISTS}
    fields["statutes"] = tuple(StatuteRef(law, str(article)) for law, article in row["statutes"])
    fields["time_limits"] = tuple(TimeLimit(**limit) for limit in row["time_limits"])
    fields |= {name: row[name] for name in PLAIN} | {name: row.get(name) for name in DAYS}
    return Case(**fields, status=status, note=note)


def _is_day(value: object) -> bool:
    return value is None or (isinstance(value, date) and not isinstance(value, datetime))
