"""Many agents and bodies act on the same few tickets at once, over HTTP; was anything lost, and was every loser told?"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from routing import ticket_thread
from routing.tables import ticket_event_table, ticket_status_table

WORDS = "看过了"
BY_AN_AGENT = ("note", "asked", "citizen_wrote", "reminder", "answered", "reopened", "taken", "accepted")
BY_A_BODY = ("note", "accepted", "asked", "answered")


@dataclass
class Tally:
    """What one person was told. `done`: (ticket, key as it is stored, the sequence that was seen before)."""

    done: list[tuple[str, str, int]] = field(default_factory=list)
    told: int = 0  # 409: somebody was first, or it can't be done now
    other: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `faults` must be empty."""

    done: int
    told: int
    faults: list[str]


class Person:
    """Somebody who looks at a ticket and acts on what they saw."""

    def __init__(
        self,
        name: str,
        kinds: Sequence[str],
        look: Callable[[str], Any],
        act: Callable[[str, dict[str, Any]], Any],
        prefix: str,
    ) -> None:
        self.tally = Tally()
        self._name, self._kinds, self._look, self._act, self._prefix = name, kinds, look, act, prefix

    def work(self, tickets: Sequence[str], until: float) -> None:
        """Until it is over."""
        chosen = random.Random(self._name)
        while time.monotonic() < until:
            number = chosen.choice(tickets)
            seen = self._look(number)
            if seen.status_code != 200:
                self.tally.other.append(f"look: {seen.status_code} {seen.text[:100]}")
                return
            ticket = seen.json()
            sequence = (ticket.get("ticket") or ticket)["sequence"]
            key = uuid.uuid4().hex
            body = {"kind": chosen.choice(self._kinds), "key": key, "sequence": sequence, "text": WORDS}
            answered = self._act(number, body)
            if answered.status_code == 200:
                self.tally.done.append((number, self._prefix + key, sequence))
            elif answered.status_code == 409:
                self.tally.told += 1
            else:
                self.tally.other.append(f"{body['kind']}: {answered.status_code} {answered.text[:100]}")


def agent(client: TestClient, username: str) -> Person:
    """One of the desk."""
    return Person(
        username,
        BY_AN_AGENT,
        lambda number: client.get(f"/api/v1/desk/tickets/{number}"),
        lambda number, body: client.post(f"/api/v1/desk/tickets/{number}/actions", json=body),
        f"{username}:",
    )


def body(client: TestClient, name: str, links: dict[str, str]) -> Person:
    """A body with a link to each ticket."""

    def headers(number: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {links[number]}"}

    return Person(
        name,
        BY_A_BODY,
        lambda number: client.get("/api/v1/body", headers=headers(number)),
        lambda number, sent: client.post("/api/v1/body/actions", json=sent, headers=headers(number)),
        "link:",
    )


def compete(engine: Engine, people: Sequence[Person], tickets: Sequence[str], seconds: float) -> Outcome:
    """Let them work for so long, then look at the database."""
    before = _kept(engine, tickets)
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(lambda person: person.work(tickets, until), people))
    faults = [fault for person in people for fault in person.tally.other]
    done = {(number, key): seen for person in people for number, key, seen in person.tally.done}
    kept = {one: sequence for one, sequence in _kept(engine, tickets).items() if one not in before}
    faults += [f"{number}: lost {key}" for number, key in done.keys() - kept.keys()]
    faults += [f"{number}: {key} was refused and kept" for number, key in kept.keys() - done.keys()]
    for (number, key), seen in done.items():
        if kept.get((number, key), seen + 1) != seen + 1:
            faults.append(f"{number}: {key} was written over events its writer had not seen")
    with engine.connect() as connection:
        for number in tickets:
            status = select(ticket_status_table.c.sequence).where(ticket_status_table.c.ticket == number)
            length = len(ticket_thread.events_of(connection, number))
            if ticket_thread.verify(connection, number) or connection.execute(status).scalar_one() != length:
                faults.append(f"{number}: broken thread")
    return Outcome(len(done), sum(person.tally.told for person in people), faults)


def _kept(engine: Engine, tickets: Sequence[str]) -> dict[tuple[str, str], int]:
    """The place of every event that has a key."""
    events = ticket_event_table.c
    query = select(events.ticket, events.key, events.sequence).where(
        events.ticket.in_(tickets), events.key.is_not(None)
    )
    with engine.connect() as connection:
        return {(row.ticket, row.key): row.sequence for row in connection.execute(query)}
