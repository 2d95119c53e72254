"""Typical cases: list, editor, review, publication."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.admin.case_views import (
    CaseConflict,
    CaseEventView,
    CaseFields,
    CaseId,
    CaseRow,
    CaseView,
    ChangedArticle,
    FaultView,
    Input,
    NearCopy,
    NeighbourView,
    event_view,
    fault_views,
    fields_of,
    neighbour_view,
    new_id,
    row_view,
    to_case,
)
from api.admin.proofs import ProofSummary, begin_proof, proof_of, refuse_regression
from api.dependencies import ServiceIn, requires
from api.errors import Problem, answer
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from case_library import article_changes, curate, misses, usage, versions
from case_library.article_changes import ArticleChange
from case_library.case import Case
from case_library.check import faults_of, shown_text
from case_library.neighbours import LibraryTexts
from case_library.personal import Personal, find_personal
from case_library.versions import Author, CaseRecord, Stage

USE_DAYS = 90  # over which use is counted in lists
Curator = Annotated[Staff, requires(Role.CURATOR)]
Reviewer = Annotated[Staff, requires(Role.REVIEWER)]
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
IdIn = Annotated[str, Path(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=120)]
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


class CaseInput(Input):
    case: CaseFields
    source: str = Field("", max_length=300)
    confirmed: bool = False  # a near copy is added all the same
    miss_ids: list[RowId] = Field([], max_length=500)


class CaseChange(Input):
    revision: RowId
    case: CaseFields


class Step(Input):
    revision: RowId
    reason: str = Field("", max_length=500)


class Submission(Step):
    confirmed: bool = False  # a near copy is handed in all the same


class Publication(Step):
    still_sample: bool = True


class Restoration(Step):
    version: RowId


class Confirmation(Step):
    review_on: date


class CitationView(BaseModel):
    field: str
    said: str
    id: str | None
    in_force: bool
    text: str | None


class PersonalView(BaseModel):
    field: str
    said: str
    kind: str
    instead: str


class CaseCheckInput(Input):
    id: CaseId | None = None
    case: CaseFields


class CaseCheck(BaseModel):
    faults: list[FaultView]
    citations: list[CitationView]
    personal: list[PersonalView]
    neighbours: list[NeighbourView]


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
    return Rows(items=[CaseRow(**_row(service, record, used)) for record in records], total=total)


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
        matter.code: Choice(code=matter.code, name=matter.name, group=matter.group) for matter in _matters(service)
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


@router.post("/cases", status_code=201, response_model=CaseView, responses={409: {"model": NearCopy}})
def draft_case(input_: CaseInput, me: Curator, service: ServiceIn) -> Any:
    """Begin a case; needs a curator. A near copy of another is refused until it is sent again with `confirmed`."""
    now = service.now()
    case = to_case(input_.case, new_id(input_.case.matter), "", service.parts.statutes)
    if not input_.confirmed and (copies := _near_copies(service, case)):
        return answer(copies)
    with service.writing.begin() as connection:
        record = curate.new_case(connection, case, _author(me), input_.source or "自己写的", now)
        if input_.miss_ids:
            misses.take(connection, input_.miss_ids, case.id)
        _audit(connection, me, "case.draft", record, now)
    return _view(service, record, me)


@router.get("/cases/{case_id}")
def read_case(case_id: IdIn, me: Either, service: ServiceIn) -> CaseView:
    """A case with its draft; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        record = versions.find(connection, case_id)
    return _view(service, record, me)


@router.put("/cases/{case_id}", responses={409: {"model": CaseConflict}})
def edit_case(case_id: IdIn, input_: CaseChange, me: Curator, service: ServiceIn) -> CaseView:
    """Keep a changed text as draft; needs a curator. 409 with all texts when somebody else changed it since."""
    now = service.now()
    with service.writing.begin() as connection:
        before = versions.find(connection, case_id)
        case = to_case(input_.case, case_id, before.case.note, service.parts.statutes)
        record = curate.edit(connection, case, input_.revision, _author(me), now)
        _audit(connection, me, "case.edit", record, now, before)
    return _view(service, record, me)


