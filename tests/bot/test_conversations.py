"""Who owns a conversation: a person is found by asking, and the machine never talks over them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api import database
from bot import compose, conversations, presence, wording
from bot.consult import Consultation
from bot.conversations import Conversation, Exchange, Ownership
from bot.dialogue import Dialogue
from bot.message import Message
from bot.persons import Queue, asks_for_person, queued

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AGENT = Ownership("agent", 7, "小王", NOW, NOW)
ROUNDS = 1000


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    opened = database.open_engine(f"sqlite:///{tmp_path / 'conversations.sqlite3'}")
    database.migrate(opened)
    return database.for_writing(opened)


def a_conversation(engine: Engine, ownership: Ownership | None = None) -> Conversation:
    with engine.begin() as connection:
        conversation, _ = conversations.open_conversation(connection, "web", NOW, timedelta(days=30))
        if ownership:
            opening = Exchange("~opening", "", None, NOW)
            assert conversations.save_exchange(connection, conversation, opening, Dialogue(), ownership)
    return read(engine, conversation.id)


def read(engine: Engine, conversation_id: str) -> Conversation:
    with engine.connect() as connection:
        return conversations.conversation_by_id(connection, conversation_id, NOW)


def save(engine: Engine, conversation: Conversation, exchange: Exchange, ownership: Ownership | None = None) -> bool:
    with engine.begin() as connection:
        return conversations.save_exchange(connection, conversation, exchange, conversation.dialogue, ownership)


@pytest.mark.parametrize(
    "text",
    [
        "人工",
        "转人工",
        "找真人",
        "我要转人工",
        "请帮我转人工客服",
        "人工！",
        "直接找个真人来",
        "人工人工",
        "有人工吗",
        "转 人工",
    ],
)
def test_a_person_is_asked_for_in_a_word(text: str) -> None:
    assert asks_for_person(Message(text.replace(" ", "")))


@pytest.mark.parametrize("text", ["人工费不给怎么办", "老板欠我人工钱", "真人快打被封号了", "", "人工流产的医疗事故"])
def test_words_that_only_hold_the_word_are_a_trouble(text: str) -> None:
    assert not asks_for_person(Message(text))


def test_the_place_in_the_queue_is_said_and_a_callback_offered() -> None:
    told = queued(Consultation(compose.say("x"), Dialogue()), Queue(ahead=2, agents=1, hours="")).text
    assert "前面还有 2 位" in told
    assert "留个电话" in told


def test_without_agents_the_hours_are_said_when_they_are_known_and_12348() -> None:
    outcome = Consultation(compose.say("x"), Dialogue())
    known = queued(outcome, Queue(0, 0, "周一到周五 9:00–17:00")).text
    unknown = queued(outcome, Queue(0, 0, "")).text
    assert "周一到周五 9:00–17:00" in known
    assert "工作时间" not in unknown
    assert "12348" in known
    assert "12348" in unknown


def test_a_reply_made_before_an_agent_took_over_is_not_stored(engine: Engine) -> None:
    seen_by_machine = a_conversation(engine)
    waiting = Ownership("waiting", waiting_since=NOW)
    assert save(engine, seen_by_machine, Exchange("a", "转人工", None, NOW), waiting)
    assert not save(engine, seen_by_machine, Exchange("b", "还有", {"text": "机器的话"}, NOW))
    with engine.connect() as connection:
        said = conversations.exchanges(connection, seen_by_machine.id)
    assert [exchange.client_id for exchange in said] == ["a"]


def test_of_two_agents_one_gets_it(engine: Engine) -> None:
    waiting = a_conversation(engine, Ownership("waiting", waiting_since=NOW))
    assert save(engine, waiting, Exchange("~1", "", None, NOW), AGENT)
    assert not save(engine, waiting, Exchange("~2", "", None, NOW), Ownership("agent", 8, "小李", NOW, NOW))
    assert read(engine, waiting.id).ownership.agent_name == "小王"


def test_the_machine_never_talks_over_a_person_a_thousand_times(engine: Engine) -> None:
    """Machine and agent at the same moment, on the same database, each in a thread: no reply behind the agent's taking."""
    talks = [a_conversation(engine) for _ in range(ROUNDS)]
    start = threading.Barrier(2)

    def machine() -> None:
        for talk in talks:
            start.wait()
            any(_answer(engine, talk.id, attempt) for attempt in range(3))

    def agent() -> None:
        for talk in talks:
            start.wait()
            while not save(engine, read(engine, talk.id), Exchange("~take", "", None, NOW), AGENT):
                pass
            while not save(engine, read(engine, talk.id), Exchange("agent", "我来了", None, NOW, "agent", "小王")):
                pass

    threads = [threading.Thread(target=work) for work in (machine, agent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = [_replies_around_the_taking(engine, talk.id) for talk in talks]
    assert sum(behind for _, behind in seen) == 0
    assert 0 < sum(before > 0 for before, _ in seen) < ROUNDS, "the two never met: the test would not have seen a fault"


def _answer(engine: Engine, conversation_id: str, attempt: int) -> bool:
    """As the machine does: reply only where it still owns the conversation; False when somebody else wrote first."""
    seen = read(engine, conversation_id)
    reply = {"text": "机器的话"} if seen.ownership.owner == "bot" else None
    return save(engine, seen, Exchange(f"citizen-{attempt}", "老板欠薪", reply, NOW))


def _replies_around_the_taking(engine: Engine, conversation_id: str) -> tuple[int, int]:
    """How many replies of the machine stand before the agent's taking, and how many behind it."""
    with engine.connect() as connection:
        said = conversations.exchanges(connection, conversation_id)
    taken = next(exchange.id for exchange in said if exchange.client_id == "~take")
    replies = [exchange.id for exchange in said if exchange.reply]
    assert len([exchange for exchange in said if exchange.text]) == 2, "a message was lost"
    return sum(number < taken for number in replies), sum(number > taken for number in replies)


def test_notes_of_staff_are_not_among_what_the_citizen_reads(engine: Engine) -> None:
    talk = a_conversation(engine)
    save(engine, talk, Exchange("note:1", "脾气急", None, NOW, "note", "小王"))
    with engine.connect() as connection:
        assert conversations.exchanges(connection, talk.id) == []
        assert [e.text for e in conversations.exchanges(connection, talk.id, notes=True)] == ["脾气急"]


def test_only_the_citizens_messages_count_for_the_limit(engine: Engine) -> None:
    talk = a_conversation(engine)
    save(engine, talk, Exchange("agent:1", "您好", None, NOW, "agent", "小王"))
    with engine.connect() as connection:
        assert conversations.messages_since(connection, talk.id, NOW - timedelta(minutes=1)) == 0


def test_typing_ends_by_itself_and_what_was_read_stays_read(engine: Engine) -> None:
    talk = a_conversation(engine)
    with engine.begin() as connection:
        presence.mark(connection, talk.id, 7, "小王", NOW, typing=True, read_id=5)
        presence.mark(connection, talk.id, 7, "小王", NOW, typing=True, read_id=3)
    with engine.connect() as connection:
        now = presence.at_conversation(connection, talk.id, NOW)[0]
        later = presence.at_conversation(connection, talk.id, NOW + timedelta(minutes=2))[0]
    assert (now.typing, now.looking, now.read_id) == (True, True, 5)
    assert (later.typing, later.looking, later.read_id) == (False, False, 5)


def test_what_is_past_its_time_goes_with_all_that_belongs_to_it(engine: Engine) -> None:
    talk = a_conversation(engine, AGENT)
    with engine.begin() as connection:
        presence.mark(connection, talk.id, presence.CITIZEN, "", NOW)
        assert conversations.delete_expired(connection, NOW + timedelta(days=31)) == 1
        assert conversations.exchanges(connection, talk.id) == []
        assert presence.at_conversation(connection, talk.id, NOW) == []


def test_waiting_says_that_one_waits_already() -> None:
    told = queued(Consultation(compose.say("x"), Dialogue()), Queue(0, 1, ""), again=True).text
    assert told.startswith(wording.STILL_QUEUED)
