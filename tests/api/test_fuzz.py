"""Whatever the OpenAPI document allows, sent by somebody with every role: no route fails inside (5xx)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from api.app import create_app
from api.config import Settings
from api.dependencies import STAFF_COOKIE
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service, build_service
from bot.rasa_client import RasaClient

pytestmark = pytest.mark.rasa
EXAMPLES = 6  # for each route; `schemathesis run` on a served copy with 60 took eight minutes
# Streams stay open, and whoever fuzzes their own account locks themselves out.
LEFT_OUT = r"/events$|/staff/(session|accounts|me|sessions)"


@pytest.fixture(scope="module")
def somebody(
    settings: Settings, intent_model: RasaClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """A client with every role, on a database of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'yibotong.sqlite3'}"
    service = build_service(settings.model_copy(update={"database_url": url}), intent_model)
    with service.writing.begin() as connection:
        staff = accounts.add(connection, "fuzz", "试", "correct horse battery", frozenset(Role), service.now())
        token = sessions.begin(connection, staff, service.now())
    with TestClient(create_app(lambda: service), raise_server_exceptions=False) as client:
        client.cookies.set(STAFF_COOKIE, token)
        yield client


def _operations() -> list[Any]:
    def refuse() -> Service:
        raise AssertionError("not started here")

    schema = schemathesis.openapi.from_dict(create_app(refuse).openapi()).exclude(path_regex=LEFT_OUT)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("operation", _operations(), ids=lambda operation: operation.label)
def test_no_route_fails_inside(operation: Any, somebody: TestClient) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def fuzz(case: schemathesis.Case) -> None:
        request = case.as_transport_kwargs(base_url="http://testserver")
        request.pop("cookies", None)
        if isinstance(request.get("data"), bytes):  # a file as the body itself
            request["content"] = request.pop("data")
        response = somebody.request(**request)
        assert response.status_code < 500, (case.method, case.formatted_path, case.body, response.text)

    fuzz()
