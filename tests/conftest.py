"""Real parts, built once: the trained intent model on its server, the service on a database of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.config import PROJECT, Settings
from api.database import migrate, open_engine
from api.intent_server import running
from api.wiring import Service, build_service
from bot.rasa_client import RasaClient
from tests.postgresql import NoServerError, create_database, temporary_server

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as `api.cli` does; before any library with OpenMP loads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Kept between runs: the trained model and the vectors depend only on files of the repository.
TEST_DATA = PROJECT / ".cache" / "tests"
SHARED = PROJECT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="what the whole service runs on; tests of single parts run on both in any case",
    )


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'yibotong.sqlite3'}"
    if request.config.getoption("--database") == "postgresql":
        url = create_database(request.getfixturevalue("postgresql_url"), "yibotong_service")
    return Settings(
        data_dir=TEST_DATA,
        database_url=url,
        messages_per_minute=1000,
        proof_above_per_minute=0,
        proof_above_per_minute_from_one=0,
        run_jobs=False,
    )


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
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server; tests that need it are skipped where none is installed."""
    try:
        with temporary_server() as url:
            yield url
    except NoServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a migrated database that others are copied from."""
    engine = open_engine(create_database(postgresql_url, "yibotong_template"))
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
        url, template = request.getfixturevalue("postgresql_url"), request.getfixturevalue("postgresql_template")
        made = open_engine(create_database(url, f"test_{uuid.uuid4().hex}", template))
    yield made
    made.dispose()
