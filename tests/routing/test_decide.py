from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.asking import MOST_QUESTIONS
from routing.decide import decide
from routing.decision import Decision, Outcome
from routing.directory import Directory
from routing.inquiry import (
    Counterpart,
    Event,
    EventDate,
    Facts,
    Group,
    Inquiry,
    MatterGuess,
    Need,
    Place,
    PlaceRole,
    Stage,
)
from routing.load import load_gold
from routing.rules import Rules

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AREAS = ("洪山区", "武昌区", "黄陂区", "新洲区", "东湖高新区", "武汉经开区")


# ---------------------------------------------------------------- outcomes


def ranked(*guesses: tuple[str, float]) -> tuple[MatterGuess, ...]:
    return tuple(MatterGuess(matter, confidence) for matter, confidence in guesses)


def test_while_several_matters_are_possible_the_body_that_serves_most_of_them_comes_first(decided) -> None:
    usual = decided(matter="personal_injury_general")
    unsure = decided(
        matter="personal_injury_general",
        ranking=ranked(("personal_injury_general", 0.45), ("construction_project", 0.35), ("crime_victim", 0.2)),
    )
    assert (usual.body_type, unsure.body_type) == ("peoples_mediation", "court")
    assert unsure.reasons[0].code == "several_matters"
    assert set(unsure.alternatives) >= {"peoples_mediation"}


def test_a_sure_or_chosen_matter_keeps_its_own_first_body(decided) -> None:
    sure = ranked(("personal_injury_general", 0.9), ("construction_project", 0.1))
    chosen = ranked(("construction_project", 0.6), ("personal_injury_general", 0.4))
    for ranking in (sure, chosen):
        assert decided(matter="personal_injury_general", ranking=ranking).body_type == "peoples_mediation"


def test_a_consultation_with_a_fitting_case_is_answered_and_still_names_the_body(decided, a_match) -> None:
    decision = decided(matter="wage_arrears", matches=(a_match("wage_arrears"),))
    assert decision.outcome == "answered"
    assert decision.body_type == "labor_inspection"


def test_a_case_of_another_matter_or_a_weak_one_does_not_answer(decided, a_match) -> None:
    assert decided(matter="wage_arrears", matches=(a_match("house_sale"),)).outcome != "answered"
    assert decided(matter="wage_arrears", matches=(a_match("wage_arrears", similarity=0.85),)).outcome != "answered"


def test_an_answer_that_did_not_help_is_referred(decided, a_match) -> None:
    place = Place(("洪山区",), "work")
    decision = decided(matter="wage_arrears", matches=(a_match("wage_arrears"),), unresolved=True, places=(place,))
    assert decision.outcome == "refer"
    assert decision.body.area == "洪山区"


def test_a_request_is_referred_even_when_a_case_would_answer_it(decided, a_match) -> None:
    decision = decided(matter="notary_service", need="apply", matches=(a_match("notary_service"),))
    assert decision.outcome == "refer"
    assert decision.body_type == "notary_office"


def test_who_wants_a_person_gets_one_and_the_body_stays_next(decided) -> None:
    decision = decided(matter="wage_arrears", need="human")
    assert (decision.outcome, decision.body_type) == ("handoff", "human_agent")
    assert decision.alternatives[0] == "labor_inspection"


def test_an_unclear_matter_goes_to_a_person(decided) -> None:
    decision = decided(matter="unclear")
    assert (decision.outcome, decision.body_type, decision.body.phone) == ("unsure", "human_agent", "12348")


def test_what_is_out_of_scope_gets_the_city_hotline(decided) -> None:
    decision = decided(matter="out_of_scope")
    assert (decision.outcome, decision.body_type) == ("out_of_scope", "gov_hotline_12345")


def test_a_matter_without_a_route_goes_to_a_person_and_is_not_dropped(decided) -> None:
    decision = decided(matter="something_new")
    assert (decision.outcome, decision.body_type) == ("handoff", "human_agent")
    assert decision.reasons[0].code == "no_route"


def test_who_asks_how_far_a_case_has_come_is_asked_nothing(decided) -> None:
    decision = decided(matter="wage_arrears", need="status")
    assert (decision.outcome, decision.ask) == ("refer", None)


def test_a_limit_that_ends_this_week_goes_to_a_person_but_keeps_the_body(decided) -> None:
    decision = decided(matter="wage_arrears", need="apply", dates=(EventDate(date(2025, 11, 27), "left_job"),))
    assert decision.outcome == "handoff"
    assert decision.body_type == "labor_arbitration"
    assert "human_agent" in decision.alternatives
    assert decision.reasons[0].code == "deadline_near"
    assert decision.deadlines[0].days_left == 3


# ---------------------------------------------------------------- danger


