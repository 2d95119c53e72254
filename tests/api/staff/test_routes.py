"""Every route for staff, called by nobody and by somebody without roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from starlette.testclient import TestClient

from api.staff.roles import Role

AsStaff = Callable[..., TestClient]


def staff_routes(client: TestClient) -> Iterator[tuple[str, str, tuple[Role, ...]]]:
    """Method, path with its parts filled in, roles."""
    queue = list(client.app.routes)
    while queue:
        route = queue.pop()
        queue += list(getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", []))
        waiting = [route.dependant] if hasattr(route, "dependant") else []
        while waiting:
            dependant = waiting.pop()
            waiting += dependant.dependencies
            if hasattr(dependant.call, "roles"):
                for method in getattr(route, "methods", ()):
                    yield method, re.sub(r"\{\w+(:\w+)?\}", "1", route.path), dependant.call.roles


def test_nobody_gets_in_without_a_session(client: TestClient) -> None:
    nobody = TestClient(client.app, raise_server_exceptions=False)
    answers = {(method, path): nobody.request(method, path).status_code for method, path, _ in staff_routes(client)}
    assert len(answers) > 15
    assert {call: status for call, status in answers.items() if status != 401} == {}


def test_nobody_gets_in_without_the_role(client: TestClient, as_staff: AsStaff) -> None:
    routes = [(method, path, roles) for method, path, roles in staff_routes(client) if roles]
    for role in Role:
        somebody = as_staff(role)
        for method, path, roles in routes:
            if role not in roles:
                assert somebody.request(method, path).status_code == 403, (role, method, path)
