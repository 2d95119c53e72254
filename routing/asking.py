"""Which question is worth asking: only one whose answer can change the body, a deadline, or the office."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from routing.deadlines import find_deadlines, states
from routing.decision import Option, Question
from routing.directory import Directory
from routing.inquiry import Inquiry
from routing.placing import deciding_place, roles
from routing.plan import Plan, first_plan
from routing.questions import OUTSIDE, UNKNOWN, fill, is_told
from routing.rules import Rules

MOST_QUESTIONS = 2  # in one conversation: people who are afraid or in a hurry leave at the third

Outcome = tuple[str, tuple[str, ...]]


def outcome_of(inquiry: Inquiry, rules: Rules, today: date) -> Outcome:
    """What a question may change: the first body, and which time limits apply."""
    deadlines = find_deadlines(inquiry, rules.limits, today)
    bodies = first_plan(inquiry, rules, states(deadlines)).bodies
    return bodies[0], tuple(deadline.id for deadline in deadlines)


def outcomes(inquiry: Inquiry, question: Question, rules: Rules, today: date) -> dict[str, Outcome]:
    """What becomes of the inquiry by each answer, 'unknown' included."""
    return {
        option.value: outcome_of(replace(inquiry, facts=fill(inquiry.facts, question.fact, option.value)), rules, today)
        for option in question.options
    }


def body_question(inquiry: Inquiry, rules: Rules, today: date) -> Question | None:
    """The question of the route that separates most outcomes; the route's order decides between equals."""
    route = rules.routes.get(inquiry.matter)
    best: Question | None = None
    most = 1
    for question_id in route.ask if route else ():
        question = rules.questions[question_id]
        if not may_ask(inquiry, question) or is_told(inquiry.facts, question.fact):
            continue
        separated = len(set(outcomes(inquiry, question, rules, today).values()))
        if separated > most:
            best, most = question, separated
    return best


def area_question(inquiry: Inquiry, rules: Rules, directory: Directory, plan: Plan) -> Question | None:
    """Which district, when the first body differs by district and the story does not say."""
    body_type = plan.bodies[0]
    route = rules.routes.get(inquiry.matter)
    if route is None or not route.ask_area or not directory.differs_by_area(body_type):
        return None
    if inquiry.facts.outside is not None:
        return None
    by_roles = roles(plan, directory)
    known = deciding_place(inquiry.facts, by_roles)
    options = known.options if known else ()
    question = rules.questions.get(f"area_{by_roles[0]}")
    if len(options) == 1 or question is None or not may_ask(inquiry, question):
        return None
    offered = tuple(Option(name, name) for name in options or rules.areas_to_offer)
    elsewhere = () if options else (Option(OUTSIDE, "不在武汉"),)
    unknown = tuple(option for option in question.options if option.value == UNKNOWN)
    return replace(question, options=(*offered, *elsewhere, *unknown))


def may_ask(inquiry: Inquiry, question: Question) -> bool:
    """Whether there is room for it in this conversation."""
    return len(inquiry.asked) < MOST_QUESTIONS and question.id not in inquiry.asked
