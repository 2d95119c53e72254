from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from routing.decision import Reason
from routing.inquiry import Inquiry
from routing.rules import Condition, Rule, Rules

NOTHING: frozenset[str] = frozenset()


def holds(condition: Condition, inquiry: Inquiry, deadlines: frozenset[str] = NOTHING) -> bool:
    return condition.holds(inquiry, dict(inquiry.facts.flags), deadlines)


def test_what_was_not_told_fulfils_nothing(a_inquiry: Callable[..., Inquiry]) -> None:
    inquiry = a_inquiry()
    assert not holds(Condition(flags=(("violence", True),)), inquiry)
    assert not holds(Condition(flags=(("violence", False),)), inquiry)
    assert not holds(Condition(age_from=60), inquiry)
    assert not holds(Condition(amount_to=1000), inquiry)
    assert not holds(Condition(stages=("suing",)), inquiry)


def test_a_flag_that_must_be_absent_may_be_unknown_or_denied(a_inquiry: Callable[..., Inquiry]) -> None:
    condition = Condition(without=("violence",))
    assert holds(condition, a_inquiry())
    assert holds(condition, a_inquiry(flags={"violence": False}))
    assert not holds(condition, a_inquiry(flags={"violence": True}))


def test_every_part_must_hold(a_inquiry: Callable[..., Inquiry]) -> None:
    condition = Condition(flags=(("violence", True),), needs=("apply",), groups=("elder",), age_from=60, age_to=90)
    assert holds(condition, a_inquiry(flags=["violence"], need="apply", groups=("elder",), age=70))
    assert not holds(condition, a_inquiry(flags=["violence"], need="consult", groups=("elder",), age=70))
    assert not holds(condition, a_inquiry(flags=["violence"], need="apply", groups=("elder",), age=91))


def test_places_people_and_deadlines_can_be_conditions(a_inquiry: Callable[..., Inquiry]) -> None:
    assert holds(Condition(outside=True), a_inquiry(outside="深圳"))
    assert holds(Condition(outside=False), a_inquiry())
    assert holds(Condition(on_behalf=True), a_inquiry(on_behalf_of="母亲"))
    assert holds(Condition(amount_from=1000), a_inquiry(amount_yuan=1000.0))
    assert holds(Condition(deadlines=("near",)), a_inquiry(), frozenset({"near"}))


def test_one_of_several_conditions_is_enough(a_inquiry: Callable[..., Inquiry]) -> None:
    rule = Rule(
        code="x.y",
        when=(Condition(needs=("apply",)), Condition(needs=("complain",))),
        bodies=("court",),
        never=(),
        reason=Reason("x.y", "文", "源"),
    )
    assert rule.applies(a_inquiry(need="complain"), {}, NOTHING)
    assert not rule.applies(a_inquiry(need="consult"), {}, NOTHING)


def test_a_danger_entry_for_the_matter_wins_over_the_general_one(rules: Rules, a_inquiry) -> None:
    general = rules.danger_route(a_inquiry(matter="expropriation_demolition", danger="E11"))
    named = rules.danger_route(a_inquiry(matter="house_rental", danger="E11"))
    assert general is not None
    assert named is not None
    assert general.bodies[0] == "human_agent"
    assert named.bodies[0] == "police"
    assert rules.danger_route(a_inquiry(matter="house_rental", danger="E99")) is None


def test_a_child_with_the_other_parent_is_the_courts_unless_nobody_knows_where_it_is(rules: Rules, a_inquiry) -> None:
    known = rules.danger_route(a_inquiry(matter="child_custody_support", danger="E14"))
    missing = rules.danger_route(a_inquiry(matter="child_custody_support", danger="E14", flags=["child_missing"]))
    assert known is not None
    assert missing is not None
    assert (known.bodies[0], missing.bodies[0]) == ("court", "police")


@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 120))
def test_an_age_between_the_bounds_fulfils_them(age: int, lowest: int, highest: int) -> None:
    from routing.inquiry import Facts

    inquiry = Inquiry("问", "work_injury", facts=Facts(age=age))
    assert holds(Condition(age_from=lowest, age_to=highest), inquiry) is (lowest <= age <= highest)
