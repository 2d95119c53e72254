"""Rules that are well-formed but can't take effect are refused by file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import BadDataFileError
from routing.inquiry import Facts, Inquiry
from routing.load import DATA_DIR, load_rules
from routing.rule_checks import contradicts_itself, implies
from routing.rules import Condition

ROUTE = """
routes:
- matter: consumer_goods_food
  bodies: [market_supervision, court]
  never: [petition_office]
  text: 先和商家谈。
  sources: [示例]
  rules:
{rules}
"""
RULE = """  - code: consumer_goods_food.{code}
    when: {when}
    bodies: [{bodies}]
    text: 说明。
    sources: [示例]
"""


@pytest.fixture
def refused(tmp_path: Path, matters: tuple[str, ...]) -> Callable[..., str]:
    """What the loader says about one route with these rules, (code, when, bodies)."""
    folder = tmp_path / "data"
    shutil.copytree(DATA_DIR, folder)

    def load(*rules: tuple[str, str, str], extra: tuple[str, str, str] | None = None, **kwargs: object) -> str:
        consumer = folder / "routes" / "consumer.yml"
        whole = consumer.read_text(encoding="utf-8")
        others = whole[whole.index("- matter: prepaid_card") :]
        written = "".join(RULE.format(code=code, when=when, bodies=bodies) for code, when, bodies in rules)
        consumer.write_text(ROUTE.format(rules=written) + others, encoding="utf-8")
        if extra:
            path = folder / extra[0]
            path.write_text(path.read_text(encoding="utf-8").replace(extra[1], extra[2], 1), encoding="utf-8")
        try:
            load_rules(matters, folder, **kwargs)
        except BadDataFileError as error:
            return str(error)
        return ""

    return load


def test_a_rule_below_a_wider_one_is_never_first(refused) -> None:
    told = refused(
        ("wide", "{flags: [wants_to_sue]}", "court"), ("narrow", "{flags: [wants_to_sue], needs: [apply]}", "police")
    )
    assert "consumer.yml:14: 'consumer_goods_food.narrow' is never first" in told
    assert "'consumer_goods_food.wide' in line 9 always is" in told


def test_a_narrow_rule_above_a_wide_one_is_fine(refused) -> None:
    narrow = ("narrow", "{flags: [wants_to_sue], needs: [apply]}", "police")
    assert refused(narrow, ("wide", "{flags: [wants_to_sue]}", "court")) == ""


def test_a_rule_that_leads_when_an_exception_of_the_one_above_holds_is_fine(refused) -> None:
    first = ("first", "{flags: [wants_to_sue], without: [advice_only]}", "court")
    assert refused(first, ("second", "{flags: [wants_to_sue]}", "police")) == ""


def test_two_rules_with_the_same_condition_are_refused(refused) -> None:
    told = refused(("one", "{stages: [suing]}", "court"), ("two", "{stages: [suing]}", "police"))
    assert "'consumer_goods_food.two' and 'consumer_goods_food.one' in line 9 have the same condition" in told


def test_a_rule_is_hidden_only_when_each_of_its_conditions_is(refused) -> None:
    wide = ("wide", "{flags: [wants_to_sue]}", "court")
    assert refused(wide, ("either", "[{flags: [wants_to_sue]}, {needs: [apply]}]", "police")) == ""


def test_a_condition_that_contradicts_itself_is_refused(refused) -> None:
    told = refused(("never", "{flags: [wants_to_sue], without: [wants_to_sue]}", "court"))
    assert "consumer.yml:9: 'consumer_goods_food.never' has a condition that nothing can fulfil" in told


def test_a_body_that_the_route_never_names_is_refused(refused) -> None:
    told = refused(("petition", "{flags: [wants_to_sue]}", "petition_office"))
    assert "names 'petition_office', which is in 'never'" in told


def test_an_unknown_matter_is_refused(refused) -> None:
    told = refused(
        ("a", "{flags: [wants_to_sue]}", "court"),
        extra=("routes/other.yml", "- matter: non_legal_gov", "- matter: moonlight"),
    )
    assert "'matter' must be one of" in told
    assert "got 'moonlight'" in told


def test_a_body_type_without_a_body_is_refused(refused, tmp_path: Path) -> None:
    bodies = tmp_path / "data" / "bodies.csv"
    kept = [line for line in bodies.read_text(encoding="utf-8").splitlines() if ",youth_league," not in line]
    bodies.write_text("\n".join(kept) + "\n", encoding="utf-8")
    told = refused(("a", "{flags: [wants_to_sue]}", "court"))
    assert "no body of the type 'youth_league' is in the directory" in told
    assert "general.yml:" in told


def test_a_statute_that_is_not_in_force_is_refused_when_asked(refused) -> None:
    told = refused(
        ("a", "{flags: [wants_to_sue]}", "court"), in_force=lambda law, article: (law, article) != ("精神卫生法", "28")
    )
    assert "'basis': 精神卫生法第二十八条 is not in force" in told


def test_a_danger_entry_that_another_hides_is_refused(refused) -> None:
    twice = "- danger: E01\n  bodies: [police]\n  text: 报警。\n  basis: [人民警察法 21]\n- danger: E02"
    told = refused(("a", "{flags: [wants_to_sue]}", "court"), extra=("routes/general.yml", "- danger: E02", twice))
    assert "'E01' is never used" in told


def test_a_ground_of_legal_aid_that_others_hide_is_refused(refused) -> None:
    again = (
        "- code: aid.again\n  matters: [domestic_violence]\n  level: likely\n  text: 再说一次。\n"
        "  basis: [法律援助法 32]\n- code: aid.violence_told"
    )
    told = refused(
        ("a", "{flags: [wants_to_sue]}", "court"), extra=("legal_aid.yml", "- code: aid.violence_told", again)
    )
    assert "'aid.again' is never used" in told


conditions = st.builds(
    Condition,
    flags=st.dictionaries(st.sampled_from("ab"), st.booleans()).map(lambda told: tuple(told.items())),
    without=st.lists(st.sampled_from("ab"), unique=True).map(tuple),
    stages=st.lists(st.sampled_from(["suing", "detained"]), unique=True).map(tuple),
    age_from=st.none() | st.integers(0, 3),
    age_to=st.none() | st.integers(0, 3),
    outside=st.none() | st.booleans(),
)
inquiries = st.builds(
    lambda flags, stage, age, outside: Inquiry(
        "", "wage_arrears", facts=Facts(flags=tuple(flags.items()), stage=stage, age=age, outside=outside)
    ),
    st.dictionaries(st.sampled_from("ab"), st.booleans()),
    st.none() | st.sampled_from(["suing", "detained"]),
    st.none() | st.integers(0, 3),
    st.none() | st.just("深圳"),
)


@given(conditions, conditions, inquiries)
def test_what_implies_another_never_holds_alone(narrow: Condition, wide: Condition, inquiry: Inquiry) -> None:
    flags = dict(inquiry.facts.flags)
    if implies(narrow, wide) and narrow.holds(inquiry, flags, frozenset()):
        assert wide.holds(inquiry, flags, frozenset())


@given(conditions, inquiries)
def test_what_contradicts_itself_never_holds(condition: Condition, inquiry: Inquiry) -> None:
    if contradicts_itself(condition):
        assert not condition.holds(inquiry, dict(inquiry.facts.flags), frozenset())
