"""What a route is made of: conditions over facts, rules, questions. `routing.load` loads it, `decide` uses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from case_library.tuning import Tuning
from routing.decision import Question, Reason
from routing.inquiry import Inquiry, PlaceRole

if TYPE_CHECKING:
    from routing.deadlines import TimeLimit
    from routing.eligibility import AidEase, AidGround

# Codes of `general:` in routes.yml. They say what happened when no route decides; the loader wants every one.
GENERAL = (
    "danger",
    "human_asked",
    "unclear",
    "out_of_scope",
    "outside_city",
    "deadline_near",
    "several_matters",
    "lawyer_asked",
    "aid_asked",
    "no_route",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """All of its parts must hold. An empty part always holds.

    `flags` must have been told with this value; a flag in `without` must not be known to be true. Of `stages`, `needs`,
    `counterparts`, `groups` and `events` one value must be there. `deadlines` asks for a limit that is 'near' or
    'passed'.
    """

    flags: tuple[tuple[str, bool], ...] = ()
    without: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    counterparts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    deadlines: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    outside: bool | None = None
    on_behalf: bool | None = None

    def holds(self, inquiry: Inquiry, flags: Mapping[str, bool], deadlines: frozenset[str]) -> bool:
        """Whether the inquiry fulfils every part. What was not told fulfils nothing but `without`."""
        facts = inquiry.facts
        return (
            all(flags.get(name) is value for name, value in self.flags)
            and not any(flags.get(name) is True for name in self.without)
            and (not self.stages or facts.stage in self.stages)
            and (not self.needs or inquiry.need in self.needs)
            and (not self.counterparts or facts.counterpart in self.counterparts)
            and (not self.groups or not set(self.groups).isdisjoint(facts.groups))
            and (not self.events or any(d.event in self.events for d in facts.dates))
            and (not self.deadlines or not deadlines.isdisjoint(self.deadlines))
            and _within(facts.age, self.age_from, self.age_to)
            and _within(facts.amount_yuan, self.amount_from, self.amount_to)
            and (self.outside is None or (facts.outside is not None) is self.outside)
            and (self.on_behalf is None or (facts.on_behalf_of is not None) is self.on_behalf)
        )

    def flag_names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.flags) | frozenset(self.without)


def _within(value: float | None, lowest: int | None, highest: int | None) -> bool:
    if lowest is None and highest is None:
        return True
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


@dataclass(frozen=True, slots=True)
class Rule:
    """If one of `when` holds, `bodies` come first in this order and `never` are taken off the list.

    A rule without bodies only adds its reason (a warning). `area_from` overrides from which place of the story the
    district is taken.
    """

    code: str
    when: tuple[Condition, ...]
    bodies: tuple[str, ...]
    never: tuple[str, ...]
    reason: Reason
    area_from: tuple[PlaceRole, ...] = ()

    def applies(self, inquiry: Inquiry, flags: Mapping[str, bool], deadlines: frozenset[str]) -> bool:
        return any(condition.holds(inquiry, flags, deadlines) for condition in self.when)


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one matter: bodies in order when no rule says otherwise, and why; rules; questions worth asking.

    `area_from` lists the roles of places that decide the district, first to be tried first. `ask_area` is off where
    the district is not worth a question (a national platform shares out the complaints).
    """

    matter: str
    bodies: tuple[str, ...]
    reason: Reason
    area_from: tuple[PlaceRole, ...] = ()
    never: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    ask: tuple[str, ...] = ()
    ask_area: bool = True


@dataclass(frozen=True, slots=True)
class DangerRoute:
    """Bodies for a safety rule; empty `bodies` means those of the matter. `matters` and `when` narrow it."""

    danger: str
    bodies: tuple[str, ...]
    reason: Reason
    matters: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that curators can change about decisions.

    `statutes` lists every (law, article) that the rules, limits and grounds rest on, for checking them against the
    statute database.
    """

    routes: Mapping[str, Route]
    general: Mapping[str, Reason]
    dangers: tuple[DangerRoute, ...]
    questions: Mapping[str, Question]
    areas_to_offer: tuple[str, ...] = ()
    limits: tuple[TimeLimit, ...] = ()
    aid_grounds: tuple[AidGround, ...] = ()
    aid_eases: tuple[AidEase, ...] = ()
    statutes: tuple[tuple[str, str], ...] = ()
    tuning: Tuning = field(default_factory=Tuning)

    def danger_route(self, inquiry: Inquiry) -> DangerRoute | None:
        """The first entry for the inquiry's danger that fits; one that names the matter wins over one that names none."""
        flags = dict(inquiry.facts.flags)
        fitting = [
            route
            for route in self.dangers
            if route.danger == inquiry.danger
            and (not route.when or any(part.holds(inquiry, flags, frozenset()) for part in route.when))
        ]
        named = next((route for route in fitting if inquiry.matter in route.matters), None)
        return named or next((route for route in fitting if not route.matters), None)
