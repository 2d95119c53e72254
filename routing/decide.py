"""Which body takes the trouble, what is still to be asked, and why. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from case_library.case import CaseMatch
from routing.asking import area_question, body_question
from routing.deadlines import find_deadlines, states
from routing.decision import Decision, Outcome, Question
from routing.directory import Directory
from routing.eligibility import judge_legal_aid
from routing.explain import nearest_other
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry
from routing.placing import place
from routing.plan import HUMAN, first_plan, in_danger
from routing.rules import Rules


def decide(
    inquiry: Inquiry,
    matches: Sequence[CaseMatch],
    directory: Directory,
    rules: Rules,
    now: datetime,
    *,
    unresolved: bool = False,
) -> Decision:
    """The decision for this inquiry. Total: every inquiry gets an outcome and a body.

    `now` is the local time in Wuhan. `unresolved` says that the citizen was answered already and is not helped by it.
    """
    deadlines = find_deadlines(inquiry, rules.limits, now.date())
    urgent = states(deadlines)
    plan = first_plan(inquiry, rules, urgent)
    outcome: Outcome
    ask: Question | None = None
    if inquiry.danger is not None:
        outcome, plan = "emergency", in_danger(plan, inquiry, rules)
    elif inquiry.need == "human":
        outcome, plan = "handoff", plan.before((HUMAN,), rules.general.get("human_asked"))
    elif inquiry.matter == OUT_OF_SCOPE:
        outcome = "out_of_scope"
    elif inquiry.matter == UNCLEAR:
        outcome = "unsure"
    elif plan.bodies[0] == HUMAN:
        outcome = "handoff"
    elif inquiry.need == "status":
        outcome = "refer"  # somebody who asks how far a case has come is not asked anything
    elif "near" in urgent:
        outcome, plan = "handoff", plan.after((HUMAN,), rules.general.get("deadline_near"))
    else:
        ask = body_question(inquiry, rules, now.date())
        if inquiry.need == "consult" and not unresolved and any(fits(match, inquiry) for match in matches):
            outcome = "answered"
        else:
            ask = ask or area_question(inquiry, rules, directory, plan)
            outcome = "ask" if ask else "refer"
    placed = place(inquiry, plan, directory, rules, now)
    return Decision(
        outcome=outcome,
        body_type=plan.bodies[0],
        body=placed.body,
        alternatives=plan.bodies[1:],
        ask=ask,
        reasons=(*plan.reasons, *placed.reasons),
        deadlines=deadlines,
        legal_aid=judge_legal_aid(inquiry, rules.aid_grounds, eases=rules.aid_eases),
        opening=placed.opening,
        passed=placed.passed,
        remarks=placed.remarks(now),
        otherwise=None if inquiry.danger else nearest_other(inquiry, plan, rules, directory),
    )


def fits(match: CaseMatch, inquiry: Inquiry) -> bool:
    """Whether a case answers the question: it is about a matter that was told, and near enough."""
    return match.similarity >= match.fits_from and match.case.matter in (inquiry.matter, *inquiry.also)
