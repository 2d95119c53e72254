"""News of conversations and of the queue, for pages that stay open.

The database is the truth: one thread of each process asks it a few times a second what changed for those who follow, and
at once when this process wrote something itself. So it works the same with one worker and with many.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from api.desk.agents import AWAY_AFTER
from api.desk.tables import agent_table, call_table
from bot import presence
from bot.tables import conversation_table, presence_table

log = logging.getLogger("yibotong.api")
QUEUE = "queue"  # followed by desks; no conversation has such an id
EVERY_S = 0.4  # what another worker wrote is seen this much later at most


class Follower:
    """Somebody who waits for news of one key."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    async def wait(self, timeout_s: float) -> bool:
        """True when there is news, False when the time is up."""
        try:
            await asyncio.wait_for(self._news.wait(), timeout_s)
        except TimeoutError:
            return False
        self._news.clear()
        return True

    def wake(self) -> None:
        """Tell it from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)


class Live:
    """Watches the database for those who follow; `start` before use, `stop` at the end."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._lock = threading.Lock()
        self._followers: dict[str, set[Follower]] = {}
        self._seen: dict[str, Any] = {}
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin watching."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._watch, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End watching, and let everybody who waits look once more."""
        self._stopping.set()
        self._wanted.set()
        if self._thread:
            self._thread.join()
        with self._lock:
            for follower in set().union(*self._followers.values()):
                follower.wake()

    @property
    def stopping(self) -> bool:
        """Whether the service is ending: streams end too."""
        return self._stopping.is_set()

    def nudge(self) -> None:
        """Something was written here: look at once."""
        self._wanted.set()

    @contextmanager
    def follow(self, key: str) -> Iterator[Follower]:
        """Follow a conversation, or `QUEUE`. Whatever changes from now on wakes the follower."""
        follower = Follower()
        with self._lock:
            self._followers.setdefault(key, set()).add(follower)
        try:
            yield follower
        finally:
            with self._lock:
                self._followers[key].discard(follower)
                if not self._followers[key]:
                    del self._followers[key]
                    self._seen.pop(key, None)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait(EVERY_S)
            self._wanted.clear()
            try:
                self._look()
            except SQLAlchemyError as error:  # locked or away: the next look finds what this one missed
                log.warning("live_look_failed", extra={"cause": type(error).__name__})

    def _look(self) -> None:
        with self._lock:
            keys = list(self._followers)
        if not keys:
            return
        now = self._now()
        with self._engine.connect() as connection:
            states = _conversations(connection, [key for key in keys if key != QUEUE], now)
            if QUEUE in keys:
                states[QUEUE] = _queue(connection, now)
        with self._lock:
            for key, state in states.items():
                # Not seen before: what happened since somebody began to follow is not known, so they look themselves.
                if self._seen.get(key) != state:
                    for follower in self._followers.get(key, ()):
                        follower.wake()
                if key in self._followers:
                    self._seen[key] = state


def _conversations(connection: Connection, ids: list[str], now: datetime) -> dict[str, Any]:
    c = conversation_table.c
    versions = connection.execute(select(c.id, c.version).where(c.id.in_(ids)))
    states: dict[str, Any] = {row.id: [row.version] for row in versions}
    rows = connection.execute(select(presence_table).where(presence_table.c.conversation_id.in_(ids)))
    for row in rows:
        states.setdefault(row.conversation_id, []).append(presence.of_row(row, now))
    return states


def _queue(connection: Connection, now: datetime) -> Any:
    c, a = conversation_table.c, agent_table.c
    held = connection.execute(select(c.id, c.version).where(c.owner != "bot").order_by(c.id))
    there = connection.execute(select(a.staff_id, a.ready, a.seen_at).order_by(a.staff_id))
    calls = connection.execute(
        select(call_table.c.id, call_table.c.state, call_table.c.agent_id).where(
            call_table.c.state.in_(("ringing", "answered"))
        )
    )
    return (
        [tuple(row) for row in held],
        [(row.staff_id, row.ready, row.seen_at > now - AWAY_AFTER) for row in there],
        [tuple(row) for row in calls],
    )
