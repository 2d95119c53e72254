"""HSDS 3.0 read in: what a file says of entries beside what the directory publishes of them itself.

A file is what `/hsds/` gives (a page, lines of JSON, a list, one row) or a zip of such files. Both sides are read by the same
function, so what was exported changes nothing when it comes back, however little of it HSDS can say.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from api.hsds.catalogue import CONFIRMED, SCHEME, Catalogue, uid, weekly
from api.hsds.documents import OrganizationRow, ScheduleRow, ServiceRow, read_hours_of
from routing import facts as directory_facts
from routing.areas import Areas
from routing.directory import Body
from routing.errors import Problem, RoutingError
from routing.facts import Found
from routing.hours import BadHoursError, read_hours

MOST_ROWS = 5_000
MOST_FILES = 100  # of a zip
LARGEST_UNPACKED_BYTES = 100 * 1024 * 1024
ENDINGS = (".json", ".ndjson", ".jsonl")
# Facts that HSDS has no place for; they stand in the metadata of our own files alone.
_IN_METADATA = ("street", "note", "valid_from", "valid_to", "groups")


class UnreadableHsdsError(RoutingError):
    """The file as a whole is no HSDS. The message is for the one who brought it, in Chinese."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row; the first is 1."""

    row: int
    name: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class EntryChange:
    """Facts by which a file differs from an entry; `body` is None for a new one."""

    body: Body | None
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A fact as a row says it; `told` when the row itself says where it is from."""

    value: str
    source: str
    checked_on: date | None
    state: Literal["confirmed", "unconfirmed"]
    told: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row as it is read: whose it is, and what it says."""

    row: int
    body_id: str
    name: str
    said: Mapping[str, _Said]


def compare(
    rows: Sequence[Any], catalogue: Catalogue, areas: Areas, today: date, source: str = ""
) -> tuple[list[EntryChange], list[RowFault]]:
    """How the rows of a file differ from the directory, and every fault by row. Nothing should be taken over with faults.

    `source` holds for facts whose row says of none where it is from.
    """
    directory = catalogue.directory
    by_uid = {uid(kind, body.id): body.id for body in directory.bodies for kind in ("organization", "service")}
    entries: dict[str, _Entry] = {}
    faults: list[RowFault] = []
    for number, row in enumerate(rows, 1):
        try:
            entry = _read(row, number, by_uid, source)
        except (ValidationError, BadHoursError, _BadRowError) as error:
            faults += [RowFault(number, _name(row), Problem("", number, text)) for text in _texts(error)]
            continue
        same = entries.get(entry.body_id)
        if same and _is_service(row) == _is_service(rows[same.row - 1]):
            text = f"'{entry.body_id}' is already in row {same.row}"
            faults.append(RowFault(number, entry.name, Problem("", number, text)))
            continue
        # An organization and its service may both be there: the service says more.
        first, second = (entry, same) if same and _is_service(row) else (same or entry, entry)
        entries[entry.body_id] = replace(first, said={**second.said, **first.said})
    changes = []
    for entry in entries.values():
        body = directory.by_id(entry.body_id)
        found, problems = _differences(entry, body, catalogue)
        if not problems:
            problems = list(directory_facts.check_found(found, body, directory, areas, today))
        faults += [RowFault(entry.row, entry.name, problem) for problem in problems]
        if found and not problems:
            changes.append(EntryChange(body, tuple(found)))
    return changes, sorted(faults, key=lambda fault: fault.row)


def _differences(entry: _Entry, body: Body | None, catalogue: Catalogue) -> tuple[list[Found], list[Problem]]:
    """Facts to be written down: other values, and the same value checked later."""
    known = _published(body, catalogue) if body else {}
    found, problems = [], []
    for name, said in entry.said.items():
        before = known.get(name)
        now = before.value if before else ""
        later = said.told and before is not None and (said.checked_on or date.min) > (before.checked_on or date.min)
        if said.value == now and not (later and said.value):
            continue
        if not said.source:
            problems.append(Problem(name, entry.row, "has no source"))
        elif said.checked_on is None:
            problems.append(Problem(name, entry.row, "does not say when it was checked"))
        elif now and before and before.checked_on and said.checked_on < before.checked_on:
            problems.append(Problem(name, entry.row, f"was checked later, on {before.checked_on}"))
        else:
            value = said.value or None
            found.append(Found(entry.body_id, name, value, said.source, said.checked_on, said.state))
    return found, problems