@router.post("/cases/{case_id}/submit", response_model=CaseView, responses={409: {"model": CaseConflict | NearCopy}})
def submit_case(case_id: IdIn, input_: Submission, me: Curator, service: ServiceIn) -> Any:
    """Hand a draft to a reviewer, and begin its proof; needs a curator. A new near copy is refused until `confirmed`."""
    now = service.now()
    if not input_.confirmed:
        with service.engine.connect() as connection:
            record = versions.find(connection, case_id)
        if record.live is None and (copies := _near_copies(service, record.case)):
            return answer(copies)
    with service.writing.begin() as connection:
        record = curate.submit(connection, case_id, input_.revision, _author(me), service.known, now, now.date())
        _audit(connection, me, "case.submit", record, now)
        proof = begin_proof(connection, service, record, me.name, now)
    service.background.submit(proof)
    return _view(service, record, me)


@router.get("/cases/{case_id}/proof")
def read_proof(case_id: IdIn, _me: Either, service: ServiceIn) -> ProofSummary | None:
    """What publishing the draft would change; null when nothing was tried. Needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        return proof_of(connection, versions.find(connection, case_id), service.now())


@router.post("/cases/{case_id}/proof", status_code=202)
def prove_again(case_id: IdIn, me: Either, service: ServiceIn) -> ProofSummary | None:
    """Try again what publishing the draft would change; needs a curator or a reviewer."""
    now = service.now()
    with service.writing.begin() as connection:
        record = versions.find(connection, case_id)
        if record.draft is None:
            raise curate.CannotCurateError("没有草稿可以核对")
        proof = begin_proof(connection, service, record, me.name, now)
        summary = proof_of(connection, record, now)
    service.background.submit(proof)
    return summary


@router.post("/cases/{case_id}/return", responses={409: {"model": CaseConflict}})
def return_case(case_id: IdIn, input_: Step, me: Reviewer, service: ServiceIn) -> CaseView:
    """Give a draft back with a reason; needs a reviewer."""
    now = service.now()
    with service.writing.begin() as connection:
        record = curate.send_back(connection, case_id, input_.revision, _author(me), input_.reason, now)
        _audit(connection, me, "case.return", record, now, reason=input_.reason)
    return _view(service, record, me)


@router.post("/cases/{case_id}/publish", responses={409: {"model": CaseConflict}})
def publish_case(case_id: IdIn, input_: Publication, me: Reviewer, service: ServiceIn) -> CaseView:
    """Show a draft to citizens; needs a reviewer who did not write it, and a proof without regressions or a reason."""
    now = service.now()
    with service.writing.begin() as connection:
        before = versions.find(connection, case_id)
        proof = proof_of(connection, before, now)
        record = curate.publish(
            connection,
            case_id,
            input_.revision,
            _author(me),
            service.known,
            now,
            now.date(),
            still_sample=input_.still_sample,
            reason=input_.reason,
        )
        refuse_regression(proof, input_.reason)  # takes the step back
        article_changes.settle(connection, case_id, me.name, now)
        _audit(connection, me, "case.publish", record, now, before, reason=input_.reason)
    return _view(service, record, me)


@router.post("/cases/{case_id}/retire", responses={409: {"model": CaseConflict}})
def retire_case(case_id: IdIn, input_: Step, me: Reviewer, service: ServiceIn) -> CaseView:
    """Show a case no more, with a reason; needs a reviewer. Its versions stay."""
    now = service.now()
    with service.writing.begin() as connection:
        before = versions.find(connection, case_id)
        record = curate.retire(connection, case_id, input_.revision, _author(me), input_.reason, now)
        _audit(connection, me, "case.retire", record, now, before, reason=input_.reason)
    return _view(service, record, me)


@router.post("/cases/{case_id}/restore", responses={409: {"model": CaseConflict}})
def restore_case(case_id: IdIn, input_: Restoration, me: Curator, service: ServiceIn) -> CaseView:
    """Make an older version the draft; needs a curator. It is reviewed once more before citizens see it."""
    now = service.now()
    with service.writing.begin() as connection:
        record = curate.restore(connection, case_id, input_.version, input_.revision, _author(me), now)
        _audit(connection, me, "case.restore", record, now, reason=f"第 {input_.version} 版")
    return _view(service, record, me)


@router.post("/cases/{case_id}/discard", responses={409: {"model": CaseConflict}})
def discard_draft(case_id: IdIn, input_: Step, me: Curator, service: ServiceIn) -> CaseView:
    """Drop the draft of a published case; needs a curator. The text stays in the history."""
    now = service.now()
    with service.writing.begin() as connection:
        record = curate.discard(connection, case_id, input_.revision, _author(me), now)
        _audit(connection, me, "case.discard", record, now)
    return _view(service, record, me)


@router.post("/cases/{case_id}/keep", responses={409: {"model": CaseConflict}})
def keep_case(case_id: IdIn, input_: Confirmation, me: Reviewer, service: ServiceIn) -> CaseView:
    """Confirm that a case still holds, and when to look again; needs a reviewer."""
    now = service.now()
    with service.writing.begin() as connection:
        record = curate.keep(connection, case_id, input_.revision, _author(me), input_.review_on, now)
        article_changes.settle(connection, case_id, me.name, now)
        _audit(connection, me, "case.keep", record, now, reason=input_.reason)
    return _view(service, record, me)


@router.get("/cases/{case_id}/history")
def case_history(case_id: IdIn, _me: Either, service: ServiceIn) -> list[CaseEventView]:
    """Everything that happened to a case, newest first, with its texts; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        versions.find(connection, case_id)
        events = versions.history(connection, case_id)
    return [event_view(event) for event in reversed(events)]


