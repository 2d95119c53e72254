"""Answering one message: once, in order, and never over a person. With the real service; the machine is quick where told."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update
from starlette.testclient import TestClient

from api import streams, talk
from api.desk import hands
from api.desk.tables import agent_table
from api.live import QUEUE, Live
from api.staff.roles import Role, Staff
from api.wiring import Service
from bot import compose, conversations
from bot.consult import Consultation
from bot.conversations import Conversation, Exchange, Ownership
from bot.message import Message
from bot.tables import conversation_table

AGENT = Staff(7001, "wang", "小王", frozenset({Role.AGENT}))
ROUNDS = 200  # with storage alone it is 1,000 times, in tests/bot/test_conversations.py


@pytest.fixture(autouse=True)
def empty_desk(service: Service, client: TestClient) -> Iterator[None]:
    yield
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
        connection.execute(update(conversation_table).values(owner="bot", agent_id=None))


def a_conversation(service: Service, ownership: Ownership | None = None, channel: str = "web") -> Conversation:
    now = service.now()
    with service.writing.begin() as connection:
        conversation, _ = conversations.open_conversation(connection, channel, now, timedelta(days=1))
        if ownership:
            opening = Exchange("~opening", "", None, now)
            conversations.save_exchange(connection, conversation, opening, conversation.dialogue, ownership)
    return conversation


def found(conversation: Conversation) -> talk.Find:
    def find(connection: Connection, now: datetime) -> Conversation:
        return conversations.conversation_by_id(connection, conversation.id, now)

    return find


def quick(message: Message, dialogue: Any, _parts: Any, _now: datetime) -> Consultation:
    """A machine that answers at once, so that the two meet often."""
    return Consultation(compose.say(f"机器：{message.text}"), dialogue)


def said(service: Service, conversation: Conversation) -> list[Exchange]:
    with service.engine.connect() as connection:
        return conversations.exchanges(connection, conversation.id)


def together(start: threading.Barrier, *works: Callable[[], None]) -> None:
    """Each in a thread of its own; what one of them raises is raised here."""
    faults: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
            start.abort()
            raise

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_machine_and_agent_at_the_same_moment_and_nothing_is_said_over_the_agent(service: Service) -> None:
    now = service.now()
    waiting = Ownership("waiting", waiting_since=now)
    talks = [a_conversation(service) for _ in range(ROUNDS)]
    start = threading.Barrier(2)

    def citizen() -> None:
        for conversation in talks:
            start.wait()
            talk.answer(service, found(conversation), "told", talk.hear(service, text="老板欠薪"), ask=quick)

    def agent() -> None:
        for conversation in talks:
            start.wait()
            hands.change(service, conversation.id, lambda _, at: hands.Change(Exchange("~wait", "", None, at), waiting))
            hands.take(service, conversation.id, AGENT)
            hands.say(service, conversation.id, AGENT, "hello", "您好")

    together(start, citizen, agent)
    before = silent = 0
    for conversation in talks:
        rows = said(service, conversation)
        waits = next(row.id for row in rows if row.client_id == "~wait")
        told = next(row for row in rows if row.client_id == "told")
        machine = (told.reply or {}).get("text", "").startswith("机器")
        assert not (machine and told.id > waits), "the machine spoke over a person"
        before, silent = before + machine, silent + (not machine)
    assert before + silent == ROUNDS
    assert silent, "the two never met: the test would not have seen a fault"


def test_a_message_while_an_agent_has_it_is_kept_and_unanswered(service: Service) -> None:
    now = service.now()
    conversation = a_conversation(service, Ownership("agent", 7001, "小王", now, now))
    assert talk.answer(service, found(conversation), "a", talk.hear(service, text="老板三个月没发工资")) is None
    assert talk.answer(service, found(conversation), "a", talk.hear(service, text="老板三个月没发工资")) is None
    assert [row.text for row in said(service, conversation) if row.text] == ["老板三个月没发工资"]


def test_a_nameless_story_and_empty_texts_do_no_harm_beside_a_person(service: Service) -> None:
    now = service.now()
    conversation = a_conversation(service, Ownership("agent", 7001, "小王", now, now))
    for text in ("", "😭", "？？？", "嗯"):
        assert talk.answer(service, found(conversation), uuid.uuid4().hex, talk.hear(service, text=text)) is None


def follow(service: Service, key: str, read: streams.Read, act: Callable[[], None], *, events: int) -> list[Any]:
    """What a stream tells until it told so many events; `act` happens after the first ones."""

    async def run() -> list[Any]:
        told: list[Any] = []
        stream = streams.stream(service, key, read)
        acted = False
        async for event in stream:
            if event.event:
                told.append(event)
            if told and not acted:
                acted = True
                await asyncio.to_thread(act)
            if len(told) >= events:
                await stream.aclose()
                return told
        return told

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_a_stream_tells_what_another_worker_wrote(service: Service) -> None:
    now = service.now()
    conversation = a_conversation(service, Ownership("agent", 7001, "小王", now, now))

    def elsewhere() -> None:
        # As another process would: straight into the database, without waking anybody here.
        with service.writing.begin() as connection:
            fresh = conversations.conversation_by_id(connection, conversation.id, now)
            line = Exchange("agent:1", "您好", None, now, "agent", "小王")
            conversations.save_exchange(connection, fresh, line, fresh.dialogue)

    def read(last: int) -> list[tuple[str, int, Any]]:
        with service.engine.connect() as connection:
            rows = conversations.exchanges(connection, conversation.id, after=last)
        return [("lines", rows[-1].id, [row.text for row in rows])] if rows else []

    told = follow(service, conversation.id, read, elsewhere, events=2)
    assert [event.data for event in told] == [[""], ["您好"]]


def test_a_stream_goes_on_where_it_was_broken_off(service: Service) -> None:
    now = service.now()
    conversation = a_conversation(service, Ownership("agent", 7001, "小王", now, now))
    hands.say(service, conversation.id, AGENT, "1", "第一句")
    seen = said(service, conversation)[-1].id
    hands.say(service, conversation.id, AGENT, "2", "第二句")

    async def first() -> Any:
        async for event in streams.citizen(service, conversation.id, seen):
            if event.event == "lines":
                return event
        return None

    event = asyncio.run(asyncio.wait_for(first(), 20))
    assert [line["text"] for line in event.data] == ["第二句"]
    assert int(event.id) > seen


def test_a_stream_ends_when_its_reader_may_not_any_more(service: Service) -> None:
    told = follow(service, QUEUE, lambda _last: None, lambda: None, events=1)
    assert told == []


def test_whoever_stops_following_is_forgotten(service: Service) -> None:
    live = Live(service.engine, service.now)

    async def run() -> None:
        with live.follow("a"), live.follow("a"):
            assert len(live._followers["a"]) == 2

    asyncio.run(run())
    assert live._followers == {}
