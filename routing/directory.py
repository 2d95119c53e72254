"""The directory of bodies (信息库) and the areas of the city.

Everything here is a fact with a source. What is not known is None and shown as unverified; nothing is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from routing.hours import Schedule
from routing.inquiry import PlaceRole

CITY = "武汉市"
UNKNOWN_NOTE = "未核实，请以 12348 告知为准"
ZONE_NOTE = "这个功能区的事由哪个机构受理，我们还没核实，请先打 12348 问清楚"
CONTACT = ("address", "phone", "hours", "website")
FRESH_DAYS = 180  # a fact checked longer ago is shown as such and stands on the curators' list
_ASSEMBLED = date(2026, 11, 24)  # day the two built-in numbers below were checked


@dataclass(frozen=True, slots=True)
class Fact:
    """Where one fact of a body comes from. `name` is the field of `Body`."""

    name: str
    source: str
    checked_on: date
    state: Literal["confirmed", "unconfirmed", "inactive"]
    editor: str = ""
    note: str = ""

    def stale(self, today: date) -> bool:
        """Whether it was checked too long ago."""
        return today - self.checked_on > timedelta(days=FRESH_DAYS)


@dataclass(frozen=True, slots=True)
class Body:
    """A body that can take a matter. `area` is a district or zone name, or 武汉市 for the whole city.

    `address`, `phone`, `hours` and `website` are None when not verified; `schedule` is `hours` as the clock reads it.
    `state` says how sure its existence is. `street` is the code of the street it stands for. `matters` and `groups` are
    those it takes, all when empty. `capacity` is how many more it can take now, None when nobody knows.
    `valid_from` and `valid_to` bound its existence. `editor` is who wrote the entry last, `changed_at` when; `facts` are
    those of its facts that have a source of their own.
    """

    id: str
    type: str
    name: str
    area: str
    source: str
    checked_on: date
    state: Literal["confirmed", "unconfirmed", "inactive"] = "unconfirmed"
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    website: str | None = None
    note: str = ""
    street: str | None = None
    schedule: Schedule | None = None
    matters: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    capacity: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    editor: str = ""
    changed_at: datetime | None = None
    facts: tuple[Fact, ...] = ()

    def fact(self, name: str) -> Fact:
        """Where a fact of it comes from: its own source, or that of the whole entry."""
        own = next((fact for fact in self.facts if fact.name == name), None)
        return own or Fact(name, self.source, self.checked_on, self.state, self.editor, self.note)

    def stale(self, today: date) -> bool:
        """Whether something that is shown of it was checked too long ago to be relied on."""
        shown = ("name", *(name for name in CONTACT if getattr(self, name) is not None))
        return any(self.fact(name).stale(today) for name in shown)

    def exists(self, today: date) -> bool:
        """Whether it can be sent to on this day."""
        return (
            self.state != "inactive"
            and (self.valid_from is None or self.valid_from <= today)
            and (self.valid_to is None or today <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Hotline:
    """A short number. `note` is what must be said with it (「请以官方为准」); low-confidence numbers are not loaded."""

    number: str
    name: str
    use: str
    source: str
    checked_on: date
    confidence: Literal["high", "medium"] = "high"
    types: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class BodyType:
    """A kind of body in plain words.

    `does` is what it does for the citizen, `say` what to say there, `office` which place of the story decides the
    office ('any' when it does not matter), `basis` the articles that give it its power.
    """

    code: str
    name: str
    does: str
    say: str
    office: PlaceRole | Literal["any"]
    which: str
    hotlines: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        """Whether the district matters."""
        return self.office != "any"


# Known by heart, so that a citizen gets a number even when the directory could not be loaded.
LEGAL_HOTLINE = Body(
    id="hotline-12348",
    type="public_legal_service",
    name="12348 公共法律服务热线",
    area=CITY,
    source="三年实施方案任务3；www.12348.gov.cn",
    checked_on=_ASSEMBLED,
    state="confirmed",
    phone="12348",
)
CITY_HOTLINE = Body(
    id="hotline-12345",
    type="gov_hotline_12345",
    name="12345 政务服务便民热线",
    area=CITY,
    source="三年实施方案任务3",
    checked_on=_ASSEMBLED,
    state="confirmed",
    phone="12345",
)


@dataclass(frozen=True)
class Directory:
    """All bodies, kinds of bodies and hotlines. An empty one still answers with 12348 or 12345."""

    bodies: tuple[Body, ...] = ()
    types: Mapping[str, BodyType] = field(default_factory=dict)
    numbers: tuple[Hotline, ...] = ()
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    streets: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (area, name) to code
    _by_id: Mapping[str, Body] = field(init=False, repr=False, compare=False)
    _by_place: Mapping[tuple[str, str], tuple[Body, ...]] = field(init=False, repr=False, compare=False)
    _by_street: Mapping[tuple[str, str], tuple[Body, ...]] = field(init=False, repr=False, compare=False)
    _with_areas: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {body.id: body for body in self.bodies})
        active = [body for body in self.bodies if body.state != "inactive"]
        by_place = _grouped((body.type, body.area, body) for body in active if body.street is None)
        object.__setattr__(self, "_by_place", by_place)
        object.__setattr__(
            self, "_by_street", _grouped((body.type, body.street, body) for body in active if body.street is not None)
        )
        # Sites of streets are not in it: who knows only the district gets the same entry as who knows nothing.
        with_areas = frozenset(body_type for body_type, area in by_place if area != CITY)
        object.__setattr__(self, "_with_areas", with_areas)

    def by_id(self, body_id: str) -> Body | None:
        """The body with this id, active or not."""
        return self._by_id.get(body_id)

    def find(self, body_type: str, area: str | None = None) -> Body:
        """The first body of this type for the area; then of the whole city; then a hotline. Never None."""
        return self.candidates(body_type, area)[0]

    def candidates(self, body_type: str, area: str | None = None, street: str | None = None) -> tuple[Body, ...]:
        """Bodies of this type in the order to be tried: the street's, the area's, the whole city's, a hotline.

        `street` is the street's name; it counts only within `area`. A functional zone is not answered with a body of
        the district around it: which of them is competent is not verified, so the city-wide entry is given with a note
        that says so.
        """
        local = list(self._by_street.get((body_type, self.streets.get((area or "", street or ""), "")), ()))
        local += self._by_place.get((body_type, area), ()) if area else ()
        whole = list(self._by_place.get((body_type, CITY), ())) if area != CITY else []
        if not local and area in self.zones and self.is_local(body_type):
            whole = [replace(body, note=ZONE_NOTE) for body in whole or [self.hotline(body_type)]]
        return (*local, *whole, self.hotline(body_type))

    @staticmethod
    def hotline(body_type: str) -> Body:
        """The number that is there when nothing else is."""
        if body_type == CITY_HOTLINE.type:
            return CITY_HOTLINE
        return LEGAL_HOTLINE

    def is_local(self, body_type: str) -> bool:
        """Whether the district decides which body of this type is meant."""
        known = self.types.get(body_type)
        return known.local if known else False

    def differs_by_area(self, body_type: str) -> bool:
        """Whether asking for the district is worth it: it decides, and bodies of single areas are listed."""
        return self.is_local(body_type) and body_type in self._with_areas

    def type_name(self, body_type: str) -> str:
        """Plain name of a kind of body."""
        known = self.types.get(body_type)
        return known.name if known else body_type

    def hotlines(self, body_type: str) -> tuple[Hotline, ...]:
        """Numbers to ask by, in the order of the kind of body. 12348 when the kind names none."""
        known = self.types.get(body_type)
        wanted = known.hotlines if known else ()
        by_number = {hotline.number: hotline for hotline in self.numbers}
        found = tuple(by_number[number] for number in wanted if number in by_number)
        return found or (by_number.get("12348") or _as_hotline(LEGAL_HOTLINE),)


def _as_hotline(body: Body) -> Hotline:
    return Hotline(body.phone or "", body.name, "", body.source, body.checked_on)


def _grouped(bodies: Iterable[tuple[str, str, Body]]) -> dict[tuple[str, str], tuple[Body, ...]]:
    """Bodies by two keys, in their order."""
    found: dict[tuple[str, str], tuple[Body, ...]] = {}
    for body_type, place, body in bodies:
        found[body_type, place] = (*found.get((body_type, place), ()), body)
    return found