def _published(body: Body, catalogue: Catalogue) -> Mapping[str, _Said]:
    """The entry as it is published, read like a file."""
    organization = _of_organization(OrganizationRow.model_validate(catalogue.organization(body)), "")
    return {**organization, **_of_service(ServiceRow.model_validate(catalogue.service(body)), "")}


class _BadRowError(RoutingError):
    """A row that cannot be an entry."""


def _texts(error: Exception) -> list[str]:
    if isinstance(error, ValidationError):
        return [
            f"'{'.'.join(map(str, fault['loc']))}': {fault['msg']}" for fault in error.errors(include_url=False)[:5]
        ]
    return [f"'hours': {error}" if isinstance(error, BadHoursError) else str(error)]


def _is_service(row: Any) -> bool:
    return isinstance(row, dict) and (
        "organization_id" in row or "organization" in row or "service_at_locations" in row
    )


def _name(row: Any) -> str:
    name = row.get("name") if isinstance(row, dict) else None
    return name[:100] if isinstance(name, str) else ""


def _read(row: Any, number: int, by_uid: Mapping[str, str], source: str) -> _Entry:
    if not isinstance(row, dict):
        raise _BadRowError("is no service and no organization")
    if _is_service(row):
        service = ServiceRow.model_validate(row)
        own = _identifier(service.organization) if service.organization else ""
        known = by_uid.get(service.id) or by_uid.get(service.organization_id or "")
        id_ = own or known or f"hsds-{service.id}"
        said = _of_service(service, source)
        if known and not service.organization:  # then the name is that of the service, which is made of ours
            said = {name: one for name, one in said.items() if name != "name"}
    else:
        organization = OrganizationRow.model_validate(row)
        id_ = _identifier(organization) or by_uid.get(organization.id) or f"hsds-{organization.id}"
        said = _of_organization(organization, source)
    return _Entry(number, id_, _name(row), said)


def _identifier(organization: OrganizationRow) -> str:
    own = (one.identifier for one in organization.organization_identifiers or () if one.identifier_scheme == SCHEME)
    return next(own, "")


def _of_service(row: ServiceRow, source: str) -> Mapping[str, _Said]:
    values: dict[str, str] = {"name": row.organization.name if row.organization else row.name}
    website = row.organization.website if row.organization and row.organization.website else row.url
    if website or row.metadata is not None:
        values["website"] = website or ""
    if row.phones is not None:
        values["phone"] = " / ".join(phone.number for phone in row.phones)
    if row.schedules is not None:
        values["hours"] = read_hours_of(row.schedules)
    if row.service_at_locations is not None:
        values |= _place([link.location for link in row.service_at_locations if link.location])
    if row.attributes is not None:
        values["matters"] = " ".join(row.codes("matter"))
    if row.status in ("inactive", "defunct"):
        values["state"] = "inactive"
    values |= _area(row) | _kind(row) | _capacity(row)
    day = row.assured_date or (row.last_modified or "")[:10]
    return _said(values, row, source, day, complete=row.capacities is None)


def _area(row: ServiceRow) -> dict[str, str]:
    names = list(dict.fromkeys(area.name for area in row.service_areas or () if area.name))
    if len(names) > 1:
        raise _BadRowError(f"serves {len(names)} areas; one entry has one")
    return {"area": names[0]} if names else {}


def _kind(row: ServiceRow | OrganizationRow) -> dict[str, str]:
    codes = row.codes("body_type")
    return {"type": codes[0]} if codes else {}


def _capacity(row: ServiceRow) -> dict[str, str]:
    known = [one.available for one in row.capacities or () if one.available is not None]
    return {"capacity": str(known[0])} if known else {}


def _of_organization(row: OrganizationRow, source: str) -> Mapping[str, _Said]:
    values: dict[str, str] = {"name": row.name}
    if row.website is not None or row.metadata is not None:
        values["website"] = row.website or ""
    if row.phones is not None:
        values["phone"] = " / ".join(phone.number for phone in row.phones)
    if row.locations is not None:
        values |= _place(row.locations)
    return _said(values | _kind(row), row, source, "", complete=False)


