import pytest

from routing.decision import Question
from routing.inquiry import Facts, Place
from routing.questions import BadAnswerError, fill, fits, is_told
from routing.rules import Rules


def test_yes_and_no_become_flags() -> None:
    facts = fill(Facts(), "arbitration_clause", "yes")
    assert facts.flag("arbitration_clause") is True
    assert fill(facts, "arbitration_clause", "no").flag("arbitration_clause") is False


def test_not_knowing_changes_nothing() -> None:
    assert fill(Facts(), "arbitration_clause", "unknown") == Facts()


def test_a_district_becomes_the_place_of_that_role() -> None:
    facts = fill(Facts(), "place_work", "洪山区")
    assert facts.places == (Place(("洪山区",), "work", said="洪山区"),)
    assert is_told(facts, "place_work")


def test_the_answer_takes_the_place_of_an_ambiguous_mention() -> None:
    facts = Facts(places=(Place(("东湖高新区", "洪山区"), "unknown", said="光谷"),))
    assert fill(facts, "place_work", "洪山区").places == (Place(("洪山区",), "work", said="洪山区"),)


def test_a_place_that_may_be_several_is_not_told() -> None:
    assert not is_told(Facts(places=(Place(("黄陂区", "新洲区"), "work"),)), "place_work")


def test_outside_the_city_is_an_answer_too() -> None:
    assert fill(Facts(), "place_work", "outside").outside == "外地"


def test_a_choice_and_a_group_go_to_their_fields() -> None:
    assert fill(Facts(), "counterpart", "company").counterpart == "company"
    assert fill(Facts(), "group_minor", "yes").groups == ("minor",)
    assert is_told(fill(Facts(), "group_minor", "yes"), "group_minor")


def test_an_answer_that_is_not_offered_is_refused() -> None:
    with pytest.raises(BadAnswerError, match="maybe"):
        fill(Facts(), "arbitration_clause", "maybe")
    with pytest.raises(BadAnswerError):
        fill(Facts(), "counterpart", "moon")


def test_every_question_offers_answers_that_fit_and_lets_people_not_know(rules: Rules) -> None:
    for question in rules.questions.values():
        assert isinstance(question, Question)
        assert question.options[-1].value == "unknown"
        assert all(fits(question.fact, option.value) for option in question.options)
        assert question.why.endswith("。")