@pytest.mark.parametrize(
    ("danger", "matter", "first"),
    [
        ("E01", "domestic_violence", "police"),
        ("E02", "inheritance_will", "human_agent"),
        ("E06", "medical_dispute", "emergency_medical_fire"),
        ("E08", "telecom_fraud", "police"),
        ("E09", "crime_suspect_family", "lawyer"),
        ("E10", "litigation_procedure", "court"),
        ("E11", "house_rental", "police"),
        ("E11", "admin_penalty_review_litigation", "human_agent"),
        ("E18", "medical_dispute", "health_commission"),
        ("E77", "wage_arrears", "police"),
    ],
)
def test_danger_comes_first_whatever_the_matter(decided, danger: str, matter: str, first: str) -> None:
    decision = decided(matter=matter, danger=danger)
    assert (decision.outcome, decision.body_type, decision.ask) == ("emergency", first, None)
    assert "human_agent" in (decision.body_type, *decision.alternatives)


def test_danger_does_not_bring_mediation_back_where_it_is_excluded(decided) -> None:
    decision = decided(matter="domestic_violence", danger="E01")
    assert "peoples_mediation" not in decision.alternatives


# ---------------------------------------------------------------- procedure traps


def test_every_gold_inquiry_goes_where_it_must(rules: Rules, directory: Directory, matters: tuple[str, ...]) -> None:
    gold = load_gold(matters)
    assert len(gold) > 70
    for item in gold:
        decision = decide(item.inquiry, (), directory, rules, NOW)
        assert decision.body_type in item.first, item.id
        assert not set(item.never) & {decision.body_type, *decision.alternatives}, item.id


def test_reasons_are_in_the_order_of_the_rules_and_name_their_source(decided) -> None:
    decision = decided(matter="divorce_dispute", flags=["violence", "wants_mediation"])
    assert [reason.code for reason in decision.reasons] == ["divorce_dispute.violence", "divorce_dispute.talk_first"]
    assert all(reason.source for reason in decision.reasons)


def test_who_looks_for_a_lawyer_gets_lawyers_first(decided) -> None:
    decision = decided(matter="labor_contract_termination", flags=["wants_lawyer"])
    assert decision.body_type == "lawyer"
    assert "legal_aid_center" in decision.alternatives


# ---------------------------------------------------------------- places and questions


def test_the_place_of_work_decides_and_not_the_home(decided) -> None:
    places = (
        Place(("东湖高新区", "江夏区"), "home", said="佛祖岭"),
        Place(("武汉经开区",), "counterpart", said="沌口"),
    )
    decision = decided(matter="wage_arrears", need="apply", places=places)
    assert decision.outcome == "refer"
    assert "功能区" in decision.body.note


def test_an_ambiguous_street_is_asked_with_its_districts_only(decided) -> None:
    places = (Place(("黄陂区", "新洲区"), "property", said="李集街道"),)
    decision = decided(matter="property_management", need="complain", places=places)
    assert decision.outcome == "ask"
    assert decision.ask is not None
    assert [option.value for option in decision.ask.options] == ["黄陂区", "新洲区", "unknown"]


def test_the_district_is_asked_when_it_decides_and_is_not_known(decided) -> None:
    decision = decided(matter="wage_arrears", need="complain")
    assert decision.outcome == "ask"
    assert decision.ask is not None
    assert decision.ask.id == "area_work"
    values = [option.value for option in decision.ask.options]
    assert values[-2:] == ["outside", "unknown"]
    assert {"洪山区", "东湖高新区"} <= set(values)


def test_a_question_that_changes_the_body_is_asked_before_the_district(decided) -> None:
    decision = decided(matter="contract_general", need="apply")
    assert decision.ask is not None
    assert decision.ask.id == "arbitration_clause"
    assert decision.body_type == "court"


def test_a_question_whose_answer_changes_nothing_is_not_asked(decided) -> None:
    decision = decided(
        matter="contract_general",
        need="apply",
        flags={"arbitration_clause": False},
        places=(Place(("洪山区",), "counterpart"),),
    )
    assert (decision.outcome, decision.ask) == ("refer", None)


def test_nobody_is_asked_twice_nor_more_than_two_things(decided) -> None:
    first = decided(matter="contract_general", need="apply", asked=("arbitration_clause",))
    assert first.ask is not None
    assert first.ask.id == "area_counterpart"
    assert decided(matter="contract_general", need="apply", asked=("x", "y")).ask is None
    assert MOST_QUESTIONS == 2


def test_a_matter_beyond_the_city_names_that_city_and_no_number(decided) -> None:
    decision = decided(matter="wage_arrears", need="apply", outside="深圳")
    assert decision.outcome == "refer"
    assert "深圳" in decision.body.name
    assert decision.body.phone is None
    assert decision.reasons[-1].code == "outside_city"


def test_a_national_number_is_given_wherever_the_matter_is(decided) -> None:
    assert decided(matter="banking_credit_collection", need="complain", outside="深圳").body.phone == "12378"


