"""What is said about a decision, to each reader."""

from dataclasses import replace

import pytest

from routing.cues import Cues
from routing.decide import decide
from routing.decision import Used
from routing.directory import Directory
from routing.explain import explain
from routing.inquiry import EventDate, Place
from routing.rules import Rules


@pytest.fixture
def explained(rules: Rules, directory: Directory, cues: Cues, a_inquiry, now):
    def build(**fields: object):
        inquiry = a_inquiry(**fields)
        if "flags" not in fields:
            inquiry = replace(inquiry, facts=replace(inquiry.facts, flags=cues.read(inquiry.text)))
        return explain(inquiry, decide(inquiry, (), directory, rules, now), rules, directory, cues)

    return build


def test_rules_stand_in_order_with_the_words_they_went_by(explained) -> None:
    told = explained(matter="wage_arrears", text="仲裁裁决下来了，公司还是一分不给")
    first = told.steps[0]
    assert first.code == "wage_arrears.award_not_kept"
    assert first.used == (Used("award_received", "是"), Used("not_paying", "是"))
    assert len(first.said) == 2
    assert all(words in "仲裁裁决下来了，公司还是一分不给" for words in first.said)


def test_the_citizen_reads_no_codes_and_the_agent_reads_all(explained) -> None:
    told = explained(matter="contract_general", text="合同里写了由仲裁委裁决，对方违约")
    assert "您说到「" in told.citizen
    assert "contract_general" not in told.citizen
    assert "contract_general.arbitration_clause" in told.agent
    assert "依据：" in told.agent


def test_the_nearest_other_outcome_names_rule_and_body(explained) -> None:
    told = explained(matter="contract_general", flags=[])
    assert told.otherwise is not None
    assert told.otherwise.code == "contract_general.arbitration_clause"
    assert told.otherwise.changes == (Used("arbitration_clause", "是"),)
    assert "换一种情形就不同" in told.citizen


def test_only_what_the_route_asks_is_told_to_a_citizen_as_another_outcome(explained) -> None:
    told = explained(matter="wage_arrears", flags=[])
    assert told.otherwise is not None
    assert not told.otherwise.askable
    assert "换一种情形就不同" not in told.citizen
    assert told.otherwise.code in told.agent


def test_the_nearest_other_outcome_is_what_decide_then_decides(
    rules: Rules, directory: Directory, a_inquiry, now
) -> None:
    for matter in rules.routes:
        inquiry = a_inquiry(matter=matter)
        decision = decide(inquiry, (), directory, rules, now)
        other = decision.otherwise
        if other is None or any(used.name in ("deadline", "stage", "counterpart", "group") for used in other.changes):
            continue
        flags = tuple((used.name, used.value == "是") for used in other.changes)
        changed = replace(inquiry, facts=replace(inquiry.facts, flags=flags))
        assert decide(changed, (), directory, rules, now).body_type == other.body_type != decision.body_type, matter


def test_the_audit_line_holds_codes_and_nothing_personal(explained) -> None:
    told = explained(
        matter="work_injury",
        text="我叫王小明，六十五岁，在洪山工地摔断了腿",
        flags=[],
        age=65,
        places=(Place(("洪山区",), "work"),),
    )
    assert "rules=work_injury.over_age[age]" in told.audit
    for private in ("王小明", "65", "摔断"):
        assert private not in told.audit


def test_a_near_limit_is_named_as_what_was_used(explained, today) -> None:
    left = EventDate(today.replace(year=today.year - 1, day=today.day + 3), "left_job")
    told = explained(matter="wage_arrears", flags=[], need="apply", dates=(left,))
    assert Used("deadline", "near") in [used for step in told.steps for used in step.used]


def test_danger_is_explained_without_another_outcome(explained) -> None:
    told = explained(matter="domestic_violence", danger="E01", flags=[])
    assert told.otherwise is None
    assert told.steps[0].code == "danger.E01"
    assert "danger=E01" in told.audit
