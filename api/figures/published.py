"""The figures as everybody may read them: of the last twelve whole months, with their definitions, without small groups."""

from __future__ import annotations

import threading
from datetime import date
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import ServiceIn
from api.figures.names import group_name
from api.figures.routes import DefinitionView
from api.wiring import Service
from routing import figures
from routing.figures import DEFINITIONS, FEW, TICKETS, FigureId, Figures, Rate, Scope
from routing.promises import day_of

router = APIRouter(prefix="/api/v1/figures")
Grouped = Literal["area", "matter", "body", "month"]
_counting = threading.Lock()  # whoever asks while it is counted waits for that, instead of counting too
_counted: dict[tuple[str, Grouped], tuple[date, PublishedFigures]] = {}  # by database and grouping, of a day


class PublishedGroup(BaseModel):
    """So many tickets and their rates, from 0 to 1; None where too few tickets stand behind one."""

    name: str
    tickets: int
    rates: dict[FigureId, float | None]


class PublishedFigures(BaseModel):
    """Tickets opened from `first` to `last`. Groups of fewer than `few` tickets are left out, so that nobody is recognised."""

    first: date
    last: date
    few: int
    definitions: list[DefinitionView]
    total: PublishedGroup
    groups: list[PublishedGroup]


@router.get("")
def read(service: ServiceIn, by: Grouped = "month") -> PublishedFigures:
    """What is promised and what was kept, in figures, each with its definition. Open to everyone; counted once a day."""
    today = day_of(service.now())
    key = (str(service.engine.url), by)
    with _counting:
        day, found = _counted.get(key, (None, None))
        if found is None or day != today:
            found = _count(service, by, today)
            _counted[key] = (today, found)
    return found


def _count(service: Service, by: Grouped, today: date) -> PublishedFigures:
    end = today.replace(day=1)
    first, last = end.replace(year=end.year - 1), date.fromordinal(end.toordinal() - 1)
    with service.engine.connect() as connection:
        total, groups = figures.figures(connection, Scope(first, last), today, by)
    told = [("tickets", *TICKETS, True, None)]
    told += [(id_, d.name, d.text, d.higher_is_better, d.beside) for id_, d in DEFINITIONS.items()]
    return PublishedFigures(
        first=first,
        last=last,
        few=FEW,
        definitions=[DefinitionView(**dict(zip(DefinitionView.model_fields, one, strict=True))) for one in told],
        total=_group("全部", total),
        groups=[_group(group_name(service, by, group.key), group) for group in groups if group.tickets >= FEW],
    )


def _group(name: str, group: Figures) -> PublishedGroup:
    return PublishedGroup(name=name, tickets=group.tickets, rates={id_: _value(r) for id_, r in group.rates.items()})


def _value(rate: Rate) -> float | None:
    return None if rate.is_few or rate.value is None else round(rate.value, 3)
