"""Somebody of the staff, signed in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.dependencies import STAFF_COOKIE
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service, Tries

PASSWORD = "correct horse battery"  # of every account made here
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _tries_begin_anew(request: pytest.FixtureRequest) -> None:
    """All tests come from one address: wrong codes tried in one must not lock out the next."""
    if "service" in request.fixturenames:
        service = request.getfixturevalue("service")
        service.code_tries = Tries(service.settings.code_tries_per_hour)
        service.sign_ins = Tries(service.settings.sign_ins_per_hour)


@pytest.fixture
def as_staff(client: TestClient, service: Service) -> Callable[..., TestClient]:
    """`as_staff(Role.AGENT, name=…, areas=…, bodies=…, skills=…)`: a client of its own, signed in with a new account.

    `.staff_id` and `.username` say which.
    """

    def sign_in(*roles: Role, username: str = "", name: str = "", **limits: Any) -> TestClient:
        username = username or f"staff{next(_numbers)}"
        with service.writing.begin() as connection:
            staff_id = accounts.add(
                connection, username, name or username, PASSWORD, frozenset(roles), service.now(), **limits
            )
            token = sessions.begin(connection, staff_id, service.now())
        opened = TestClient(client.app, raise_server_exceptions=False, cookies={STAFF_COOKIE: token})
        opened.staff_id, opened.username = staff_id, username
        return opened

    return sign_in


@pytest.fixture(autouse=True)
def watching(request: pytest.FixtureRequest) -> None:
    """The service all tests share goes on watching after a test has ended an app of its own over it."""
    if "service" in request.fixturenames:
        live = request.getfixturevalue("service").live
        if live.stopping:
            live.start()
