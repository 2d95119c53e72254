"""LawBench's topics by our matters."""

from __future__ import annotations

from api.config import PROJECT
from api.evaluate_lawbench import as_text, read_crosswalk
from case_library.matters import load_matters

CROSSWALK = read_crosswalk(PROJECT / "nlu_data" / "measure" / "lawbench.yml")


def test_there_are_twenty_topics_and_every_matter_under_them_exists() -> None:
    matters = load_matters(PROJECT / "nlu_data" / "matters.yml").by_code
    assert len(set(CROSSWALK.topics)) == 20
    assert set(CROSSWALK.topic_of) <= set(matters)


def test_an_items_number_tells_its_topic() -> None:
    assert CROSSWALK.told("lb24-000") == CROSSWALK.told("lb24-024") == "婚姻家庭"
    assert CROSSWALK.told("lb24-025") == "劳动纠纷"
    assert CROSSWALK.told("lb24-499") == "抵押担保"
    assert CROSSWALK.told("w1-001") is None


def test_the_topic_with_most_confidence_over_its_matters_is_named() -> None:
    ranking = [
        {"matter": "private_lending", "confidence": 0.4},
        {"matter": "house_sale", "confidence": 0.3},
        {"matter": "house_rental", "confidence": 0.3},
    ]
    assert CROSSWALK.named(ranking) == "房产纠纷"
    assert CROSSWALK.named([{"matter": "notary_service", "confidence": 1.0}]) == "综合咨询"


def test_accuracy_is_over_its_items_only() -> None:
    one = {"ranking": [{"matter": "divorce_dispute", "confidence": 1.0}]}
    assert "0.500 (1 of 2)" in as_text([("lb24-001", one), ("lb24-030", one), ("w1-1", one)], CROSSWALK)
    assert "not measured" in as_text([("w1-1", one)], CROSSWALK)
