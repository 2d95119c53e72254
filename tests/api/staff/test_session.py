"""Signing in: password, second factor, lockout, sessions, roles taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.dependencies import STAFF_COOKIE
from api.staff import accounts, second_factor, sessions
from api.staff.roles import Role
from api.staff.session import SECOND_FACTOR
from api.staff.tables import audit_table, session_table, staff_table
from api.wiring import Service, Tries

PASSWORD = "correct horse battery"
SESSION = "/api/v1/staff/session"
AsStaff = Callable[..., TestClient]


@pytest.fixture
def clock(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the service's clock on."""
    now = service.now()
    shift = [timedelta()]
    monkeypatch.setattr(service, "now", lambda: now + shift[0])

    def move(by: timedelta) -> None:
        shift[0] += by

    return move


@pytest.fixture(autouse=True)
def _many_sign_ins(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "sign_ins", Tries(10_000))


def browser(client: TestClient) -> TestClient:
    """A browser nobody is signed in with."""
    return TestClient(client.app, raise_server_exceptions=False)


def sign_in(opened: TestClient, username: str, password: str = PASSWORD, code: str = "") -> Any:
    return opened.post(SESSION, json={"username": username, "password": password, "code": code})


def set_up_second_factor(opened: TestClient, service: Service) -> pyotp.TOTP:
    offered = opened.post("/api/v1/staff/me/second-factor", json={"password": PASSWORD})
    assert offered.status_code == 200, offered.text
    totp = pyotp.parse_uri(offered.json()["uri"])
    code = totp.at(service.now() - timedelta(seconds=30))
    confirmed = opened.put("/api/v1/staff/me/second-factor", json={"code": code})
    assert confirmed.json()["second_factor"] is True
    return totp


def test_the_right_password_opens_a_session_that_signing_out_ends(client: TestClient, as_staff: AsStaff) -> None:
    me = as_staff(Role.AGENT, name="张三")
    opened = browser(client)
    answer = sign_in(opened, me.username.upper())
    assert answer.status_code == 201
    assert answer.json()["name"] == "张三"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert opened.get(SESSION).json()["roles"] == ["agent"]
    token = opened.cookies[STAFF_COOKIE]
    assert opened.delete(SESSION).status_code == 204
    opened.cookies.set(STAFF_COOKIE, token)
    assert opened.get(SESSION).status_code == 401


def test_the_cookie_is_kept_off_plain_connections_when_served_over_https(client: TestClient, as_staff: AsStaff) -> None:
    me = as_staff(Role.AGENT)
    opened = TestClient(client.app, base_url="https://testserver")
    assert "Secure" in sign_in(opened, me.username).headers["set-cookie"]


