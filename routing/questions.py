"""Filling a fact with the answer to a question. The name of a fact says where its value goes:

`stage`, `counterpart` are fields of `Facts`; `place_work`, `place_home` … a place with that role; `group_minor` … a
group; every other name is a yes/no fact in `flags` with the values 'yes' and 'no'.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from routing.errors import RoutingError
from routing.inquiry import Counterpart, Facts, Group, Place, PlaceRole, Stage

UNKNOWN = "unknown"
OUTSIDE = "outside"
_PLACE, _GROUP = "place_", "group_"
_CHOICES = {"stage": get_args(Stage), "counterpart": get_args(Counterpart)}


class BadAnswerError(RoutingError):
    """An answer that its question does not offer."""


def fits(fact: str, value: str) -> bool:
    """Whether this value can fill this fact. An area is not checked against the list of areas."""
    if value == UNKNOWN:
        return True
    if fact in _CHOICES:
        return value in _CHOICES[fact]
    if fact.startswith(_PLACE):
        return fact.removeprefix(_PLACE) in get_args(PlaceRole) and bool(value)
    if fact.startswith(_GROUP):
        return fact.removeprefix(_GROUP) in get_args(Group) and value in ("yes", "no")
    return value in ("yes", "no")


def is_told(facts: Facts, fact: str) -> bool:
    """Whether the fact is known already. A place with several possible areas is not."""
    if fact in _CHOICES:
        return getattr(facts, fact) is not None
    if fact.startswith(_PLACE):
        role = fact.removeprefix(_PLACE)
        return any(place.role == role and len(place.options) == 1 for place in facts.places)
    if fact.startswith(_GROUP):
        return fact.removeprefix(_GROUP) in facts.groups
    return facts.flag(fact) is not None


def fill(facts: Facts, fact: str, value: str) -> Facts:
    """The facts with this answer in them; 'unknown' changes nothing."""
    if not fits(fact, value):
        raise BadAnswerError(f"'{value}' is no answer for '{fact}'")
    if value == UNKNOWN:
        return facts
    if fact in _CHOICES:
        return replace(facts, **{fact: value})
    if fact.startswith(_PLACE):
        return _with_place(facts, fact.removeprefix(_PLACE), value)
    if fact.startswith(_GROUP):
        group = fact.removeprefix(_GROUP)
        others = tuple(known for known in facts.groups if known != group)
        return replace(facts, groups=(*others, group) if value == "yes" else others)
    others_told = tuple((name, told) for name, told in facts.flags if name != fact)
    return replace(facts, flags=(*others_told, (fact, value == "yes")))


def _with_place(facts: Facts, role: str, value: str) -> Facts:
    others = tuple(place for place in facts.places if place.role != role)
    if value == OUTSIDE:
        return replace(facts, places=others, outside=facts.outside or "外地")
    # An unplaced mention that could be this area is the same place said less exactly.
    others = tuple(place for place in others if not (place.role == "unknown" and value in place.options))
    return replace(facts, places=(*others, Place((value,), role, said=value)))
