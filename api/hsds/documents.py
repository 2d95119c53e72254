"""The parts of HSDS rows that an entry of the directory is made of. What else a row says is left aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from routing.hours import BadHoursError

LONGEST = 2_000  # characters of a text
MOST = 200  # of anything in a row
_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_NAMES = "一二三四五六日"
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?(?:\+08:?00)?")
_MONDAY_TO_FRIDAY = frozenset(range(5))
_RULED_OTHERWISE = ("bymonthday", "byyearday", "byweekno", "count")

Text = Annotated[str, Field(max_length=LONGEST)]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Phone(Part):
    number: Text


class Address(Part):
    address_1: Text
    address_2: Text | None = None
    region: Text | None = None


class Location(Part):
    addresses: Annotated[list[Address], Field(max_length=MOST)] | None = None


class ServiceAtLocation(Part):
    location: Location | None = None


class ServiceArea(Part):
    name: Text | None = None


class Term(Part):
    code: Text
    taxonomy: Text | None = None


class Attribute(Part):
    taxonomy_term: Term | None = None


class Metadata(Part):
    last_action_date: Text
    last_action_type: Text
    field_name: Text
    replacement_value: Text
    updated_by: Text


class Identifier(Part):
    identifier: Text
    identifier_scheme: Text | None = None


class Capacity(Part):
    available: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class ScheduleRow(Part):
    """A weekly rule, or days off where nothing opens."""

    model_config = ConfigDict(extra="allow", strict=True)

    freq: Text | None = None
    interval: int | None = None
    byday: Text | None = None
    opens_at: Text | None = None
    closes_at: Text | None = None
    valid_from: Text | None = None
    valid_to: Text | None = None
    description: Text | None = None


class Row(Part):
    """What services and organizations have both."""

    id: Id
    name: Text
    phones: Annotated[list[Phone], Field(max_length=MOST)] | None = None
    attributes: Annotated[list[Attribute], Field(max_length=MOST)] | None = None
    metadata: Annotated[list[Metadata], Field(max_length=MOST)] | None = None

    def codes(self, taxonomy: str) -> list[str]:
        """Codes of this taxonomy that it is sorted by."""
        terms = (attribute.taxonomy_term for attribute in self.attributes or ())
        return [term.code for term in terms if term and term.taxonomy == taxonomy]


class OrganizationRow(Row):
    website: Text | None = None
    locations: Annotated[list[Location], Field(max_length=MOST)] | None = None
    organization_identifiers: Annotated[list[Identifier], Field(max_length=MOST)] | None = None


class ServiceRow(Row):
    organization_id: Id | None = None
    organization: OrganizationRow | None = None
    url: Text | None = None
    status: Text | None = None
    assured_date: Text | None = None
    last_modified: Text | None = None
    schedules: Annotated[list[ScheduleRow], Field(max_length=MOST)] | None = None
    service_areas: Annotated[list[ServiceArea], Field(max_length=MOST)] | None = None
    service_at_locations: Annotated[list[ServiceAtLocation], Field(max_length=MOST)] | None = None
    capacities: Annotated[list[Capacity], Field(max_length=MOST)] | None = None


def read_hours_of(schedules: Sequence[ScheduleRow]) -> str:
    """Weekly schedules as the directory writes hours; empty for none. `BadHoursError` says which cannot be written so.

    Days without a word about holidays are read as the directory reads weekdays: not on public holidays.
    """
    parts: dict[tuple[str, str], list[str]] = {}
    closed = []
    for row in schedules:
        period = _period(row)
        if row.opens_at is None and row.closes_at is None and period and row.freq is None:
            closed.append(f"休 {period}")
            continue
        if row.freq not in (None, "WEEKLY") or row.interval not in (None, 1) or not row.byday:
            raise BadHoursError("only weekly schedules with 'byday' can be read")
        if any((row.model_extra or {}).get(name) for name in _RULED_OTHERWISE):
            raise BadHoursError("only weekly schedules with 'byday' can be read")
        times = f"{_clock(row.opens_at)}-{_clock(row.closes_at, end=True)}"
        parts.setdefault((period, _days(row)), []).append(times)
    written = [" ".join(filter(None, (period, days, *sorted(set(times))))) for (period, days), times in parts.items()]
    return "；".join([*written, *closed])


def _period(row: ScheduleRow) -> str:
    if not row.valid_from:
        return ""
    try:
        first, last = date.fromisoformat(row.valid_from), date.fromisoformat(row.valid_to or row.valid_from)
    except ValueError:
        raise BadHoursError(f"'{row.valid_from}' to '{row.valid_to}' is no period") from None
    return f"{first}..{last}"


def _days(row: ScheduleRow) -> str:
    names = [name.strip() for name in (row.byday or "").split(",")]
    if unknown := [name for name in names if name not in _DAYS]:
        raise BadHoursError(f"'{unknown[0][:20]}' is no weekday of 'byday'")
    days = sorted({_DAYS[name] for name in names})
    said = row.description or ""
    if len(days) == len(_DAYS) and "节假日" not in said:
        return "每天"
    if set(days) == _MONDAY_TO_FRIDAY and "调休" in said:
        return "工作日"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"周{_NAMES[days[0]]}至周{_NAMES[days[-1]]}"
    return "、".join(f"周{_NAMES[day]}" for day in days)


def _clock(text: str | None, *, end: bool = False) -> str:
    found = _CLOCK.fullmatch(text or "")
    if not found:
        raise BadHoursError(f"'{(text or '')[:20]}' is no time like 09:00 in this time zone")
    clock = f"{found[1]}:{found[2]}"
    return "24:00" if end and clock == "00:00" else clock