def test_every_refusal_looks_the_same(client: TestClient, as_staff: AsStaff, service: Service) -> None:
    inactive, locked, guarded = as_staff(Role.AGENT), as_staff(Role.AGENT), as_staff(Role.AGENT)
    set_up_second_factor(guarded, service)
    with service.writing.begin() as connection:
        connection.execute(staff_table.update().where(staff_table.c.id == inactive.staff_id).values(active=False))
        until = service.now() + timedelta(minutes=1)
        connection.execute(staff_table.update().where(staff_table.c.id == locked.staff_id).values(locked_until=until))
    opened = browser(client)
    refused = [
        sign_in(opened, "nobody-at-all"),
        sign_in(opened, as_staff(Role.AGENT).username, "a wrong password"),
        sign_in(opened, inactive.username),
        sign_in(opened, locked.username),
        sign_in(opened, guarded.username, code="000000"),
        sign_in(opened, guarded.username, "a wrong password", code="000000"),
        sign_in(opened, guarded.username, "a wrong password"),
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert len({answer.text for answer in refused}) == 1
    assert STAFF_COOKIE not in opened.cookies


def test_five_wrong_passwords_lock_the_account_for_a_while(
    client: TestClient, as_staff: AsStaff, clock: Callable[[timedelta], None]
) -> None:
    me, opened = as_staff(Role.AGENT), browser(client)
    for _ in range(accounts.MOST_FAILURES):
        assert sign_in(opened, me.username, "a wrong password").status_code == 401
    assert sign_in(opened, me.username).status_code == 401
    clock(accounts.LOCKOUT - timedelta(seconds=1))
    assert sign_in(opened, me.username, "a wrong password").status_code == 401  # counts nothing while locked
    clock(timedelta(seconds=2))
    assert sign_in(opened, me.username).status_code == 201


def test_the_right_password_forgives_wrong_ones(client: TestClient, as_staff: AsStaff) -> None:
    me, opened = as_staff(Role.AGENT), browser(client)
    for _ in range(2):
        for _ in range(accounts.MOST_FAILURES - 1):
            sign_in(opened, me.username, "a wrong password")
        assert sign_in(opened, me.username).status_code == 201


def test_wrong_codes_lock_the_account_too(client: TestClient, as_staff: AsStaff, service: Service) -> None:
    me, opened = as_staff(Role.AGENT), browser(client)
    totp = set_up_second_factor(me, service)
    for _ in range(accounts.MOST_FAILURES):
        assert sign_in(opened, me.username, code="000000").status_code == 401
    assert sign_in(opened, me.username, code=totp.at(service.now())).status_code == 401


def test_tries_of_one_address_are_limited(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "sign_ins", Tries(2))
    answers = [sign_in(browser(client), f"guess{number}").status_code for number in range(3)]
    assert answers == [401, 401, 429]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "a"},
        {"username": "a", "password": ""},
        {"username": "a", "password": "p" * 201},
        {"username": "a\x00b", "password": "p"},
        {"username": "a", "password": "p", "more": 1},
        {"username": ["a"], "password": "p"},
    ],
)
def test_a_malformed_sign_in_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post(SESSION, json=body).status_code == 422


def test_the_code_is_asked_for_after_the_right_password_only(
    client: TestClient, as_staff: AsStaff, service: Service
) -> None:
    me, opened = as_staff(Role.AGENT), browser(client)
    totp = set_up_second_factor(me, service)
    asked = sign_in(opened, me.username)
    assert (asked.status_code, asked.json()["type"]) == (401, SECOND_FACTOR)
    assert STAFF_COOKIE not in opened.cookies
    assert sign_in(opened, me.username, code=totp.at(service.now())).status_code == 201


def test_a_code_is_good_once(
    client: TestClient, as_staff: AsStaff, service: Service, clock: Callable[[timedelta], None]
) -> None:
    me = as_staff(Role.AGENT)
    totp = set_up_second_factor(me, service)
    code = totp.at(service.now())
    assert sign_in(browser(client), me.username, code=code).status_code == 201
    assert sign_in(browser(client), me.username, code=code).status_code == 401
    clock(timedelta(seconds=30))
    assert sign_in(browser(client), me.username, code=code).status_code == 401
    code = totp.at(service.now())
    assert sign_in(browser(client), me.username, code=f"{code[:3]} {code[3:]}").status_code == 201


def test_a_phone_may_be_half_a_minute_off_but_not_two(
    client: TestClient, as_staff: AsStaff, service: Service, clock: Callable[[timedelta], None]
) -> None:
    me = as_staff(Role.AGENT)
    totp = set_up_second_factor(me, service)
    clock(timedelta(minutes=10))
    late = totp.at(service.now() - timedelta(minutes=2))
    assert sign_in(browser(client), me.username, code=late).status_code == 401
    early = totp.at(service.now() + timedelta(seconds=30))
    assert sign_in(browser(client), me.username, code=early).status_code == 201


def test_the_secret_of_a_second_factor_is_encrypted(as_staff: AsStaff, service: Service) -> None:
    me = as_staff(Role.AGENT)
    totp = set_up_second_factor(me, service)
    with service.engine.connect() as connection:
        row = connection.execute(select(staff_table).where(staff_table.c.id == me.staff_id)).one()
    assert totp.secret.encode() not in row.totp_secret
    assert service.secrets.show(row.totp_secret) == totp.secret
    assert row.totp_offered is None


