"""Reads the data files about places and bodies, and the cues.

They are areas.yml, streets.csv, body_types.yml, bodies.csv, hotlines.csv and cues.yml.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from routing.areas import Area, Areas, Confidence, NamedPlace, Street
from routing.basis import parse_statute, statute_name
from routing.cues import Cue, Cues
from routing.datafile import Problems, Row, read_csv, read_yaml
from routing.directory import CITY, Body, BodyType, Directory, Hotline
from routing.hours import BadHoursError, Schedule, read_hours
from routing.inquiry import Group, PlaceRole

STREET_COLUMNS = ("code", "name", "district", "zone")
BODY_COLUMNS = (
    "id",
    "type",
    "name",
    "area",
    "address",
    "phone",
    "hours",
    "website",
    "state",
    "source",
    "checked_on",
    "note",
)
# Columns that a file may leave out; what is empty is unknown or not restricted.
MORE_BODY_COLUMNS = ("street", "matters", "groups", "capacity", "valid_from", "valid_to", "editor")
HOTLINE_COLUMNS = ("number", "name", "use", "confidence", "source", "checked_on", "note")
_STREETS_CHECKED = date(2026, 11, 24)
_LEVELS = get_args(Confidence)
_OFFICES = (*(role for role in get_args(PlaceRole) if role != "unknown"), "any")
# Short numbers (110, 12348, 96110), or an area code with a local number; several are separated by ' / '.
_PHONE = re.compile(r"^(1\d{2}|1\d{4}|9\d{4}|0\d{2,3}-\d{5,8})( / (1\d{2}|1\d{4}|9\d{4}|0\d{2,3}-\d{5,8}))*$")
_KEY = re.compile(r"^[a-z0-9][a-z0-9_.-]*$")


def unique(rows: Collection[tuple[Row, str]], what: str) -> None:
    """Complains about keys that appear twice."""
    seen: dict[str, int] = {}
    for row, key in rows:
        if key in seen:
            row.bad(f"{what} '{key}' is already in line {seen[key]}")
        seen.setdefault(key, row.line)


def read_date(row: Row, key: str) -> date:
    text = row.text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        row.bad(f"'{key}' must be a date like 2026-11-24, got '{text}'")
        return date.min


def read_areas(folder: Path, problems: Problems) -> Areas:
    top = read_yaml(folder / "areas.yml", problems)
    kinds = (("district", top.rows("districts")), ("zone", top.rows("zones")))
    rows = [(kind, row) for kind, found in kinds for row in found]
    names = {row.data.get("name") for _, row in rows}
    areas = []
    for kind, row in rows:
        areas.append(
            Area(
                name=row.text("name"),
                kind="zone" if kind == "zone" else "district",
                official=row.text("official", str(row.data.get("name", ""))),
                aliases=row.texts("aliases", ()),
                within=row.codes("within", names, "area", ()) if kind == "zone" else (),
                code=row.text("code") if kind == "district" else None,
                source=row.text("source"),
                confidence=row.choice("confidence", _LEVELS),
            )
        )
        row.done()
    places = []
    place_rows = top.rows("places")
    for row in place_rows:
        name, options = row.text("name"), row.codes("areas", names, "area")
        places.append(
            NamedPlace(name, options, row.text("source"), row.choice("confidence", _LEVELS), row.text("note", ""))
        )
        row.done()
    unique([(row, str(row.data.get("name"))) for _, row in rows], "area")
    unique([(row, str(row.data.get("name"))) for row in place_rows], "place")
    top.done()
    return Areas(tuple(areas), tuple(places), read_streets(folder, areas, problems))


def read_streets(folder: Path, areas: Collection[Area], problems: Problems) -> tuple[Street, ...]:
    districts = {area.code: area.name for area in areas if area.kind == "district"}
    zones = {area.name for area in areas if area.kind == "zone"}
    rows = read_csv(folder / "streets.csv", STREET_COLUMNS, problems)
    streets = []
    for row in rows:
        code, district, zone = row.text("code"), row.text("district"), row.optional("zone")
        if district not in districts:
            row.bad(f"'district': unknown district code '{district}'")
        if not code.startswith(district):
            row.bad(f"'code': '{code}' does not begin with the district's code '{district}'")
        if zone is not None and zone not in zones:
            row.bad(f"'zone': unknown zone '{zone}'")
        streets.append(Street(code, row.text("name"), districts.get(district, ""), zone))
        row.done()
    unique([(row, str(row.data["code"])) for row in rows], "street")
    return tuple(streets)


def read_basis(row: Row, *, required: bool = True) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """`basis` (statutes, 「民法典 1079」) and `sources` (anything else, in words). At least one is needed."""
    statutes = []
    for text in row.texts("basis", ()):
        if (statute := parse_statute(text)) is None:
            row.bad(f"'basis' must be like '民法典 1079', got '{text}'")
        else:
            statutes.append(statute)
    sources = row.texts("sources", ())
    if required and not statutes and not sources:
        row.bad("has no legal basis: give 'basis' (law and article) or 'sources'")
    return tuple(statutes), (*(statute_name(*statute) for statute in statutes), *sources)


def read_body_types(folder: Path, hotlines: Collection[str], problems: Problems) -> Mapping[str, BodyType]:
    top = read_yaml(folder / "body_types.yml", problems)
    rows = top.rows("body_types")
    types = {}
    for row in rows:
        code = row.text("code")
        _, basis = read_basis(row, required=False)
        types[code] = BodyType(
            code=code,
            name=row.text("name"),
            does=row.text("does"),
            say=row.text("say"),
            office=row.choice("office", _OFFICES),
            which=row.text("which", ""),
            hotlines=row.codes("hotlines", hotlines, "hotline", ()),
            basis=basis,
        )
        row.done()
    unique([(row, str(row.data.get("code"))) for row in rows], "body type")
    top.done()
    return types


def read_hotlines(folder: Path, problems: Problems) -> tuple[Hotline, ...]:
    rows = read_csv(folder / "hotlines.csv", HOTLINE_COLUMNS, problems)
    found = []
    for row in rows:
        found.append(
            Hotline(
                number=read_phone(row, "number") or "",
                name=row.text("name"),
                use=row.text("use"),
                source=row.text("source"),
                checked_on=read_date(row, "checked_on"),
                confidence=row.choice("confidence", ("high", "medium")),
                note=row.text("note", ""),
            )
        )
        row.done()
    unique([(row, str(row.data["number"])) for row in rows], "hotline")
    return tuple(found)


def read_phone(row: Row, key: str) -> str | None:
    text = row.optional(key)
    if text is not None and not _PHONE.match(text):
        row.bad(f"'{key}': not a phone number: '{text}'")
    return text


def read_hours_of(row: Row) -> Schedule | None:
    text = row.optional("hours")
    try:
        return read_hours(text) if text else None
    except BadHoursError as error:
        row.bad(f"'hours': {error}")
        return None


def read_optional_date(row: Row, key: str) -> date | None:
    return read_date(row, key) if row.optional(key) else None


def read_capacity(row: Row) -> int | None:
    text = row.optional("capacity")
    if text is not None and not text.isdecimal():
        row.bad(f"'capacity' must be a whole number or empty, got '{text}'")
        return None
    return int(text) if text else None


def read_list(row: Row, key: str) -> tuple[str, ...]:
    return tuple(row.text(key, "").split())


def read_body(row: Row, types: Collection[str], areas: Collection[str], streets: Mapping[str, Street]) -> Body:
    """One entry of the directory, checked; what is wrong is told by the row."""
    body_id, body_type, area = row.text("id"), row.text("type"), row.text("area")
    if not _KEY.match(body_id):
        row.bad(f"'id' must be small latin letters, digits, '-', '_' or '.', got '{body_id}'")
    if body_type not in types:
        row.bad(f"'type': unknown body type '{body_type}'")
    if area != CITY and area not in areas:
        row.bad(f"'area': unknown area '{area}'")
    street = row.optional("street")
    if street is not None and (street not in streets or streets[street].district != area):
        row.bad(f"'street': '{street}' is no street of {area}")
    groups = read_list(row, "groups")
    for group in set(groups) - set(get_args(Group)):
        row.bad(f"'groups': unknown group '{group}'")
    return Body(
        id=body_id,
        type=body_type,
        name=row.text("name"),
        area=area,
        source=row.text("source"),
        checked_on=read_date(row, "checked_on"),
        state=row.choice("state", ("confirmed", "unconfirmed", "inactive")),
        address=row.optional("address"),
        phone=read_phone(row, "phone"),
        hours=row.optional("hours"),
        website=row.optional("website"),
        note=row.text("note", ""),
        street=street,
        schedule=read_hours_of(row),
        matters=read_list(row, "matters"),
        groups=groups,
        capacity=read_capacity(row),
        valid_from=read_optional_date(row, "valid_from"),
        valid_to=read_optional_date(row, "valid_to"),
        editor=row.text("editor", ""),
    )


def read_sites(
    folder: Path, types: Collection[str], streets: Collection[Street], problems: Problems
) -> tuple[Body, ...]:
    """The sites that every street has, one body each."""
    top = read_yaml(folder / "site_kinds.yml", problems)
    sites = []
    for row in top.rows("kinds"):
        prefix, body_type = row.text("prefix"), row.choice("type", types)
        name, source, note = row.text("name"), row.text("source"), row.text("note")
        sites.extend(
            Body(
                id=f"{prefix}-{street.code}",
                type=body_type,
                name=name.replace("{street}", street.name),
                area=street.district,
                source=source,
                checked_on=_STREETS_CHECKED,
                note=note,
                street=street.code,
            )
            for street in streets
        )
        row.done()
    top.done()
    return tuple(sites)


def read_bodies(
    folder: Path, types: Collection[str], areas: Collection[str], streets: Mapping[str, Street], problems: Problems
) -> tuple[Body, ...]:
    rows = read_csv(folder / "bodies.csv", BODY_COLUMNS, problems, MORE_BODY_COLUMNS)
    bodies = []
    for row in rows:
        bodies.append(read_body(row, types, areas, streets))
        row.done()
    unique([(row, str(row.data["id"])) for row in rows], "body")
    return tuple(bodies)


def read_directory(folder: Path, areas: Areas, problems: Problems) -> Directory:
    hotlines = read_hotlines(folder, problems)
    types = read_body_types(folder, [hotline.number for hotline in hotlines], problems)
    streets = {street.code: street for street in areas.streets}
    bodies = read_bodies(folder, types, [area.name for area in areas.areas], streets, problems)
    known = {body.id for body in bodies}
    bodies += tuple(site for site in read_sites(folder, types, areas.streets, problems) if site.id not in known)
    zones = {area.name: area.within for area in areas.areas if area.kind == "zone"}
    names = {(area, s.name): s.code for s in areas.streets for area in (s.district, s.zone) if area}
    return Directory(bodies, types, hotlines, zones, names)


def read_cue_file(folder: Path, problems: Problems) -> Cues:
    top = read_yaml(folder / "cues.yml", problems)
    rows = top.rows("cues")
    cues = {}
    for row in rows:
        name = row.text("name")
        cues[name] = Cue(
            name=name,
            about=row.text("about"),
            yes=_pattern(row, "yes_when"),
            no=_pattern(row, "no_when"),
            ignore=_pattern(row, "ignore"),
        )
        row.done()
    unique([(row, str(row.data.get("name"))) for row in rows], "cue")
    top.done()
    return Cues(cues)


def _pattern(row: Row, key: str) -> re.Pattern[str] | None:
    """One pattern out of a list of alternatives."""
    parts = row.texts(key, ())
    for part in parts:
        try:
            if re.compile(part).search(""):
                row.bad(f"'{key}': pattern '{part}' matches the empty text")
        except re.error as error:
            row.bad(f"'{key}': not a pattern: '{part}' ({error})")
            return None
    return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None
