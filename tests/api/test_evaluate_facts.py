"""Facts are measured value by value against annotations that hold no question."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.config import PROJECT
from api.evaluate_facts import ANNOTATED_ON, Score, as_text, in_second_half, read_annotations, score_facts, total
from bot.entities import Entities
from bot.normalize import normalize
from case_library.errors import BadDataFileError
from routing.inquiry import EventDate, Facts, Place
from routing.load import load_areas

MEASURE = PROJECT / "nlu_data" / "measure"


def told(**facts: list[str]):
    return {name: [frozenset(value.split("|")) for value in values] for name, values in facts.items()}


def test_a_value_is_right_wrong_or_missed() -> None:
    assert score_facts(Facts(age=67), told(age=["67"]))["age"] == Score(right=1)
    assert score_facts(Facts(age=66), told(age=["67"]))["age"] == Score(wrong=1, missed=1)
    assert score_facts(Facts(), told(age=["67"]))["age"] == Score(missed=1)
    assert score_facts(Facts(age=66), told())["age"] == Score(wrong=1)
    assert score_facts(Facts(amount_yuan=36000.0), told(amount_yuan=["36000"]))["amount_yuan"] == Score(right=1)


def test_alternatives_and_what_is_not_counted() -> None:
    either = told(counterpart=["person|-"])
    assert score_facts(Facts(), either)["counterpart"] == Score()
    assert score_facts(Facts(counterpart="person"), either)["counterpart"] == Score(right=1)
    assert score_facts(Facts(counterpart="bank"), either)["counterpart"] == Score(wrong=1)
    assert score_facts(Facts(counterpart="bank"), told(counterpart=["?"]))["counterpart"] == Score()


def test_of_several_values_each_counts() -> None:
    read = Facts(groups=("elder", "woman"), places=(Place(("蔡甸区",), "work", said="蔡甸"),))
    scores = score_facts(read, told(groups=["elder", "disabled"], places=["蔡甸区:home"]))
    assert scores["groups"] == Score(right=1, wrong=1, missed=1)
    assert scores["places"] == Score(wrong=1, missed=1)


def test_a_month_told_is_right_with_any_day_of_it() -> None:
    read = Facts(dates=(EventDate(date(2026, 8, 1), "injured", "month"),))
    assert score_facts(read, told(dates=["2026-08:injured"]))["dates"] == Score(right=1)
    assert score_facts(read, told(dates=["2026-08:died"]))["dates"] == Score(wrong=1, missed=1)


def test_f1_is_the_harmonic_mean() -> None:
    score = Score(right=6, wrong=2, missed=4)
    assert score.precision == pytest.approx(0.75)
    assert score.recall == pytest.approx(0.6)
    assert score.f1 == pytest.approx(2 / (1 / 0.75 + 1 / 0.6))


def test_an_unknown_fact_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "facts.tsv"
    path.write_text("id\tfact\tvalue\nq1\tweight\t80\n", encoding="utf-8")
    with pytest.raises(BadDataFileError, match="weight"):
        read_annotations(path)


def test_questions_without_annotation_are_said_to_be_not_measured() -> None:
    assert "not measured" in as_text({"x": Facts()}, {}, "of these")


def test_the_annotations_cover_what_was_promised_and_hold_no_sentence() -> None:
    annotated = read_annotations(MEASURE / "facts.tsv")
    assert len(annotated) >= 150
    assert all(key.isascii() and " " not in key for key in annotated)


def test_on_sentences_never_tuned_on_four_facts_in_five_are_right() -> None:
    annotated = read_annotations(MEASURE / "facts_held_out.tsv")
    entities = Entities(load_areas())
    kept = [key for key in annotated if in_second_half(key)]
    scores = total(score_facts(entities.read(normalize(key), ANNOTATED_ON), annotated[key]) for key in kept)
    assert len(kept) >= 70
    assert scores["all"].f1 >= 0.79
