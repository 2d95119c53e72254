"""Kill the service again and again while people write to it, and look for what was lost or doubled."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import httpx2
from sqlalchemy import Engine, select

from api.database import for_writing, open_engine
from api.dependencies import STAFF_COOKIE
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import local_now
from bot import wording
from routing import ticket_thread
from routing.tables import ticket_event_table, ticket_status_table, ticket_table
from tests.installation import Installation

Victim = Literal["api", "model", "both"]
TIMEOUT_S = 10
WORDS = "老板三个月没发工资，我在洪山区的餐馆打工"
EVENTS_A_TICKET = 20  # fewer than a citizen may write in an hour
_DIGITS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"  # others would be masked
_MARK = re.compile(f"[{_DIGITS}]{{32}}")


def _mark() -> str:
    """Words that stand nowhere else."""
    return uuid.uuid4().hex.translate(str.maketrans("0123456789abcdef", _DIGITS))


@dataclass
class Written:
    """What one writer was told is kept. `conversations` are those whose ticket was acknowledged, with its number."""

    tickets: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)  # ticket, mark
    repeated: int = 0


class Writer(threading.Thread):
    """Opens tickets, adds to them as citizen and as agent. What was not answered is sent again, as the pages do it."""

    def __init__(self, base: str, staff_token: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.written = Written()
        self._http = httpx2.Client(base_url=f"{base}/api/v1", timeout=TIMEOUT_S)
        self._agent = {"Cookie": f"{STAFF_COOKIE}={staff_token}"}
        self._stopping = stop
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._one_ticket()
        except BaseException as fault:  # noqa: BLE001  (told by whoever joins)
            self.fault = fault
        finally:
            self._http.close()

    def _send(self, method: str, path: str, body: dict | None = None, headers: dict | None = None) -> dict | None:
        """The answer, however often it has to be sent; None when all ends before there is one."""
        tries = 0
        while not self._stopping.is_set():
            tries += 1
            try:
                response = self._http.request(method, path, json=body, headers=headers)
            except httpx2.HTTPError:
                time.sleep(0.05)
                continue
            if response.status_code == 409:  # somebody else acted on the ticket: the writer is told, nothing was kept
                return None
            if response.status_code == 503:
                time.sleep(0.05)
                continue
            assert response.status_code < 300, f"{path}: {response.status_code} {response.text[:200]}"
            self.written.repeated += tries > 1
            return response.json()
        return None

    def _one_ticket(self) -> None:
        opened = self._send("POST", "/conversations", {})
        if opened is None:
            return
        token = {"Authorization": f"Bearer {opened['token']}"}
        message = {"client_id": str(uuid.uuid4()), "text": WORDS}
        if self._send("POST", f"/conversations/{opened['id']}/messages", message, token) is None:
            return
        wanted = {"conversation_id": opened["id"], "consent": {"version": wording.CONSENT.version, "agreed": True}}
        ticket = self._send("POST", "/tickets", wanted, token)
        if ticket is None:
            return
        number, code = ticket["number"], {"X-Query-Code": ticket["query_code"]}
        self.written.tickets[opened["id"]] = number
        for turn in range(EVENTS_A_TICKET):
            mark = _mark()
            action = {"key": uuid.uuid4().hex, "text": mark}
            if turn % 2:
                kept = self._send("POST", f"/tickets/{number}/actions", {"kind": "citizen_wrote", **action}, code)
            else:
                seen = self._send("GET", f"/desk/tickets/{number}", headers=self._agent)
                if seen is None:
                    return
                note = {"kind": "note", "sequence": seen["sequence"], **action}
                kept = self._send("POST", f"/desk/tickets/{number}/actions", note, self._agent)
            if kept is not None:
                self.written.events.append((number, mark))


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it. Every list must be empty."""

    rounds: Counter
    tickets: int
    events: int
    repeated: int
    lost_tickets: list[str]
    doubled_tickets: list[str]
    lost_events: list[str]
    doubled_events: list[str]
    broken_threads: list[str]
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled or broken."""
        faults = (self.lost_tickets, self.doubled_tickets, self.lost_events, self.doubled_events, self.broken_threads)
        return not any(faults)


def kill_under_load(
    installation: Installation, victims: Sequence[Victim], *, limit_s: float, writers: int = 4, seed: int = 0
) -> Found:
    """One round for each victim while `writers` write, as many as fit into `limit_s`; then look at the database."""
    chosen = random.Random(seed)
    begun = time.monotonic()
    installation.start()
    engine = open_engine(installation.environment.get("YIBOTONG_DATABASE_URL") or _sqlite(installation))
    stop = threading.Event()
    token = _an_agent(engine)
    at_work = [Writer(f"http://127.0.0.1:{installation.port}", token, stop) for _ in range(writers)]
    for writer in at_work:
        writer.start()
    rounds: Counter = Counter()
    for victim in victims:
        if time.monotonic() - begun > limit_s:
            break
        time.sleep(chosen.uniform(0.2, 2))
        rounds[_kill(installation, victim)] += 1
        assert not [writer.fault for writer in at_work if writer.fault]
    time.sleep(1)  # whoever is still waiting for an answer gets it
    stop.set()
    for writer in at_work:
        writer.join(TIMEOUT_S * 2)
        assert writer.fault is None, writer.fault
    installation.kill_everything()
    found = _look(engine, [writer.written for writer in at_work], rounds, time.monotonic() - begun)
    engine.dispose()
    return found


def _sqlite(installation: Installation) -> str:
    return f"sqlite:///{installation.folder / 'yibotong.sqlite3'}"


def _an_agent(engine: Engine) -> str:
    now = local_now()
    with for_writing(engine).begin() as connection:
        staff = accounts.add(connection, "kill-agent", "座席", uuid.uuid4().hex, frozenset({Role.AGENT}), now)
        return sessions.begin(connection, staff, now)


def _kill(installation: Installation, victim: Victim) -> Victim:
    """Kill and bring it back; the model comes back by itself. Where no model is up, the service is killed instead."""
    models = installation.models()
    if victim == "model" and models:
        for pid in models:
            _end(pid)
        return "model"
    doomed = [installation.process.pid, *(models if victim == "both" else [])]
    for pid in doomed:
        _end(pid)
    installation.process.wait()
    installation.wait_until_gone()
    installation.start()
    return "both" if victim == "both" and models else "api"


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _look(engine: Engine, written: list[Written], rounds: Counter, seconds: float) -> Found:
    acknowledged = {key: number for one in written for key, number in one.tickets.items()}
    marks = [mark for one in written for _, mark in one.events]
    with engine.connect() as connection:
        rows = connection.execute(select(ticket_table.c.number, ticket_table.c.conversation_id)).all()
        texts = connection.execute(select(ticket_event_table.c.text)).scalars().all()
        known = set(connection.execute(select(ticket_status_table.c.ticket)).scalars())
        broken = [number for number, _ in rows if ticket_thread.verify(connection, number) or number not in known]
    there = {number for number, _ in rows}
    of_conversation = Counter(conversation for _, conversation in rows)
    counted = Counter(_marks_in(texts))
    return Found(
        rounds=rounds,
        tickets=len(acknowledged),
        events=len(marks),
        repeated=sum(one.repeated for one in written),
        lost_tickets=[number for number in acknowledged.values() if number not in there],
        doubled_tickets=[conversation for conversation, count in of_conversation.items() if count > 1],
        lost_events=[mark for mark in marks if counted[mark] == 0],
        doubled_events=[mark for mark, count in counted.items() if count > 1],
        broken_threads=broken,
        seconds=seconds,
    )


def _marks_in(texts: list[str]) -> Iterator[str]:
    for text in texts:
        yield from _MARK.findall(text)
