"""From 没解决 to the miss list: why, in clusters, to a case."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.wiring import Service
from case_library import misses

ADMIN = "/api/v1/admin"
Desks = dict[str, TestClient]
WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同，怎么要回来"


class Talk:
    def __init__(self, client: TestClient) -> None:
        self.client = client
        opened = client.post("/api/v1/conversations", json={}).json()
        self.url = f"/api/v1/conversations/{opened['id']}"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.sent = 0

    def say(self, **what: Any) -> dict[str, Any]:
        self.sent += 1
        answer = self.client.post(
            f"{self.url}/messages", json={"client_id": str(self.sent), **what}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["reply"]

    def why(self, reason: str, headers: dict[str, str] | None = None) -> int:
        sent = self.client.post(
            f"{self.url}/unresolved-reason", json={"reason": reason}, headers=headers or self.headers
        )
        return sent.status_code


@pytest.fixture
def talk(desks: Desks) -> Talk:
    return Talk(desks["citizen"])


def newest(desks: Desks) -> dict[str, Any]:
    return desks["bian"].get(f"{ADMIN}/misses", params={"kind": "unresolved", "size": 1}).json()["items"][0]


def test_the_reason_stands_with_the_miss_and_the_last_word_counts(desks: Desks, talk: Talk) -> None:
    shown = next(card["case_id"] for card in talk.say(text=WAGES)["cards"] if card["kind"] == "answer")
    on = talk.say(action="unresolved")
    assert on["outcome"] in ("refer", "handoff", "ask")  # helped on at once, before any reason
    assert newest(desks)["reason"] == ""
    assert talk.why("not_understood") == 204
    assert newest(desks)["reason"] == "看不懂"
    assert talk.why("did_not_work") == 204
    miss = newest(desks)
    assert (miss["reason"], miss["case_id"]) == ("照做了没用", shown)
    clusters = desks["shen"].get(f"{ADMIN}/miss-clusters", params={"kind": "unresolved"}).json()["clusters"]
    (cluster,) = [one for one in clusters if miss["id"] in one["miss_ids"]]
    assert cluster["reasons"]["照做了没用"] >= 1


def test_only_who_rejected_an_answer_can_say_why(desks: Desks, talk: Talk) -> None:
    assert talk.why("wrong") == 404
    talk.say(text=WAGES)
    talk.say(action="unresolved")
    assert talk.why("because") == 422
    assert talk.why("wrong", Talk(desks["citizen"]).headers) == 404
    assert newest(desks)["reason"] == ""


def test_from_a_miss_nobody_finds_the_way_to_the_conversation(library_service: Service, talk: Talk) -> None:
    talk.say(text=f"我叫王建国，{WAGES}")
    talk.say(action="unresolved")
    with library_service.engine.connect() as connection:
        found, _ = misses.search(connection, kind="unresolved", limit=1)
        row = connection.exec_driver_sql("SELECT * FROM case_library_miss ORDER BY id DESC LIMIT 1").one()
    assert "王建国" not in found[0].text
    assert talk.url.rsplit("/", 1)[1] not in str(row)


def test_a_case_made_from_a_cluster_takes_its_misses_off_the_list(desks: Desks, talk: Talk) -> None:
    talk.say(text="我养的鹦鹉把邻居家的真皮沙发啄烂了要我赔多少")
    talk.say(action="unresolved")
    id_ = newest(desks)["id"]
    clusters = desks["bian"].get(f"{ADMIN}/miss-clusters").json()["clusters"]
    (cluster,) = [one for one in clusters if id_ in one["miss_ids"]]
    made = desks["bian"].post(
        f"{ADMIN}/cases",
        json={
            "case": cluster["skeleton"],
            "confirmed": True,
            "miss_ids": cluster["miss_ids"],
            "source": "没答好的问题",
        },
    )
    assert made.status_code == 201, made.text
    taken = desks["bian"].get(f"{ADMIN}/misses", params={"state": "taken", "size": 100}).json()["items"]
    assert {miss["taken_by"] for miss in taken if miss["id"] in cluster["miss_ids"]} == {made.json()["id"]}
