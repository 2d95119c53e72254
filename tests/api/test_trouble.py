"""Disk full, database locked or away: a clear answer, nothing half done, and it goes on by itself afterwards."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from starlette.testclient import TestClient

from api import database
from api.app import create_app
from api.wiring import Service
from bot import wording
from bot.tables import message_table
from routing.tables import attachment_table, ticket_counter_table, ticket_event_table, ticket_table
from tests.postgresql import create_database

WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同，怎么要回来"
PDF = b"%PDF-1.7\n" + bytes(600_000)
MEGABYTE = 1024 * 1024


@dataclass
class Troubled:
    """A service on a database of its own, and a way to put it into trouble."""

    service: Service
    trouble: Callable[[], AbstractContextManager[None]]
    reads_on: bool  # whether what is there can still be read meanwhile

    def __post_init__(self) -> None:
        app = create_app(lambda: self.service)
        app.state.service = self.service  # without its threads: they would build the library anew
        self.client = TestClient(app, raise_server_exceptions=False)

    def count(self, table: Any) -> int:
        with self.service.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def counts(self) -> list[int]:
        tables = (message_table, ticket_table, ticket_event_table, ticket_counter_table, attachment_table)
        return [self.count(table) for table in tables]

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.service.settings.data_dir / "files").glob("*"))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of this size; skipped where none can be mounted."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here: needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing more fits."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (MEGABYTE, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    yield
    filler.unlink()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else writes and does not end."""
    engine = database.open_engine(url)
    with database.for_writing(engine).connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE held (id INTEGER)"))
        yield
        connection.rollback()
    engine.dispose()


@contextmanager
def away(url: str) -> Iterator[None]:
    """The server refuses this database and ends its connections."""
    server, _, name = url.rpartition("/")
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
        )
        yield
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    engine.dispose()


@pytest.fixture(params=["disk full", "database locked", "database away"])
def troubled(
    request: pytest.FixtureRequest, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Troubled]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 100)
    with contextlib.ExitStack() as stack:
        folder = tmp_path
        if request.param == "disk full":
            folder = stack.enter_context(small_disk(tmp_path / "disk", 8))
        url = f"sqlite:///{folder / 'yibotong.sqlite3'}"
        if request.param == "database away":
            server, template = request.getfixturevalue("postgresql_url"), request.getfixturevalue("postgresql_template")
            url = create_database(server, f"test_{uuid.uuid4().hex}", template)
        engine = database.open_engine(url)
        stack.callback(engine.dispose)
        if request.param != "database away":
            database.migrate(engine)
        own = replace(
            service,
            settings=service.settings.model_copy(update={"data_dir": folder, "database_url": url}),
            engine=engine,
            writing=database.for_writing(engine),
        )
        ways = {
            "disk full": lambda: full(folder),
            "database locked": lambda: locked(url),
            "database away": lambda: away(url),
        }
        yield Troubled(own, ways[request.param], reads_on=request.param != "database away")


def unanswered(response: Any) -> None:
    """A problem a citizen can read, and nothing of what is inside."""
    assert response.status_code == 503, response.text
    problem = response.json()
    assert problem["title"].startswith("暂时")
    assert "请过一会儿" in problem["detail"]
    assert "sqlite" not in response.text.lower()


def test_nothing_is_half_done_and_all_goes_on_afterwards(troubled: Troubled) -> None:
    client = troubled.client
    opened = client.post("/api/v1/conversations", json={"channel": "web"}).json()
    own = {"headers": {"Authorization": f"Bearer {opened['token']}"}}
    conversation = f"/api/v1/conversations/{opened['id']}"
    consent = {"version": wording.CONSENT.version, "agreed": True}
    ticket = {"conversation_id": opened["id"], "consent": consent, "note": "备注" * 400}
    message = {"client_id": "the-same", "text": WAGES}

    before = troubled.counts()
    with troubled.trouble():
        unanswered(client.post(f"{conversation}/messages", json=message, **own))
        if troubled.reads_on:
            assert client.get(conversation, **own).status_code == 200
        else:
            unanswered(client.get(conversation, **own))
    assert troubled.counts() == before
    answers = [client.post(f"{conversation}/messages", json=message, **own).json()["reply"]["text"] for _ in range(2)]
    assert answers[0] == answers[1]

    before = troubled.counts()
    with troubled.trouble():
        unanswered(client.post("/api/v1/tickets", json=ticket, **own))
    assert troubled.counts() == before
    made = client.post("/api/v1/tickets", json=ticket, **own).json()
    assert made["number"].endswith("-000001")  # no number was lost

    code = {"headers": {"X-Query-Code": made["query_code"]}}
    wrote = {"kind": "citizen_wrote", "key": "the-same-words", "text": "老板又拖" * 200}
    sent = {"params": {"name": "合同.pdf", "key": "the-same-file"}, "content": PDF}
    before = troubled.counts()
    with troubled.trouble():
        unanswered(client.post(f"/api/v1/tickets/{made['number']}/actions", json=wrote, **code))
        unanswered(client.post(f"/api/v1/tickets/{made['number']}/files", **sent, **code))
    assert troubled.counts() == before
    assert troubled.files() == []
    for _ in range(2):
        assert client.post(f"/api/v1/tickets/{made['number']}/actions", json=wrote, **code).status_code == 200
        added = client.post(f"/api/v1/tickets/{made['number']}/files", **sent, **code)
        assert added.status_code == 201, added.text
    assert len(added.json()["files"]) == 1
    assert [event["text"] for event in added.json()["events"]].count("老板又拖" * 200) == 1
    assert len(troubled.files()) == 1


def test_a_file_that_the_system_lets_nobody_write_is_told_and_leaves_nothing(service, tmp_path, monkeypatch) -> None:
    """The same where no disk can be mounted: the process may write files of 100 KB only."""
    url = f"sqlite:///{tmp_path / 'yibotong.sqlite3'}"
    engine = database.open_engine(url)
    database.migrate(engine)
    settings = service.settings.model_copy(update={"data_dir": tmp_path, "database_url": url})
    own = replace(service, settings=settings, engine=engine, writing=database.for_writing(engine))
    troubled = Troubled(own, lambda: contextlib.nullcontext(), reads_on=True)
    opened = troubled.client.post("/api/v1/conversations", json={"channel": "web"}).json()
    token = {"Authorization": f"Bearer {opened['token']}"}
    message = {"client_id": "one", "text": WAGES}
    troubled.client.post(f"/api/v1/conversations/{opened['id']}/messages", json=message, headers=token)
    consent = {"version": wording.CONSENT.version, "agreed": True}
    ticket = {"conversation_id": opened["id"], "consent": consent}
    made = troubled.client.post("/api/v1/tickets", json=ticket, headers=token).json()
    code = {"X-Query-Code": made["query_code"]}
    sent = {"params": {"name": "合同.pdf", "key": "the-same-file"}, "content": PDF, "headers": code}
    address = f"/api/v1/tickets/{made['number']}/files"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        refused = troubled.client.post(address, **sent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    unanswered(refused)
    assert "还在您手机或电脑里" in refused.json()["detail"]
    assert troubled.files() == []
    assert troubled.client.post(address, **sent).status_code == 201
    engine.dispose()
