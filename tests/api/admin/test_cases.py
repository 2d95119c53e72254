from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.library import catch_up
from api.wiring import Service
from case_library import store

ADMIN = "/api/v1/admin"
Desks = dict[str, TestClient]


def drafted(desks: Desks, case: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = desks["bian"].post(f"{ADMIN}/cases", json={"case": case, "confirmed": True, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def step(desk: TestClient, case: dict[str, Any], name: str, **more: Any) -> Any:
    return desk.post(f"{ADMIN}/cases/{case['id']}/{name}", json={"revision": case["revision"], **more})


def proved(desks: Desks, case: dict[str, Any], until: Callable) -> dict[str, Any]:
    def finished() -> Any:
        proof = desks["shen"].get(f"{ADMIN}/cases/{case['id']}/proof").json()
        return proof if proof["state"] != "running" else None

    return until(finished, 300)


def published(desks: Desks, case: dict[str, Any], until: Callable) -> dict[str, Any]:
    handed_in = step(desks["bian"], drafted(desks, case), "submit").json()
    proved(desks, handed_in, until)
    answer = step(desks["shen"], handed_in, "publish", reason="测试发布的理由")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(desks: Desks, said: str) -> dict[str, Any]:
    citizen = desks["citizen"]
    opened = citizen.post("/api/v1/conversations", json={"channel": "web"}).json()
    answer = citizen.post(
        f"/api/v1/conversations/{opened['id']}/messages",
        json={"client_id": "1", "text": said},
        headers={"Authorization": f"Bearer {opened['token']}"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["reply"]


def shown_cases(reply: dict[str, Any]) -> list[str]:
    return [card["case_id"] for card in reply["cards"] if card["kind"] == "answer"]


def test_only_curators_and_reviewers_come_in(desks: Desks) -> None:
    assert desks["citizen"].get(f"{ADMIN}/cases").status_code == 401
    assert desks["agent"].get(f"{ADMIN}/cases").status_code == 403
    assert desks["shen"].get(f"{ADMIN}/cases").status_code == 200
    assert desks["shen"].post(f"{ADMIN}/cases", json={}).status_code == 403


def test_the_list_is_paged_and_narrowed_on_the_server(desks: Desks) -> None:
    page = desks["bian"].get(f"{ADMIN}/cases", params={"matter": "divorce_dispute", "size": 2}).json()
    assert len(page["items"]) == 2
    assert page["total"] > 2
    assert {row["matter"] for row in page["items"]} == {"divorce_dispute"}
    summary = desks["bian"].get(f"{ADMIN}/library").json()
    assert summary["counts"]["sample"] >= 400


def test_a_case_goes_from_draft_to_the_citizens_next_question_without_a_restart(
    desks: Desks, library_service: Service, text: Callable, until: Callable
) -> None:
    question = text()["questions"][1]
    case = published(desks, text(), until)
    assert (case["status"], case["version"], case["draft"]) == ("published", 1, None)
    until(lambda: any(one.id == case["id"] for one in library_service.parts.index.cases), 10)
    reply = ask(desks, question)
    assert shown_cases(reply) == [case["id"]], reply["text"]

    retired = step(desks["shen"], case, "retire", reason="测试：下架").json()
    assert retired["status"] == "retired"
    until(lambda: all(one.id != case["id"] for one in library_service.parts.index.cases), 10)
    assert case["id"] not in shown_cases(ask(desks, question))


def test_nobody_publishes_what_they_wrote_and_nobody_publishes_without_a_proof(
    desks: Desks, text: Callable, until: Callable, library_service: Service
) -> None:
    own = desks["both"].post(f"{ADMIN}/cases", json={"case": text(title="自己写的"), "confirmed": True}).json()
    handed_in = step(desks["both"], own, "submit").json()
    early = step(desks["shen"], handed_in, "publish")
    assert early.status_code == 409  # the proof has only begun
    proved(desks, handed_in, until)
    refused = step(desks["both"], handed_in, "publish")
    assert refused.status_code == 409
    assert "别人审核" in refused.json()["detail"]
    assert step(desks["shen"], handed_in, "return", reason="标题要改").json()["draft_state"] == "draft"


def test_the_second_of_two_curators_gets_all_three_texts(desks: Desks, text: Callable) -> None:
    case = drafted(desks, text(title="原来的"))
    url = f"{ADMIN}/cases/{case['id']}"
    first = desks["bian"].put(url, json={"revision": case["revision"], "case": text(title="甲的")})
    second = desks["xie"].put(url, json={"revision": case["revision"], "case": text(title="乙的")})
    assert first.status_code == 200
    assert second.status_code == 409
    told = second.json()
    assert [told[name]["title"] for name in ("base", "current", "yours")] == ["原来的", "甲的", "乙的"]
    assert told["type"] == "urn:yibotong:case-conflict"
    again = desks["xie"].put(url, json={"revision": told["current_revision"], "case": text(title="合在一起的")})
    assert again.json()["draft"]["title"] == "合在一起的"


def test_a_near_copy_is_refused_until_it_is_confirmed(desks: Desks, library_service: Service, text: Callable) -> None:
    sample = library_service.parts.index.cases[0]
    copy = text(title=sample.title, questions=[f"{question}？" for question in sample.questions], matter=sample.matter)
    refused = desks["bian"].post(f"{ADMIN}/cases", json={"case": copy})
    assert refused.status_code == 409
    assert refused.json()["neighbours"][0]["case_id"] == sample.id
    assert desks["bian"].post(f"{ADMIN}/cases", json={"case": copy, "confirmed": True}).status_code == 201


def test_a_statute_that_does_not_exist_is_shown_while_writing_and_stops_the_handing_in(
    desks: Desks, text: Callable
) -> None:
    wrong = text(statutes=["消费者权益保护法第九百条"], steps=["按《民法典》第九千条去告。"])
    check = desks["bian"].post(f"{ADMIN}/case-checks", json={"case": wrong}).json()
    assert {fault["field"] for fault in check["faults"]} == {"statutes", "steps"}
    assert [c["in_force"] for c in check["citations"]] == [False, False]
    refused = step(desks["bian"], drafted(desks, wrong), "submit")
    assert refused.status_code == 422
    assert {problem["field"] for problem in refused.json()["errors"]} == {"statutes", "steps"}
    unreadable = desks["bian"].post(f"{ADMIN}/case-checks", json={"case": text(statutes=["消法"])})
    assert unreadable.json()["errors"][0]["field"] == "statutes.0"


def test_an_older_version_can_be_brought_back_into_review(desks: Desks, text: Callable, until: Callable) -> None:
    case = published(desks, text(title="第一版的标题"), until)
    edited = (
        desks["bian"]
        .put(f"{ADMIN}/cases/{case['id']}", json={"revision": case["revision"], "case": text(title="改坏的标题")})
        .json()
    )
    assert (edited["live"]["title"], edited["draft"]["title"]) == ("第一版的标题", "改坏的标题")
    back = step(desks["bian"], edited, "restore", version=1).json()
    assert back["draft"]["title"] == "第一版的标题"
    history = desks["shen"].get(f"{ADMIN}/cases/{case['id']}/history").json()
    assert [event["kind"] for event in history] == ["drafted", "drafted", "published", "submitted", "drafted"]
    assert history[0]["source"] == "恢复第 1 版"
    step(desks["shen"], back, "retire", reason="测试：下架")


def test_a_regression_needs_a_reason_and_the_reason_is_kept(
    desks: Desks, library_service: Service, text: Callable, until: Callable
) -> None:
    # The draft makes something else of a case that answers a question rightly now.
    sample = next(case for case in library_service.parts.index.cases if case.matter == "divorce_dispute")
    gold = {"text": sample.questions[0], "case_ids": [sample.id]}
    assert desks["xie"].post(f"{ADMIN}/gold-questions", json=gold).status_code == 201
    url = f"{ADMIN}/cases/{sample.id}"
    other = text(matter="divorce_dispute", handled_by=["court"])
    revision = desks["bian"].get(url).json()["revision"]
    edited = desks["bian"].put(url, json={"revision": revision, "case": other})
    assert edited.status_code == 200, edited.text
    handed_in = step(desks["bian"], edited.json(), "submit").json()
    proof = proved(desks, handed_in, until)
    assert proof["figures"]["worse"] >= 1, proof["figures"]
    assert proof["changes"][0]["change"] == "worse"
    refused = step(desks["shen"], handed_in, "publish")
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:yibotong:regression"
    done = step(desks["shen"], handed_in, "publish", reason="原来的写错了，先换下")
    assert done.status_code == 200
    history = desks["shen"].get(f"{url}/history").json()
    assert history[0]["reason"] == "原来的写错了，先换下"


def test_rows_changed_past_the_program_are_noticed_and_the_index_is_built_anew(
    desks: Desks, library_service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    catch_up(library_service)
    with library_service.writing.begin() as connection:
        case = store.shown_cases(connection, library_service.now().date())[-1]
        connection.exec_driver_sql("UPDATE case_library_case SET status = 'retired' WHERE id = ?", (case.id,))
    try:
        catch_up(library_service)  # or the follower was first
        assert case.id not in {one.id for one in library_service.parts.index.cases}
        assert any(record.message == "library_out_of_step" for record in caplog.records)
    finally:
        with library_service.writing.begin() as connection:
            connection.exec_driver_sql("UPDATE case_library_case SET status = 'sample' WHERE id = ?", (case.id,))
        catch_up(library_service)


def test_a_build_that_fails_leaves_the_old_snapshot(library_service: Service) -> None:
    old = library_service.parts
    with library_service.writing.begin() as connection:
        id_, content = connection.exec_driver_sql(
            "SELECT id, content FROM case_library_case WHERE status = 'sample'"
        ).first()
        connection.exec_driver_sql("UPDATE case_library_case SET content = '{}' WHERE id = ?", (id_,))
        store.count_change(connection)
    try:
        with pytest.raises(ValueError, match="validation"):
            catch_up(library_service)
        assert library_service.parts is old
    finally:
        with library_service.writing.begin() as connection:
            connection.exec_driver_sql("UPDATE case_library_case SET content = ? WHERE id = ?", (content, id_))
    assert catch_up(library_service)
