"""Which matter is meant: asked where only the group is sure, offered beside an answer."""

from __future__ import annotations

import pytest

from api.wiring import NLU_DATA
from bot.dialogue import Dialogue
from bot.matter_taps import MOST_OFFERED, NONE_OF_THESE, WHICH_MATTER, further, told_too, which_matter
from case_library.matters import load_matters
from routing.decision import Question
from routing.inquiry import UNCLEAR, Inquiry, MatterGuess

MATTERS = load_matters(NLU_DATA / "matters.yml")


def asked(matter: str, shares: dict[str, float], **more: object) -> Question | None:
    ranking = tuple(MatterGuess(code, share) for code, share in shares.items())
    return which_matter(Inquiry("x", matter, ranking=ranking, **more), MATTERS)


SPLIT = {"divorce_dispute": 0.42, "child_custody_support": 0.4, "elder_support": 0.1, "wage_arrears": 0.05}


def test_where_only_the_group_is_sure_it_says_so_and_asks_which() -> None:
    question = asked("divorce_dispute", SPLIT)
    assert "婚姻家庭" in question.text
    offered = [option.value for option in question.options]
    assert offered == ["divorce_dispute", "child_custody_support", "elder_support", NONE_OF_THESE]


def test_a_sure_matter_is_answered_without_a_question() -> None:
    assert asked("divorce_dispute", {"divorce_dispute": 0.6, "child_custody_support": 0.4}) is None


def test_two_groups_with_a_best_guess_are_answered_with_the_others_as_taps() -> None:
    assert asked("private_lending", {"private_lending": 0.45, "telecom_fraud": 0.4}) is None


def test_where_nothing_is_sure_the_likeliest_are_offered_without_naming_a_group() -> None:
    shares = {
        "house_sale": 0.19,
        "inheritance_will": 0.18,
        "expropriation_demolition": 0.15,
        "elder_rights": 0.1,
        "homestead": 0.09,
    }
    question = asked(UNCLEAR, shares)
    assert len(question.options) == MOST_OFFERED + 1
    assert "一类" not in question.text


def test_words_that_say_nothing_get_no_list_of_guesses() -> None:
    assert asked(UNCLEAR, {"house_sale": 0.09, "inheritance_will": 0.08, "elder_rights": 0.08}) is None
    assert asked(UNCLEAR, {}) is None


@pytest.mark.parametrize("more", [{"danger": "E01"}, {"need": "human"}, {"asked": (WHICH_MATTER,)}])
def test_it_is_not_asked_in_danger_nor_of_whoever_wants_a_person_nor_twice(more: dict[str, object]) -> None:
    assert asked("divorce_dispute", SPLIT, **more) is None


def test_further_matters_and_the_last_story_set_aside_are_one_tap_away() -> None:
    aside = (Dialogue(story=("a",), matter="wage_arrears"), Dialogue(story=("b",), matter="house_rental"))
    taps = further(("domestic_violence", "no_such_matter"), aside, MATTERS)
    assert [tap.label for tap in taps] == ["也看看：家暴", "回到：讨工资"]
    assert [tap.send.choice.value for tap in taps] == ["domestic_violence", "wage_arrears"]


def test_the_line_names_what_was_told_too_and_is_empty_without_any() -> None:
    assert "家暴、孩子抚养" in told_too(("domestic_violence", "child_custody_support"), MATTERS)
    assert told_too((), MATTERS) == ""
