"""Real parts, built once: the trained intent model on its server, the service on a database of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from starlette.testclient import TestClient

from api.app import create_app
from api.config import PROJECT, Settings
from api.database import migrate, open_engine
from api.intent_server import running
from api.wiring import Service, build_service
from bot.rasa_client import RasaClient

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as `api.cli` does; before any library with OpenMP loads

# Kept between runs: the trained model and the vectors depend only on files of the repository.
TEST_DATA = PROJECT / ".cache" / "tests"
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    database = tmp_path_factory.mktemp("database") / "yibotong.sqlite3"
    return Settings(data_dir=TEST_DATA, database_url=f"sqlite:///{database}", messages_per_minute=1000, run_jobs=False)


@pytest.fixture(scope="session")
def intent_model(settings: Settings) -> Iterator[RasaClient]:
    if port := os.environ.get("YIBOTONG_TEST_RASA_PORT"):  # one that is served already: runs start 15 s sooner
        client = RasaClient(f"http://127.0.0.1:{port}", timeout_s=5)
        yield client
        client.close()
        return
    with running(settings) as model:
        yield model


@pytest.fixture(scope="session")
def service(settings: Settings, intent_model: RasaClient) -> Iterator[Service]:
    built = build_service(settings, intent_model)
    yield built
    built.engine.dispose()


@pytest.fixture(scope="session")
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: service), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """Labelled questions and domain facts that lie beside the project in its workshop; away elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own on loopback, in a temporary folder; `setup.sh test` installs Debian's."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not binaries:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    # The server refuses to run as root; Debian's package brings a user for it.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="yibotong-postgresql-"))
    if as_owner:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*as_owner, binaries[-1] / program, *arguments], check=True, capture_output=True, cwd=folder)

    data, log = str(folder / "data"), str(folder / "log")
    run("initdb", "--pgdata", data, "--username", "yibotong", "--auth", "trust", "--encoding", "UTF8", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c max_connections=200 -c fsync=off"
    run("pg_ctl", "--pgdata", data, "--log", log, "--options", options, "--wait", "start")
    try:
        yield f"postgresql+psycopg://yibotong@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a migrated database that others are copied from."""
    _create_database(postgresql_url, "yibotong_template")
    engine = open_engine(postgresql_url.replace("/postgres", "/yibotong_template"))
    migrate(engine)
    engine.dispose()
    return "yibotong_template"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated database: each test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path / 'yibotong.sqlite3'}")
        migrate(made)
    else:
        url = request.getfixturevalue("postgresql_url")
        name = f"test_{uuid.uuid4().hex}"
        _create_database(url, name, template=request.getfixturevalue("postgresql_template"))
        made = open_engine(url.replace("/postgres", f"/{name}"))
    yield made
    made.dispose()


def _create_database(url: str, name: str, template: str = "template1") -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
