"""Reading case files (`case_library/data/*.yml`) and refusing what must not be shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import get_args

import yaml

from case_library.case import Case, Status, StatuteRef, TimeLimit
from case_library.errors import BadDataFileError
from case_library.statutes import Statutes

KEYS = {
    "id", "matter", "title", "questions", "facts", "answer", "settles", "steps", "bring", "time_limits", "statutes",
    "other_sources", "handled_by",
}  # fmt: skip
LISTS = ("questions", "steps", "bring", "other_sources", "handled_by")
PLAIN = ("id", "matter", "title", "facts", "answer", "settles")
LEAST_QUESTIONS = 5


def read_case_files(
    paths: Iterable[Path], matters: set[str], body_types: set[str], statutes: Statutes, today: date
) -> list[Case]:
    """Cases of all files, checked together; `BadDataFileError` lists every fault.

    Refused: an unknown key, matter or body type, an id that stands twice, fewer than five questions, and any statute,
    in the list or in the text, that is not found or not in force on `today`.
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
            faults = _shape_faults(row)
            if not faults:
                case = _build(row, raw.get("status", ""), raw.get("note", ""))
                faults = _content_faults(case, matters, body_types, statutes, today)
                if case.id in cases:
                    faults.append("id stands twice")
                cases[case.id] = case
            problems += [f"{where}: {fault}" for fault in faults]
    if problems:
        raise BadDataFileError(problems)
    return list(cases.values())


def _shape_faults(row: object) -> list[str]:
    if not isinstance(row, dict):
        return ["expected a mapping"]
    faults = []
    if odd := set(row) ^ KEYS:
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
    return faults


def _build(row: dict, status: str, note: str) -> Case:
    fields = {name: tuple(row[name]) for name in LISTS}
    fields["statutes"] = tuple(StatuteRef(law, str(article)) for law, article in row["statutes"])
    fields["time_limits"] = tuple(TimeLimit(**limit) for limit in row["time_limits"])
    plain = {name: row[name] for name in PLAIN}
    return Case(**plain, **fields, status=status, note=note)


def _content_faults(case: Case, matters: set[str], body_types: set[str], statutes: Statutes, today: date) -> list[str]:
    faults = []
    if case.matter not in matters:
        faults.append(f"matter {case.matter!r} is not in matters.yml")
    if len(set(case.questions)) < LEAST_QUESTIONS:
        faults.append(f"{len(set(case.questions))} different questions, expected {LEAST_QUESTIONS} or more")
    if not case.steps or not case.handled_by:
        faults.append("steps and handled_by must not be empty")
    if not case.statutes and not case.other_sources:
        faults.append("no statute and no other source")
    faults += [f"handled_by: {code!r} is not a body type" for code in case.handled_by if code not in body_types]
    faults += [
        f"statute {ref.law} {ref.article} is not found or not in force on {today}"
        for ref in case.statutes
        if statutes.article(ref.law, ref.article, today) is None
    ]
    shown = [case.answer, case.settles, *case.steps, *(limit.text + limit.basis for limit in case.time_limits)]
    faults += [
        f"text cites {citation.said!r}, not found or not in force on {today}"
        for citation in statutes.cite("\n".join(shown), today)
        # Regulations and interpretations are not in the database; they are shown as unverified.
        if not citation.in_force and (citation.found or statutes.law_name(citation.law))
    ]
    return faults
