"""Canned phrases for all: changed by curators and supervisors, checked, never lost to whoever saves last."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from api.desk.tables import central_phrase_table
from api.staff.roles import Role
from api.wiring import Service

URL = "/api/v1/desk"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def as_the_file_has_them(service: Service) -> None:
    with service.writing.begin() as connection:
        connection.execute(delete(central_phrase_table))


@pytest.fixture
def curator(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.CURATOR, name="维护员")


@pytest.fixture
def agent(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.AGENT)


def put(staff: TestClient, key: str, text: str = "请稍等。", version: int = 0, **more: Any) -> Any:
    body = {"title": "名称", "text": text, "version": version, **more}
    return staff.put(f"{URL}/central-phrases/{key}", json=body)


def offered(agent: TestClient) -> dict[str, str]:
    return {phrase["key"]: phrase["text"] for phrase in agent.get(f"{URL}/phrases").json()}


def test_a_changed_phrase_is_what_agents_are_offered_at_once(curator: TestClient, agent: TestClient) -> None:
    before = offered(agent)
    changed = put(curator, "shao", "请等一分钟，{座席}去查。")
    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.json()["changed_by"]) == (1, "维护员")
    assert offered(agent) == {**before, "shao": "请等一分钟，{座席}去查。"}
    assert list(offered(agent)) == list(before), "the order stays"


def test_a_withdrawn_phrase_is_offered_to_nobody_and_can_come_back(curator: TestClient, agent: TestClient) -> None:
    put(curator, "shao", withdrawn=True)
    assert "shao" not in offered(agent)
    assert any(phrase["withdrawn"] for phrase in curator.get(f"{URL}/central-phrases").json())
    put(curator, "shao", version=1)
    assert "shao" in offered(agent)


def test_of_two_who_change_the_same_phrase_the_second_is_told(
    curator: TestClient, as_staff: Callable[..., TestClient], agent: TestClient
) -> None:
    other = as_staff(Role.SUPERVISOR, name="班长")
    assert put(curator, "shao", "甲的写法").status_code == 200
    for version in (0, 7):
        refused = put(other, "shao", "乙的写法", version=version)
        assert refused.status_code == 409
        assert "刷新" in refused.json()["detail"]
    assert offered(agent)["shao"] == "甲的写法"
    assert put(other, "shao", "乙的写法", version=1).status_code == 200


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("shao", "依据民法典第九千九百条办。", "没查到"),
        ("shao", "{姓名}您好", "不认识的变量"),
        ("shao", " \u200b ", "还没有写"),
        ("shao", "字" * 1001, "格式不对"),
        ("a b", "请稍等。", "格式不对"),
        ("k" * 31, "请稍等。", "格式不对"),
    ],
)
def test_what_could_not_be_sent_is_not_kept(curator: TestClient, key: str, text: str, says: str) -> None:
    refused = put(curator, key, text)
    assert refused.status_code == 422
    assert says in refused.text


def test_a_phrase_whose_statute_is_gone_is_shown_with_it_and_can_be_withdrawn(
    curator: TestClient, service: Service
) -> None:
    stale = {
        "key": "old", "title": "旧法", "text": "看民法典第九千九百条。", "withdrawn": False, "version": 1,
        "changed_by": "维护员", "changed_at": service.now(),
    }  # fmt: skip
    with service.writing.begin() as connection:
        connection.execute(central_phrase_table.insert().values(**stale))
    shown = {phrase["key"]: phrase for phrase in curator.get(f"{URL}/central-phrases").json()}
    assert shown["old"]["faults"]
    assert put(curator, "old", stale["text"], version=1, withdrawn=True).status_code == 200


def test_a_telephone_number_in_a_phrase_is_masked(curator: TestClient, agent: TestClient) -> None:
    put(curator, "shao", "打 13800138000 找我")
    assert "13800138000" not in offered(agent)["shao"]


def test_one_s_own_phrase_goes_before_that_for_all(curator: TestClient, agent: TestClient) -> None:
    put(curator, "shao", "给大家的")
    agent.put(f"{URL}/phrases", json={"key": "shao", "title": "我的", "text": "给我自己的"})
    assert [p["text"] for p in agent.get(f"{URL}/phrases").json() if p["key"] == "shao"] == ["给我自己的", "给大家的"]


def test_agents_do_not_change_what_all_are_offered(agent: TestClient, as_staff: Callable[..., TestClient]) -> None:
    assert put(agent, "shao").status_code == 403
    assert as_staff(Role.ADMINISTRATOR).get(f"{URL}/central-phrases").status_code == 403


def test_a_change_stands_in_the_trail_with_before_and_after(
    curator: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    key = f"new{next(_numbers)}"
    put(curator, key, "第一版")
    put(curator, key, "第二版", version=1)
    auditor = as_staff(Role.AUDITOR)
    trail = auditor.get("/api/v1/staff/audit", params={"object_id": key}).json()["items"]
    assert [(row["before"] and row["before"]["text"], row["after"]["text"]) for row in trail] == [
        ("第一版", "第二版"), (None, "第一版"),
    ]  # fmt: skip
