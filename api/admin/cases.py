"""Typical cases: draft, review, publication, and the way back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from sqlalchemy import Connection

from api.admin.case_list import USE_DAYS, Either, row_of
from api.admin.case_views import (
    CaseConflict,
    CaseEventView,
    CaseFields,
    CaseView,
    ChangedArticle,
    Input,
    NearCopy,
    event_view,
    fields_of,
    neighbour_view,
    new_id,
    to_case,
)
from api.admin.proofs import ProofSummary, begin_proof, proof_of, refuse_regression
from api.dependencies import ServiceIn, requires
from api.errors import Problem, answer
from api.numbers import RowId
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from case_library import article_changes, curate, misses, usage, versions
from case_library.article_changes import ArticleChange
from case_library.case import Case
from case_library.neighbours import LibraryTexts
from case_library.versions import Author, CaseRecord

Curator = Annotated[Staff, requires(Role.CURATOR)]
Reviewer = Annotated[Staff, requires(Role.REVIEWER)]
IdIn = Annotated[str, Path(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=120)]
router = APIRouter(
    prefix="/api/v1/admin",
    tags=["cases"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)


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


def _view(service: Service, record: CaseRecord, me: Staff) -> CaseView:
    since = service.now().date() - timedelta(days=USE_DAYS)
    with service.engine.connect() as connection:
        used = usage.totals(connection, since)
        changed = [_changed_article(service, one) for one in article_changes.of_case(connection, record.id)]
    return CaseView(
        **row_of(service, record, used),
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
