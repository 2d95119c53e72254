"""The labels that case search is measured on."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from api.wiring import CASE_DATA
from tests.benchmarks.retrieval import RELEVANCE, _gains, _recalls
from tests.benchmarks.table import Table

ROWS = [json.loads(line) for line in RELEVANCE.read_text(encoding="utf-8").splitlines()]


def test_more_than_two_hundred_questions_are_labelled_with_cases_that_exist() -> None:
    known = {
        case["id"] for path in CASE_DATA.glob("*.yml") for case in yaml.safe_load(path.read_text("utf-8"))["cases"]
    }
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 200
    assert {case for row in ROWS for case in row["cases"]} <= known
    assert {grade for row in ROWS for grade in row["cases"].values()} == {1, 2}


def test_every_label_belongs_to_a_question_of_the_tuning_set(shared: Path) -> None:
    lines = (shared / "eval" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    assert {row["id"] for row in ROWS} <= {json.loads(line)["id"] for line in lines}


def test_the_measures_are_one_for_a_perfect_ranking_and_fall_with_each_fault() -> None:
    assert _gains(["a", "b"], {"a": 2, "b": 1}) == (1, 1)
    assert _gains(["b", "a"], {"a": 2, "b": 1})[1] < 1
    assert _gains(["c"], {"a": 1}) == (None, 0)
    assert _recalls([["x", "a"]], [["a"]]) == (1, 1, 0.5)


def test_a_table_aligns_its_columns() -> None:
    table = Table("t", ("", "n"))
    table.add("中文", "1")
    assert str(table) == "t\n        n\n  中文  1"
