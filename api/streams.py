"""Streams of news (server-sent events): a conversation for the citizen and for agents, the queue for desks.

A stream reads the database in a thread, sends what is new, and waits to be woken by `api.live`. It ends after some
minutes, so that tokens, sessions and roles are checked again when the page opens it anew.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from anyio import to_thread
from fastapi.sse import ServerSentEvent

from api import thread
from api.thread import BEAT_S, STREAM_S
from api.wiring import Service
from bot import conversations
from bot.errors import BotError

# From the id of the newest message that was sent, and what was sent last of each kind: the events to send now, in order.
# None ends the stream: whoever follows may not any more.
Read = Callable[[int], list[tuple[str, int, Any]] | None]


def citizen(service: Service, conversation_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    """A citizen's conversation: `lines` (with an id) and `status`."""

    def read(last: int) -> list[tuple[str, int, Any]]:
        now = service.now()
        with service.engine.connect() as connection:
            conversation = conversations.conversation_by_id(connection, conversation_id, now)
            new = conversations.exchanges(connection, conversation_id, after=last)
            status = thread.status(connection, conversation, now)
        said = thread.lines(service, new, codes=True)
        lines = [("lines", new[-1].id, _json(said))] if new else []
        return [*lines, ("status", 0, status.model_dump(mode="json"))]

    return stream(service, conversation_id, read, after)


async def stream(service: Service, key: str, read: Read, after: int = 0) -> AsyncIterator[ServerSentEvent]:
    """Events of one key. An event without an id (0) is sent only when it differs from the last of its kind."""
    last, sent, end = after, dict[str, Any](), time.monotonic() + STREAM_S
    with service.live.follow(key) as follower:
        yield ServerSentEvent(comment="open", retry=1000)
        while not service.live.stopping and time.monotonic() < end:
            try:
                events = await to_thread.run_sync(read, last)
            except BotError:  # expired or erased meanwhile
                return
            if events is None:
                return
            for kind, number, data in events:
                if number:
                    last = number
                    yield ServerSentEvent(event=kind, id=str(number), data=data)
                elif sent.get(kind) != data:
                    sent[kind] = data
                    yield ServerSentEvent(event=kind, data=data)
            if not await follower.wait(BEAT_S):
                yield ServerSentEvent(comment="beat")


def _json(lines: list[thread.Line]) -> list[dict[str, Any]]:
    return [line.model_dump(mode="json", by_alias=True) for line in lines]
