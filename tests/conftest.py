"""Real parts, built once: the trained intent model on its server, the service on a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.config import PROJECT, Settings
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
    return Settings(data_dir=TEST_DATA, database_url=f"sqlite:///{database}", messages_per_minute=1000)


@pytest.fixture(scope="session")
def intent_model(settings: Settings) -> Iterator[RasaClient]:
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
