from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from case_library.check import Known
from case_library.errors import BadDataFileError
from case_library.load import read_case_files
from case_library.statutes import Statutes

TODAY = date(2026, 11, 24)
KNOWN = Known(frozenset({"wage_arrears"}), frozenset({"labor_inspection"}), Statutes())


def a_case(**changes: Any) -> dict[str, Any]:
    case = {
        "id": "wage_arrears.plain",
        "matter": "wage_arrears",
        "title": "工资拖着不给",
        "questions": [f"工资不发怎么办，第{n}种问法" for n in range(5)],
        "facts": "小张干了三个月。老板不给钱。",
        "answer": "可以要回来，不用花钱。",
        "settles": "看有没有劳动关系。",
        "steps": ["先去投诉。"],
        "bring": ["身份证"],
        "time_limits": [{"text": "一年内申请", "basis": "劳动争议调解仲裁法第二十七条"}],
        "statutes": [["劳动争议调解仲裁法", 27]],
        "other_sources": [],
        "handled_by": ["labor_inspection"],
    }
    return {**case, **changes}


def read(tmp_path: Path, *cases: Any, **top: Any) -> list:
    file = tmp_path / "labor.yml"
    content = {"status": "sample", "note": "须经审核", "cases": list(cases), **top}
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return read_case_files([file], KNOWN, TODAY)


def problems(tmp_path: Path, *cases: Any) -> list[str]:
    with pytest.raises(BadDataFileError) as caught:
        read(tmp_path, *cases)
    return caught.value.problems


def test_a_good_case_is_read_as_it_stands(tmp_path: Path) -> None:
    (case,) = read(tmp_path, a_case())
    assert case.status == "sample"
    assert case.statutes[0].article == "27"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"statutes": [["劳动争议调解仲裁法", 999]]}, "没有效力"),
        ({"statutes": [["噪声污染防治法", 5]]}, "没有效力"),
        ({"statutes": [["商标法", 74]]}, "没有效力"),
        ({"steps": ["按《噪声污染防治法》第五条去告。"]}, "没有效力"),
        ({"matter": "no_such"}, "matters.yml"),
        ({"handled_by": ["no_such"]}, "这类单位"),
        ({"questions": ["一", "二"]}, "questions"),
        ({"steps": []}, "steps: 至少写一条"),
        ({"bring": "身份证"}, "list of texts"),
        ({"extra": 1}, "unknown"),
        ({"valid_until": "明年"}, "expected a date"),
    ],
)
def test_what_must_not_be_shown_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    assert complaint in problems(tmp_path, a_case(**change))[0]


def test_every_fault_of_a_file_is_reported_at_once_and_says_where(tmp_path: Path) -> None:
    found = problems(tmp_path, a_case(matter="no_such"), a_case(steps=[]), "no mapping")
    assert len(found) == 4  # the id stands twice as well
    assert all(line.startswith("labor.yml: case ") for line in found)


def test_a_file_that_is_no_yaml_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("cases: [", encoding="utf-8")
    with pytest.raises(BadDataFileError, match="not YAML"):
        read_case_files([broken], KNOWN, TODAY)


def test_a_regulation_that_the_database_does_not_hold_is_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path, a_case(settles="看《工伤保险条例》第十七条。"))
