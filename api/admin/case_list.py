"""The library as a list: cases with their use, and how it stands as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Connection

from api.admin.case_views import CaseRow, row_view
from api.dependencies import ServiceIn, requires
from api.errors import Problem
from api.paging import PagingIn, Rows
from api.staff.roles import Role, Staff
from api.wiring import Service
from case_library import article_changes, usage, versions
from case_library.versions import CaseRecord, Stage

USE_DAYS = 90  # over which use is counted in lists
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
router = APIRouter(
    prefix="/api/v1/admin",
    tags=["cases"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)


class Choice(BaseModel):
    code: str
    name: str
    group: str = ""


class WeakMatter(BaseModel):
    code: str
    name: str
    resolved: int  # said by citizens in the last 90 days
    unresolved: int


class LibrarySummary(BaseModel):
    counts: dict[str, int]
    matters: list[Choice]
    body_types: list[Choice]
    without_case: list[Choice]  # matters with fewer than two cases in use
    weak_matters: list[WeakMatter]  # matters whose cases do not help, the worst first
    never_used: int
    changed_articles: int


@router.get("/cases")
def list_cases(
    _me: Either,
    service: ServiceIn,
    paging: PagingIn,
    words: Annotated[str, Query(max_length=100)] = "",
    matter: Annotated[str, Query(max_length=60)] = "",
    stage: Stage | None = None,
    use: Annotated[str, Query(pattern="^(never|disputed|changed_law)?$")] = "",
) -> Rows[CaseRow]:
    """Cases, the last changed first; needs a curator or a reviewer."""
    today = service.now().date()
    with service.engine.connect() as connection:
        used = usage.totals(connection, today - timedelta(days=USE_DAYS))
        ids = _ids_by_use(connection, use, used)
        records, total = versions.search(
            connection, today, words=words, matter=matter, stage=stage, ids=ids, offset=paging.offset, limit=paging.size
        )
    return Rows(items=[CaseRow(**row_of(service, record, used)) for record in records], total=total)


@router.get("/library")
def library_summary(me: Either, service: ServiceIn) -> LibrarySummary:  # noqa: ARG001
    """How the library stands, and what can be chosen in the editor; needs a curator or a reviewer."""
    today = service.now().date()
    with service.engine.connect() as connection:
        counts = versions.counts_by_stage(connection, today)
        used = usage.totals(connection, today - timedelta(days=USE_DAYS))
        never = _ids_by_use(connection, "never", used) or frozenset()
        changed = article_changes.open_cases(connection)
    names = {
        matter.code: Choice(code=matter.code, name=matter.name, group=matter.group)
        for matter in service.matters.by_code.values()
    }
    have = [case.matter for case in service.parts.index.cases]
    return LibrarySummary(
        counts=counts,
        matters=list(names.values()),
        body_types=[Choice(code=code, name=kind.name) for code, kind in service.parts.directory.types.items()],
        without_case=[choice for code, choice in names.items() if have.count(code) < 2],
        weak_matters=[
            WeakMatter(code=code, name=service.matters.name(code), resolved=use.resolved, unresolved=use.unresolved)
            for code, use in usage.weak(used, {case.id: case.matter for case in service.parts.index.cases})
        ],
        never_used=len(never),
        changed_articles=len(changed),
    )


def row_of(service: Service, record: CaseRecord, used: dict[str, usage.Use]) -> dict[str, Any]:
    """A case as a row of a list, with what citizens and agents made of it."""
    use = used.get(record.id)
    counts = {name: getattr(use, name) for name in ("shown", "resolved", "unresolved", "edited")} if use else {}
    counts |= {"last_used": use.last_at} if use else {}
    return row_view(record, service.matters.name(record.case.matter)) | counts


def _ids_by_use(connection: Connection, use: str, used: dict[str, usage.Use]) -> frozenset[str] | None:
    match use:
        case "never":
            known = (record.id for record in versions.in_use(connection))
            return frozenset(known) - used.keys()
        case "disputed":
            return frozenset(id_ for id_, one in used.items() if one.unresolved > one.resolved)
        case "changed_law":
            return frozenset(article_changes.open_cases(connection))
    return None
