"""A hundred thousand tickets: lists, one ticket, the sweep over promises; and many people on the same few."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from api.app import create_app
from api.config import Settings
from api.database import count_rows
from api.dependencies import STAFF_COOKIE
from api.intent_server import train_if_changed
from api.jobs import escalate_all
from api.publications import models_folder
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service, build_service, local_now
from bot import wording
from routing import ticket_thread
from routing.tables import ticket_event_table, ticket_status_table, ticket_table
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, EventKind, TicketEvent, event
from routing.ticket_state import follow
from tests import contention
from tests.benchmarks.speed import _p, _timed
from tests.benchmarks.table import SkippedError, Table
from tests.installation import Installation
from tests.killing import kill_under_load
from tests.postgresql import NoServerError, create_database, temporary_server

COUNT = 100_000
NEWLY_OVERDUE = 200  # between two sweeps, five minutes apart: every ticket of a busy day's hour at once
AT_ONCE = 2_000  # rows of one statement
TIMES = 100
KILLS = 200
KILL_LIMIT_S = 45 * 60
PEOPLE = 50
COMPETE_S = 60.0
DISTRICTS = ("江岸区", "江汉区", "硚口区", "汉阳区", "武昌区", "青山区", "洪山区")
WORDS = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同，怎么要回来"
_AGENT = Actor("agent", "li", "李座席")

# What happened, who did it, and how many hours after the opening.
_Happened = tuple[EventKind, Actor, float, dict[str, Any]]


def tickets(settings: Settings) -> str:
    """Lists, one ticket and the sweep, over HTTP, on each database there is."""
    return "\n\n".join(str(_measured(name, service)) for name, service in _services(settings))


def contended(settings: Settings) -> str:
    """Fifty agents and bodies on the same five tickets for a minute, on each database there is."""
    table = Table(
        f"{PEOPLE} agents and bodies on five tickets for {COMPETE_S:.0f} s",
        ("", "done", "told that another was first", "lost or unseen (target 0)"),
    )
    for name, service in _services(settings):
        with TestClient(create_app(lambda service=service: service), raise_server_exceptions=False) as client:
            outcome = _compete(service, client)
        table.add(name, f"{outcome.done:,}", f"{outcome.told:,}", str(len(outcome.faults)))
    return str(table)


def kill(settings: Settings) -> Table:
    """`kill -9` of the service, the intent model or both at random moments, while four people write."""
    train_if_changed(settings)  # so that the first start does not have to
    folder = settings.data_dir / "kill"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(models_folder(settings), folder / "models")
    installation = Installation(
        folder, conversations_per_hour=1_000_000, proof_above_per_minute=0, proof_above_per_minute_from_one=0
    )
    try:
        victims = [("model", "api", "both")[number % 3] for number in range(KILLS)]
        found = kill_under_load(installation, victims, limit_s=KILL_LIMIT_S)
    finally:
        with suppress(AttributeError):  # it was never started
            installation.kill_everything()
    table = Table(
        f"kill -9 under load, {found.rounds.total()} rounds, {found.seconds:.0f} s", ("", "measured", "target")
    )
    killed = ", ".join(f"{name} {count}" for name, count in sorted(found.rounds.items()))
    table.add("killed", killed, f"{KILLS} rounds")
    table.add("tickets acknowledged", f"{found.tickets:,}", "")
    table.add("events acknowledged (of these after being sent again)", f"{found.events:,} ({found.repeated:,})", "")
    table.add("lost: tickets, events", f"{len(found.lost_tickets)}, {len(found.lost_events)}", "0, 0")
    table.add("doubled: tickets, events", f"{len(found.doubled_tickets)}, {len(found.doubled_events)}", "0, 0")
    table.add("broken threads", str(len(found.broken_threads)), "0")
    return table


def _services(settings: Settings) -> Iterator[tuple[str, Service]]:
    """A service on each database, new and empty; its intent model is away, which changes nothing for tickets."""
    path = settings.data_dir / "tickets.sqlite3"
    for part in settings.data_dir.glob("tickets.sqlite3*"):
        part.unlink()
    with _service(settings, f"sqlite:///{path}") as service:
        yield "SQLite", service
    try:
        with temporary_server(flushed=True) as url, _service(settings, create_database(url, "bench")) as service:
            yield "PostgreSQL", service
    except NoServerError as error:
        raise SkippedError(str(error)) from error


@contextmanager
def _service(settings: Settings, url: str) -> Iterator[Service]:
    service = build_service(settings.model_copy(update={"database_url": url, "run_jobs": False, "rasa_port": 9}))
    try:
        yield service
    finally:
        service.engine.dispose()


def _measured(name: str, service: Service) -> Table:
    with TestClient(create_app(lambda: service), raise_server_exceptions=False) as client:
        number, code = _a_ticket(client)
        begun = time.perf_counter()
        numbers = fill(service, number)
        filled = time.perf_counter() - begun
        cookie = {STAFF_COOKIE: _staff(service, Role.SUPERVISOR)[1]}
        desk = TestClient(client.app, cookies=cookie, raise_server_exceptions=False)
        table = Table(
            f"{COUNT:,} tickets on {name} (made in {filled:.0f} s)", ("over HTTP", "p50 ms", "p95 ms", "target")
        )
        lists = {
            "open tickets, most pressing first": {"open": True},
            "open and overdue": {"open": True, "due": "overdue"},
            "in the queue, of one district": {"open": True, "owner": "none", "area": "洪山区"},
            "the 50th page, ended ones too": {"page": 50, "order": "newest"},
        }
        for what, query in lists.items():
            taken = _timed(lambda query=query: _ok(desk.get("/api/v1/desk/tickets", params=query)), TIMES)
            table.add(what, f"{_p(taken, 50):.1f}", f"{_p(taken, 95):.1f}", "50")
        some = iter(numbers[:: len(numbers) // (TIMES + 1)])
        taken = _timed(lambda: _ok(desk.get(f"/api/v1/desk/tickets/{next(some)}")), TIMES)
        table.add("one ticket, for the desk", f"{_p(taken, 50):.1f}", f"{_p(taken, 95):.1f}", "20")
        headers = {"X-Query-Code": code}
        taken = _timed(lambda: _ok(client.get(f"/api/v1/tickets/{number}", headers=headers)), TIMES)
        table.add("one ticket, for its citizen", f"{_p(taken, 50):.1f}", f"{_p(taken, 95):.1f}", "20")
        for what in (f"sweep, {NEWLY_OVERDUE} newly due", "sweep, nothing due"):
            begun = time.perf_counter()
            added = escalate_all(service, lambda: True)
            whole = time.perf_counter() - begun
            table.add(f"{what} ({added} events)", f"{whole * 1000:,.0f}", "", "2,000")
    return table


def _ok(response: Any) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{response.request.url}: {response.status_code} {response.text[:200]}")


def _a_ticket(client: TestClient) -> tuple[str, str]:
    """A ticket as a citizen opens it, whose story the others share."""
    opened = client.post("/api/v1/conversations", json={}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    message = {"client_id": "bench-message", "text": WORDS}
    _ok(client.post(f"/api/v1/conversations/{opened['id']}/messages", json=message, headers=headers))
    consent = {"version": wording.CONSENT.version, "agreed": True}
    wanted = {"conversation_id": opened["id"], "consent": consent, "name": "王小明", "phone": "13800138000"}
    made = client.post("/api/v1/tickets", json=wanted, headers=headers).json()
    return made["number"], made["query_code"]


def _staff(service: Service, role: Role) -> tuple[str, str]:
    """A new account's name and the token of its session."""
    now = service.now()
    username = f"bench-{role.value}-{time.monotonic_ns()}"
    with service.writing.begin() as connection:
        staff = accounts.add(connection, username, username, "correct horse battery", frozenset({role}), now)
        return username, sessions.begin(connection, staff, now)