def _place(locations: Sequence[Any]) -> dict[str, str]:
    """The one address of an entry, with the area that it names."""
    addresses = {
        (" ".join(filter(None, (one.address_1, one.address_2))), one.region or "")
        for location in locations
        for one in location.addresses or ()
    }
    if len(addresses) > 1:
        raise _BadRowError(f"has {len(addresses)} addresses; one entry has one")
    address, region = next(iter(addresses), ("", ""))
    return {"address": address, **({"area": region} if region else {})}


def _said(
    values: dict[str, str], row: ServiceRow | OrganizationRow, source: str, day: str, *, complete: bool
) -> Mapping[str, _Said]:
    """Values with where they come from, and those facts that stand in our own metadata alone."""
    told = {one.field_name: one for one in row.metadata or ()}
    if "state" in told:  # a file of this project: what it does not say is not so
        values = {**values, **{name: (told[name].replacement_value if name in told else "") for name in _IN_METADATA}}
        values["state"] = values.get("state") or told["state"].replacement_value
        if complete:
            values.setdefault("capacity", "")
        if "hours" in told and "hours" in values:
            values["hours"] = _as_written(values["hours"], told["hours"].replacement_value)
        for name in ("hours", "area", "type", "matters", "capacity"):  # an organization does not say them in HSDS
            if name in told:
                values.setdefault(name, told[name].replacement_value)
    whole = told.get("name")
    said = {}
    for name, value in values.items():
        own = told.get(name) or whole
        said[name] = _Said(
            value=value.strip(),
            source=(own.updated_by if own else "") or source,
            checked_on=_day(own.last_action_date if own else day),
            state="confirmed" if own and own.last_action_type == CONFIRMED else "unconfirmed",
            told=name in told,
        )
    return said


def _as_written(hours: str, written: str) -> str:
    """The hours as somebody wrote them, where the schedules still say the same."""
    try:
        rows = [ScheduleRow.model_validate(row) for row in weekly(read_hours(written))]
    except BadHoursError:
        return hours
    return written if read_hours_of(rows) == hours else hours


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


# ---------------------------------------------------------------- files


def read_file(content: bytes, name: str) -> list[Any]:
    """The rows of a file, by the ending of its name; `UnreadableHsdsError` when it is none that can be read."""
    ending = f".{name.rsplit('.', 1)[-1].lower()}"
    readers: dict[str, Callable[[bytes], Iterator[Any]]] = {".zip": _zip, **dict.fromkeys(ENDINGS, _json)}
    if ending not in readers:
        raise UnreadableHsdsError("只能导入 HSDS 的 json、ndjson、jsonl 文件，或者装着它们的 zip")
    rows = []
    for row in readers[ending](content):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise UnreadableHsdsError(f"超过 {MOST_ROWS} 条，请分成几个文件")
    if not rows:
        raise UnreadableHsdsError("文件里没有服务，也没有机构")
    return rows


def _zip(content: bytes) -> Iterator[Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = [item for item in package.infolist() if item.filename.lower().endswith(ENDINGS)]
            if len(members) > MOST_FILES or sum(item.file_size for item in members) > LARGEST_UNPACKED_BYTES:
                raise UnreadableHsdsError("压缩包里的文件太多或太大")
            for item in members:
                with package.open(item) as member:
                    unpacked = member.read(item.file_size + 1)
                yield from _json(unpacked)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableHsdsError("不是能打开的 zip 文件") from error


def _json(content: bytes) -> Iterator[Any]:
    try:
        text = content.decode("utf-8-sig")
        try:
            found = [_parse(text)]
        except json.JSONDecodeError:  # a row on each line
            found = [_parse(line) for line in text.splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise UnreadableHsdsError("文件不是 UTF-8 编码") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableHsdsError("文件不是能读的 JSON（有一处写错，或者一层套一层太深）") from error
    for value in found:
        yield from _rows(value)


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise UnreadableHsdsError(f"同一处把「{twice[:50]}」写了两次")
    return found


def _rows(value: Any) -> Iterator[Any]:
    """The rows of a page, of a list, or of an object with lists of both kinds; else the value itself."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict) and isinstance(value.get("contents"), list):
        yield from value["contents"]
    elif isinstance(value, dict) and "id" not in value and ("services" in value or "organizations" in value):
        for kind in ("services", "organizations"):
            rows = value.get(kind, [])
            yield from rows if isinstance(rows, list) else [rows]
    else:
        yield value
