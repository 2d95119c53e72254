"""A number no database takes is refused at the door, not deep inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from api.staff.roles import Role

HUGE = 2**80
pytestmark = pytest.mark.rasa


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/api/v1/admin/hit-tests/{HUGE}/export", None),
        ("POST", f"/api/v1/admin/exchange/letters/{HUGE}/retry", None),
        ("POST", "/api/v1/admin/misses/dismiss", {"miss_ids": [HUGE]}),
        ("POST", "/api/v1/admin/misses/dismiss", {"miss_ids": [-1]}),
        ("POST", f"/api/v1/desk/conversations/{'a' * 24}/transfer", {"to": HUGE, "summary": "交给您"}),
        ("POST", f"/api/v1/admin/rules/{HUGE}/publish", {}),
        ("GET", f"/api/v1/staff/accounts/{HUGE}/sessions", None),
    ],
)
def test_a_number_too_large_is_a_wrong_field(
    as_staff: Callable[..., TestClient], method: str, path: str, body: dict | None
) -> None:
    somebody = as_staff(*Role)
    assert somebody.request(method, path, json=body).status_code == 422


def test_a_stream_does_not_begin_after_a_number_too_large(client: TestClient) -> None:
    opened = client.post("/api/v1/conversations", json={}).json()
    headers = {"Authorization": f"Bearer {opened['token']}", "Last-Event-ID": str(HUGE)}
    assert client.get(f"/api/v1/conversations/{opened['id']}/events", headers=headers).status_code == 422
