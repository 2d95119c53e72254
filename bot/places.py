"""Places of a story: districts, zones, streets and communities of the city with what is there, and places beyond it.

Competence hangs on different places (where one works for wages, where the house stands for property, where it happened
for a tort), so every place gets the role its surrounding words give it, and none is taken for the home by default.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from bot.lexicon import known, optional_pattern, pattern, read_words
from bot.phrases import Phrase, Pipeline
from routing.areas import Areas
from routing.inquiry import Place, PlaceRole

REACH = 9  # characters between a place and the words of its role; tuned on 300 annotated questions
_DECIDING = ("work", "property", "event")
_CLAUSE_END = re.compile(r"[，。,；;、！？!?\n\s：:（）()]")
_JOINT = re.compile(r"(?:[的市]|这边|那边|附近)?")
_CITY = "武汉"
# 「外地」 names no place: it decides only where something happened to somebody there, not as where one goes or comes from.
_HAPPENED = re.compile(
    r"[^，。]{0,8}(?:被|让|遭)[^，。]{0,8}(?:打|撞|抓|拘|关|骗|捅|咬|欠|扣|辞)|[^，。]{0,8}(?:受伤|出(?:了)?(?:事|车祸)|欠|买的?房|工地)"
)
_FILE = "places.yml"


@dataclass(frozen=True, slots=True)
class PlacesRead:
    """`outside` is a place beyond the city where the deciding thing is."""

    places: tuple[Place, ...]
    outside: str | None


@dataclass(frozen=True, slots=True)
class _RoleCue:
    role: PlaceRole
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    pull: int
    needs: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Found:
    """One or more adjacent names taken together. `options` is empty beyond the city."""

    options: tuple[str, ...]
    start: int
    end: int
    said: str
    street: str | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class _City:
    """A place beyond the city. `rank` tells which of several adjacent names says most: city, county, province."""

    short: str
    rank: int


class PlaceReader:
    """Reads places by the directory's names and `nlu_data/lexicon/places.yml`, `communities.csv`, `cities.csv`."""

    def __init__(self, pipeline: Pipeline, areas: Areas, lexicon: Path) -> None:
        words = read_words(lexicon / _FILE)
        self._options = dict(areas.names())
        self._options |= {slip: self._options[name] for slip, name in words["slips"].items() if name in self._options}
        self._streets = {street.name for street in areas.streets}
        communities = _read_communities(lexicon / "communities.csv", areas)
        self._options = {said: options for said, (options, _) in communities.items()} | self._options
        self._communities = {said: streets for said, (_, streets) in communities.items()}
        self._cities, careful = _read_cities(lexicon / "cities.csv", self._options)
        self._elsewhere = frozenset(words["elsewhere"])
        self._cities |= {name: _City(name, 0) for name in self._elsewhere}
        self._phrases = pipeline.phrases(
            {
                "not_place": words["not_places"],
                "area": self._options,
                "wuhan": (_CITY, _CITY + "市"),
                "careful_city": careful,
                "city": self._cities,
            }
        )
        self._not_a_city = pattern(words["not_a_city_before"], _FILE)
        self._prefix = re.compile(f"(?:{'|'.join(words['place_prefixes'])})$")
        self._counterpart = pattern(words["counterpart_before"], _FILE)
        self._cues = tuple(_role_cue(row) for row in words["roles"])

    def read(self, text: str, doc: Any) -> PlacesRead:
        found = self._phrases.find(doc)
        cues = tuple(cue for cue in self._cues if cue.needs is None or cue.needs.search(text))
        cities = self._join_cities(text, found)
        areas = _join_areas(text, self._areas(found, cities))
        edges = sorted({edge for item in (*areas, *cities) for edge in (item.start, item.end)})
        places = _narrowed(
            Place(
                item.options, self._role(text, item, cues, edges), item.street or self._street_around(item), item.said
            )
            for item in areas
        )
        here = any(place.role in _DECIDING for place in places) or any(
            self._role(text, _Found((), name.start, name.end, name.said), cues, edges) in _DECIDING
            for name in found
            if name.label == "wuhan"
        )
        if here:
            return PlacesRead(places, None)
        beyond = (item.said for item in cities if self._decides(text, item, cues, edges))
        return PlacesRead(places, next(beyond, None))

    def _areas(self, found: Sequence[Phrase], cities: Sequence[_Found]) -> list[_Found]:
        """Areas of the city, leaving out 「成都高新区」."""
        ends = {city.end for city in cities}
        return [
            _Found(self._options[name.said], name.start, name.end, name.said, self._street(name.said))
            for name in found
            if name.label == "area" and name.start not in ends
        ]

    def _street(self, said: str) -> str | None:
        """The street's official name; 「蔡甸」 alone is the district and names no street."""
        ways = (said, said + "道", said.removesuffix("办") + "道") if said[-1] in "道街办镇乡园" else ()
        return next((way for way in ways if way in self._streets), None)

    def _street_around(self, item: _Found) -> str | None:
        """The street of the community or village that the place ends with, where the area leaves one."""
        if len(item.options) != 1:
            return None
        ends = (self._communities.get(item.said[start:]) for start in range(len(item.said)))
        streets = next((found for found in ends if found), frozenset())
        names = {street for area, street in streets if area == item.options[0]}
        return next(iter(names)) if len(names) == 1 else None

    def _join_cities(self, text: str, found: Sequence[Phrase]) -> list[_Found]:
        """Names beyond the city; of 「广东深圳南山区」 the city is kept."""
        joined: list[_Found] = []
        for name in found:
            is_next = bool(joined) and joined[-1].end == name.start
            if name.label not in ("city", "careful_city") or self._not_a_city.match(text, name.end):
                continue
            before = text[max(0, name.start - 3) : name.start]
            if name.label == "careful_city" and not (is_next or self._prefix.search(before)):
                continue
            city = self._cities[name.said]
            item = _Found((), name.start, name.end, city.short, rank=city.rank)
            if is_next:
                last = joined.pop()
                best = max(item, last, key=lambda one: one.rank)
                item = replace(item, start=last.start, said=best.said, rank=best.rank)
            joined.append(item)
        return joined

    def _decides(self, text: str, item: _Found, cues: Sequence[_RoleCue], edges: Sequence[int]) -> bool:
        """Whether the deciding thing is there. A company we claim from counts, a debtor who went there does not."""
        if item.said in self._elsewhere and not _HAPPENED.match(text, item.end):
            return False
        role = self._role(text, item, cues, edges)
        before, _ = _surroundings(text, item, edges)
        return role in _DECIDING or (role == "counterpart" and not self._counterpart.search(before))

    def _role(self, text: str, item: _Found, cues: Sequence[_RoleCue], edges: Sequence[int]) -> PlaceRole:
        before, after = _surroundings(text, item, edges)
        if self._counterpart.search(before):
            return "counterpart"
        best: tuple[int, PlaceRole] | None = None
        for cue in cues:
            distances = [*_distances_before(cue.before, before), *_distances_after(cue.after, after)]
            if distances and (best is None or min(distances) - cue.pull < best[0]):
                best = (min(distances) - cue.pull, cue.role)
        return best[1] if best else "unknown"