def _compete(service: Service, client: TestClient) -> contention.Outcome:
    inspection = service.parts.directory.find("labor_inspection", "洪山区").id
    boss = TestClient(client.app, cookies={STAFF_COOKIE: _staff(service, Role.SUPERVISOR)[1]})
    links = {}
    for _ in range(5):
        number, _ = _a_ticket(client)
        body = {"kind": "sent", "sequence": 1, "key": "bench-send", "body_id": inspection}
        sent = boss.post(f"/api/v1/desk/tickets/{number}/actions", json=body).json()
        links[number] = sent["link"].partition("#")[2]
    people = []
    for place in range(PEOPLE):
        if place % 2:
            people.append(contention.body(TestClient(client.app), f"body{place}", links))
        else:
            username, token = _staff(service, Role.AGENT)
            people.append(contention.agent(TestClient(client.app, cookies={STAFF_COOKIE: token}), username))
    return contention.compete(service.engine, people, list(links), COMPETE_S)


def fill(service: Service, like: str) -> list[str]:
    """`COUNT` tickets with the story of `like`, their threads as the code would have written them; their numbers."""
    now = local_now().replace(minute=0, second=0, microsecond=0)
    with service.engine.connect() as connection:
        row = connection.execute(ticket_table.select().where(ticket_table.c.number == like)).one()._mapping
    bodies = [body.id for body in service.parts.directory.bodies if body.type == "labor_inspection"]

    @cache
    def thread(kind: str, body: str, hours_ago: int) -> tuple[tuple[TicketEvent, ...], dict[str, Any]]:
        events = _thread(kind, body, now - timedelta(hours=hours_ago))
        progress = follow(events)
        clocks = service.promises.clocks_of(progress, events)
        # Reminders went out at the sweep before, but for those that are newly due.
        return events, {**ticket_thread.status_of(clocks, progress, events), "reminded": kind != "late"}

    numbers: list[str] = []
    for first in range(0, COUNT, AT_ONCE):
        batch: dict[Any, list[dict[str, Any]]] = {ticket_table: [], ticket_status_table: [], ticket_event_table: []}
        for place in range(first, first + AT_ONCE):
            number = f"WH20260101-{place:06d}"
            kind, days = _kind_of(place)
            area = DISTRICTS[place % len(DISTRICTS)]
            events, status = thread(kind, bodies[place % len(bodies)], days * 24 + place % 7)
            numbers.append(number)
            own = {"number": number, "conversation_id": f"bench-{place}", "area": area, "opened_at": events[0].at}
            batch[ticket_table].append({**row, **own, "person_id": None, "repeat_of": None})
            batch[ticket_status_table].append(
                {"ticket": number, "matter": row["matter"], "area": area, "opened_at": events[0].at, **status}
            )
            batch[ticket_event_table] += ticket_thread.chain(
                number, [_row(number, sequence, event) for sequence, event in enumerate(events, 1)]
            )
        with service.writing.begin() as connection:
            for table, rows in batch.items():
                connection.execute(insert(table), rows)
    _analyze(service.engine)
    return numbers


