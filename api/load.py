"""`yibotong load`: check a file, show the difference, import it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from api import database
from api.config import Settings
from api.failure import Failure
from api.wiring import NLU_DATA, local_now, open_database
from case_library import store
from case_library.case import Case
from case_library.errors import BadDataFileError as BadCaseFileError
from case_library.load import read_case_files
from case_library.matters import load_matters
from case_library.statutes import Statutes
from routing.errors import BadDataFileError
from routing.load import load_directory, load_rules

SHOWN = 20  # lines of a difference


def load_file(kind: str, path: Path, settings: Settings) -> str:
    """Import `path` (a file, or a folder of them); returns what changed. `Failure` lists every fault."""
    if not path.exists():
        raise Failure(f"{path}: no such file or folder")
    try:
        match kind:
            case "cases":
                return _load_cases(path, settings)
            case "statutes":
                return _load_statutes(path, settings)
            case "matters":
                matters = load_matters(path)
                return f"{len(matters.by_code)} matters in {len(matters.groups)} groups: correct"
            case "directory":
                directory = load_directory(path)
                return f"{len(directory.bodies)} bodies, {len(directory.numbers)} hotlines: correct"
            case _:
                rules = load_rules(load_matters(NLU_DATA / "matters.yml").by_code, path)
                return f"{len(rules.routes)} routes, {len(rules.questions)} questions: correct"
    except (BadDataFileError, BadCaseFileError) as error:
        raise Failure(f"nothing was imported:\n{error}") from error


def _load_cases(path: Path, settings: Settings) -> str:
    matters = load_matters(NLU_DATA / "matters.yml")
    body_types = frozenset(load_directory().types)
    files = [path] if path.is_file() else sorted(path.glob("*.yml"))
    cases = read_case_files(files, set(matters.by_code), body_types, Statutes(), local_now().date())
    engine = open_database(settings)
    with database.for_writing(engine).begin() as connection:
        known = store.all_cases(connection)
        store.save_cases(connection, cases)
    return _difference({case.id: case for case in cases}, known)


def _difference(new: dict[str, Case], known: dict[str, Case]) -> str:
    added = [f"+ {id_}" for id_ in new if id_ not in known]
    changed = [f"~ {id_}" for id_, case in new.items() if id_ in known and known[id_] != case]
    lines = [*added, *changed]
    rest = [f"… {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    total = f"{len(added)} added, {len(changed)} changed, {len(new) - len(lines)} unchanged"
    return "\n".join([*lines[:SHOWN], *rest, total])


def _load_statutes(path: Path, settings: Settings) -> str:
    """JSON Lines of {"id","text"}, or one object {id: text}."""
    raw = path.read_text(encoding="utf-8")
    articles: dict[str, str] = {}
    problems: list[str] = []
    try:
        whole = json.loads(raw)
    except json.JSONDecodeError:
        whole = None
    rows = list(whole.items()) if isinstance(whole, dict) and "id" not in whole else _lines(raw, path, problems)
    for id_, text in rows:
        if not isinstance(id_, str) or not isinstance(text, str) or not id_.strip() or not text.strip():
            problems.append(f"{path.name}: {id_!r}: expected a name and a text")
            continue
        articles[id_.strip()] = text.strip()
    if problems:
        raise BadCaseFileError(problems)
    engine = open_database(settings)
    with database.for_writing(engine).begin() as connection:
        known = store.extra_articles(connection)
        store.save_articles(connection, articles, f"{path.name}, {date.today().isoformat()}")  # noqa: DTZ011
    added = sum(id_ not in known for id_ in articles)
    changed = sum(id_ in known and known[id_] != text for id_, text in articles.items())
    return f"{added} added, {changed} changed, {len(articles) - added - changed} unchanged"


def _lines(raw: str, path: Path, problems: list[str]) -> list[tuple[object, object]]:
    rows = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append((row["id"], row["text"]))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            problems.append(f'{path.name}:{number}: expected {{"id","text"}}: {error!r}')
    return rows
