"""The figures' API over 100,000 tickets."""

from __future__ import annotations

import time
from dataclasses import replace

from fastapi.testclient import TestClient

from api.app import create_app
from api.database import for_writing, migrate, open_engine
from api.dependencies import STAFF_COOKIE
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service
from tests.benchmarks import counted
from tests.benchmarks.speed import _p
from tests.benchmarks.table import Table

TICKETS = 100_000
TIMES = 20
ROOT = "/api/v1/desk/figures"


def figures(service: Service) -> Table:
    """Each question of the page, over HTTP without a network, on a database of its own."""
    path = service.settings.data_dir / "figures.sqlite3"
    for name in (path, path.with_suffix(".sqlite3-wal"), path.with_suffix(".sqlite3-shm")):
        name.unlink(missing_ok=True)
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    matters = sorted(service.matters.by_code)
    places = [
        (body.area or "", matters[number % len(matters)], body.id)
        for number, body in enumerate(service.parts.directory.bodies)
    ]
    now = service.now()
    counted.fill(engine, service.promises, TICKETS, now, places)
    own = replace(service, engine=engine, writing=for_writing(engine))
    with own.writing.begin() as connection:
        staff = accounts.add(connection, "boss", "boss", "a long enough one", frozenset({Role.SUPERVISOR}), now)
        token = sessions.begin(connection, staff, now)
    table = Table(f"Figures, {TICKETS:,} tickets of two years", ("", "p50 ms", "p95 ms", "p95 of the processor's time"))
    asked = {
        "all of two years, by district": f"{ROOT}?by=area&first={now.year - 2}-12-01",
        "all of two years, by matter": f"{ROOT}?by=matter&first={now.year - 2}-12-01",
        "all of two years, by week": f"{ROOT}?by=week&first={now.year - 2}-12-01",
        "the last 90 days, by district": f"{ROOT}?by=area",
        "the last 90 days, by body": f"{ROOT}?by=body",
        "one district's two years, by month": f"{ROOT}?by=month&area=洪山区&first={now.year - 2}-12-01",
        "tickets behind promises not kept, two years": f"{ROOT}/tickets?figure=promises_kept&counted=false&first={now.year - 2}-12-01",
        "tickets behind the returns, page 20": f"{ROOT}/tickets?figure=returned&counted=true&page=20",
    }
    app = create_app(lambda: own)
    with TestClient(app, cookies={STAFF_COOKIE: token}) as client:
        for name, address in asked.items():
            client.get(address).raise_for_status()
            taken, computed = [], []
            for _ in range(TIMES):
                begun, begun_computing = time.perf_counter(), time.process_time()
                client.get(address)
                taken.append(time.perf_counter() - begun)
                computed.append(time.process_time() - begun_computing)
            table.add(
                f"{name} (target p95 200)", *(f"{ms:.0f}" for ms in (_p(taken, 50), _p(taken, 95), _p(computed, 95)))
            )
    return table
