"""The command line: how the service is run and measured. `yibotong --help` lists the commands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from tqdm import tqdm

from api.config import Settings
from api.privacy import commands as key_commands
from api.staff import commands as staff_commands

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(staff_commands.app, name="staff")
app.add_typer(key_commands.app, name="keys")
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder (YIBOTONG_DATA_DIR).")]


def main() -> None:
    """Entry point."""
    # Before any library with OpenMP loads: threads that spin while they wait made an embedding ten times slower
    # (580 ms for 58 ms) as soon as another process wanted the same cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # OpenBLAS spins too. One thread multiplies the articles' vectors in 1.3 ms of processor time, two took 8 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from api.failure import EXPECTED

    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except EXPECTED as error:
        # What an operator can repair ends in its message, not in a traceback.
        sys.stderr.write(f"yibotong: {error}\n")
        sys.exit(1)


@app.command()
def up(data_dir: DataDir = None) -> None:
    """Migrate, load seed data, train if the training data changed, start the intent model and the pages."""
    from api.up import run

    run(_settings(data_dir))


@app.command()
def train(
    data_dir: DataDir = None,
    *,
    force: bool = False,
    back: Annotated[bool, typer.Option(help="Put the model in use that was published before the present one.")] = False,
    past: Annotated[bool, typer.Option("--history", help="Only list what was published.")] = False,
) -> None:
    """Train the intent model from nlu_data/; one that is worse on the held-out set is not published."""
    from api.intent_server import data_hash, train_if_changed
    from api.publications import go_back, history

    if past:
        for entry in history(_settings(data_dir)):
            _say(f"{entry.published_at}  {entry.held_out_accuracy:.3f}  {entry.model}  data {entry.data[:12]}")
        return
    if back:
        settings = _settings(data_dir)
        earlier = go_back(settings, data_hash(settings))
        _say(
            f"back to {earlier.model}, {earlier.held_out_accuracy:.3f} on the held-out set; served from the next start on"
        )
        return
    _say(train_if_changed(_settings(data_dir), force=force).as_text())


@app.command()
def triage(
    data_dir: DataDir = None,
    why: Annotated[bool, typer.Option("--why", help="Add the account of the decision, as agents read it.")] = False,
) -> None:
    """JSON Lines {"id","text","facts"?} on stdin, understanding and decision on stdout."""
    from api.triage import record, understand
    from routing.explain import explain

    with _service(data_dir) as service:
        parts = service.parts

        def answer(row: dict[str, Any]) -> dict[str, Any]:
            inquiry, matches, decision = understand(_text(row), row.get("facts") or {}, parts, service.now())
            account = {}
            if why:
                told = explain(inquiry, decision, parts.rules, parts.directory, service.guidance.cues)
                account = {"why": told.agent.split("\n")}
            return {"id": row.get("id"), **record(inquiry, matches, decision), **account}

        _each_line(answer)


@app.command()
def search(
    data_dir: DataDir = None, where: Annotated[Literal["cases", "statutes"], typer.Option("--in")] = "cases"
) -> None:
    """JSON Lines {"id","text","k"?} on stdin, the best cases or statutes on stdout."""
    if where == "statutes":  # needs no intent model
        from api.wiring import open_statute_search

        _each_line(partial(_hits, open_statute_search(_settings(data_dir)).find))
        return
    with _service(data_dir) as service:
        _each_line(partial(_hits, service.find_cases))


def _hits(find: Callable[[str, int], list[Any]], row: dict[str, Any]) -> dict[str, Any]:
    hits = find(_text(row), int(row.get("k") or 10))
    return {"id": row.get("id"), "hits": [asdict(hit) for hit in hits]}


@app.command()
def cite(
    file: Annotated[Path | None, typer.Argument(help="A text; stdin when left out.")] = None, data_dir: DataDir = None
) -> None:
    """Every citation of a law in a text: found, in force today, text."""
    from api.wiring import local_now, statutes_in_use

    text = file.read_text(encoding="utf-8") if file else sys.stdin.read()
    for citation in statutes_in_use(_settings(data_dir)).cite(text, local_now().date()):
        article = citation.article
        row = {
            "said": citation.said,
            "id": article.id if article else None,
            "law": citation.law,
            "article": citation.number,
            "found": citation.found,
            "in_force": citation.in_force,
            "text": article.text if article else None,
        }
        _say(json.dumps(row, ensure_ascii=False))


@app.command()
def evaluate(
    file: Path,
    data_dir: DataDir = None,
    *,
    given_matter: bool = False,
    ablation: Annotated[bool, typer.Option(help="Only what each signal of understanding is worth.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report with pictures to this file.")] = None,
) -> None:
    """Figures over labelled questions (JSON Lines). With --given-matter routing alone is measured."""
    from api import evaluate as measure
    from api import evaluate_signals
    from api.evaluate_html import as_html
    from api.triage import record, understand

    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    if ablation:
        rows = list(_labelled(lines))
        _say(evaluate_signals.ablate(rows, _settings(data_dir)))
        if len(rows) < sum(bool(line.strip()) for line in lines):
            raise typer.Exit(1)
        return
    results = []
    bad = 0
    with _service(data_dir) as service:
        for number, line in enumerate(tqdm(lines, file=sys.stderr, disable=not sys.stderr.isatty()), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                matter = row.get("matter") if given_matter else None
                now = service.now()
                inquiry, matches, decision = understand(_text(row), row.get("facts") or {}, service.parts, now, matter)
                asked = measure.expected_questions(inquiry, matches, service.parts, now)
            except (ValueError, TypeError, AttributeError, ValidationError) as error:
                bad += 1
                sys.stderr.write(f"line {number}: {error}\n")
                continue
            results.append(measure.Result(row, record(inquiry, matches, decision), asked))
        groups = {code: matter.group for code, matter in service.matters.by_code.items()}
        figures = measure.report(results, groups)
        _say(measure.as_text(figures))
        if not given_matter:
            _say("\n" + evaluate_signals.beside(results, service))
        if html:
            html.write_text(as_html(figures, results, evaluate_signals.neighbours(service)), encoding="utf-8")
    if bad:
        raise typer.Exit(1)


def _labelled(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The rows with a text; a bad line is reported by number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            _text(row)
        except (ValueError, TypeError, AttributeError) as error:
            sys.stderr.write(f"line {number}: {error}\n")
            continue
        yield row


@app.command()
def examine(
    data_dir: DataDir = None,
    near: Annotated[
        float, typer.Option(help="Cosine from which on two utterances are listed as near-duplicates.")
    ] = 0.97,
) -> None:
    """Look over the training utterances: near-duplicates by meaning, and the 50 most doubtful labels."""
    from api.evaluate_signals import examine as look_over

    _say(look_over(_settings(data_dir), near))


@app.command()
def vectors(data_dir: DataDir = None) -> None:
    """Make the ready embeddings (utterances, seed cases, articles of law) and learnt weights anew: a first start need not wait."""
    from api.ready_vectors import make

    _say(make(_settings(data_dir)))


@app.command()
def load(
    kind: Literal["cases", "directory", "rules", "matters", "statutes"],
    path: Path,
    data_dir: DataDir = None,
    *,
    dry_run: Annotated[bool, typer.Option(help="Of a directory as HSDS: show the difference, write nothing.")] = False,
    source: Annotated[str, typer.Option(help="Of a directory as HSDS: where rows are from that do not say so.")] = "",
) -> None:
    """Check a file, show the difference, import it. A directory may also be HSDS 3.0 (.json, .ndjson, .zip)."""
    from api.load import load_file

    _say(load_file(kind, path, _settings(data_dir), dry_run=dry_run, source=source))


@app.command()
def jobs(
    data_dir: DataDir = None,
    *,
    rederive: Annotated[bool, typer.Option(help="First make every ticket's status anew from its events.")] = False,
) -> None:
    """Do once what the pages' worker does by itself: reminders, promises that are over, tickets nobody answers to."""
    from api.jobs import run_due, worker_name
    from api.wiring import build_service
    from routing import ticket_thread

    service = build_service(_settings(data_dir))
    if rederive:
        with service.writing.begin() as connection:
            _say(f"{ticket_thread.rederive(connection, service.promises)} statuses were not as their events say")
    for name, count in run_due(service, worker_name()).items():
        _say(f"{name}: {count}")
    service.engine.dispose()


