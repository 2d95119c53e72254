"""Districts, functional zones, named places and streets of the city.

A name that people use can stand for several areas (「武昌」, 「李集街道」): then all are given and the citizen must be
asked. A functional zone (「光谷」) is an area of its own here: its offices are not those of the district around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Area:
    """A district (with its national code) or a functional zone (which has none).

    `name` is the name used everywhere else, `official` the full official one. `within` are the districts that a
    zone lies in, by what is known.
    """

    name: str
    kind: Literal["district", "zone"]
    official: str
    aliases: tuple[str, ...]
    within: tuple[str, ...] = ()
    code: str | None = None
    source: str = ""
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A name that people use for a part of the city. `areas` has more than one entry when it must be asked."""

    name: str
    areas: tuple[str, ...]
    source: str = ""
    confidence: Confidence = "medium"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Street:
    """A street office or town. `zone` is the functional zone said to run it, when that is known well enough."""

    code: str
    name: str
    district: str
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Areas:
    """Everything known about places. `names` maps each name that can be said to its areas; longest match wins.

    A reader should try longer names first: 「汉口北」 is in 黄陂区 though it begins with 「汉口」.
    """

    areas: tuple[Area, ...]
    places: tuple[NamedPlace, ...]
    streets: tuple[Street, ...]

    def area(self, name: str) -> Area | None:
        """The area of this exact name."""
        return next((area for area in self.areas if area.name == name), None)

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Every name that can be said (areas, aliases, places, streets) with the areas it can mean, longest first.

        A street counts for its zone and its district when a zone is said to run it, since which office is competent
        there is not verified.
        """
        result: dict[str, tuple[str, ...]] = {}
        for street in self.streets:
            for name in street_names(street.name):
                options = (street.zone, street.district) if street.zone else (street.district,)
                result[name] = tuple(dict.fromkeys((*result.get(name, ()), *options)))
        for area in self.areas:
            for name in (area.name, area.official, *area.aliases):
                result[name] = (area.name,)
        # Named places are judged one by one and therefore override what the plain lists would say.
        for place in self.places:
            result[place.name] = place.areas
        return dict(sorted(result.items(), key=lambda item: (-len(item[0]), item[0])))


def street_names(official: str) -> tuple[str, ...]:
    """Ways to say a street: 「关山街道」 also as 「关山街」 or 「关山街办」. Bare stems are too ambiguous."""
    stem = official.removesuffix("街道")
    if stem == official or len(stem) < 2:
        return (official,)
    if stem.endswith("街"):
        return (official, stem, stem + "办")
    return (official, stem + "街", stem + "街办")
