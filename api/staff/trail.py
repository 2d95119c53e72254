"""The audit trail, read and taken along by auditors. There is no way to change it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Connection, Row, Select, func, select

from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem
from api.paging import PagingIn, Rows
from api.spreadsheets import CSV, XLSX, attachment, csv_text, workbook
from api.staff import audit
from api.staff.roles import Role, Staff
from api.staff.session import NO_NUL
from api.staff.tables import audit_table

MOST_EXPORTED = 50_000  # rows: a workbook of them takes about ten seconds and 200 MB

router = APIRouter(prefix="/api/v1/staff/audit", responses={code: {"model": Problem} for code in (401, 403, 422)})
Auditor = Annotated[Staff, requires(Role.AUDITOR)]

COLUMNS = {
    "at": "时间",
    "who": "谁",
    "action": "做了什么",
    "kind": "对象类别",
    "object_id": "对象",
    "before": "之前",
    "after": "之后",
    "reason": "理由",
}


class AuditFilter(BaseModel):
    """Each narrows the trail; left out, it does not."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    who: str = ""
    action: str = ""
    kind: str = ""
    object_id: str = ""


class AuditView(BaseModel):
    id: int
    at: datetime
    staff_id: int | None
    who: str
    action: str
    kind: str
    object_id: str
    before: Any = None
    after: Any = None
    reason: str


class AuditChoices(BaseModel):
    """Actions and kinds that occur in the trail."""

    actions: list[str]
    kinds: list[str]


def _filter(
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    who: Annotated[str, Query(max_length=60, pattern=NO_NUL)] = "",
    action: Annotated[str, Query(max_length=60, pattern=NO_NUL)] = "",
    kind: Annotated[str, Query(max_length=40, pattern=NO_NUL)] = "",
    object_id: Annotated[str, Query(max_length=120, pattern=NO_NUL)] = "",
) -> AuditFilter:
    return AuditFilter(since=since, until=until, who=who.strip(), action=action, kind=kind, object_id=object_id.strip())


FilterIn = Annotated[AuditFilter, Depends(_filter)]


@router.get("")
def read_trail(_me: Auditor, service: ServiceIn, paging: PagingIn, narrowed: FilterIn) -> Rows[AuditView]:
    """The trail, newest first; needs the auditor."""
    with service.engine.connect() as connection:
        query = _narrow(select(audit_table), narrowed).order_by(audit_table.c.id.desc())
        rows = connection.execute(query.offset(paging.offset).limit(paging.size))
        items = [AuditView(**row._mapping) for row in rows]  # noqa: SLF001
        return Rows(items=items, total=_count(connection, narrowed))


@router.get("/choices")
def trail_choices(_me: Auditor, service: ServiceIn) -> AuditChoices:
    """What the trail can be filtered by; needs the auditor."""
    with service.engine.connect() as connection:
        found = {
            name: sorted(connection.execute(select(audit_table.c[name]).distinct()).scalars())
            for name in ("action", "kind")
        }
    return AuditChoices(actions=found["action"], kinds=found["kind"])


@router.get("/export", response_class=Response)
def export_trail(
    me: Auditor, service: ServiceIn, narrowed: FilterIn, form: Annotated[Literal["xlsx", "csv"], Query(alias="format")]
) -> Response:
    """The filtered trail as XLSX or CSV in which nothing is a formula; itself recorded. Needs the auditor."""
    now = service.now()
    with service.engine.connect() as connection:
        total = _count(connection, narrowed)
        if total > MOST_EXPORTED:
            raise ApiError(422, "太多了", f"有 {total} 条，一次最多导出 {MOST_EXPORTED} 条。请把时间范围缩小。")
        query = _narrow(select(audit_table), narrowed).order_by(audit_table.c.id)
        rows = [_line(row) for row in connection.execute(query)]
    with service.writing.begin() as connection:
        told = narrowed.model_dump(mode="json", exclude_defaults=True) | {"rows": total, "format": form}
        audit.record(connection, me, "audit.export", "audit", "", now, after=told)
    name = f"audit-{now:%Y%m%d-%H%M}.{form}"
    if form == "csv":
        return attachment(csv_text(rows, COLUMNS), CSV, name)
    return attachment(workbook(rows, COLUMNS, "审计记录"), XLSX, name)


def _narrow(query: Select, narrowed: AuditFilter) -> Select:
    table = audit_table.c
    if narrowed.since:
        query = query.where(table.at >= narrowed.since)
    if narrowed.until:
        query = query.where(table.at < narrowed.until)
    if narrowed.who:
        query = query.where(table.who.contains(narrowed.who, autoescape=True))
    exact = {"action": narrowed.action, "kind": narrowed.kind, "object_id": narrowed.object_id}
    return query.where(*(table[name] == value for name, value in exact.items() if value))


def _count(connection: Connection, narrowed: AuditFilter) -> int:
    return connection.execute(_narrow(select(func.count()).select_from(audit_table), narrowed)).scalar_one()


def _line(row: Row) -> dict[str, Any]:
    return {
        **row._mapping,  # noqa: SLF001
        "before": _text(row.before),
        "after": _text(row.after),
    }


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
