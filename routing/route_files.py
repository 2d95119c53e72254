"""Reads the data files about decisions: routes.yml, questions.yml, deadlines.yml, legal_aid.yml."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from routing.basis import statute_name
from routing.datafile import Problems, Row, read_yaml
from routing.deadlines import ANY_MATTER, TimeLimit
from routing.decision import Option, Question, Reason
from routing.directory_files import read_basis, unique
from routing.eligibility import AidEase, AidGround
from routing.inquiry import Counterpart, Event, Facts, Group, Inquiry, Need, PlaceRole, Stage
from routing.proof import GoldInquiry
from routing.questions import fits
from routing.rule_checks import Placed, check_dangers, check_grounds, check_route
from routing.rules import GENERAL, Condition, DangerRoute, Route, Rule

DANGERS = tuple(f"E{number:02d}" for number in range(1, 21))
_ROLES = get_args(PlaceRole)
_LEVELS = ("likely", "possible", "unlikely")


@dataclass
class Known:
    """Codes that data files may refer to. `statutes` gathers what they cite; `in_force` checks it when given.

    `staffed` are the kinds of bodies with at least one entry in the directory.
    """

    matters: frozenset[str]
    body_types: frozenset[str]
    flags: frozenset[str]
    staffed: frozenset[str] = frozenset()
    in_force: Callable[[str, str], bool] | None = None
    statutes: list[tuple[str, str]] = field(default_factory=list)

    def basis(self, row: Row) -> tuple[str, ...]:
        """What a row rests on, in words; a statute that is not in force is refused."""
        statutes, sources = read_basis(row)
        for statute in statutes:
            if self.in_force is not None and not self.in_force(*statute):
                row.bad(f"'basis': {statute_name(*statute)} is not in force")
        self.statutes.extend(statutes)
        return sources

    def bodies(self, row: Row, key: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
        """Kinds of bodies to send people to: each must exist and have an entry in the directory."""
        codes = row.codes(key, self.body_types, "body type", *(() if default is None else (default,)))
        for code in codes:
            if code in self.body_types and code not in self.staffed:
                row.bad(f"'{key}': no body of the type '{code}' is in the directory")
        return codes


def read_reason(row: Row, code: str, known: Known) -> Reason:
    return Reason(code, row.text("text"), "；".join(known.basis(row)))


def read_conditions(row: Row, known: Known, key: str = "when") -> tuple[Condition, ...]:
    """`when`: one mapping, or a list of mappings of which one must hold."""
    value = row.raw(key)
    if value is None:
        return ()
    rows = row.rows(key) if isinstance(value, list) else [row.row(key)]
    return tuple(_condition(condition, known) for condition in rows if condition is not None)


def _condition(row: Row, known: Known) -> Condition:
    flags = []
    for name in row.texts("flags", ()):
        value, name = not name.startswith("no "), name.removeprefix("no ")
        flags.append((name, value))
    without = row.texts("without", ())
    for name in (*(name for name, _ in flags), *without):
        if name not in known.flags:
            row.bad(f"unknown flag '{name}': it is neither a cue nor asked by a question")
    condition = Condition(
        flags=tuple(flags),
        without=without,
        stages=row.codes("stages", get_args(Stage), "stage", ()),
        needs=row.codes("needs", get_args(Need), "need", ()),
        counterparts=row.codes("counterparts", get_args(Counterpart), "counterpart", ()),
        groups=row.codes("groups", get_args(Group), "group", ()),
        events=row.codes("events", get_args(Event), "event", ()),
        deadlines=row.codes("deadlines", ("near", "passed"), "deadline state", ()),
        age_from=row.number("age_from"),
        age_to=row.number("age_to"),
        amount_from=row.number("amount_from"),
        amount_to=row.number("amount_to"),
        outside=row.flag("outside") if row.raw("outside") is not None else None,
        on_behalf=row.flag("on_behalf") if row.raw("on_behalf") is not None else None,
    )
    if condition == Condition():
        row.bad("an empty condition always holds; leave it out or say when")
    row.done()
    return condition


def read_questions(folder: Path, problems: Problems) -> Mapping[str, Question]:
    top = read_yaml(folder / "questions.yml", problems)
    rows = top.rows("questions")
    questions = {}
    for row in rows:
        options = []
        for option in row.rows("options"):
            options.append(Option(option.text("value"), option.text("label")))
            option.done()
        if options and options[-1].value != "unknown":
            row.bad("the last option must be 'unknown': nobody has to know")
        question = Question(row.text("id"), row.text("fact"), row.text("text"), row.text("why"), tuple(options))
        for option in question.options:
            if not fits(question.fact, option.value):
                row.bad(f"'{option.value}' is no value for the fact '{question.fact}'")
        questions[question.id] = question
        row.done()
    unique([(row, str(row.data.get("id"))) for row in rows], "question")
    top.done()
    return questions


@dataclass(frozen=True)
class RouteFile:
    """What routes.yml holds."""

    routes: Mapping[str, Route]
    general: Mapping[str, Reason]
    dangers: tuple[DangerRoute, ...]


def read_routes(paths: Iterable[Path], questions: Collection[str], known: Known, problems: Problems) -> RouteFile:
    """Routes of every file in `paths`; `general` and `dangers` may stand in any one of them."""
    routes: dict[str, Route] = {}
    general: dict[str, Reason] = {}
    dangers: list[Placed[DangerRoute]] = []
    coded: list[tuple[Row, str]] = []
    route_rows: list[tuple[Row, str]] = []
    last: Row | None = None
    for path in paths:
        last = top = read_yaml(path, problems)
        for row in top.rows("general"):
            code = row.choice("code", GENERAL)
            general[code] = read_reason(row, code, known)
            coded.append((row, code))
            row.done()
        dangers.extend(Placed(row, _danger(row, known)) for row in top.rows("dangers"))
        for row in top.rows("routes"):
            route = _route(row, questions, known, coded)
            routes[route.matter] = route
            route_rows.append((row, route.matter))
        top.done()
    unique(coded, "rule code")
    unique(route_rows, "route for")
    check_dangers(dangers)
    entries = tuple(placed.value for placed in dangers)
    if last is not None:
        for code in sorted(set(GENERAL) - general.keys()):
            last.bad(f"general reason '{code}' is missing")
        for matter in sorted(known.matters - routes.keys()):
            last.bad(f"no route for matter '{matter}'")
        for danger in DANGERS:
            if not any(route.danger == danger and not (route.matters or route.when) for route in entries):
                last.bad(f"no route for danger '{danger}'")
    return RouteFile(routes, general, entries)


def _danger(row: Row, known: Known) -> DangerRoute:
    danger = row.choice("danger", DANGERS)
    route = DangerRoute(
        danger=danger,
        bodies=known.bodies(row, "bodies", ()),
        reason=read_reason(row, f"danger.{danger}", known),
        matters=row.codes("matters", known.matters, "matter", ()),
        when=read_conditions(row, known),
    )
    row.done()
    return route


def _route(row: Row, questions: Collection[str], known: Known, coded: list[tuple[Row, str]]) -> Route:
    matter = row.choice("matter", known.matters)
    rules = []
    for inner in row.rows("rules"):
        rule = _rule(inner, matter, known)
        coded.append((inner, rule.code))
        rules.append(Placed(inner, rule))
    bodies = known.bodies(row, "bodies")
    never = row.codes("never", known.body_types, "body type", ())
    _check_never(row, bodies, never)
    route = Route(
        matter=matter,
        bodies=bodies,
        reason=read_reason(row, f"{matter}.usual", known),
        area_from=row.codes("area_from", _ROLES, "place role", ()),
        never=never,
        rules=tuple(placed.value for placed in rules),
        ask=row.codes("ask", questions, "question", ()),
        ask_area=row.flag("ask_area", default=True),
    )
    coded.append((row, f"{matter}.usual"))
    check_route(route, rules)
    row.done()
    return route


def _rule(row: Row, matter: str, known: Known) -> Rule:
    code = row.text("code")
    if not code.startswith(matter + "."):
        row.bad(f"'code' must begin with '{matter}.', got '{code}'")
    when = read_conditions(row, known)
    if not when:
        row.bad("a rule without 'when' always applies; make it the usual way instead")
    bodies = known.bodies(row, "bodies", ())
    never = row.codes("never", known.body_types, "body type", ())
    _check_never(row, bodies, never)
    rule = Rule(
        code=code,
        when=when,
        bodies=bodies,
        never=never,
        reason=read_reason(row, code, known),
        area_from=row.codes("area_from", _ROLES, "place role", ()),
    )
    row.done()
    return rule


def _check_never(row: Row, bodies: Collection[str], never: Collection[str]) -> None:
    for body in set(bodies) & set(never):
        row.bad(f"'{body}' is in 'bodies' and in 'never'")


def read_limits(folder: Path, known: Known, problems: Problems) -> tuple[TimeLimit, ...]:
    top = read_yaml(folder / "deadlines.yml", problems)
    rows = top.rows("deadlines")
    limits = []
    for row in rows:
        sources = known.basis(row)
        limit = TimeLimit(
            id=row.text("id"),
            matters=row.codes("matters", {*known.matters, ANY_MATTER}, "matter"),
            text=row.text("text"),
            if_passed=row.text("if_passed"),
            basis="；".join(sources),
            events=row.codes("events", get_args(Event), "event", ()),
            days=row.number("days", 0) or 0,
            months=row.number("months", 0) or 0,
            working_days=row.flag("working_days"),
            rolls=row.flag("rolls"),
            rank=row.number("rank", 0) or 0,
            when=read_conditions(row, known),
            except_matters=row.codes("except_matters", known.matters, "matter", ()),
        )
        if limit.events and not (limit.days or limit.months):
            row.bad("'events' are given but neither 'days' nor 'months'")
        if limit.working_days and limit.months:
            row.bad("months can't be counted in working days")
        limits.append(limit)
        row.done()
    unique([(row, str(row.data.get("id"))) for row in rows], "deadline")
    top.done()
    return tuple(limits)


def read_aid(folder: Path, known: Known, problems: Problems) -> tuple[tuple[AidGround, ...], tuple[AidEase, ...]]:
    """Grounds for or against legal aid, and what makes it easier."""
    top = read_yaml(folder / "legal_aid.yml", problems)
    rows = top.rows("grounds")
    grounds = []
    for row in rows:
        sources = known.basis(row)
        ground = AidGround(
            code=row.text("code"),
            matters=row.codes("matters", {*known.matters, ANY_MATTER}, "matter"),
            level=row.choice("level", _LEVELS),
            text=row.text("text"),
            basis=sources,
            papers=row.texts("papers", ()),
            when=read_conditions(row, known),
            except_matters=row.codes("except_matters", known.matters, "matter", ()),
        )
        grounds.append(Placed(row, ground))
        row.done()
    unique([(row, str(row.data.get("code"))) for row in rows], "ground")
    check_grounds(grounds, known.matters)
    eases = _read_eases(top, known)
    top.done()
    return tuple(placed.value for placed in grounds), eases


def _read_eases(top: Row, known: Known) -> tuple[AidEase, ...]:
    rows = top.rows("eases")
    eases = []
    for row in rows:
        basis, when = known.basis(row), read_conditions(row, known)
        if not when:
            row.bad("'when' is missing: an ease is for those who need it")
        eases.append(AidEase(row.text("code"), row.text("text"), basis, when))
        row.done()
    unique([(row, str(row.data.get("code"))) for row in rows], "ease")
    return tuple(eases)


def read_gold(folder: Path, known: Known, problems: Problems) -> tuple[GoldInquiry, ...]:
    """Inquiries whose first body is certain."""
    top = read_yaml(folder / "gold.yml", problems)
    rows = top.rows("inquiries")
    gold = []
    for row in rows:
        flags = row.codes("flags", known.flags, "flag", ())
        inquiry = Inquiry(
            text="",
            matter=row.choice("matter", known.matters),
            need=row.choice("need", get_args(Need), "consult"),
            facts=Facts(flags=tuple((name, True) for name in flags)),
            danger=row.choice("danger", DANGERS, "") or None,
        )
        first = row.codes("first", known.body_types, "body type")
        gold.append(GoldInquiry(row.text("id"), inquiry, first, row.codes("never", known.body_types, "body type", ())))
        row.done()
    unique([(row, str(row.data.get("id"))) for row in rows], "gold inquiry")
    top.done()
    return tuple(gold)
