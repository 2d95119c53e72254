"""A question is asked only when an answer changes something, the most telling first."""

from dataclasses import replace
from typing import get_args

import pytest

from routing.asking import MOST_QUESTIONS, area_question, body_question, outcomes
from routing.decide import decide
from routing.directory import Directory
from routing.inquiry import Inquiry, Need, Stage
from routing.plan import make_plan
from routing.questions import fill
from routing.rules import Condition, Rules


def situations(rules: Rules, matter: str) -> list[Inquiry]:
    """The matter told barely, by stage and need, and as each rule's conditions have it."""
    route = rules.routes[matter]
    bare = [Inquiry("问", matter, need=need) for need in get_args(Need)]
    staged = [replace(bare[0], facts=replace(bare[0].facts, stage=stage)) for stage in get_args(Stage)]
    told = [
        replace(bare[1], facts=replace(bare[0].facts, flags=tuple(dict(condition.flags).items())))
        for rule in route.rules
        for condition in rule.when
        if condition != Condition()
    ]
    return bare + staged + told


def test_no_question_leaves_the_decision_unchanged_for_all_its_answers(rules: Rules, directory: Directory, now) -> None:
    asked = 0
    for matter in rules.routes:
        for inquiry in situations(rules, matter):
            question = decide(inquiry, (), directory, rules, now).ask
            if question is None:
                continue
            asked += 1
            decided = set()
            for option in question.options:
                answered = replace(
                    inquiry,
                    facts=fill(inquiry.facts, question.fact, option.value),
                    asked=(*inquiry.asked, question.id),
                )
                decision = decide(answered, (), directory, rules, now)
                decided.add((decision.body_type, decision.body.id, tuple(d.id for d in decision.deadlines)))
            assert len(decided) > 1, (inquiry, question.id)
    assert asked > 50


def test_the_question_that_separates_most_comes_first(rules: Rules, a_inquiry, today) -> None:
    route = rules.routes["wage_arrears"]
    some = rules.questions["arbitration_clause"]
    three = replace(
        rules.questions["has_judgment"],
        id="stage_now",
        fact="stage",
        options=tuple(
            replace(some.options[0], value=value, label=value) for value in ("arbitrated", "arbitrating", "unknown")
        ),
    )
    flags = Condition(flags=(("arbitration_clause", True),))
    rule = replace(route.rules[0], code="wage_arrears.one", when=(flags,), bodies=("lawyer",), never=())
    stages = [
        replace(rule, code=f"wage_arrears.{stage}", when=(Condition(stages=(stage,)),), bodies=(body,))
        for stage, body in (("arbitrated", "court"), ("arbitrating", "labor_arbitration"))
    ]
    asking = replace(route, rules=(rule, *stages), ask=(some.id, three.id))
    changed = replace(
        rules, routes={**rules.routes, "wage_arrears": asking}, questions={**rules.questions, three.id: three}
    )
    question = body_question(a_inquiry(matter="wage_arrears"), changed, today)
    assert question is not None
    assert question.id == "stage_now"
    assert len(set(outcomes(a_inquiry(matter="wage_arrears"), three, changed, today).values())) == 3


def test_a_deadline_that_an_answer_changes_is_worth_a_question(rules: Rules, a_inquiry, today) -> None:
    route = replace(rules.routes["wage_arrears"], rules=(), ask=("has_judgment",))
    limit = replace(
        rules.limits[0],
        id="after_judgment",
        matters=("wage_arrears",),
        when=(Condition(flags=(("has_judgment", True),)),),
        rank=1,
    )
    changed = replace(rules, routes={**rules.routes, "wage_arrears": route}, limits=(limit,))
    question = body_question(a_inquiry(matter="wage_arrears"), changed, today)
    assert question is not None
    assert question.id == "has_judgment"


@pytest.mark.parametrize("asked", [("arbitration_clause", "area_work"), ("a", "b", "c")])
def test_after_two_questions_nothing_more_is_asked(rules: Rules, directory: Directory, a_inquiry, asked, now) -> None:
    inquiry = a_inquiry(matter="contract_general", need="apply", asked=asked)
    assert MOST_QUESTIONS == 2
    assert decide(inquiry, (), directory, rules, now).ask is None


def test_a_district_is_not_asked_where_no_office_differs_by_it(rules: Rules, a_inquiry) -> None:
    inquiry = a_inquiry(matter="wage_arrears", need="apply")
    plan = make_plan(inquiry, rules, frozenset())
    assert area_question(inquiry, rules, Directory(), plan) is None


def test_not_knowing_is_always_offered(rules: Rules) -> None:
    assert all(question.options[-1].value == "unknown" for question in rules.questions.values())
