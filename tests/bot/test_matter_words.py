"""Matters named by their own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.wiring import NLU_DATA
from bot.lexicon import BadLexiconError
from bot.matter_words import MatterWords
from case_library.matters import load_matters

WORDS = MatterWords()


def test_every_matter_of_the_file_exists() -> None:
    assert WORDS.matters <= set(load_matters(NLU_DATA / "matters.yml").by_code)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("离婚，孩子归谁，他还打我", {"divorce_dispute", "child_custody_support", "domestic_violence"}),
        ("我被公司辞退，工资也没结清", {"labor_contract_termination", "wage_arrears"}),
        ("老板没给我交社保，还欠我两个月工资", {"social_insurance_fund", "wage_arrears"}),
        ("离婚协议签了他不照办", set()),
        ("我跟他离婚好几年了", set()),
        ("房东不退押金", {"house_rental"}),
        ("今天有点热", set()),
        ("", set()),
    ],
)
def test_only_words_that_tell_of_a_matter_count(text: str, named: set[str]) -> None:
    assert set(WORDS.read(text)) == named


def test_a_broken_pattern_is_named(tmp_path: Path) -> None:
    (tmp_path / "matter_words.yml").write_text("- matter: divorce_dispute\n  words: ['(离婚']\n", encoding="utf-8")
    with pytest.raises(BadLexiconError, match=r"matter_words\.yml"):
        MatterWords(tmp_path)
