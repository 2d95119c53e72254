from collections.abc import Callable

import pytest

from routing.eligibility import judge_legal_aid
from routing.inquiry import Inquiry
from routing.rules import Rules


@pytest.mark.parametrize(
    ("fields", "level", "article"),
    [
        ({"matter": "domestic_violence"}, "likely", "法律援助法第三十二条"),
        ({"matter": "divorce_dispute", "flags": ["violence"]}, "likely", "法律援助法第三十二条"),
        ({"matter": "divorce_dispute"}, "unlikely", "法律援助法第三十一条"),
        ({"matter": "wage_arrears"}, "likely", "法律援助法第三十一条"),
        ({"matter": "wage_arrears", "groups": ("migrant_worker",)}, "likely", "法律援助法第四十二条"),
        ({"matter": "migrant_construction_wage"}, "likely", "法律援助法第四十二条"),
        ({"matter": "traffic_accident"}, "likely", "法律援助法第三十一条"),
        ({"matter": "elder_support", "groups": ("low_income",)}, "likely", "法律援助法第四十二条"),
        ({"matter": "state_compensation", "flags": ["acquitted_on_retrial"]}, "likely", "法律援助法第三十二条"),
        ({"matter": "crime_suspect_family", "groups": ("minor",)}, "likely", "法律援助法第二十五条"),
        ({"matter": "crime_suspect_family"}, "possible", "法律援助法第二十四条"),
        ({"matter": "crime_victim"}, "possible", "法律援助法第二十九条"),
        ({"matter": "private_lending"}, "unlikely", "法律援助法第三十一条"),
        ({"matter": "consumer_goods_food", "flags": ["food_or_drug_injury"]}, "possible", "法律援助法第三十一条"),
    ],
)
def test_the_level_follows_the_statute(
    rules: Rules, a_inquiry: Callable[..., Inquiry], fields: dict[str, object], level: str, article: str
) -> None:
    aid = judge_legal_aid(a_inquiry(**fields), rules.aid_grounds)
    assert aid is not None
    assert aid.level == level
    assert article in aid.basis


@pytest.mark.parametrize(
    "matter", ["non_legal_gov", "petition_supervision", "company_partnership", "peoples_mediation"]
)
def test_matters_that_are_no_cases_for_aid_say_nothing(
    rules: Rules, a_inquiry: Callable[..., Inquiry], matter: str
) -> None:
    assert judge_legal_aid(a_inquiry(matter=matter), rules.aid_grounds) is None


def test_nobody_is_asked_to_prove_that_he_is_poor(rules: Rules) -> None:
    for ground in rules.aid_grounds:
        assert "贫困证明" not in "".join(ground.papers)
        assert "开困难证明" not in ground.text


def test_what_was_told_can_be_handed_in_apart_from_the_inquiry(rules: Rules, a_inquiry: Callable[..., Inquiry]) -> None:
    aid = judge_legal_aid(a_inquiry(matter="divorce_dispute"), rules.aid_grounds, {"violence": True})
    assert aid is not None
    assert aid.level == "likely"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"matter": "wage_arrears", "groups": ("elder",)}, "上门"),
        ({"matter": "work_injury", "groups": ("disabled",)}, "优先"),
        ({"matter": "legal_aid_application"}, "签承诺"),
        ({"matter": "wage_arrears"}, "承诺"),
    ],
)
def test_who_needs_it_is_told_of_a_visit_at_home_and_that_ones_own_word_is_enough(
    rules: Rules, a_inquiry: Callable[..., Inquiry], fields: dict[str, object], said: str
) -> None:
    aid = judge_legal_aid(a_inquiry(**fields), rules.aid_grounds, eases=rules.aid_eases)
    assert said in aid.text
    assert ("法律援助法第四十五条" in aid.basis) is ("groups" in fields)


def test_an_ease_is_not_promised_where_aid_is_unlikely(rules: Rules, a_inquiry: Callable[..., Inquiry]) -> None:
    aid = judge_legal_aid(
        a_inquiry(matter="private_lending", groups=("elder",)), rules.aid_grounds, eases=rules.aid_eases
    )
    assert aid.level == "unlikely"
    assert "上门" not in aid.text
