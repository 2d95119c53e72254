"""Keeping a worker's snapshot of the library in step with the database."""

from __future__ import annotations

import logging
import threading
import time

from api import guidance
from api.publications import model_in_use
from api.wiring import Service, read_library
from case_library import article_changes, names, store
from case_library.store import LibraryState

log = logging.getLogger("yibotong.library")
EVERY_S = 0.3  # with a build of about 1 s, a change is searchable within 2 s (issue's figure)
AFTER_FAILURE_S = 30.0


class LibraryFollower:
    """A thread that builds a new snapshot when the library has changed, beside the one in use, and swaps it in.

    Every worker has its own. While a build is under way, or when one fails, the old snapshot goes on answering.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._compared: LibraryState | None = None  # the library whose citations were last compared with the statutes
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="library-follower", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End; waits for a build under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        wait = EVERY_S
        names.tagger()  # loaded beside the first messages rather than in one of them
        while not self._stopping.wait(wait):
            try:
                catch_up(self._service)
                guidance.catch_up(self._service)
                if self._compared != self._service.library:  # also once after the start: the wheel may be a newer one
                    note_changed_articles(self._service)
                    self._compared = self._service.library
                wait = EVERY_S
            except Exception as error:  # whatever it was: the old snapshot goes on answering, and the next try may do
                log.exception("library_build_failed", extra={"cause": type(error).__name__})
                wait = AFTER_FAILURE_S


def catch_up(service: Service) -> bool:
    """Build and swap when the database, or the intent model in use, is ahead of the snapshot; False when neither is."""
    with service.catching_up:
        return _catch_up(service)


def _catch_up(service: Service) -> bool:
    today = service.now().date()
    with service.engine.connect() as connection:
        now_there = store.library_state(connection, today)
        taught = model_in_use(service.settings) != service.learnt.model
        if not taught and now_there == service.library and len(service.parts.index.cases) == now_there.shown:
            return False
        if not taught and _out_of_step(service, now_there):
            log.warning(
                "library_out_of_step", extra={"database": now_there.shown, "index": len(service.parts.index.cases)}
            )
        begun = time.perf_counter()
        built = read_library(connection, service.settings, service.parts.encoder, today)
    service.change_parts(
        index=built.index,
        statutes=built.statutes,
        understanding=service.parts.understanding.with_utterances(built.utterances),
    )
    service.library, service.learnt = built.state, built.learnt
    log.info(
        "library_swapped",
        extra={"number": built.state.number, "cases": built.state.shown, "took_ms": _ms_since(begun)},
    )
    return True


def note_changed_articles(service: Service) -> dict[str, list[str]]:
    """List the cases that cite an article whose text is another than it was; the articles of each."""
    parts, now = service.parts, service.now()
    cases = parts.index.cases
    with service.engine.connect() as connection:  # most often there is nothing to write
        if article_changes.compare(connection, cases, parts.statutes, now.date()).is_empty:
            return {}
    with service.writing.begin() as connection:
        listed = article_changes.review(connection, cases, parts.statutes, now.date(), now)
    if listed:
        log.warning("articles_changed", extra={"cases": len(listed), "articles": len(set().union(*listed.values()))})
    return listed


def _out_of_step(service: Service, there: LibraryState) -> bool:
    """Whether the rows differ though nobody has counted a change: they were changed past this program."""
    return (there.number, there.day) == (service.library.number, service.library.day)


def _ms_since(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)
