"""Putting facts together over several messages."""

from __future__ import annotations

from dataclasses import fields, replace

from routing.inquiry import Facts, Place

UNKNOWN = "unknown"


def merge(old: Facts, new: Facts) -> Facts:
    """`old` with what `new` tells on top: a later statement replaces an earlier one about the same thing."""
    values = {field.name: getattr(new, field.name) or getattr(old, field.name) for field in fields(Facts)}
    values["places"] = _merge_places(old.places, new.places)
    values["groups"] = tuple(dict.fromkeys((*old.groups, *new.groups)))
    values["flags"] = tuple({**dict(old.flags), **dict(new.flags)}.items())
    dated = {date.event for date in new.dates if date.event != UNKNOWN}
    kept = tuple(date for date in old.dates if date.event not in dated and date not in new.dates)
    values["dates"] = (*kept, *new.dates)
    return Facts(**values)


def added(old: Facts, new: Facts) -> Facts:
    """`merge` where more is told and nothing is taken back: of two sums the larger is the one in dispute."""
    sums = [facts.amount_yuan for facts in (old, new) if facts.amount_yuan is not None]
    return replace(merge(old, new), amount_yuan=max(sums, default=None))


def _merge_places(old: tuple[Place, ...], new: tuple[Place, ...]) -> tuple[Place, ...]:
    roles = {place.role for place in new if place.role != UNKNOWN}
    said = {place.said for place in new}
    return (*new, *(place for place in old if place.role not in roles and place.said not in said))