def _analyze(engine: Engine) -> None:
    """What happens by itself in time after so much was written at once: statistics for the planner, tidying up."""
    if engine.dialect.name == "sqlite":
        count_rows(engine)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            connection.exec_driver_sql(statement)


def _kind_of(place: int) -> tuple[str, int]:
    """What became of a ticket and how many days ago it was opened."""
    if place < NEWLY_OVERDUE:
        return "late", 30
    share = place % 100
    if share < 80:
        return "closed", 10 + place % 350
    if share < 84:
        return "told", 30 + place % 60
    return ("opened", 0) if share < 88 else ("sent", 0) if share < 94 else ("accepted", 1)


def _thread(kind: str, body: str, opened: datetime) -> tuple[TicketEvent, ...]:
    named = {"body": body, "body_name": "劳动监察"}
    office = Actor("body", body, "劳动监察")
    sent: list[_Happened] = [("opened", CITIZEN_SELF, 0, {"need": "consult"}), ("sent", _AGENT, 0, named)]
    taken: list[_Happened] = [*sent, ("seen", office, 0, named), ("accepted", office, 0, named)]
    happened = {
        "opened": sent[:1],
        "sent": sent,
        "accepted": taken,
        "late": taken,
        "told": [
            *taken,
            ("reminder", SYSTEM_SELF, 24 * 6, {"promise": "answer"}),
            ("overdue", SYSTEM_SELF, 24 * 9, {"promise": "answer"}),
        ],
        "closed": [*taken, ("answered", office, 24 * 2, named), ("confirmed", CITIZEN_SELF, 24 * 3, {})],
    }[kind]
    return tuple(
        event(what, wording.TICKET_OPENED_EVENT.format(body="劳动监察"), opened + timedelta(hours=hours), by, **details)
        for what, by, hours, details in happened
    )


def _row(number: str, sequence: int, event: TicketEvent) -> dict[str, Any]:
    return {
        "ticket": number,
        "sequence": sequence,
        "kind": event.kind,
        "visible_to": event.visible_to,
        "text": event.text,
        "at": event.at,
        "by_party": event.by.party,
        "by_id": event.by.id,
        "by_name": event.by.name,
        "details": {name: value for name, value in asdict(event.details).items() if value},
        "key": None,
    }
