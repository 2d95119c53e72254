"""`make bench`: the figures of the README, measured on this machine. `make bench PART=statutes` for one of them."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as `api.cli` does; before any library with OpenMP loads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache

from api.config import PROJECT, Settings
from api.intent_server import running
from api.load import load_file
from api.wiring import Service, build_service
from tests.benchmarks import calls, embeddings, figures, load, page, retrieval, speed, tickets, vectors
from tests.benchmarks.table import SkippedError, Table

DATA = PROJECT / ".cache" / "bench"
WITH_SERVICE = {
    "cases": retrieval.cases,
    "question": speed.question,
    "embeddings": embeddings.embeddings,
    "library": speed.library,
    "understanding": speed.understanding,
    "deciding": speed.deciding,
    "figures": figures.figures,
    "page": page.page,
    "calls": calls.calls,
}
ON_DATABASES = {"tickets": tickets.tickets, "contended": tickets.contended, "kill": tickets.kill}


def main() -> None:
    """Print the parts asked for, one table each."""
    parts = [
        "statutes",
        "cases",
        "question",
        "embeddings",
        "library",
        "million",
        "cite",
        "understanding",
        "calls",
        "deciding",
        "figures",
        "start",
        "page",
    ]
    parts += ["tickets", "contended", "load"]
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    known = [*parts, "kill"]  # takes most of an hour: only when it is named
    arguments.add_argument("part", nargs="*", help=f"of {', '.join(known)}; all but kill when left out")
    chosen = arguments.parse_args().part or parts
    if unknown := set(chosen) - set(known):
        arguments.error(f"no such part: {', '.join(sorted(unknown))}; expected some of {', '.join(known)}")
    DATA.mkdir(parents=True, exist_ok=True)
    settings = Settings(data_dir=DATA, database_url="")
    with ExitStack() as stack:

        @cache
        def service() -> Service:
            built = build_service(settings, stack.enter_context(running(settings)))
            stack.callback(built.engine.dispose)
            return built

        for part in chosen:
            print(_measured(part, settings, service), end="\n\n", flush=True)


def _measured(part: str, settings: Settings, service: Callable[[], Service]) -> Table | str:
    try:
        if part == "statutes":
            _load_articles(settings)
            return retrieval.statutes(settings)
        if part in WITH_SERVICE:
            return WITH_SERVICE[part](service())
        if part in ON_DATABASES:
            return ON_DATABASES[part](settings)
        if part == "load":
            return load.load(settings)
        return {"million": vectors.million, "cite": speed.cite, "start": lambda: speed.start(settings)}[part]()
    except SkippedError as skipped:
        return f"{part}: skipped, {skipped}"


def _load_articles(settings: Settings) -> None:
    path = retrieval.EVAL / "stard_articles.json"
    if path.exists() and json.loads(path.read_text(encoding="utf-8")):
        load_file("statutes", path, settings)


if __name__ == "__main__":
    main()
