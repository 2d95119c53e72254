"""The directory over HTTP: facts with source and history, what is to be checked, import and export."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from api import guidance
from api.staff.roles import Role
from api.wiring import Service
from routing.edit_tables import fact_table

BASE = "/api/v1/admin/directory"
PHONE = {"facts": [{"name": "phone", "value": "027-12345678"}], "source": "打电话核实", "checked_on": "2026-11-20"}


@pytest.fixture(autouse=True)
def _as_installed(service: Service) -> Iterator[None]:
    """Every test begins and ends with the directory of the files."""
    yield
    with service.writing.begin() as connection:
        connection.execute(delete(fact_table))
    guidance.catch_up(service)


@pytest.fixture
def curator(as_staff) -> TestClient:
    return as_staff(Role.CURATOR, name="林编")


def write(client: TestClient, body_id: str = "jiangan-legal-aid-center", **changes: Any) -> Any:
    return client.post(f"{BASE}/{body_id}", json={**PHONE, **changes})


def test_a_fact_is_written_down_with_source_and_takes_effect_at_once(
    curator: TestClient, client: TestClient, service: Service
) -> None:
    body_id = next(b.id for b in service.parts.directory.bodies if b.type == "legal_aid_center" and b.area == "江岸区")
    answer = write(curator, body_id, confirmed=True)
    assert answer.status_code == 200, answer.text
    entry = answer.json()
    phone = next(fact for fact in entry["facts"] if fact["name"] == "phone")
    assert (phone["value"], phone["source"], phone["state"], phone["editor"]) == (
        "027-12345678", "打电话核实", "confirmed", "林编",
    )  # fmt: skip
    address = next(fact for fact in entry["facts"] if fact["name"] == "address")
    assert address["value"] == ""
    assert address["source"] != "打电话核实"
    assert service.parts.directory.by_id(body_id).phone == "027-12345678"
    found = client.get("/hsds/services", params={"search": entry["name"], "full": True}).json()
    assert found["contents"][0]["phones"][0]["number"] == "027-12345678"


def test_history_keeps_every_value_and_the_audit_trail_tells_of_it(
    curator: TestClient, as_staff, service: Service
) -> None:
    body_id = service.parts.directory.find("court", "洪山区").id
    write(curator, body_id)
    write(curator, body_id, facts=[{"name": "phone", "value": ""}], source="打不通", note="空号")
    history = curator.get(f"{BASE}/{body_id}").json()["history"]
    assert [(row["value"], row["note"]) for row in history] == [("", "空号"), ("027-12345678", "")]
    assert service.parts.directory.by_id(body_id).phone is None
    trail = as_staff(Role.AUDITOR).get("/api/v1/staff/audit", params={"kind": "body", "object_id": body_id})
    assert trail.status_code == 200
    assert "directory.changed" in trail.text


def test_hours_are_checked_and_then_known_to_the_clock(curator: TestClient, service: Service) -> None:
    body_id = service.parts.directory.find("court", "洪山区").id
    refused = write(curator, body_id, facts=[{"name": "hours", "value": "早九晚五"}])
    assert refused.status_code == 422
    assert "办公时间" in refused.json()["detail"]
    assert write(curator, body_id, facts=[{"name": "hours", "value": "工作日 09:00-17:00"}]).status_code == 200
    assert service.parts.directory.by_id(body_id).schedule is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"facts": [{"name": "phone", "value": "八七二一"}]}, "电话：格式不对"),
        ({"facts": [{"name": "colour", "value": "red"}]}, "没有这一项"),
        ({"facts": [{"name": "area", "value": "火星区"}]}, "没有这个区"),
        ({"facts": [{"name": "state", "value": "maybe"}]}, "状态"),
        ({"checked_on": "2199-01-01"}, "核对日期在将来"),
        ({"source": ""}, "格式不对"),
        ({"facts": []}, "格式不对"),
    ],
)
def test_bad_facts_are_refused_in_plain_words(curator: TestClient, changes: dict[str, Any], words: str) -> None:
    answer = write(curator, "court-hongshan-x", **{"facts": PHONE["facts"], **changes})
    assert answer.status_code == 422
    assert words in answer.json()["detail"] or "新条目必须填" in answer.json()["detail"]


def test_a_new_entry_needs_kind_name_and_area_and_is_then_found(curator: TestClient, service: Service) -> None:
    assert "新条目必须填" in write(curator, "self-service-1").json()["detail"]
    facts = [
        {"name": "type", "value": "public_legal_service"},
        {"name": "name", "value": "某社区法律服务自助终端"},
        {"name": "area", "value": "洪山区"},
    ]
    assert write(curator, "self-service-1", facts=facts).status_code == 200
    body = service.parts.directory.by_id("self-service-1")
    assert (body.state, body.source, body.editor) == ("unconfirmed", "打电话核实", "林编")


def test_a_closed_body_is_no_longer_sent_to_but_stays_known_to_its_tickets(
    curator: TestClient, service: Service
) -> None:
    before = service.parts.directory.find("court", "洪山区")
    answer = write(curator, before.id, facts=[{"name": "state", "value": "inactive"}], source="公告撤销")
    assert answer.json()["state"] == "inactive"
    assert answer.json()["open_tickets"] == 0
    assert service.parts.directory.find("court", "洪山区").id != before.id
    assert service.parts.directory.by_id(before.id).name == before.name


def test_what_was_not_checked_for_long_stands_on_the_list_until_it_is_confirmed(
    curator: TestClient, service: Service
) -> None:
    body_id = service.parts.directory.find("court", "武昌区").id
    write(curator, body_id, checked_on="2026-01-05")
    stale = curator.get(BASE, params={"check": "stale"}).json()
    assert [row["id"] for row in stale["items"]] == [body_id]
    assert stale["items"][0]["age_days"] > 180
    write(curator, body_id, checked_on="2026-11-20")
    assert curator.get(BASE, params={"check": "stale"}).json()["total"] == 0


def test_lists_are_filtered_by_district_street_kind_and_gaps(curator: TestClient) -> None:
    summary = curator.get(f"{BASE}/summary").json()
    assert summary["unknown"]["address"] > 300
    assert sum(area["entries"] for area in summary["areas"]) == summary["entries"]  # nobody is in no area
    assert sum(area["confirmed"] for area in summary["areas"]) == summary["confirmed"]
    assert all(area["gaps"] <= area["entries"] for area in summary["areas"])
    street = next(row for row in summary["streets"] if row["name"] == "关山街道")
    sites = curator.get(BASE, params={"street": street["code"]}).json()
    assert {row["type"] for row in sites["items"]} == {"judicial_office", "peoples_mediation", "town_street_gov"}
    courts = curator.get(BASE, params={"type": "court", "area": "洪山区", "check": "unknown"}).json()
    assert courts["total"] == 1
    assert courts["items"][0]["unknown"] == ["address", "phone", "hours"]


def test_an_export_comes_back_without_differences_and_a_changed_row_with_one(
    curator: TestClient, service: Service
) -> None:
    text = curator.get(f"{BASE}/export").text
    same = curator.post(f"{BASE}/import", json={"csv": text}).json()
    assert (same["changes"], same["problems"], same["applied"]) == ([], [], False)
    rows = list(csv.DictReader(io.StringIO(text)))
    row = next(row for row in rows if row["type"] == "court" and row["area"] == "洪山区")
    row |= {"phone": "027-87654321", "source": "法院网站", "checked_on": "2026-11-22"}
    changed = as_csv([row])
    told = curator.post(f"{BASE}/import", json={"csv": changed}).json()
    assert [(c["id"], [f["name"] for f in c["facts"]]) for c in told["changes"]] == [(row["id"], ["phone"])]
    assert service.parts.directory.by_id(row["id"]).phone is None
    assert curator.post(f"{BASE}/import", json={"csv": changed, "apply": True}).json()["applied"]
    assert service.parts.directory.by_id(row["id"]).phone == "027-87654321"


def test_a_file_with_a_duplicate_key_or_a_wrong_number_changes_nothing(curator: TestClient, service: Service) -> None:
    rows = list(csv.DictReader(io.StringIO(curator.get(f"{BASE}/export").text)))
    court = next(row for row in rows if row["type"] == "court" and row["area"] == "洪山区")
    good = {**court, "phone": "027-87654321", "checked_on": "2026-11-22"}
    bad = {**court, "id": "another", "phone": "八七六五", "checked_on": "2026-11-22"}
    told = curator.post(f"{BASE}/import", json={"csv": as_csv([good, good, bad]), "apply": True}).json()
    assert not told["applied"]
    messages = {problem["line"]: problem["message"] for problem in told["problems"]}
    assert "在第 2 行已经有了" in messages[3]
    assert "电话：格式不对" in messages[4]
    assert service.parts.directory.by_id(court["id"]).phone is None


def send_hsds(client: TestClient, content: str, name: str = "hsds.ndjson", **form: Any) -> Any:
    return client.post(f"{BASE}/import-hsds", files={"file": (name, content.encode())}, data=form)


def test_the_published_hsds_comes_back_without_differences_and_a_new_entry_whole(
    curator: TestClient, client: TestClient, service: Service
) -> None:
    new = {"type": "notary_office", "name": "某公证处", "area": "洪山区", "hours": "工作日 09:00-12:00", "note": "问过"}
    facts = [{"name": name, "value": value} for name, value in new.items()]
    assert write(curator, "some-notary", facts=facts, confirmed=True).status_code == 200
    published = client.get("/hsds/services", params={"format": "ndjson", "full": True}).text
    same = send_hsds(curator, published, apply=True).json()
    assert (same["changes"], same["problems"]) == ([], [])
    with service.writing.begin() as connection:
        connection.execute(delete(fact_table))
    guidance.catch_up(service)
    told = send_hsds(curator, published).json()
    assert [(change["id"], change["new"]) for change in told["changes"]] == [("some-notary", True)]
    assert service.parts.directory.by_id("some-notary") is None  # a dry run writes nothing
    assert send_hsds(curator, published, apply=True).json()["applied"]
    again = client.get("/hsds/services", params={"format": "ndjson", "full": True}).text
    assert sorted(without_moments(again)) == sorted(without_moments(published))
    fact = next(f for f in curator.get(f"{BASE}/some-notary").json()["facts"] if f["name"] == "hours")
    assert (fact["value"], fact["source"], fact["state"], fact["editor"]) == (
        "工作日 09:00-12:00", "打电话核实", "confirmed", "林编",
    )  # fmt: skip


def without_moments(lines: str) -> list[str]:
    """The rows without when they were written down."""
    return [re.sub(r'"(last_modified|updated)": "[^"]*"', "", line) for line in lines.splitlines()]


def test_an_hsds_file_with_one_faulty_row_changes_nothing_and_names_it(
    curator: TestClient, client: TestClient, service: Service
) -> None:
    row = client.get("/hsds/services", params={"search": "洪山区人民法院", "full": True}).json()["contents"][0]
    good = {**row, "phones": [{"id": row["id"], "number": "027-87654321"}]}
    bad = {"id": "x", "name": "没有编号的", "organization_id": row["id"]}
    told = send_hsds(curator, json.dumps([good, bad]), "hsds.json", apply=True).json()
    assert (told["applied"], [problem["line"] for problem in told["problems"]]) == (False, [2])
    assert told["problems"][0]["message"] == "没有编号的：「id」不合 HSDS 的写法"
    assert send_hsds(curator, "[" * 100_000, "hsds.json").status_code == 422
    assert send_hsds(curator, "[]", "hsds.exe").json()["detail"].startswith("只能导入")


def test_a_fact_that_is_too_long_is_refused_in_a_file_too(curator: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(curator.get(f"{BASE}/export").text)))
    told = curator.post(f"{BASE}/import", json={"csv": as_csv([{**rows[0], "note": "长" * 501}])}).json()
    assert "太长" in told["problems"][0]["message"]


def test_unknown_columns_are_refused(curator: TestClient) -> None:
    told = curator.post(f"{BASE}/import", json={"csv": "id,colour\na,red\n", "apply": True}).json()
    assert "不认得的列：colour" in told["problems"][0]["message"]


def test_only_curators_write(as_staff) -> None:
    reviewer = as_staff(Role.REVIEWER)
    assert reviewer.get(BASE).status_code == 200
    assert write(reviewer).status_code == 403
    assert send_hsds(reviewer, "[]").status_code == 403
    assert as_staff(Role.AGENT).get(BASE).status_code == 403


def test_an_unknown_entry_is_not_found(curator: TestClient) -> None:
    assert curator.get(f"{BASE}/nobody").status_code == 404


def as_csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
