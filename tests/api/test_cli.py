"""The command line with its fields, over a data folder with a trained model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.config import PROJECT, Settings
from api.publications import published
from api.wiring import routing_data
from routing.load import load_directory

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def yibotong(settings: Settings, service: object) -> Run:
    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=PROJECT,
            env={
                **os.environ,
                "YIBOTONG_DATA_DIR": str(settings.data_dir),
                "YIBOTONG_DATABASE_URL": settings.database_url,
            },
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_triage_gives_the_stated_fields_and_goes_on_after_a_bad_line(yibotong: Run) -> None:
    rows = [
        '{"id": "a", "text": "老板三个月没发工资，我在洪山区上班"}',
        "not json",
        '{"id": "b", "text": 5}',
        '{"id": "c", "text": "工伤认定下来了，公司不赔", "facts": {"places": [{"options": ["武昌区"], "role": "work"}]}}',
        '{"id": "d", "text": ""}',
    ]
    ended = yibotong("triage", stdin="\n".join(rows) + "\n")
    assert ended.returncode == 1
    assert "line 2:" in ended.stderr
    assert "line 3:" in ended.stderr
    found = lines(ended.stdout)
    assert [row["id"] for row in found] == ["a", "c", "d"]
    first, second, _ = found
    assert first["matter"] == "wage_arrears"
    assert first["ranking"][0] == {"matter": "wage_arrears", "confidence": first["ranking"][0]["confidence"]}
    assert first["need"] == "consult"
    assert first["danger"] is None
    assert first["cases"][0]["id"].startswith("wage_arrears.")
    assert first["citations"]
    assert set(first["decision"]) == {
        "outcome",
        "body_type",
        "body_id",
        "alternatives",
        "ask",
        "reasons",
        "deadlines",
    }
    assert first["decision"]["body_type"] in ("labor_inspection", "labor_arbitration")
    assert {"options": ["武昌区"], "role": "work"} in [
        {"options": place["options"], "role": place.get("role")} for place in second["facts"]["places"]
    ]


def test_search_finds_cases_and_statutes(yibotong: Run) -> None:
    row = json.dumps({"id": "q", "text": "房东不退押金", "k": 3}, ensure_ascii=False)
    (cases,) = lines(yibotong("search", "--in", "cases", stdin=row).stdout)
    assert cases["hits"][0]["id"].startswith("house_rental.")
    assert len(cases["hits"]) == 3
    assert set(cases["hits"][0]) == {"id", "score", "why"}
    row = json.dumps(
        {"id": "q", "text": "夫妻双方自愿离婚的，应当签订书面离婚协议，亲自到婚姻登记机关申请", "k": 5},
        ensure_ascii=False,
    )
    (statutes,) = lines(yibotong("search", "--in", "statutes", stdin=row).stdout)
    assert statutes["hits"][0]["id"] == "民法典第一千零七十六条"


def test_cite_tells_what_is_in_force(yibotong: Run) -> None:
    first, second = lines(yibotong("cite", stdin="《民法典》第一千零七十九条和《噪声污染防治法》第五条").stdout)
    assert (first["id"], first["in_force"]) == ("民法典第一千零七十九条", True)
    assert "离婚" in first["text"]
    assert (second["found"], second["in_force"], second["text"]) == (True, False, None)


def test_evaluate_prints_the_figures(yibotong: Run, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    row = {
        "id": "1",
        "text": "老板欠我工资",
        "matter": "wage_arrears",
        "body": ["labor_inspection"],
        "need": "consult",
        "danger": None,
    }
    labelled.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with labelled.open("a", encoding="utf-8") as file:
        file.write("not json\n")
    ended = yibotong("evaluate", str(labelled), "--html", str(tmp_path / "report.html"))
    assert "line 2:" in ended.stderr
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
    printed = ended.stdout
    assert "matter, first guess right" in printed
    assert "first body right" in printed
    assert "facts of these questions: not measured" in printed
    assert "facts of this project's held-out sentences, 150 annotated" in printed
    assert "LawBench 2-4: not measured" in printed
    given = yibotong("evaluate", str(labelled), "--given-matter").stdout
    assert "first body right                     1.000" in given


def test_ablation_measures_with_each_signal_taken_away_and_reports_a_bad_line(yibotong: Run, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    rows = [
        {"id": "1", "text": "老板欠我工资", "matter": "wage_arrears", "danger": None},
        {"id": "2", "text": "他拿刀在砸门", "matter": "domestic_violence", "danger": "E01"},
    ]
    labelled.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows) + "not json\n", encoding="utf-8"
    )
    ended = yibotong("evaluate", str(labelled), "--ablation")
    assert ended.returncode == 1
    assert "line 3:" in ended.stderr
    assert "without the intent model" in ended.stdout
    assert "signs alone" in ended.stdout


def test_loading_cases_again_changes_nothing(yibotong: Run) -> None:
    folder = str(PROJECT / "case_library" / "data")
    assert " 0 changed" in yibotong("load", "cases", folder).stdout
    assert "0 added, 0 changed" in yibotong("load", "cases", folder).stdout


def test_loading_a_bad_file_imports_nothing_and_says_why(yibotong: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text("status: sample\nnote: x\ncases:\n- id: broken\n", encoding="utf-8")
    ended = yibotong("load", "cases", str(bad))
    assert ended.returncode == 1
    assert "bad.yml: case 1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_articles_beyond_the_wheel_can_be_loaded_and_are_found(yibotong: Run, tmp_path: Path) -> None:
    extra = tmp_path / "local.json"
    extra.write_text(
        json.dumps({"测试条例第一条": "乘坐热气球观光须系好安全带。"}, ensure_ascii=False), encoding="utf-8"
    )
    assert "1 added" in yibotong("load", "statutes", str(extra)).stdout
    row = json.dumps({"id": "q", "text": "热气球观光安全带", "k": 1}, ensure_ascii=False)
    (found,) = lines(yibotong("search", "--in", "statutes", stdin=row).stdout)
    assert found["hits"][0]["id"] == "测试条例第一条"


@pytest.mark.parametrize(
    ("kind", "path"),
    [("matters", "nlu_data/matters.yml"), ("directory", "routing/data"), ("rules", "routing/data/questions.yml")],
)
def test_loading_what_is_in_use_changes_nothing(yibotong: Run, tmp_path: Path, kind: str, path: str) -> None:
    ended = yibotong("load", kind, path, "--data-dir", str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert "nothing changed" in ended.stdout


def test_an_edited_directory_is_shown_as_a_difference_and_used_from_then_on(yibotong: Run, tmp_path: Path) -> None:
    edited = tmp_path / "bodies.csv"
    old = (PROJECT / "routing" / "data" / "bodies.csv").read_text(encoding="utf-8")
    edited.write_text(old.replace("洪山区公共法律服务中心", "洪山区公共法律服务中心（新名）"), encoding="utf-8")
    ended = yibotong("load", "directory", str(edited), "--data-dir", str(tmp_path / "data"))
    assert "bodies.csv: +hongshan-public-legal-service" in ended.stdout, ended.stderr
    data = routing_data(Settings(data_dir=tmp_path / "data"))
    assert load_directory(data).by_id("hongshan-public-legal-service").name == "洪山区公共法律服务中心（新名）"


@pytest.mark.parametrize(
    "change", [("12348,,,confirmed", "电话,,,confirmed"), ("id,type", "id,kind"), ("agents-12348,", "hotline-12348,")]
)
def test_a_bad_directory_is_refused_with_its_lines_and_nothing_is_left(
    yibotong: Run, tmp_path: Path, change: tuple[str, str]
) -> None:
    edited = tmp_path / "bodies.csv"
    old = (PROJECT / "routing" / "data" / "bodies.csv").read_text(encoding="utf-8")
    edited.write_text(old.replace(*change), encoding="utf-8")
    ended = yibotong("load", "directory", str(edited), "--data-dir", str(tmp_path / "data"))
    assert ended.returncode == 1
    assert "bodies.csv:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list((tmp_path / "data").iterdir()) == []


def test_training_again_on_the_same_data_does_nothing(yibotong: Run, settings: Settings) -> None:
    before = published(settings)
    assert "unchanged" in yibotong("train").stdout
    assert published(settings) == before