def test_a_place_in_the_city_with_the_deciding_role_wins_over_a_mention_of_elsewhere(decided) -> None:
    decision = decided(matter="wage_arrears", need="apply", outside="深圳", places=(Place(("洪山区",), "work"),))
    assert decision.body.area == "洪山区"


def test_the_first_will_of_somebody_of_75_is_free_and_what_is_not_known_of_it_is_said(decided) -> None:
    at_75, at_74 = (decided(matter="inheritance_will", flags=["making_a_will"], age=age) for age in (75, 74))
    assert at_75.body_type == at_74.body_type == "notary_office"
    assert [d.reasons[0].code for d in (at_75, at_74)] == [
        "inheritance_will.first_will_at_75",
        "inheritance_will.making_a_will",
    ]
    assert "免费" in at_75.reasons[0].text
    assert "没核实" in at_75.reasons[0].text


# ---------------------------------------------------------------- properties


def inquiries(rules: Rules) -> st.SearchStrategy[Inquiry]:
    flags = sorted(
        {name for route in rules.routes.values() for rule in route.rules for c in rule.when for name in c.flag_names()}
    )
    facts = st.builds(
        Facts,
        places=st.lists(
            st.builds(
                Place,
                st.lists(st.sampled_from(AREAS), max_size=3, unique=True).map(tuple),
                st.sampled_from(get_args(PlaceRole)),
            ),
            max_size=3,
        ).map(tuple),
        outside=st.none() | st.just("深圳"),
        age=st.none() | st.integers(0, 120),
        groups=st.lists(st.sampled_from(get_args(Group)), max_size=3, unique=True).map(tuple),
        counterpart=st.none() | st.sampled_from(get_args(Counterpart)),
        amount_yuan=st.none() | st.floats(0, 1e9),
        dates=st.lists(
            st.builds(
                EventDate,
                st.dates(date(2010, 1, 1), date(2030, 1, 1)),
                st.sampled_from(get_args(Event)),
                st.sampled_from(["day", "month", "year"]),
            ),
            max_size=3,
        ).map(tuple),
        stage=st.none() | st.sampled_from(get_args(Stage)),
        on_behalf_of=st.none() | st.just("母亲"),
        flags=st.dictionaries(st.sampled_from(flags), st.booleans(), max_size=8).map(lambda told: tuple(told.items())),
    )
    return st.builds(
        Inquiry,
        text=st.text(max_size=20),
        matter=st.sampled_from([*rules.routes, "unclear", "out_of_scope", "unheard_of"]),
        need=st.sampled_from(get_args(Need)),
        facts=facts,
        danger=st.none() | st.sampled_from([f"E{number:02d}" for number in range(1, 21)] + ["E99"]),
        asked=st.lists(st.sampled_from(sorted(rules.questions)), max_size=3, unique=True).map(tuple),
    )


@settings(max_examples=300, deadline=None)
@given(data=st.data(), unresolved=st.booleans())
def test_every_inquiry_gets_a_body_and_the_same_decision_twice(
    rules: Rules, directory: Directory, data: st.DataObject, unresolved: bool
) -> None:
    inquiry = data.draw(inquiries(rules))
    decision = decide(inquiry, (), directory, rules, NOW, unresolved=unresolved)
    assert decision == decide(inquiry, (), directory, rules, NOW, unresolved=unresolved)
    assert decision.outcome in get_args(Outcome)
    assert decision.body_type in directory.types
    assert decision.body.type == decision.body_type or decision.body.id.startswith("hotline-")
    assert decision.body_type not in decision.alternatives
    assert len(set(decision.alternatives)) == len(decision.alternatives)
    assert decision.reasons
    assert (decision.ask is None) or len(inquiry.asked) < MOST_QUESTIONS
    assert decision.outcome != "ask" or decision.ask is not None


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_danger_is_never_lowered_by_anything_else(rules: Rules, directory: Directory, data: st.DataObject) -> None:
    inquiry = data.draw(inquiries(rules))
    decision = decide(inquiry, (), directory, rules, NOW)
    assert (decision.outcome == "emergency") is (inquiry.danger is not None)
    if inquiry.danger:
        assert decision.ask is None
    endangered = decide(replace(inquiry, danger="E01"), (), directory, rules, NOW)
    assert (endangered.outcome, endangered.body_type) == ("emergency", "police")


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_an_empty_directory_still_answers_with_a_number(rules: Rules, data: st.DataObject) -> None:
    inquiry = data.draw(inquiries(rules))
    decision = decide(inquiry, (), Directory(), rules, NOW)
    assert decision.body.phone in ("12348", "12345")


def test_the_decision_can_be_built_from_keywords_alone(decided: Callable[..., Decision]) -> None:
    assert isinstance(decided(), Decision)
