"""The figures over tickets, each with its definition."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import ServiceIn, requires
from api.errors import Problem, bad_field
from api.staff.roles import Role
from api.wiring import Service
from routing import figures
from routing.figures import DEFINITIONS, Figures, GroupedBy
from routing.promises import day_of

router = APIRouter(prefix="/api/v1/desk/figures", responses={code: {"model": Problem} for code in (401, 403, 422)})
LONGEST = timedelta(days=2 * 366)
DEFAULT = timedelta(days=90)


class Definition(BaseModel):
    """What a figure is called and what is divided by what."""

    id: str
    name: str
    text: str


class RateView(BaseModel):
    """So many of so many; `value` from 0 to 1, None when there is nothing to divide by."""

    part: int
    whole: int
    value: float | None


class GroupView(BaseModel):
    """The figures of one group, by the ids of the definitions."""

    key: str
    name: str
    tickets: int
    rates: dict[str, RateView]


class FiguresView(BaseModel):
    """All figures of a time: the whole and its groups, the largest first."""

    first: date
    last: date
    by: GroupedBy
    definitions: list[Definition]
    total: GroupView
    groups: list[GroupView]


@router.get("", dependencies=[requires(Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)])
def read_figures(
    service: ServiceIn, first: date | None = None, last: date | None = None, by: GroupedBy = "area"
) -> FiguresView:
    """Figures of the tickets opened from `first` to `last` (the last 90 days when left out), in groups; needs a supervisor, an
    auditor or an administrator."""
    now = service.now()
    last = last or day_of(now)
    first = first or last - DEFAULT
    if not first <= last <= first + LONGEST:
        raise bad_field("first", "开始的日子要在结束之前，最多两年。")
    with service.engine.connect() as connection:
        total, groups = figures.figures(connection, service.promises, first, last, now, by)
    return FiguresView(
        first=first,
        last=last,
        by=by,
        definitions=[Definition(id=id_, name=name, text=text) for id_, (name, text) in DEFINITIONS.items()],
        total=_group(total, "全部"),
        groups=[_group(group, _name(service, by, group.key)) for group in groups],
    )


def _name(service: Service, by: GroupedBy, key: str) -> str:
    if key == "unknown":
        return "不清楚"
    if by == "matter":
        return service.matters.name(key)
    if by == "body":
        body = service.parts.directory.by_id(key)
        return body.name if body else key
    return key


def _group(group: Figures, name: str) -> GroupView:
    rates = {id_: RateView(part=rate.part, whole=rate.whole, value=rate.value) for id_, rate in group.rates.items()}
    return GroupView(key=group.key, name=name, tickets=group.tickets, rates=rates)
