"""Accounts kept by administrators, and one's own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.dependencies import STAFF_COOKIE
from api.staff import accounts
from api.staff.roles import Role
from api.staff.tables import audit_table, staff_table
from api.wiring import Service, Tries

PASSWORD = "correct horse battery"
ACCOUNTS = "/api/v1/staff/accounts"
SESSION = "/api/v1/staff/session"
AsStaff = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def _many_sign_ins(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "sign_ins", Tries(10_000))


@pytest.fixture
def administrator(as_staff: AsStaff) -> TestClient:
    return as_staff(Role.ADMINISTRATOR)


def sign_in(client: TestClient, username: str, password: str = PASSWORD) -> tuple[TestClient, int]:
    opened = TestClient(client.app, raise_server_exceptions=False)
    return opened, opened.post(SESSION, json={"username": username, "password": password}).status_code


def trail(service: Service, username: str) -> list[Any]:
    with service.engine.connect() as connection:
        query = select(audit_table).where(audit_table.c.object_id == username).order_by(audit_table.c.id)
        return list(connection.execute(query))


def test_an_account_is_made_with_a_password_told_once(
    client: TestClient, administrator: TestClient, service: Service
) -> None:
    body = {"username": "li.si", "name": "李四", "roles": ["agent"], "areas": ["洪山区"], "skills": ["labor"]}
    made = administrator.post(ACCOUNTS, json=body)
    assert made.status_code == 201, made.text
    account, password = made.json()["account"], made.json()["password"]
    assert (account["areas"], account["skills"], account["temporary_password"]) == (["洪山区"], ["labor"], True)
    assert sign_in(client, "li.si", password)[1] == 201
    with service.engine.connect() as connection:
        assert password not in connection.execute(select(staff_table.c.password_hash)).scalars().all()
    created = trail(service, "li.si")[0]
    assert (created.action, created.staff_id) == ("staff.create", administrator.staff_id)
    assert created.after["roles"] == ["agent"]
    assert password not in str(created.after)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "A B"),
        ("username", "x"),
        ("username", "张三"),
        ("name", "  "),
        ("name", "a\nb"),
        ("roles", ["king"]),
        ("areas", ["火星区"]),
        ("bodies", ["no-such-body"]),
        ("skills", ["no-such-skill"]),
        ("password", "chosen for them"),
    ],
)
def test_a_bad_field_makes_no_account(administrator: TestClient, field: str, value: Any) -> None:
    body = {"username": "bad.field", "name": "坏", "roles": ["agent"], field: value}
    assert administrator.post(ACCOUNTS, json=body).status_code == 422


def test_a_user_name_is_taken_once(administrator: TestClient) -> None:
    body = {"username": "only.one", "name": "一", "roles": []}
    assert [administrator.post(ACCOUNTS, json=body).status_code for _ in range(2)] == [201, 409]


def test_a_change_says_before_and_after_and_why(as_staff: AsStaff, administrator: TestClient, service: Service) -> None:
    other = as_staff(Role.AGENT, name="王五")
    change = {"version": 1, "roles": ["agent", "curator"], "reason": "兼职维护案例"}
    changed = administrator.patch(f"{ACCOUNTS}/{other.staff_id}", json=change)
    assert changed.json()["version"] == 2
    row = trail(service, other.username)[-1]
    assert (row.action, row.reason) == ("staff.change", "兼职维护案例")
    assert (row.before, row.after) == ({"roles": ["agent"]}, {"roles": ["agent", "curator"]})


def test_of_two_administrators_who_change_the_same_account_the_second_is_told(
    as_staff: AsStaff, administrator: TestClient
) -> None:
    other, second = as_staff(Role.AGENT), as_staff(Role.ADMINISTRATOR)
    address = f"{ACCOUNTS}/{other.staff_id}"
    assert administrator.patch(address, json={"version": 1, "name": "甲"}).status_code == 200
    refused = second.patch(address, json={"version": 1, "name": "乙"})
    assert (refused.status_code, refused.json()["title"]) == (409, "别人改过了")
    assert administrator.get(address).json()["name"] == "甲"


def test_the_last_administrator_stays(administrator: TestClient, service: Service) -> None:
    with service.writing.begin() as connection:  # the others of this database
        connection.execute(staff_table.update().where(staff_table.c.id != administrator.staff_id).values(active=False))
    address = f"{ACCOUNTS}/{administrator.staff_id}"
    for change in ({"active": False}, {"roles": ["agent"]}):
        refused = administrator.patch(address, json={"version": 1, **change})
        assert (refused.status_code, refused.json()["title"]) == (409, "不能这样改")
    assert administrator.patch(address, json={"version": 1, "name": "还是我"}).status_code == 200


def test_a_reset_ends_the_sessions_and_the_lockout(
    client: TestClient, as_staff: AsStaff, administrator: TestClient
) -> None:
    other = as_staff(Role.AGENT)
    for _ in range(accounts.MOST_FAILURES):
        sign_in(client, other.username, "a wrong password")
    assert administrator.get(f"{ACCOUNTS}/{other.staff_id}").json()["locked_until"] is not None
    told = administrator.post(f"{ACCOUNTS}/{other.staff_id}/password").json()
    assert other.get(SESSION).status_code == 401
    assert sign_in(client, other.username)[1] == 401
    opened, status = sign_in(client, other.username, told["password"])
    assert status == 201
    assert opened.get(SESSION).json()["temporary_password"] is True


def test_sessions_are_seen_and_ended_by_the_administrator(
    client: TestClient, as_staff: AsStaff, administrator: TestClient, service: Service
) -> None:
    other = as_staff(Role.AGENT)
    second, _ = sign_in(client, other.username)
    seen = administrator.get(f"{ACCOUNTS}/{other.staff_id}/sessions").json()
    assert len(seen) == 2
    assert second.cookies[STAFF_COOKIE] not in str(seen)
    assert administrator.delete(f"{ACCOUNTS}/{other.staff_id}/sessions").status_code == 204
    assert [other.get(SESSION).status_code, second.get(SESSION).status_code] == [401, 401]
    assert trail(service, other.username)[-1].after == {"ended": 2}


def test_accounts_are_found_by_text_role_and_state(as_staff: AsStaff, administrator: TestClient) -> None:
    as_staff(Role.REVIEWER, username="find_me", name="寻人甲")
    as_staff(Role.AGENT, username="findxme", name="寻人乙")

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in administrator.get(ACCOUNTS, params=query).json()["items"]]

    assert names(text="寻人") == ["寻人甲", "寻人乙"]
    assert names(text="find_me") == ["寻人甲"]
    assert names(text="寻人", role="reviewer") == ["寻人甲"]
    assert names(text="寻人", active="false") == []
    page = administrator.get(ACCOUNTS, params={"text": "寻人", "page": 2, "size": 1}).json()
    assert (page["total"], [row["name"] for row in page["items"]]) == (2, ["寻人乙"])


@pytest.mark.parametrize("query", [{"page": 0}, {"size": 201}, {"page": 10**30}, {"role": "king"}, {"text": "\x00"}])
def test_a_page_that_cannot_be_is_refused(administrator: TestClient, query: dict[str, Any]) -> None:
    assert administrator.get(ACCOUNTS, params=query).status_code == 422


@pytest.mark.parametrize("staff_id", ["0", "-1", str(10**30), "x"])
def test_a_made_up_account_is_not_found(administrator: TestClient, staff_id: str) -> None:
    assert administrator.get(f"{ACCOUNTS}/{staff_id}").status_code == 422
    assert administrator.get(f"{ACCOUNTS}/{2**31 - 1}").status_code == 404


def test_choices_are_those_of_the_directory(administrator: TestClient, service: Service) -> None:
    choices = administrator.get(f"{ACCOUNTS}/choices").json()
    assert {row["value"] for row in choices["bodies"]} == {body.id for body in service.parts.directory.bodies}
    assert {"洪山区", "武汉市"} <= {row["value"] for row in choices["areas"]}


def test_a_new_password_ends_the_other_sessions(client: TestClient, as_staff: AsStaff) -> None:
    me = as_staff(Role.AGENT)
    other, _ = sign_in(client, me.username)
    changed = me.put("/api/v1/staff/me/password", json={"old": PASSWORD, "new": "staple correct battery"})
    assert changed.status_code == 200
    assert [me.get(SESSION).status_code, other.get(SESSION).status_code] == [200, 401]
    assert sign_in(client, me.username)[1] == 401
    assert sign_in(client, me.username, "staple correct battery")[1] == 201


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("not my password", "staple correct battery"),
        (PASSWORD, "short"),
        (PASSWORD, "aaaaaaaaaaaaaaa"),
        (PASSWORD, PASSWORD),
        (PASSWORD, "x" * 201),
    ],
)
def test_a_bad_new_password_changes_nothing(client: TestClient, as_staff: AsStaff, old: str, new: str) -> None:
    me = as_staff(Role.AGENT)
    assert me.put("/api/v1/staff/me/password", json={"old": old, "new": new}).status_code == 422
    assert sign_in(client, me.username)[1] == 201


def test_a_password_that_holds_the_user_name_is_refused(as_staff: AsStaff) -> None:
    me = as_staff(Role.AGENT, username="zhangsan")
    refused = me.put("/api/v1/staff/me/password", json={"old": PASSWORD, "new": "ZhangSan-2026-11"})
    assert refused.status_code == 422


def test_own_sessions_are_listed_and_ended_one_by_one(client: TestClient, as_staff: AsStaff) -> None:
    me, stranger = as_staff(Role.AGENT), as_staff(Role.AGENT)
    other, _ = sign_in(client, me.username)
    listed = me.get("/api/v1/staff/me/sessions").json()
    assert sorted(row["current"] for row in listed) == [False, True]
    other_id = next(row["id"] for row in listed if not row["current"])
    address = f"/api/v1/staff/me/sessions/{other_id}"
    assert stranger.delete(address).status_code == 404
    assert me.delete(address).status_code == 204
    assert me.delete(address).status_code == 404
    assert [me.get(SESSION).status_code, other.get(SESSION).status_code] == [200, 401]


def test_a_second_factor_needs_the_password_and_a_first_code(as_staff: AsStaff) -> None:
    me = as_staff(Role.AGENT)
    factor = "/api/v1/staff/me/second-factor"
    assert me.post(factor, json={"password": "not my password"}).status_code == 422
    assert me.put(factor, json={"code": "123456"}).status_code == 422
    assert me.post(factor, json={"password": PASSWORD}).json()["uri"].startswith("otpauth://totp/")
    assert me.put(factor, json={"code": "12345"}).status_code == 422
    assert me.get(SESSION).json()["second_factor"] is False


def test_only_an_administrator_switches_a_second_factor_off(
    as_staff: AsStaff, administrator: TestClient, service: Service
) -> None:
    me = as_staff(Role.SUPERVISOR)
    with service.writing.begin() as connection:
        hidden = service.secrets.hide("JBSWY3DPEHPK3PXP")
        connection.execute(staff_table.update().where(staff_table.c.id == me.staff_id).values(totp_secret=hidden))
    assert me.post("/api/v1/staff/me/second-factor", json={"password": PASSWORD}).status_code == 409
    assert me.delete(f"{ACCOUNTS}/{me.staff_id}/second-factor").status_code == 403
    removed = administrator.delete(f"{ACCOUNTS}/{me.staff_id}/second-factor")
    assert removed.json()["second_factor"] is False
    assert me.get(SESSION).status_code == 401
    assert trail(service, me.username)[-1].action == "staff.remove_second_factor"
