"""The seed cases hold what they promise."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from api.config import PROJECT
from case_library.case import Case
from case_library.check import Known
from case_library.load import read_case_files
from case_library.matters import load_matters
from case_library.statutes import Statutes
from routing.load import load_directory

MATTERS = load_matters(PROJECT / "nlu_data" / "matters.yml")
DIRECTORY = load_directory()


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    # Against the real date: a law that ends tomorrow must turn this red tomorrow.
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    files = (PROJECT / "case_library" / "data").glob("*.yml")
    return read_case_files(files, Known(frozenset(MATTERS.by_code), frozenset(DIRECTORY.types), Statutes()), today)


def test_every_statute_of_every_case_is_found_and_in_force(cases: list[Case]) -> None:
    assert len(cases) >= 120  # read_case_files refuses a case with a statute that is not


def test_every_legal_matter_has_two_cases_and_every_service_one(cases: list[Case]) -> None:
    count = Counter(case.matter for case in cases)
    least = {code: 2 if matter.kind == "legal" else 1 for code, matter in MATTERS.by_code.items()}
    assert {code: count[code] for code in least if count[code] < least[code]} == {}


def test_every_case_is_marked_as_a_sample_to_be_reviewed(cases: list[Case]) -> None:
    assert {case.status for case in cases} == {"sample"}
    assert all("审核" in case.note for case in cases)


def test_every_time_limit_says_what_it_rests_on(cases: list[Case]) -> None:
    assert [case.id for case in cases for limit in case.time_limits if not limit.basis.strip()] == []


def test_no_case_gives_a_phone_number_that_the_directory_does_not_confirm(cases: list[Case]) -> None:
    confirmed = {hotline.number for hotline in DIRECTORY.numbers}
    for case in cases:
        text = " ".join((case.answer, case.settles, *case.steps, *case.bring))
        numbers = set(
            re.findall(
                r"(?<![\d.])(?:1[12]\d|12\d{3}|0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|96\d{3})(?![\d.]|万|元|天|日|条|年|个|岁|块)",
                text,
            )
        )
        assert numbers <= confirmed, case.id
