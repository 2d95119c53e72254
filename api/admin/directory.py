"""The directory of bodies over HTTP: list, facts with source and history, what is to be checked, import and export."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Response, UploadFile
from sqlalchemy import Connection

from api import guidance
from api.admin.directory_views import (
    FACT_NAMES,
    DirectoryArea,
    DirectoryChoice,
    DirectoryEntry,
    DirectoryImport,
    DirectoryImportResult,
    DirectoryRow,
    DirectoryRowProblem,
    DirectoryStreet,
    DirectorySummary,
    FactsInput,
    difference_view,
    entry_view,
    row_view,
    unknown_of,
)
from api.dependencies import ServiceIn, requires
from api.errors import ApiError, FieldProblem, Problem
from api.hsds import importing
from api.hsds.catalogue import Catalogue
from api.hsds.importing import UnreadableHsdsError
from api.paging import PagingIn, Rows
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from routing import facts as directory_facts
from routing.directory import CITY, Body
from routing.directory_files import BODY_COLUMNS, MORE_BODY_COLUMNS
from routing.errors import Problem as FactProblem
from routing.facts import Found

Curator = Annotated[Staff, requires(Role.CURATOR)]
Reader = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER, Role.SUPERVISOR)]
BodyId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=120)]
Check = Literal["", "stale", "unknown", "unconfirmed"]
router = APIRouter(
    prefix="/api/v1/admin/directory",
    tags=["directory"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)


@router.get("/summary")
def summary(_me: Reader, service: ServiceIn) -> DirectorySummary:
    """Counts and choices; needs a curator, a reviewer or a supervisor."""
    directory, areas, today = service.parts.directory, service.guidance.areas, service.now().date()
    active = [body for body in directory.bodies if body.state != "inactive"]
    districts = {area.code: area.name for area in areas.areas}
    return DirectorySummary(
        entries=len(active),
        confirmed=sum(body.state == "confirmed" for body in active),
        stale=sum(body.stale(today) for body in active),
        unknown=dict(Counter(name for body in active for name in unknown_of(body))),
        types=[DirectoryChoice(code=kind.code, name=kind.name) for kind in directory.types.values()],
        areas=[_area(name, active, today) for name in (CITY, *(area.name for area in areas.areas))],
        streets=[
            DirectoryStreet(code=street.code, name=street.name, area=districts.get(street.district, street.district))
            for street in areas.streets
        ],
    )


@router.get("")
def list_entries(
    _me: Reader,
    service: ServiceIn,
    paging: PagingIn,
    words: Annotated[str, Query(max_length=100)] = "",
    area: Annotated[str, Query(max_length=30)] = "",
    street: Annotated[str, Query(max_length=12)] = "",
    body_type: Annotated[str, Query(alias="type", max_length=60)] = "",
    state: Literal["", "confirmed", "unconfirmed", "inactive"] = "",
    check: Check = "",
) -> Rows[DirectoryRow]:
    """Entries, oldest check first where `check` is asked for; needs a curator, a reviewer or a supervisor."""
    today = service.now().date()
    found = [
        body
        for body in service.parts.directory.bodies
        if words in f"{body.name} {body.id}"
        and area in ("", body.area)
        and street in ("", body.street)
        and body_type in ("", body.type)
        and state in ("", body.state)
        and _to_check(body, check, today)
    ]
    if check:
        found.sort(key=lambda body: (body.street is not None, body.checked_on, body.id))
    shown = found[paging.offset : paging.offset + paging.size]
    return Rows(items=[row_view(body, service, today) for body in shown], total=len(found))


@router.get("/export")
def export(_me: Reader, service: ServiceIn) -> Response:
    """All entries as bodies.csv, which can be imported again; needs a curator, a reviewer or a supervisor.

    As HSDS they are at /hsds/, open to everyone.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, (*BODY_COLUMNS, *MORE_BODY_COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(directory_facts.as_row(body) for body in service.parts.directory.bodies)
    named = {"Content-Disposition": 'attachment; filename="bodies.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=named)


@router.post("/import")
def import_rows(me: Curator, service: ServiceIn, given: DirectoryImport) -> DirectoryImportResult:
    """Compare rows of bodies.csv with the directory and, with `apply`, take over what differs; needs a curator.

    Nothing is taken over while a row is faulty.
    """
    reader = csv.DictReader(io.StringIO(given.csv.removeprefix("\ufeff")))
    problems = [DirectoryRowProblem(line=1, message=text) for text in _header_faults(reader.fieldnames or [])]
    changes: list[tuple[Body | None, list[Found]]] = []
    seen: dict[str, int] = {}
    for row in reader if not problems else ():
        line, body_id = reader.line_num, (row.get("id") or "").strip()
        if None in row or None in row.values():
            problems.append(DirectoryRowProblem(line=line, message="列数跟表头对不上"))
            continue
        if body_id in seen:
            problems.append(DirectoryRowProblem(line=line, message=f"编号 {body_id} 在第 {seen[body_id]} 行已经有了"))
        seen.setdefault(body_id, line)
        body = service.parts.directory.by_id(body_id)
        found, faults = _found_in(row, body, service)
        problems += [DirectoryRowProblem(line=line, message=text) for text in faults]
        if found:
            changes.append((body, found))
    apply = given.apply and not problems
    if apply:
        with service.writing.begin() as connection:
            for body, found in changes:
                _write(connection, me, service, body, found, "directory.imported")
        guidance.catch_up(service)
    return DirectoryImportResult(
        changes=[difference_view(body, found, service) for body, found in changes], problems=problems, applied=apply
    )


@router.post("/import-hsds")
def import_hsds(
    file: UploadFile,
    me: Curator,
    service: ServiceIn,
    apply: Annotated[bool, Form()] = False,  # noqa: FBT002
    source: Annotated[str, Form(max_length=300)] = "",
) -> DirectoryImportResult:
    """Compare HSDS 3.0 (as /hsds/ gives it, or a zip of it) with the directory and, with `apply`, take over what differs;
    needs a curator. Nothing is taken over while a row is faulty. `source` is for rows that do not say where they are from.
    """
    try:
        rows = importing.read_file(file.file.read(), (file.filename or "")[-200:])
    except UnreadableHsdsError as error:
        raise ApiError(422, "文件不能用", f"{error}。") from error
    names = {code: matter.name for code, matter in service.matters.by_code.items()}
    catalogue = Catalogue(service.parts.directory, names)
    changes, faults = importing.compare(rows, catalogue, service.guidance.areas, service.now().date(), source.strip())
    applied = apply and not faults
    if applied:
        with service.writing.begin() as connection:
            for change in changes:
                _write(connection, me, service, change.body, change.found, "directory.imported")
        guidance.catch_up(service)
    return DirectoryImportResult(
        changes=[difference_view(change.body, change.found, service) for change in changes],
        problems=[
            DirectoryRowProblem(
                line=fault.row, message=f"{fault.name[:60]}：{_fault_text(fault.problem)}".removeprefix("：")
            )
            for fault in faults
        ],
        applied=applied,
    )


@router.get("/{body_id}")
def one_entry(_me: Reader, service: ServiceIn, body_id: BodyId) -> DirectoryEntry:
    """One entry with its facts and their history; needs a curator, a reviewer or a supervisor."""
    return entry_view(_body(service, body_id), service)


@router.post("/{body_id}")
def write_facts(me: Curator, service: ServiceIn, body_id: BodyId, given: FactsInput) -> DirectoryEntry:
    """Write down facts of an entry, with their source; an id that is not known becomes a new entry. Needs a curator.

    An entry is closed by the fact `state` with the value `inactive`. Tickets under way stay where they are and say so.
    """
    body = service.parts.directory.by_id(body_id)
    found = [
        Found(
            body_id,
            fact.name,
            fact.value.strip() or None,
            given.source.strip(),
            given.checked_on,
            "confirmed" if given.confirmed else "unconfirmed",
            given.note.strip(),
        )
        for fact in given.facts
    ]
    problems = directory_facts.check_found(
        found, body, service.parts.directory, service.guidance.areas, service.now().date()
    )
    if problems:
        raise _refused(problems)
    with service.writing.begin() as connection:
        _write(connection, me, service, body, found, "directory.changed" if body else "directory.added")
    guidance.catch_up(service)
    return entry_view(_body(service, body_id), service)


def _area(name: str, active: Iterable[Body], today: date) -> DirectoryArea:
    there = [body for body in active if body.area == name]
    return DirectoryArea(
        name=name,
        entries=len(there),
        confirmed=sum(body.state == "confirmed" for body in there),
        stale=sum(body.stale(today) for body in there),
        gaps=sum(bool(unknown_of(body)) for body in there),
    )


def _write(
    connection: Connection, me: Staff, service: Service, body: Body | None, found: Sequence[Found], action: str
) -> None:
    now = service.now()
    before = directory_facts.as_row(body) if body else {}
    directory_facts.add_facts(connection, found, me.id, me.name, now)
    audit.record(
        connection,
        me,
        action,
        "body",
        found[0].body_id,
        now,
        before={fact.name: before.get(fact.name, "") for fact in found} if body else None,
        after={fact.name: fact.value or "" for fact in found},
        reason=found[0].source,
    )


def _found_in(row: dict[str, Any], body: Body | None, service: Service) -> tuple[list[Found], list[str]]:
    """Facts of a CSV row that differ from the entry, and what is wrong with them."""
    row = {name: (value or "").strip() for name, value in row.items()}
    names = directory_facts.differences({**directory_facts.as_row(body), **row} if body else row, body)
    if not names:
        return [], []
    try:
        checked_on = date.fromisoformat(row.get("checked_on", ""))
    except ValueError:
        return [], [f"核对日期要写成 2026-11-24，现在是「{row.get('checked_on', '')}」"]
    if not row.get("source"):
        return [], ["没有写来源"]
    state: Literal["confirmed", "unconfirmed"] = "confirmed" if row.get("state") == "confirmed" else "unconfirmed"
    found = [
        Found(row["id"], name, row.get(name) or None, row["source"], checked_on, state, row.get("note", ""))
        for name in names
    ]
    today = service.now().date()
    faults = directory_facts.check_found(found, body, service.parts.directory, service.guidance.areas, today)
    return ([] if faults else found), [_fault_text(fault) for fault in faults]


def _header_faults(header: Iterable[str]) -> list[str]:
    header = list(header)
    known = (*BODY_COLUMNS, *MORE_BODY_COLUMNS)
    unknown = [f"不认得的列：{name}" for name in header if name not in known]
    return unknown + [f"缺少列：{name}" for name in ("id", "source", "checked_on") if name not in header]


def _fault_text(problem: FactProblem) -> str:
    texts = {
        "checked in the future": "核对日期在将来",
        "is needed for a new entry": "新条目必须填",
        "is no fact of an entry": "没有这一项",
        "is too long": "太长了，值和备注最多 500 字，来源最多 300 字",
        "has unreadable characters": "有读不出来的字符",
        "has no source": "没有写来源",
        "does not say when it was checked": "没有写核对日期",
    }
    name = FACT_NAMES.get(problem.file, problem.file)
    if problem.message.startswith("was checked later"):
        return f"{name}：信息库里的核对日期比文件里的新"
    return f"{name}：{texts[problem.message]}" if problem.message in texts else _plain(problem.message)


def _plain(message: str) -> str:
    """A loader's sentence in the words of the form; the loader itself speaks to whoever edits the files."""
    for sign, text in (
        ("not a phone number", "电话：格式不对，写成 027-12345678 或短号，几个之间用「 / 」"),
        ("'hours'", "办公时间：格式不对，写成「工作日 09:00-12:00 14:00-17:00」"),
        ("unknown body type", "类型：没有这个类型"),
        ("unknown area", "区：没有这个区"),
        ("is no street", "街道：不在这个区"),
        ("must be a date", "日期：写成 2026-11-24"),
        ("'capacity'", "还能接几件：写整数，不知道就空着"),
        ("'id' must be", "编号：只用小写字母、数字和 - _ ."),
        ("'state' must be", "状态：confirmed、unconfirmed 或 inactive"),
        ("serves", "服务的区不止一个，请分成几条"),
        ("addresses; one entry", "地址不止一个，请分成几条"),
        ("is already in row", "前面已经有这一条了"),
        ("is no service", "不是 HSDS 的服务，也不是机构"),
        ("unknown group", "只收这些人：有不认得的人群"),
    ):
        if sign in message:
            return text
    if found := re.match(r"'([\w.]+)': ", message):  # a place in a document
        return f"「{found[1]}」不合 HSDS 的写法"
    return message


def _refused(problems: Iterable[FactProblem]) -> ApiError:
    texts = [_fault_text(problem) for problem in problems]
    fields = tuple(FieldProblem(field="facts", message=text) for text in texts)
    return ApiError(422, "填写有误", "；".join(texts) + "。", fields)


def _body(service: Service, body_id: str) -> Body:
    body = service.parts.directory.by_id(body_id)
    if body is None:
        raise ApiError(404, "没有找到", "信息库里没有这一条。")
    return body


def _to_check(body: Body, check: Check, today: date) -> bool:
    if check == "":
        return True
    if body.state == "inactive":
        return False
    if check == "stale":
        return body.stale(today)
    return bool(unknown_of(body)) if check == "unknown" else body.state == "unconfirmed"