@router.post("/case-checks")
def check_case(input_: CaseCheckInput, _me: Either, service: ServiceIn) -> CaseCheck:
    """What is wrong with a text, its citations, personal data in it, its neighbours; needs a curator or a reviewer."""
    parts, today = service.parts, service.now().date()
    case = to_case(input_.case, input_.id or "new.case", "", parts.statutes)
    texts = {**shown_text(case), "questions": "\n".join(case.questions)}
    citations = [
        CitationView(
            field=field,
            said=citation.said,
            id=citation.article.id if citation.article else None,
            in_force=citation.in_force,
            text=citation.article.text if citation.article else None,
        )
        for field, text in {**texts, "statutes": "\n".join(input_.case.statutes)}.items()
        for citation in parts.statutes.cite(text, today)
    ]
    found: list[tuple[str, Personal]] = [(field, one) for field, text in texts.items() for one in find_personal(text)]
    return CaseCheck(
        faults=fault_views(faults_of(case, service.known, today)),
        citations=citations,
        personal=[PersonalView(field=field, said=one.said, kind=one.kind, instead=one.instead) for field, one in found],
        neighbours=[neighbour_view(one) for one in LibraryTexts(parts.index.cases, parts.encoder).nearest(case)],
    )


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


def _row(service: Service, record: CaseRecord, used: dict[str, usage.Use]) -> dict[str, Any]:
    use = used.get(record.id)
    counts = {name: getattr(use, name) for name in ("shown", "resolved", "unresolved", "edited")} if use else {}
    counts |= {"last_used": use.last_at} if use else {}
    return row_view(record, service.matters.name(record.case.matter)) | counts


def _view(service: Service, record: CaseRecord, me: Staff) -> CaseView:
    since = service.now().date() - timedelta(days=USE_DAYS)
    with service.engine.connect() as connection:
        used = usage.totals(connection, since)
        changed = [_changed_article(service, one) for one in article_changes.of_case(connection, record.id)]
    return CaseView(
        **_row(service, record, used),
        live=fields_of(record.live) if record.live else None,
        draft=fields_of(record.draft) if record.draft else None,
        note=record.case.note,
        mine=me.id in record.authors,
        changed_articles=changed,
    )


def _changed_article(service: Service, change: ArticleChange) -> ChangedArticle:
    statutes = service.parts.statutes
    ref = statutes.parse(change.article)
    now = statutes.article(ref.law, ref.article, service.now().date()) if ref else None
    return ChangedArticle(
        article=change.article, change=change.change, before=change.before, now=now.text if now else ""
    )


def _near_copies(service: Service, case: Case) -> NearCopy | None:
    near = LibraryTexts(service.parts.index.cases, service.parts.encoder).nearest(case)
    if not near or not near[0].near_copy:
        return None
    return NearCopy(
        type="urn:yibotong:near-copy",
        title="已经有几乎一样的案例",
        status=409,
        detail=f"和“{near[0].title}”几乎一样。可以去改那一条；确实不同的，确认后再添加。",
        neighbours=[neighbour_view(one) for one in near],
    )


def _author(me: Staff) -> Author:
    return Author(me.id, me.name)


def _matters(service: Service) -> list:
    return list(service.matters.by_code.values())


def _audit(
    connection: Connection,
    me: Staff,
    action: str,
    record: CaseRecord,
    now: datetime,
    before: CaseRecord | None = None,
    reason: str = "",
) -> None:
    audit.record(
        connection,
        me,
        action,
        "case",
        record.id,
        now,
        before=_brief(before) if before else None,
        after=_brief(record),
        reason=reason,
    )


def _brief(record: CaseRecord) -> dict[str, Any]:
    case: Case = record.case
    return {"title": case.title, "status": record.status, "revision": record.revision, "version": record.version}
