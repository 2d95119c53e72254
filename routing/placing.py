"""From a kind of body to the one place that is named: it covers the area, takes this matter and person, and is open.

A place is passed over only for a better one of the same kind, and the citizen is told so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from routing.decision import PassedOver, Reason
from routing.directory import CONTACT, ZONE_NOTE, Body, Directory
from routing.hours import SHANGHAI, Opening
from routing.inquiry import Facts, Inquiry, Place, PlaceRole
from routing.plan import Plan, told
from routing.rules import Rules

_OUTSIDE_NOTE = "在当地拨 12348；人在武汉的，先查那边的区号，号码我们没有核实"
# Those that a community's or village's room (公共法律服务工作室) stands in for, nearer to home. No list of rooms has a source, so
# the directory has one entry for all of them, and whoever names the community is told where to ask.
_NEAR_HOME = frozenset({"public_legal_service", "judicial_office", "peoples_mediation", "town_street_gov"})
_COMMUNITY = re.compile(r"[^区县]*(?:社区|村|居委)$")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Placing:
    """The place named, whether it is open (None: hours unknown), those passed over for it, and reasons to add."""

    body: Body
    opening: Opening | None = None
    passed: tuple[PassedOver, ...] = ()
    reasons: tuple[Reason, ...] = ()
    community: str = ""  # as it was told

    def remarks(self, now: datetime) -> tuple[str, ...]:
        """What must be known before going there, in plain words."""
        return tuple(
            filter(
                None,
                (
                    _opening_remark(self.opening),
                    _age_remark(self.body, now),
                    _place_remark(self.body),
                    _room_remark(self.body, self.community),
                ),
            )
        )


def place(inquiry: Inquiry, plan: Plan, directory: Directory, rules: Rules, now: datetime) -> Placing:
    """The place for the first body of the plan; a place beyond the city where the deciding thing is there."""
    body_type, facts = plan.bodies[0], inquiry.facts
    found = deciding_place(facts, roles(plan, directory))
    area = found.options[0] if found and len(found.options) == 1 else None
    if facts.outside is not None and area is None and directory.is_local(body_type):
        body = Body(
            id="outside",
            type=body_type,
            name=f"{facts.outside}的{directory.type_name(body_type)}",
            area=facts.outside,
            source="不在武汉，未核实",
            checked_on=now.date(),
            note=_OUTSIDE_NOTE,
        )
        return Placing(body, reasons=told(rules.general, "outside_city"))
    placed = choose(directory.candidates(body_type, area, found.street if found and area else None), inquiry, now)
    return replace(placed, community=_community(found.said) if found else "")


def choose(candidates: Sequence[Body], inquiry: Inquiry, now: datetime) -> Placing:
    """The first candidate that takes this, unless it is full or closed and another one is better."""
    today = now.astimezone(SHANGHAI).date()
    fitting = [body for body in candidates[:-1] if body.exists(today) and _takes(body, inquiry)] or [candidates[-1]]
    # Only places of the same area stand in for each other; the whole city's entry is for who has none of his own.
    fitting = [body for body in fitting if (body.area, body.street) == (fitting[0].area, fitting[0].street)]
    openings = {body.id: body.schedule.at(now) if body.schedule else None for body in fitting}

    def rank(body: Body) -> tuple[bool, bool]:
        opening = openings[body.id]
        return body.capacity == 0, not (opening and opening.open)

    first = fitting[0]
    opening = openings[first.id]
    best = min(fitting, key=rank) if first.capacity == 0 or (opening and not opening.open) else first
    if best is first or rank(best) >= rank(first):
        return Placing(first, opening)
    why = "full" if first.capacity == 0 else "closed"
    return Placing(
        best, openings[best.id], (PassedOver(first.id, first.name, why),), (_instead(first, best, why, opening),)
    )


def _takes(body: Body, inquiry: Inquiry) -> bool:
    return (not body.matters or inquiry.matter in body.matters) and (
        not body.groups or not set(body.groups).isdisjoint(inquiry.facts.groups)
    )


def _instead(first: Body, best: Body, why: str, opening: Opening | None) -> Reason:
    if why == "full":
        text = f"{first.name}眼下排满了，先给您能接的{best.name}。"
    else:
        later = f"，{moment(opening.next)}才开" if opening and opening.next else ""
        text = f"{first.name}现在没开门{later}，先给您开着门的{best.name}。"
    return Reason(f"place.{why}", text, first.source)


def _opening_remark(opening: Opening | None) -> str:
    if opening is None:
        return ""
    unsure = "" if opening.certain else "（这一年的放假安排还没公布，去之前先打电话）"
    if opening.open:
        return f"现在开着，{moment(opening.closes)}关门。{unsure}" if opening.closes else "现在开着。"
    return (
        f"现在没开门，{moment(opening.next)}开。{unsure}"
        if opening.next
        else "现在没开门，什么时候开还不知道，先打 12348 问。"
    )


def _age_remark(body: Body, now: datetime) -> str:
    if not body.stale(now.astimezone(SHANGHAI).date()):
        return ""
    checked = min(body.fact(name).checked_on for name in ("name", *CONTACT) if getattr(body, name) is not None)
    return f"这里的信息是 {checked.year} 年 {checked.month} 月核对的，隔得有点久，去之前先打 12348 问一下。"


def _place_remark(body: Body) -> str:
    """The two notes that are for citizens; others are the curators' own."""
    return f"{body.note}。" if body.note in (ZONE_NOTE, _OUTSIDE_NOTE) else ""


def _community(said: str) -> str:
    """「保成社区」 out of 「江岸区保成社区」; empty where no community or village was named."""
    found = _COMMUNITY.search(said)
    return found[0] if found else ""


def _room_remark(body: Body, community: str) -> str:
    if not community or body.type not in _NEAR_HOME:
        return ""
    where = "村委会" if community.endswith("村") else "居委会"
    return f"也可以先去{community}的{where}，问公共法律服务工作室在不在那里。工作室的名单我们没有，拿不准就打 12348。"


def moment(when: datetime) -> str:
    """「11 月 30 日（周一）9:00」."""
    local = when.astimezone(SHANGHAI)
    return f"{local.month} 月 {local.day} 日（周{_WEEKDAYS[local.weekday()]}）{local.hour}:{local.minute:02}"


def roles(plan: Plan, directory: Directory) -> tuple[PlaceRole, ...]:
    """Which places of the story decide the district, first to be tried first."""
    known = directory.types.get(plan.bodies[0])
    office: tuple[PlaceRole, ...] = (known.office,) if known and known.office != "any" else ()
    return tuple(dict.fromkeys((*plan.area_from, *office))) or ("event",)


def deciding_place(facts: Facts, by_roles: Sequence[PlaceRole]) -> Place | None:
    """The place by the first role that the story places, else one without a role; else the first that is unsure."""
    unsure: Place | None = None
    for role in (*by_roles, "unknown"):
        for found in facts.places:
            if found.role != role or not found.options:
                continue
            if len(found.options) == 1:
                return found
            unsure = unsure or found
    return unsure