def _surroundings(text: str, item: _Found, edges: Sequence[int]) -> tuple[str, str]:
    """The words of the same clause before and after, up to the next place."""
    start = max((edge for edge in edges if edge <= item.start and edge != item.start), default=0)
    end = min((edge for edge in edges if edge >= item.end and edge != item.end), default=len(text))
    before = _CLAUSE_END.split(text[max(start, item.start - REACH - 6) : item.start])[-1]
    after = _CLAUSE_END.split(text[item.end : min(end, item.end + REACH + 6)])[0]
    return before, after


def _distances_before(cue: re.Pattern[str] | None, before: str) -> list[int]:
    if cue is None:
        return []
    distances = [len(before) - match.end() for match in cue.finditer(before)]
    return [distance for distance in distances if distance <= REACH]


def _distances_after(cue: re.Pattern[str] | None, after: str) -> list[int]:
    match = cue.search(after) if cue else None
    return [match.start()] if match and match.start() <= REACH else []


def _join_areas(text: str, names: Iterable[_Found]) -> list[_Found]:
    """「光谷佛祖岭」 is one place: where both can be. Names that exclude each other stay apart."""
    joined: list[_Found] = []
    for name in names:
        last = joined[-1] if joined else None
        if last and _JOINT.fullmatch(text, last.end, name.start):
            both = tuple(area for area in last.options if area in name.options)
            if both:
                said = text[last.start : name.end]
                joined[-1] = _Found(both, last.start, name.end, said, name.street or last.street)
                continue
        joined.append(name)
    return joined


def _narrowed(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once: a later, more exact mention replaces the vague one with the same or no role."""
    kept: list[Place] = []
    for place in places:
        for index, other in enumerate(kept):
            same_role = place.role == other.role or "unknown" in (place.role, other.role)
            if same_role and set(place.options) <= set(other.options):
                kept[index] = replace(place, role=other.role if place.role == "unknown" else place.role)
                break
            if same_role and set(other.options) <= set(place.options):
                kept[index] = replace(other, role=place.role if other.role == "unknown" else other.role)
                break
        else:
            kept.append(place)
    return tuple(kept)


def _role_cue(row: Mapping[str, Any]) -> _RoleCue:
    return _RoleCue(
        role=known(row["role"], get_args(PlaceRole), _FILE),
        before=optional_pattern(row.get("before"), _FILE),
        after=optional_pattern(row.get("after"), _FILE),
        pull=row.get("pull", 0),
        needs=optional_pattern(row.get("needs"), _FILE),
    )


def _read_communities(path: Path, areas: Areas) -> dict[str, tuple[tuple[str, ...], frozenset[tuple[str, str]]]]:
    """Communities and villages by every way to say them, with their areas and (area, street)s; one name is often found in
    several districts."""
    districts = {area.code: area.name for area in areas.areas if area.code}
    streets = {street.code: street for street in areas.streets}
    result: dict[str, tuple[tuple[str, ...], frozenset[tuple[str, str]]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            street = streets.get(row["code"][:9])
            district = districts.get(row["code"][:6])
            if district is None:
                continue
            options = (street.zone, district) if street and street.zone else (district,)
            for ending in ("社区", "村", "居委"):
                said = row["stem"] + ending
                known_areas, known_streets = result.get(said, ((), frozenset()))
                own = {(area, street.name) for area in options} if street else set()
                result[said] = (tuple(dict.fromkeys((*known_areas, *options))), known_streets | own)
    return result


def _read_cities(path: Path, here: Mapping[str, object]) -> tuple[dict[str, _City], set[str]]:
    """Places beyond the city by what is said, and those names that are read only where a place can stand."""
    names: dict[str, _City] = {}
    careful: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            short = row["short"]
            city = _City(short or row["name"], _rank(row["code"], row["name"]))
            for said in (row["name"], short):
                if said and said not in here:
                    names.setdefault(said, city)
            if short and short not in here and row["short_read"] == "place":
                careful.add(short)
    return names, careful


def _rank(code: str, name: str) -> int:
    if len(code) == len("4403") or (len(code) == len("11") and name.endswith("市")):
        return 2
    return 1 if len(code) == len("440305") else 0
