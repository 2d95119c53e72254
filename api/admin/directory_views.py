"""The directory as it is shown to staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.wiring import Service
from routing import facts as directory_facts
from routing.areas import Areas
from routing.directory import CONTACT, Body
from routing.facts import NAMES, Found

FACT_NAMES = {
    "type": "类型",
    "name": "名称",
    "area": "区",
    "street": "街道",
    "address": "地址",
    "phone": "电话",
    "hours": "办公时间",
    "website": "网址",
    "state": "状态",
    "note": "备注",
    "matters": "只办这些事项",
    "groups": "只收这些人",
    "capacity": "还能接几件",
    "valid_from": "何时起有",
    "valid_to": "何时起没有",
}
LONGEST_FILE = 1_000_000  # characters of an import; the whole directory has 230,000


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FactInput(Input):
    """A fact as somebody found it out; empty when it is not known."""

    name: str = Field(max_length=30)
    value: str = Field("", max_length=500)


class FactsInput(Input):
    """Facts of one entry from one source."""

    facts: list[FactInput] = Field(min_length=1, max_length=len(NAMES))
    source: str = Field(min_length=2, max_length=300)
    checked_on: date
    confirmed: bool = False
    note: str = Field("", max_length=500)


class DirectoryImport(Input):
    """Rows of bodies.csv; without `apply` only the difference is told."""

    csv: str = Field(min_length=1, max_length=LONGEST_FILE)
    apply: bool = False


class FactView(BaseModel):
    name: str
    label: str
    value: str
    source: str
    checked_on: date
    state: str
    stale: bool
    editor: str
    note: str


class FactHistory(BaseModel):
    name: str
    label: str
    value: str
    source: str
    checked_on: date
    state: str
    editor: str
    note: str
    at: str


class DirectoryRow(BaseModel):
    """An entry of the directory in a list."""

    id: str
    type: str
    type_name: str
    name: str
    area: str
    street: str
    address: str
    phone: str
    hours: str
    state: str
    source: str
    checked_on: date
    age_days: int
    stale: bool
    unknown: list[str]


class DirectoryEntry(DirectoryRow):
    """An entry with its facts and their history."""

    website: str
    facts: list[FactView]
    history: list[FactHistory]
    open_tickets: int


class DirectoryChoice(BaseModel):
    code: str
    name: str


class DirectoryStreet(DirectoryChoice):
    area: str


class DirectoryArea(BaseModel):
    """How the entries in use of one area stand; `gaps` are those without address, phone or hours."""

    name: str
    entries: int
    confirmed: int
    stale: int
    gaps: int


class DirectorySummary(BaseModel):
    """How the directory stands, and what can be chosen."""

    entries: int
    confirmed: int
    stale: int
    unknown: dict[str, int]  # entries without address, phone, hours
    types: list[DirectoryChoice]
    areas: list[DirectoryArea]
    streets: list[DirectoryStreet]


class DirectoryDifference(BaseModel):
    id: str
    name: str
    new: bool
    facts: list[FactView]


class DirectoryRowProblem(BaseModel):
    line: int
    message: str


class DirectoryImportResult(BaseModel):
    changes: list[DirectoryDifference]
    problems: list[DirectoryRowProblem]
    applied: bool


def unknown_of(body: Body) -> list[str]:
    return [name for name in ("address", "phone", "hours") if getattr(body, name) is None]


def _row_fields(body: Body, service: Service, today: date) -> dict[str, Any]:
    oldest = min(body.fact(name).checked_on for name in ("name", *CONTACT) if getattr(body, name) is not None)
    return {
        "id": body.id,
        "type": body.type,
        "type_name": service.parts.directory.type_name(body.type),
        "name": body.name,
        "area": body.area,
        "street": _street_name(service.guidance.areas, body.street),
        "address": body.address or "",
        "phone": body.phone or "",
        "hours": body.hours or "",
        "state": body.state,
        "source": body.source,
        "checked_on": oldest,
        "age_days": max(0, (today - oldest).days),
        "stale": body.stale(today),
        "unknown": unknown_of(body),
    }


def row_view(body: Body, service: Service, today: date) -> DirectoryRow:
    return DirectoryRow(**_row_fields(body, service, today))


def _street_name(areas: Areas, code: str | None) -> str:
    return next((street.name for street in areas.streets if street.code == code), "") if code else ""


def entry_view(body: Body, service: Service) -> DirectoryEntry:
    today = service.now().date()
    with service.engine.connect() as connection:
        history = directory_facts.history(connection, body.id)
        waiting = directory_facts.tickets_waiting_at(connection, body.id)
    return DirectoryEntry(
        **_row_fields(body, service, today),
        website=body.website or "",
        facts=[_fact_view(body, name, today) for name in FACT_NAMES],
        history=[
            FactHistory(
                name=stored.found.name,
                label=FACT_NAMES.get(stored.found.name, stored.found.name),
                value=stored.found.value or "",
                source=stored.found.source,
                checked_on=stored.found.checked_on,
                state=stored.found.state,
                editor=stored.editor,
                note=stored.found.note,
                at=stored.at.isoformat(),
            )
            for stored in history
        ],
        open_tickets=waiting,
    )


def _fact_view(body: Body, name: str, today: date) -> FactView:
    fact = body.fact(name)
    return FactView(
        name=name,
        label=FACT_NAMES[name],
        value=directory_facts.as_row(body)[name],
        source=fact.source,
        checked_on=fact.checked_on,
        state=fact.state,
        stale=fact.stale(today),
        editor=fact.editor,
        note=fact.note,
    )


def difference_view(body: Body | None, found: Sequence[Found], service: Service) -> DirectoryDifference:
    today = service.now().date()
    return DirectoryDifference(
        id=found[0].body_id,
        name=body.name if body else next((f.value or "" for f in found if f.name == "name"), ""),
        new=body is None,
        facts=[
            FactView(
                name=fact.name,
                label=FACT_NAMES[fact.name],
                value=fact.value or "",
                source=fact.source,
                checked_on=fact.checked_on,
                state=fact.state,
                stale=(today - fact.checked_on).days > 180,
                editor="",
                note=fact.note,
            )
            for fact in found
        ],
    )
