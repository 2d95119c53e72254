"""Settings changed while the service runs: who may, what is refused, and that they are followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update
from starlette.testclient import TestClient

from api.config import Settings
from api.database import for_writing
from api.desk import sweep
from api.desk.tables import agent_table
from api.staff import site_settings
from api.staff.roles import Role
from api.staff.site_settings import SettingChangedError, SiteSettings
from api.staff.tables import site_setting_table
from api.wiring import Service
from bot.tables import conversation_table, message_table
from tests.api.desk.test_routes import WAGES, Citizen, Desk

URL = "/api/v1/staff/settings"


@pytest.fixture(autouse=True)
def never_changed(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "service" in request.fixturenames:
        with request.getfixturevalue("service").writing.begin() as connection:
            connection.execute(delete(site_setting_table))


@pytest.fixture
def administrator(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.ADMINISTRATOR, name="管理员")


def put(staff: TestClient, name: str, value: Any, version: int = 0) -> Any:
    return staff.put(f"{URL}/{name}", json={"value": value, "version": version})


def test_what_was_never_changed_is_the_environment_s_or_the_default(engine: Engine) -> None:
    with engine.connect() as connection:
        found = site_settings.current(connection, Settings(agent_hours="工作日九点到五点"))
    assert found == SiteSettings(agent_hours="工作日九点到五点")


def test_of_two_who_change_the_same_setting_the_second_is_told(engine: Engine, service: Service) -> None:
    for version in (0, 1):
        with for_writing(engine).begin() as connection:
            site_settings.change(connection, "silent_minutes", 7 + version, version, "甲", service.now())
        with pytest.raises(SettingChangedError), for_writing(engine).begin() as connection:
            site_settings.change(connection, "silent_minutes", 20, version, "乙", service.now())
    with engine.connect() as connection:
        assert site_settings.current(connection, Settings()).silent_minutes == 8


def test_the_opening_notice_is_shown_to_whoever_opens_the_page(administrator: TestClient, client: TestClient) -> None:
    before = client.get("/api/v1/meta").json()["notice"]
    assert put(administrator, "opening_notice", "国庆期间人工照常。").status_code == 200
    assert client.get("/api/v1/meta").json()["notice"] == f"{before} 国庆期间人工照常。"
    assert put(administrator, "opening_notice_english", "Agents are here.").status_code == 200
    assert client.get("/api/v1/meta").json()["notice"] == f"{before} 国庆期间人工照常。 Agents are here."
    assert put(administrator, "opening_notice_english", "", version=1).status_code == 200
    assert put(administrator, "opening_notice", "", version=1).status_code == 200
    assert client.get("/api/v1/meta").json()["notice"] == before


def test_the_hours_are_said_to_whoever_asks_for_a_person_while_nobody_is_there(
    administrator: TestClient, client: TestClient, service: Service
) -> None:
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
    put(administrator, "agent_hours", "工作日 9:00 到 17:30")
    assert "工作日 9:00 到 17:30" in Citizen(client).say(text="转人工")["text"]


def test_the_promise_to_whoever_writes_follows_the_setting(
    administrator: TestClient, client: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    desk, citizen = Desk(as_staff(Role.AGENT)), Citizen(client)
    citizen.say(text="转人工")

    def promised() -> timedelta:
        row = next(item for item in desk.queue()["waiting"] if item["id"] == citizen.id)
        return _moment(row["promised_until"]) - _moment(row["waiting_since"])

    assert promised() == timedelta(minutes=3)
    put(administrator, "text_wait_minutes", 10)
    assert promised() == timedelta(minutes=10)


def test_a_silent_agent_loses_the_conversation_after_the_minutes_set(
    administrator: TestClient, client: TestClient, as_staff: Callable[..., TestClient], service: Service
) -> None:
    desk, citizen = Desk(as_staff(Role.AGENT)), Citizen(client)
    citizen.say(text="转人工")
    desk.take(citizen)
    citizen.say(text=WAGES)
    six_ago = service.now() - timedelta(minutes=6)
    with service.writing.begin() as connection:
        of_it = message_table.c.conversation_id == citizen.id
        connection.execute(update(message_table).where(of_it).values(at=six_ago))
        taken = update(conversation_table).where(conversation_table.c.id == citizen.id)
        connection.execute(taken.values(taken_at=six_ago))
    put(administrator, "silent_minutes", 10)
    sweep.sweep(service)
    assert desk.view(citizen).json()["mine"]
    put(administrator, "silent_minutes", 5, version=1)
    sweep.sweep(service)
    assert desk.view(citizen).json()["item"]["owner"] == "waiting"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text_wait_minutes", 0),
        ("text_wait_minutes", 31),
        ("text_wait_minutes", "三"),
        ("sampled_percent", 4),
        ("opening_notice", "字" * 201),
        ("opening_notice", 7),
        ("cti_secret", "guessed"),
        ("silent_minutes", True),
        ("silent_minutes", None),
    ],
)
def test_what_would_do_harm_is_refused(administrator: TestClient, name: str, value: Any) -> None:
    assert put(administrator, name, value).status_code == 422


def test_only_administrators_change_settings_and_each_change_is_recorded(
    administrator: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert put(as_staff(role), "silent_minutes", 9).status_code == 403
    assert put(administrator, "silent_minutes", 9).json()["changed_by"] == "管理员"
    assert put(administrator, "silent_minutes", 12).status_code == 409
    newest = as_staff(Role.AUDITOR).get("/api/v1/staff/audit", params={"kind": "setting"}).json()["items"][0]
    assert (newest["before"], newest["after"], newest["object_id"]) == (5, 9, "silent_minutes")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
