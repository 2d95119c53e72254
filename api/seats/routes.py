"""The seat planner for supervisors."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import ServiceIn, requires
from api.desk.queue import CALL_WITHIN
from api.errors import Problem, bad_field
from api.seats.contacts import Kind, contacts, misses_by_matter
from api.seats.plan import Aim, plan
from api.staff import site_settings
from api.staff.roles import Role, Staff
from api.staff.session import NO_NUL
from routing.calendar import is_working_day
from routing.promises import SHANGHAI, day_of

router = APIRouter(prefix="/api/v1/desk/seats", responses={code: {"model": Problem} for code in (401, 403, 422)})
Matter = Annotated[str, Query(max_length=60, pattern=NO_NUL)]


class SeatSlotView(BaseModel):
    """Half an hour; `start` is `19:00`. What each number is, is said at `api.seats.plan.Slot`."""

    start: str
    contacts: int
    a_day: float
    handling_s: float
    seats: int
    level: float
    busy: float
    seats_without: int
    few: bool
    seats_patience: int | None
    left: float | None


class SeatTopicView(BaseModel):
    """A matter that reaches people though there are questions on it that the machine did not answer well."""

    matter: str
    matter_name: str
    contacts: int
    hours_a_day: float
    misses: int
    chosen: bool


class SeatPlanView(BaseModel):
    """Seats by half hour for a mean day of its kind; `too_few` says what data are missing, and then there are no slots."""

    kind: Kind
    days: Literal["working", "free"]
    first: date
    last: date
    number_of_days: int
    contacts: int
    handled: int
    handling_s: float | None
    left: int
    patience_s: float | None
    within_s: int
    level: float
    share: float
    at_once: int
    slots: list[SeatSlotView]
    topics: list[SeatTopicView]
    too_few: list[str]


@router.get("")
def plan_seats(
    _me: Annotated[Staff, requires(Role.SUPERVISOR)],
    service: ServiceIn,
    kind: Kind = "phone",
    days: Literal["working", "free"] = "working",
    weeks: Annotated[int, Query(ge=1, le=13)] = 4,
    within_s: Annotated[int | None, Query(ge=1, le=3600)] = None,
    level: Annotated[float, Query(ge=0.5, le=0.99)] = 0.95,
    share: Annotated[float, Query(ge=0, le=1)] = 0.5,
    at_once: Annotated[int, Query(ge=1, le=5)] = 1,
    patience_s: Annotated[int | None, Query(ge=1, le=7200)] = None,
    topics: Annotated[list[Matter] | None, Query(max_length=20)] = None,
) -> SeatPlanView:
    """How many agents each half hour needs so that the share `level` is answered within `within_s` (what is promised, when left
    out: calls 15 s), from the last weeks' contacts on working or free days; and what it would free if the machine settled `share` of
    the chosen topics. `patience_s` is how long callers wait before they hang up; left out, it is estimated from the calls. Needs a
    supervisor."""
    now = service.now()
    last = day_of(now) - timedelta(days=1)  # today is not over
    first = last - timedelta(days=7 * weeks - 1)
    chosen = None if topics is None else [matter for matter in topics if matter]  # one empty one: none is chosen
    if unknown := set(chosen or ()) - set(service.matters.by_code):
        raise bad_field("topics", f"没有这样的事项：{'、'.join(sorted(unknown))}。")
    chosen_days = {
        day
        for day in (first + timedelta(days=n) for n in range(7 * weeks))
        if is_working_day(day) == (days == "working")
    }
    begin = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    with service.engine.connect() as connection:
        came = contacts(connection, kind, begin, begin + timedelta(days=7 * weeks))
        misses = misses_by_matter(connection)
        text_within = site_settings.current(connection, service.settings).text_within
    usual = CALL_WITHIN if kind == "phone" else text_within
    aim = Aim(within_s or usual.total_seconds(), level, at_once if kind == "text" else 1, patience_s)
    try:
        made = plan(came, chosen_days, aim, misses, chosen, share)
    except ValueError as error:
        raise bad_field("level", "照这样要的座席太多，算不出来。") from error
    return SeatPlanView(
        kind=kind,
        days=days,
        first=first,
        last=last,
        number_of_days=made.days,
        contacts=made.contacts,
        handled=made.handled,
        handling_s=made.handling_s,
        left=made.left,
        patience_s=made.patience_s,
        within_s=int(aim.within_s),
        level=level,
        share=share,
        at_once=aim.at_once,
        slots=[
            SeatSlotView(
                start=f"{slot.start // 60:02}:{slot.start % 60:02}",
                contacts=slot.contacts,
                a_day=slot.a_day,
                handling_s=slot.handling_s,
                seats=slot.seats,
                level=slot.level,
                busy=slot.busy,
                seats_without=slot.seats_without,
                few=slot.few,
                seats_patience=slot.seats_patience,
                left=slot.left,
            )
            for slot in made.slots
        ],
        topics=[
            SeatTopicView(
                matter=topic.matter,
                matter_name=service.matters.name(topic.matter),
                contacts=topic.contacts,
                hours_a_day=topic.hours_a_day,
                misses=topic.misses,
                chosen=topic.matter in made.chosen,
            )
            for topic in made.topics
        ],
        too_few=list(made.too_few),
    )
