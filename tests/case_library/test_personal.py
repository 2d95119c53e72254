"""What is personal in a text is found and replaced, and little else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from case_library.personal import find_personal, redact


def rows(name: str) -> list[str]:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


SEEN, NEW, APART = rows("redaction.yml"), rows("redaction_new.yml"), rows("redaction_apart.yml")
_GOLD = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def plain(row: str) -> tuple[str, set[tuple[int, int]]]:
    """The sentence without marks, and where the personal parts stand in it."""
    text, spans, last = "", set(), 0
    for mark in _GOLD.finditer(row):
        text += row[last : mark.start()]
        spans.add((len(text), len(text) + len(mark[1])))
        text, last = text + mark[1], mark.end()
    return text + row[last:], spans


@pytest.mark.parametrize(
    ("sentences", "recall", "precision"),
    [
        pytest.param(SEEN, 0.98, 0.95, id="made with these in view"),
        pytest.param(NEW, 0.95, 0.95, id="written before a change, looked at since"),
        pytest.param(APART, 0.85, 0.90, id="measured once before they were looked at"),
    ],
)
def test_most_of_what_is_personal_is_found_and_little_else(
    sentences: list[str], recall: float, precision: float
) -> None:
    """A find counts when it begins and ends where it should. The third set gave 0.79 and 0.85 at its first measurement."""
    right = given = wanted = 0
    for row in sentences:
        text, gold = plain(row)
        found = {(one.start, one.end) for one in find_personal(text)}
        right, given, wanted = right + len(found & gold), given + len(found), wanted + len(gold)
    assert right / wanted >= recall
    assert right / given >= precision


@pytest.mark.parametrize("row", [*SEEN, *NEW, *APART])
def test_redacting_twice_changes_nothing_more(row: str) -> None:
    once = redact(plain(row)[0])
    assert redact(once) == once


def test_the_same_person_keeps_the_same_placeholder_and_another_gets_his_own() -> None:
    assert redact("我叫张伟，老板张强欠我钱，张强跑了。") == "我叫张某，老板张某2欠我钱，张某2跑了。"


@pytest.mark.parametrize(
    "said", ["王老板不给钱", "老李和小陈打架", "张某借李某某的钱", "对方律师来了", "武汉市中级人民法院"]
)
def test_what_tells_no_more_than_a_placeholder_stays(said: str) -> None:
    assert redact(said) == said


def test_full_width_digits_and_spelt_ones_are_found_where_they_stand() -> None:
    assert redact("打１３５５４３２１０９８或一八六二七零零五六七八") == "打〔手机号〕或〔手机号〕"


@pytest.mark.parametrize(
    "said", ["", "　", "\n", "？？", "a", "😀" * 50, "路" * 500, "张" * 500, "1栋" * 200, "（2023）" * 100]
)
def test_odd_texts_do_no_harm(said: str) -> None:
    once = redact(said)
    assert redact(once) == once