def test_two_uses_of_one_code_at_the_same_moment_let_in_one(as_staff: AsStaff, service: Service) -> None:
    me = as_staff(Role.AGENT)
    totp = set_up_second_factor(me, service)
    with service.writing.begin() as connection:
        row = connection.execute(select(staff_table).where(staff_table.c.id == me.staff_id)).one()
        code = totp.at(service.now())
        used = [second_factor.use(connection, service.secrets, row, code, service.now()) for _ in range(2)]
    assert used == [True, False]


def test_a_role_taken_away_works_at_once_in_an_open_session(as_staff: AsStaff, service: Service) -> None:
    me, administrator = as_staff(Role.AUDITOR, Role.AGENT), as_staff(Role.ADMINISTRATOR)
    assert me.get("/api/v1/staff/audit").status_code == 200
    changed = administrator.patch(f"/api/v1/staff/accounts/{me.staff_id}", json={"version": 1, "roles": ["agent"]})
    assert changed.status_code == 200, changed.text
    refused = me.get("/api/v1/staff/audit")
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert me.get(SESSION).json()["roles"] == ["agent"]


def test_a_deactivated_account_is_signed_out_at_once(as_staff: AsStaff) -> None:
    me, administrator = as_staff(Role.AGENT), as_staff(Role.ADMINISTRATOR)
    administrator.patch(f"/api/v1/staff/accounts/{me.staff_id}", json={"version": 1, "active": False})
    assert me.get(SESSION).status_code == 401


def test_a_session_ends_without_calls_and_after_a_shift(
    as_staff: AsStaff, service: Service, clock: Callable[[timedelta], None]
) -> None:
    idle, busy = as_staff(Role.AGENT), as_staff(Role.AGENT)
    step = sessions.IDLE - timedelta(minutes=2)
    began = service.now()
    while service.now() - began + step < sessions.LONGEST:
        clock(step)
        assert busy.get(SESSION).status_code == 200
    assert idle.get(SESSION).status_code == 401
    clock(step)
    assert busy.get(SESSION).status_code == 401


def test_a_call_from_another_sites_page_is_refused(as_staff: AsStaff) -> None:
    me = as_staff(Role.AGENT)
    assert me.get(SESSION, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert me.get(SESSION, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert me.get(SESSION, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 5000])
def test_a_made_up_token_opens_nothing(client: TestClient, token: str) -> None:
    headers = {"Cookie": f"{STAFF_COOKIE}={token}".encode()}
    assert browser(client).get(SESSION, headers=headers).status_code == 401


def test_the_token_is_stored_as_a_hash_only(client: TestClient, as_staff: AsStaff, service: Service) -> None:
    me, opened = as_staff(Role.AGENT), browser(client)
    sign_in(opened, me.username)
    token = opened.cookies[STAFF_COOKIE]
    with service.engine.connect() as connection:
        stored = connection.execute(select(session_table.c.token_hash)).scalars().all()
    assert token not in stored
    assert any(value.startswith(sessions.session_id(token)) for value in stored)


def test_signing_in_is_in_the_trail(client: TestClient, as_staff: AsStaff, service: Service) -> None:
    me = as_staff(Role.AGENT)
    sign_in(browser(client), me.username)
    with service.engine.connect() as connection:
        row = connection.execute(select(audit_table).where(audit_table.c.object_id == me.username)).one()
    assert (row.action, row.staff_id, row.after) == ("staff.sign_in", me.staff_id, {"way": "password"})


def test_a_temporary_password_opens_nothing_until_it_is_changed(as_staff: AsStaff) -> None:
    me = as_staff(Role.AUDITOR, temporary_password=True)
    assert me.get("/api/v1/staff/audit").status_code == 403
    changed = me.put("/api/v1/staff/me/password", json={"old": PASSWORD, "new": "一句只有我知道的很长的话"})
    assert changed.json()["temporary_password"] is False
    assert me.get("/api/v1/staff/audit").status_code == 200
