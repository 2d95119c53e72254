"""Threads in the database: added, never changed, chained; the second of two writers is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from api.database import for_writing
from routing import ticket_thread
from routing.escalation import escalate
from routing.load import load_promises
from routing.tables import ticket_event_table, ticket_status_table
from routing.ticket_events import CITIZEN_SELF, Actor, EventKind, TicketEvent, event
from routing.ticket_list import TicketFilter, list_tickets, to_escalate
from routing.ticket_state import OutOfOrderError
from routing.ticket_thread import TicketChangedError
from routing.tickets import Contact, Secrets, Story, open_ticket, read_ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
PROMISES = load_promises()
SECRETS = Secrets(Fernet.generate_key())
AGENT, BODY = Actor("agent", "li", "李座席"), Actor("body", "b1", "甲单位")
STORY = Story((), {}, "wage_arrears", (), "consult", (), (), {"body": {"id": "b1", "area": "洪山区"}})


@pytest.fixture
def opened(engine: Engine) -> Callable[..., str]:
    """`opened(conversation_id, now)`: the number of a new ticket."""

    def make(conversation_id: str = "c1", now: datetime = START) -> str:
        with for_writing(engine).begin() as connection:
            ticket = open_ticket(
                connection,
                SECRETS,
                PROMISES,
                conversation_id=conversation_id,
                body_id="b1",
                area="洪山区",
                contact=Contact(),
                consent_version="1",
                story=STORY,
                event=event("opened", "已登记", now, CITIZEN_SELF, need="consult"),
                now=now,
            )
        return ticket.number

    return make


def add(engine: Engine, number: str, happened: TicketEvent, **how) -> None:
    with for_writing(engine).begin() as connection:
        ticket_thread.append(connection, PROMISES, number, happened, **how)


def at(minutes: int, kind: EventKind, by: Actor, words: str = "", **details) -> TicketEvent:
    return event(kind, words or kind, START + timedelta(minutes=minutes), by, **details)


def test_a_changed_row_is_refused_by_the_database_and_found_if_it_was_changed_all_the_same(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "sent", AGENT, body="b1", body_name="甲单位"))
    row = ticket_event_table.c
    with pytest.raises(DBAPIError, match="only ever added"), engine.begin() as connection:
        connection.execute(update(ticket_event_table).where(row.sequence == 1).values(text="别的"))
    with pytest.raises(DBAPIError, match="only ever added"), engine.begin() as connection:
        connection.execute(delete(ticket_event_table).where(row.ticket == number))
    with engine.begin() as connection:
        assert ticket_thread.verify(connection, number) == []
        if engine.dialect.name == "sqlite":
            for trigger in ("routing_ticket_event_kept", "routing_ticket_event_stays"):
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(text("DROP TRIGGER routing_ticket_event_kept ON routing_ticket_event"))
        connection.execute(update(ticket_event_table).where(row.sequence == 1).values(by_name="别人"))
        assert ticket_thread.verify(connection, number) == [1]
        connection.execute(update(ticket_event_table).where(row.sequence == 1).values(by_name="市民"))
        connection.execute(delete(ticket_event_table).where(row.ticket == number, row.sequence == 2))
        assert ticket_thread.verify(connection, number) == [2]


def test_an_erased_text_leaves_the_chain_whole(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "citizen_wrote", CITIZEN_SELF, "我住在某某小区"))
    with engine.begin() as connection:
        ticket_thread.erase_texts(connection, number)
        assert ticket_thread.verify(connection, number) == []
        assert {e.text for e in ticket_thread.events_of(connection, number)} == {""}


def test_numbers_that_identify_are_masked_in_every_text(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "citizen_wrote", CITIZEN_SELF, "打我 13800138000"))
    with engine.connect() as connection:
        assert ticket_thread.events_of(connection, number)[-1].text == "打我 138****8000"


def test_the_second_writer_is_told_and_nothing_is_lost(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "note", AGENT), expected=1)
    with pytest.raises(TicketChangedError) as told:
        add(engine, number, at(2, "note", AGENT), expected=1)
    assert told.value.sequence == 2
    with engine.connect() as connection:
        assert len(ticket_thread.events_of(connection, number)) == 2


def test_a_key_used_for_something_else_is_refused_and_not_taken_for_done(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "note", AGENT), key="k1")
    with pytest.raises(OutOfOrderError, match="别的操作"):
        add(engine, number, at(2, "withdrawn", CITIZEN_SELF), key="k1")


def test_fifty_threads_on_the_same_tickets_lose_nothing(engine, opened) -> None:
    numbers = [opened(f"c{i}") for i in range(3)]

    def work(worker: int) -> tuple[int, int]:
        chosen = random.Random(worker)
        done = refused = 0
        for turn in range(6):
            number = chosen.choice(numbers)
            with engine.connect() as connection:
                seen = ticket_thread.progress_of(connection, number).sequence
            try:
                add(engine, number, at(1, "note", AGENT), expected=seen, key=f"{worker}-{turn}")
                done += 1
            except TicketChangedError:
                refused += 1
        return done, refused

    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(work, range(50)))
    with engine.connect() as connection:
        threads = [ticket_thread.events_of(connection, number) for number in numbers]
        assert all(ticket_thread.verify(connection, number) == [] for number in numbers)
        statuses = connection.execute(select(ticket_status_table.c.sequence)).scalars().all()
    assert sum(len(thread) for thread in threads) - 3 == sum(done for done, _ in results)
    assert sorted(statuses) == sorted(len(thread) for thread in threads)
    assert sum(done + refused for done, refused in results) == 300


def test_every_message_three_times_and_shuffled_gives_the_same_as_once(engine, opened) -> None:
    messages = [
        ("k1", at(1, "sent", AGENT, body="b1", body_name="甲单位")),
        ("k2", at(2, "seen", BODY)),
        ("k3", at(3, "accepted", BODY)),
        ("k4", at(4, "asked", BODY)),
        ("k5", at(5, "citizen_wrote", CITIZEN_SELF, "补充")),
        ("k6", at(6, "answered", BODY)),
        ("k7", at(7, "confirmed", CITIZEN_SELF)),
        ("k8", at(8, "rated", CITIZEN_SELF, level=5)),
    ]
    once = opened("once")
    for key, message in messages:
        add(engine, once, message, key=key)
    with engine.connect() as connection:
        wanted = ticket_thread.events_of(connection, once)
    for seed in range(5):
        number = opened(f"thrice{seed}")
        waiting = list(enumerate(messages, 1)) * 3
        random.Random(seed).shuffle(waiting)
        for _ in range(len(waiting) ** 2):
            if not waiting:
                break
            place, (key, message) = waiting.pop(0)
            try:
                add(engine, number, message, key=key, expected=place)
            except (OutOfOrderError, TicketChangedError):
                waiting.append((place, (key, message)))  # refused: the sender tries again later
        with engine.connect() as connection:
            assert ticket_thread.events_of(connection, number) == wanted


def test_the_status_is_what_the_events_say(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "sent", AGENT, body="b1", body_name="甲单位"))
    with engine.begin() as connection:
        assert ticket_thread.rederive(connection, PROMISES) == 0
        connection.execute(update(ticket_status_table).values(state="closed"))
        assert ticket_thread.rederive(connection, PROMISES) == 1
        assert connection.execute(select(ticket_status_table.c.state)).scalar_one() == "sent"


def test_telling_it_again_adds_to_the_open_ticket_and_opens_a_new_one_after_its_end(engine, opened) -> None:
    first = opened()
    assert opened() == first
    add(engine, first, at(60, "withdrawn", CITIZEN_SELF))
    assert opened(now=START + timedelta(hours=2)) != first


def escalated(engine: Engine, now: datetime) -> list[EventKind]:
    with for_writing(engine).begin() as connection:
        numbers = to_escalate(connection, now.date(), now.date() + timedelta(days=1), 10)
        return [kind for number in numbers for kind in escalate(connection, PROMISES, number, now)]


def test_a_reminder_comes_before_the_last_day_and_the_supervisor_learns_of_it_after_each_once(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "sent", AGENT, body="b1", body_name="甲单位"))  # accepted by Thursday 26
    assert escalated(engine, START + timedelta(hours=2)) == []
    assert escalated(engine, START + timedelta(days=1)) == ["reminder"]
    assert escalated(engine, START + timedelta(days=1, hours=1)) == []
    assert escalated(engine, START + timedelta(days=3)) == ["overdue"]
    assert escalated(engine, START + timedelta(days=3, hours=1)) == []
    with engine.connect() as connection:
        page = list_tickets(connection, TicketFilter(due="overdue"), START.date() + timedelta(days=3))
        assert [line.number for line in page.lines] == [number]


def test_a_silent_owners_ticket_goes_back_to_the_queue_and_he_stays_first_responder(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "taken", AGENT, person="li"))
    assert escalated(engine, START + timedelta(days=2)) == ["overdue", "requeued"]
    with engine.connect() as connection:
        progress = read_ticket(connection, SECRETS, number).progress
    assert (progress.owner, progress.first_responder) == ("", "li")


def test_an_answer_nobody_reacts_to_is_closed_and_can_be_opened_again(engine, opened) -> None:
    number = opened()
    add(engine, number, at(1, "answered", AGENT))
    assert escalated(engine, START + timedelta(days=6)) == []
    assert escalated(engine, START + timedelta(days=8)) == ["closed"]
    add(engine, number, at(60 * 24 * 9, "not_solved", CITIZEN_SELF))
    with engine.connect() as connection:
        assert read_ticket(connection, SECRETS, number).state == "reopened"
