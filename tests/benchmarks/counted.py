"""Made tickets in numbers, for the figures: threads with every outcome, as the product tallies them, over two years."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from routing import tallies, ticket_thread
from routing.promises import Promises
from routing.tables import ticket_status_table, ticket_table, ticket_tally_table
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, TicketEvent, event
from routing.ticket_state import follow

AGENT, BODY, OTHER = Actor("agent", "li", "李"), Actor("body", "b1", "单位"), Actor("body", "b2", "别的单位")
DAYS = 730
THREADS = 2_000  # different ones; each stands for many tickets of its day
AT_ONCE = 5_000


def fill(engine: Engine, promises: Promises, count: int, now: datetime, places: Sequence[tuple[str, str, str]]) -> None:
    """`count` tickets opened in the last two years, without their threads; `places` are district, matter and body to choose
    from."""
    chance = random.Random(7)
    threads = []
    for _ in range(THREADS):
        opened = now - timedelta(days=chance.uniform(0, DAYS))
        events = tuple(step for step in _thread(chance, opened) if step.at <= now)
        progress = follow(events)
        threads.append((opened, events, progress, promises.clocks_of(progress, events)))
    threads.sort(key=lambda thread: thread[0])
    for begin in range(0, count, AT_ONCE):
        rows: dict[Any, list[dict[str, Any]]] = {ticket_table: [], ticket_status_table: [], ticket_tally_table: []}
        for number in range(begin, min(count, begin + AT_ONCE)):
            opened, events, progress, clocks = threads[number * THREADS // count]
            area, matter, body = chance.choice(places)
            name = f"WH{opened:%Y%m%d}-{number:06d}"
            repeat = chance.random() < 0.06
            shared = {"matter": matter, "area": area, "opened_at": opened}
            ticket = {"number": name, "conversation_id": name, "consent_version": "1", "consented_at": opened}
            ticket |= {**shared, "body_id": body, "story": {}, "repeat_of": "WH0" if repeat else None}
            counts = asdict(tallies.tally(progress, events, clocks, opened, repeat=repeat))
            rows[ticket_table].append(ticket)
            status = ticket_thread.status_of(clocks, progress, events)
            rows[ticket_status_table].append({"ticket": name, **shared, **status})
            head = tallies.head(opened, matter, area, body, repeat=repeat)
            rows[ticket_tally_table].append({"ticket": name, **head, **counts})
        with engine.begin() as connection:
            for table, lines in rows.items():
                connection.execute(insert(table), lines)


def _thread(chance: random.Random, opened: datetime) -> Iterator[TicketEvent]:
    """One course a ticket can take; the shares are made up."""
    day = 0.0

    def step(kind: str, by: Actor, after: float, **details: Any) -> TicketEvent:
        nonlocal day
        day += after
        return event(kind, "", opened + timedelta(days=day), by, **details)

    yield step("opened", CITIZEN_SELF, 0, need=chance.choice(("consult", "apply", "complain", "status")))
    if chance.random() < 0.03:
        yield step("withdrawn", CITIZEN_SELF, 1)
        return
    yield step("sent", AGENT, chance.uniform(0, 1.2), body="b1")
    body = BODY
    if chance.random() < 0.12:
        yield step("returned", BODY, chance.uniform(0.1, 2), reason="not_competent", better="unknown")
        yield step("sent", AGENT, chance.uniform(0.1, 1), body="b2")
        body = OTHER
    yield step("accepted", body, chance.uniform(0.2, 3))
    if chance.random() < 0.1:
        yield step("contacted_again", SYSTEM_SELF, chance.uniform(0.1, 4))
    yield step("answered", body, chance.uniform(0.5, 8))
    if chance.random() < 0.07:
        yield step("not_solved", CITIZEN_SELF, 1)
        yield step("answered", body, chance.uniform(1, 6))
    if chance.random() < 0.25:
        yield step("closed", SYSTEM_SELF, 10, reason="silence")
        return
    yield step("confirmed", CITIZEN_SELF, chance.uniform(0, 3))
    if chance.random() < 0.4:
        level = chance.choices((1, 2, 3, 4, 5), (2, 3, 15, 30, 50))[0]
        yield step("rated", CITIZEN_SELF, chance.uniform(0, 1), level=level)
        if level <= 2:
            yield step("callback_due", SYSTEM_SELF, 0, reason="dissatisfied")
            yield step("called_back", AGENT, chance.uniform(0.5, 3))
