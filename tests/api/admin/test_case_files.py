"""Cases out as files and in again; files with something wrong in them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from starlette.testclient import TestClient

from case_library.case_sheet import COLUMNS

ADMIN = "/api/v1/admin"
Desks = dict[str, TestClient]


def exported(desks: Desks, format_: str = "jsonl") -> bytes:
    answer = desks["shen"].get(f"{ADMIN}/case-exports", params={"format": format_})
    assert answer.status_code == 200, answer.text
    return answer.content


def imported(desks: Desks, content: bytes, name: str, *, dry_run: bool = True) -> Any:
    data = {"dry_run": str(dry_run).lower(), "confirmed": "true"}
    return desks["bian"].post(f"{ADMIN}/case-imports", files={"file": (name, content)}, data=data)


def drafted(desks: Desks, case: dict[str, Any]) -> dict[str, Any]:
    answer = desks["bian"].post(f"{ADMIN}/cases", json={"case": case, "confirmed": True})
    assert answer.status_code == 201, answer.text
    return answer.json()


def a_row(desks: Desks, case_id: str) -> dict[str, Any]:
    rows = map(json.loads, exported(desks).decode().splitlines())
    return next(row for row in rows if row["id"] == case_id)


@pytest.mark.parametrize("format_", ["xlsx", "csv", "jsonl", "yml"])
def test_what_was_exported_changes_nothing_when_it_is_imported(desks: Desks, text: Any, format_: str) -> None:
    drafted(desks, text(title="=1+1", answer="-5 元\n第二行，带“引号”", valid_until="2027-01-31", bring=["@甲", "+乙"]))
    before = exported(desks)
    answer = imported(desks, exported(desks, format_), f"cases.{format_}", dry_run=False)
    assert answer.status_code == 200, answer.text
    counts = answer.json()["counts"]
    assert counts == {"new": 0, "changed": 0, "unchanged": len(before.splitlines()), "bad": 0, "conflict": 0}
    assert exported(desks) == before


def test_a_row_that_somebody_changed_since_the_export_is_not_written_over(desks: Desks, text: Any) -> None:
    case = drafted(desks, text(title="导出时的标题"))
    row = a_row(desks, case["id"]) | {"title": "表里改的标题"}
    url = f"{ADMIN}/cases/{case['id']}"
    desks["xie"].put(url, json={"revision": case["revision"], "case": text(title="别人改的标题")})
    told = imported(desks, json.dumps(row).encode(), "a.jsonl", dry_run=False).json()
    assert told["counts"]["conflict"] == 1
    assert "导出之后有人改过" in told["rows"][0]["faults"][0]["text"]
    assert desks["bian"].get(url).json()["draft"]["title"] == "别人改的标题"


def test_a_dry_run_writes_nothing_and_names_every_bad_row(desks: Desks, text: Any) -> None:
    case = drafted(desks, text())
    good = a_row(desks, case["id"]) | {"title": "改过的标题"}
    bad = good | {"id": "", "statutes": "民法典第九千条"}
    nowhere = good | {"id": "wage_arrears.nowhere"}
    content = "\n".join(json.dumps(row) for row in (good, bad, nowhere)) + "\n{"
    told = imported(desks, content.encode(), "a.jsonl").json()
    assert (told["written"], told["counts"]["changed"], told["counts"]["bad"]) == (False, 1, 3)
    assert [row["number"] for row in told["rows"] if row["verdict"] == "bad"] == [2, 3, 4]
    assert desks["bian"].get(f"{ADMIN}/cases/{case['id']}").json()["draft"]["title"] == text()["title"]


def test_a_workbook_with_merged_cells_keeps_those_rows_out(desks: Desks, text: Any) -> None:
    drafted(desks, text(title="合并单元格"))
    book = load_workbook(io.BytesIO(exported(desks, "xlsx")))
    sheet = book.active
    column = list(COLUMNS).index("title") + 1
    sheet.cell(3, column, "改过的一行")
    sheet.cell(5, column, "也改过")
    sheet.merge_cells(start_row=5, end_row=6, start_column=column, end_column=column)
    out = io.BytesIO()
    book.save(out)
    told = imported(desks, out.getvalue(), "cases.xlsx").json()
    assert (told["counts"]["changed"], told["counts"]["bad"]) == (1, 2)
    assert {
        row["number"]: row["faults"][0]["text"] for row in told["rows"] if row["verdict"] == "bad"
    } == dict.fromkeys((5, 6), "有合并的单元格，请取消合并，每一行都写全")


def test_fifty_thousand_rows_are_refused_in_plain_words(desks: Desks) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["事项", "标题", "问法", "答复"])
    writer.writeheader()
    row = {"事项": "wage_arrears", "标题": "标题", "问法": "怎么办", "答复": "可以。"}
    writer.writerows([row] * 50_000)
    refused = imported(desks, out.getvalue().encode(), "cases.csv")
    assert refused.status_code in (200, 422)  # every row is bad (too few questions), or there are too many new ones
    told = refused.json()
    assert told["detail"].startswith("新案例超过") if refused.status_code == 422 else told["counts"]["bad"] == 50_000
    writer.writerow(row)
    too_many = imported(desks, out.getvalue().encode(), "cases.csv")
    assert too_many.status_code == 422
    assert too_many.json()["detail"] == "超过 50000 行，请分成几个文件。"


def test_a_hit_test_of_fifty_thousand_rows_is_refused_in_plain_words(desks: Desks) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["问题"])
    for number in range(50_000):
        sheet.append([f"工资不发怎么办{number}"])
    out = io.BytesIO()
    book.save(out)
    refused = desks["bian"].post(f"{ADMIN}/hit-tests", files={"file": ("questions.xlsx", out.getvalue())})
    assert refused.status_code == 422
    assert refused.json()["detail"] == "有 50000 行，一次最多测 5000 行。"


def test_a_retired_case_that_is_still_linked_is_named(desks: Desks, library_service: Any) -> None:
    sample = library_service.parts.index.cases[5]
    url = f"{ADMIN}/cases/{sample.id}"
    gold = {"text": sample.questions[0], "case_ids": [sample.id], "matter": sample.matter}
    assert desks["xie"].post(f"{ADMIN}/gold-questions", json=gold).status_code == 201
    revision = desks["shen"].get(url).json()["revision"]
    step = {"revision": revision, "reason": "测试：下架"}
    assert desks["shen"].post(f"{url}/retire", json=step).status_code == 200
    listed = desks["shen"].get(f"{ADMIN}/gold-questions", params={"size": 200}).json()["items"]
    (mine,) = [row for row in listed if row["text"] == gold["text"]]
    assert mine["retired"] == [sample.id]
    refused = desks["xie"].post(f"{ADMIN}/gold-questions", json={**gold, "text": "另一个问题"})
    assert "已经下架" in refused.json()["detail"]
    row = f"问题,案例\n{gold['text']},{sample.id}\n"
    refused = desks["xie"].post(f"{ADMIN}/hit-tests", files={"file": ("q.csv", row.encode())})
    assert "已经下架" in refused.json()["detail"]
