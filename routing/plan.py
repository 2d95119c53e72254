"""The bodies that could take a trouble, in order and with reasons, before a question is asked or a place is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from routing.decision import Reason
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry, PlaceRole
from routing.rules import Rule, Rules

HUMAN, HOTLINE, AID = "human_agent", "gov_hotline_12345", "legal_aid_center"
_LAWYER_FIRST = ("lawyer", "public_legal_service", AID)
POSSIBLE = 5  # matters of the ranking that count while it is not sure
SECOND = 0.7
_AID_IS_THE_MATTER = ("legal_aid_application", "legal_service_complaint")  # their own rules say more


@dataclass(frozen=True, slots=True)
class Plan:
    """Bodies in order, never empty, with the reasons and the places that decide the district.

    `applied` are the rules that hold, in their order; `leading` is the one that named the first body, None where the
    usual way or a general reason did.
    """

    bodies: tuple[str, ...]
    reasons: tuple[Reason, ...]
    area_from: tuple[PlaceRole, ...] = ()
    applied: tuple[Rule, ...] = ()
    leading: Rule | None = None

    def before(self, bodies: tuple[str, ...], reason: Reason | None) -> Plan:
        """These bodies first, for this reason."""
        return self._with(tuple(dict.fromkeys((*bodies, *self.bodies))), reason)

    def after(self, bodies: tuple[str, ...], reason: Reason | None) -> Plan:
        """These bodies last; the reason still comes first, since it is what is new."""
        return self._with(tuple(dict.fromkeys((*self.bodies, *bodies))), reason)

    def _with(self, bodies: tuple[str, ...], reason: Reason | None) -> Plan:
        return replace(self, bodies=bodies, reasons=((reason,) if reason else ()) + self.reasons)


def make_plan(inquiry: Inquiry, rules: Rules, urgent: frozenset[str]) -> Plan:
    """Bodies by the route of the matter: those of the rules that apply in their order, then the usual ones."""
    general = rules.general
    if inquiry.matter == OUT_OF_SCOPE:
        return Plan((HOTLINE,), told(general, "out_of_scope"))
    if inquiry.matter == UNCLEAR:
        return Plan((HUMAN, "public_legal_service"), told(general, "unclear"))
    route = rules.routes.get(inquiry.matter)
    if route is None:
        return Plan((HUMAN, "public_legal_service"), told(general, "no_route"))
    flags = dict(inquiry.facts.flags)
    applied = tuple(rule for rule in route.rules if rule.applies(inquiry, flags, urgent))
    never = set(route.never).union(*(rule.never for rule in applied))
    wanted = (body for rule in applied for body in rule.bodies)
    bodies = tuple(dict.fromkeys(body for body in (*wanted, *route.bodies) if body not in never)) or (HUMAN,)
    leading = next((rule for rule in applied if bodies[0] in rule.bodies), None)
    reasons = tuple(rule.reason for rule in applied) + (() if leading else (route.reason,))
    plan = Plan(bodies, reasons, leading.area_from if leading else route.area_from, applied, leading)
    if flags.get("wants_lawyer") and bodies[0] not in (AID, *_LAWYER_FIRST):
        plan = plan.before(_LAWYER_FIRST, general.get("lawyer_asked"))
    if flags.get("asks_legal_aid") and inquiry.matter not in _AID_IS_THE_MATTER and AID not in never:
        plan = plan.before((AID,), general.get("aid_asked"))
    return plan


def first_plan(inquiry: Inquiry, rules: Rules, urgent: frozenset[str]) -> Plan:
    """The plan for the matter named; while others are possible, of its bodies the one that serves most of them first.

    A matter's first body is worth the matter's probability, its second `SECOND` of it. Where the named matter is sure,
    or was chosen by the citizen, nothing changes.
    """
    plan = make_plan(inquiry, rules, urgent)
    if not inquiry.ranking or inquiry.ranking[0].matter != inquiry.matter:
        return plan
    worth: Counter[str] = Counter()
    for guess in inquiry.ranking[:POSSIBLE]:
        named = guess.matter == inquiry.matter
        bodies = plan.bodies if named else make_plan(replace(inquiry, matter=guess.matter), rules, urgent).bodies
        for body, share in zip(bodies, (1, SECOND), strict=False):
            worth[body] += guess.confidence * share
    best = max(plan.bodies, key=lambda body: worth[body])
    return plan if best == plan.bodies[0] else plan.before((best,), rules.general.get("several_matters"))


def in_danger(plan: Plan, inquiry: Inquiry, rules: Rules) -> Plan:
    """The bodies of the safety rule first. An unknown rule is treated like the worst: police and a person."""
    route = rules.danger_route(inquiry)
    if route is None:
        return plan.before(("police", HUMAN), rules.general.get("danger"))
    return plan.before(route.bodies, route.reason).after((HUMAN,), None)


def told(general: Mapping[str, Reason], code: str) -> tuple[Reason, ...]:
    """The general reason of this code, as a tuple to be added."""
    return (general[code],) if code in general else ()