@app.command()
def report(
    month: Annotated[str, typer.Option(help="Which month: 2026-11.")],
    html: Annotated[Path | None, typer.Option(help="Write it as a page to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write it as PDF to this file; needs a font with Chinese.")] = None,
    data_dir: DataDir = None,
) -> None:
    """The monthly assessment report (考核评估), in the order of the city's evaluation; at least one of --html and --pdf."""
    from api.figures.command import write

    write(month, html, pdf, _settings(data_dir))


@app.command("ticket-states")
def ticket_states() -> None:
    """The picture of a ticket's states (Mermaid), made from the table that decides them."""
    from routing.ticket_picture import picture

    _say(picture())


@app.command()
def openapi() -> None:
    """The OpenAPI document on stdout; `make types` makes the pages' types from it. Needs no data and no models."""
    from api.contract import openapi_text

    sys.stdout.write(openapi_text())


def _settings(data_dir: Path | None) -> Settings:
    # Resolved: the intent model's processes run in a folder of their own.
    return Settings(data_dir=data_dir.resolve()) if data_dir else Settings()


@contextmanager
def _service(data_dir: Path | None) -> Iterator[Any]:
    """A service with a trained, running intent model for the time of a command."""
    from api.intent_server import running
    from api.wiring import build_service

    settings = _settings(data_dir)
    with running(settings) as model:
        service = build_service(settings, model)
        yield service
        service.engine.dispose()


def _each_line(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """One JSON line out for each line in; a bad line is reported by number and the next one taken."""
    bad = 0
    sys.stdin.reconfigure(errors="replace")  # bytes that are no UTF-8 spoil their line only
    for number, line in enumerate(_progress(sys.stdin), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError("expected a JSON object")  # noqa: TRY301
            out = answer(row)
        except (ValueError, TypeError, ValidationError) as error:
            bad += 1
            sys.stderr.write(f"line {number}: {error}\n")
            continue
        sys.stdout.write(json.dumps(out, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if bad:
        raise typer.Exit(1)


def _progress(lines: Iterable[str]) -> Iterable[str]:
    return tqdm(lines, file=sys.stderr, disable=not sys.stderr.isatty(), unit=" lines")


def _text(row: dict[str, Any]) -> str:
    text = row.get("text")
    if not isinstance(text, str):
        raise TypeError(f'"text": expected a string, got {text!r}')
    return text


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
