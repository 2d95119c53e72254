"""A running service follows a statute load; the cases it touches wait for a reviewer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.load import load_file
from api.wiring import Service
from case_library import versions
from case_library.case import StatuteRef
from case_library.versions import Author

ADMIN = "/api/v1/admin"
Desks = dict[str, TestClient]
LAW, ARTICLE = "测试用工条例", "测试用工条例第一条"


def loaded(service: Service, folder: Path, text: str) -> str:
    file = folder / "extra.jsonl"
    file.write_text(json.dumps({"id": ARTICLE, "text": text}, ensure_ascii=False), encoding="utf-8")
    return load_file("statutes", file, service.settings)


def now_in_force(service: Service) -> str:
    article = service.parts.statutes.article(LAW, "1", service.now().date())
    return article.text if article else ""


def listed(desks: Desks) -> dict[str, Any]:
    page = desks["bian"].get(f"{ADMIN}/cases", params={"use": "changed_law", "size": 200}).json()
    return {row["id"]: row for row in page["items"]}


def test_a_changed_article_reaches_the_snapshot_and_its_cases_wait_for_a_reviewer(
    desks: Desks, library_service: Service, tmp_path: Path, until: Callable
) -> None:
    loaded(library_service, tmp_path, "工资按月付。")
    until(lambda: now_in_force(library_service) == "工资按月付。")
    sample = library_service.parts.index.cases[0]
    case = replace(sample, id="wage_arrears.by_regulation", statutes=(*sample.statutes, StatuteRef(LAW, "1")))
    with library_service.writing.begin() as connection:
        versions.load(connection, [case], Author(None, "测试"), "测试", library_service.now())
    until(lambda: any(one.id == case.id for one in library_service.parts.index.cases))
    assert case.id not in listed(desks)

    told = loaded(library_service, tmp_path, "工资按周付。")
    assert f"! {case.id}: {ARTICLE}" in told
    until(lambda: now_in_force(library_service) == "工资按周付。")
    assert case.id in listed(desks)
    url = f"{ADMIN}/cases/{case.id}"
    read = desks["shen"].get(url).json()
    assert read["changed_articles"] == [
        {"article": ARTICLE, "change": "changed", "before": "工资按月付。", "now": "工资按周付。"}
    ]
    assert desks["bian"].get(f"{ADMIN}/library").json()["changed_articles"] == len(listed(desks))
    step = {"revision": read["revision"], "review_on": "2027-11-24"}
    assert desks["shen"].post(f"{url}/keep", json=step).json()["changed_articles"] == []
    assert case.id not in listed(desks)
