"""The audit trail: read and exported by auditors, changed by nobody."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from api.staff import audit, trail
from api.staff.roles import Role, Staff
from api.staff.tables import audit_table
from api.wiring import Service

AUDIT = "/api/v1/staff/audit"
AsStaff = Callable[..., TestClient]
SOMEBODY = Staff(7, "u", "赵六", frozenset())
AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def auditor(as_staff: AsStaff) -> TestClient:
    return as_staff(Role.AUDITOR)


def record(service: Service, object_id: str, at: datetime = AT, action: str = "test.change", **more: Any) -> None:
    with service.writing.begin() as connection:
        audit.record(connection, SOMEBODY, action, "test", object_id, at, **more)


def found(auditor: TestClient, **query: Any) -> list[str]:
    return [row["object_id"] for row in auditor.get(AUDIT, params=query).json()["items"]]


@pytest.mark.parametrize("statement", [update(audit_table).values(who="x"), delete(audit_table)])
def test_the_database_itself_refuses_to_change_the_trail(service: Service, statement: Any) -> None:
    record(service, "kept")
    with pytest.raises(IntegrityError, match="only added to"), service.writing.begin() as connection:
        connection.execute(statement.where(audit_table.c.object_id == "kept"))
    with service.engine.connect() as connection:
        assert connection.execute(select(audit_table.c.who).where(audit_table.c.object_id == "kept")).scalar() == "赵六"


def test_nor_does_a_replacing_insert_change_it(service: Service) -> None:
    record(service, "not replaced")
    replace = text(
        "INSERT OR REPLACE INTO staff_audit (id, at, who, action, kind, object_id, reason) "
        "SELECT id, at, 'x', action, kind, object_id, reason FROM staff_audit WHERE object_id = 'not replaced'"
    )
    with pytest.raises(IntegrityError, match="only added to"), service.writing.begin() as connection:
        connection.execute(replace)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
@pytest.mark.parametrize("path", ["", "/choices", "/export?format=csv"])
def test_only_auditors_read_it(as_staff: AsStaff, role: Role, path: str) -> None:
    assert as_staff(role).get(AUDIT + path).status_code == 403


def test_nobody_reads_it_without_a_session(client: TestClient) -> None:
    assert client.get(AUDIT).status_code == 401


def test_there_is_no_route_that_changes_it(auditor: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert auditor.request(method, AUDIT).status_code == 405


def test_it_is_filtered_by_time_who_action_and_object(auditor: TestClient, service: Service) -> None:
    record(service, "filter 1", AT, "test.one")
    record(service, "filter 2", AT + timedelta(days=1), "test.two")
    record(service, "filter 3", AT + timedelta(days=2), "test.one")
    month = {"since": "2026-03-01T17:00:00+08:00", "until": "2026-03-05T00:00:00+08:00", "who": "赵", "kind": "test"}
    names = [name for name in found(auditor, **month) if name.startswith("filter")]
    assert names == ["filter 3", "filter 2", "filter 1"]
    day = {"since": "2026-03-02T17:00:00+08:00", "until": "2026-03-03T17:00:00+08:00"}
    assert [name for name in found(auditor, **day) if name.startswith("filter")] == ["filter 2"]
    assert found(auditor, action="test.two") == ["filter 2"]
    assert found(auditor, object_id="filter 3") == ["filter 3"]
    assert found(auditor, who="%") == []


def test_pages_come_from_the_server(auditor: TestClient, service: Service) -> None:
    for number in range(5):
        record(service, f"page {number}", action="test.page")
    second = auditor.get(AUDIT, params={"action": "test.page", "page": 2, "size": 2}).json()
    assert second["total"] == 5
    assert [row["object_id"] for row in second["items"]] == ["page 2", "page 1"]


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"since": "2026-03-01T00:00:00"}, {"who": "\x00"}])
def test_a_malformed_filter_is_refused(auditor: TestClient, query: dict[str, str]) -> None:
    assert auditor.get(AUDIT, params=query).status_code == 422


def test_it_offers_the_actions_that_occur(auditor: TestClient, service: Service) -> None:
    record(service, "choice", action="test.choice")
    choices = auditor.get(f"{AUDIT}/choices").json()
    assert "test.choice" in choices["actions"]
    assert "test" in choices["kinds"]


def test_an_export_holds_no_formula_and_is_itself_recorded(auditor: TestClient, service: Service) -> None:
    formula = '=HYPERLINK("http://example.invalid")'
    record(service, formula, action="test.export", reason="+1", after={"name": "案例"})
    query = {"action": "test.export"}
    sheet = auditor.get(f"{AUDIT}/export", params={**query, "format": "xlsx"})
    assert 'filename="audit-' in sheet.headers["content-disposition"]
    cells = [cell for row in load_workbook(io.BytesIO(sheet.content)).active for cell in row]
    assert formula in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    lines = list(csv.reader(io.StringIO(auditor.get(f"{AUDIT}/export", params={**query, "format": "csv"}).text)))
    assert lines[1][4] == "'" + formula
    assert lines[1][6:] == ['{"name": "案例"}', "'+1"]
    exports = auditor.get(AUDIT, params={"action": "audit.export", "size": 1}).json()["items"]
    assert exports[0]["after"] == {"action": "test.export", "rows": 1, "format": "csv"}


def test_an_export_that_is_too_large_says_so(
    auditor: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "MOST_EXPORTED", 1)
    record(service, "many")
    record(service, "many")
    refused = auditor.get(f"{AUDIT}/export", params={"object_id": "many", "format": "csv"})
    assert refused.status_code == 422
    assert "缩小" in refused.json()["detail"]
