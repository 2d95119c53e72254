"""What curators and reviewers do with a case. Callers commit and record the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from case_library.case import Case
from case_library.check import Fault, Known, faults_of
from case_library.errors import CaseLibraryError
from case_library.versions import (
    Author,
    CaseConflictError,
    CaseEvent,
    CaseRecord,
    append,
    at_revision,
    exists,
    find,
    version_of,
)


class CannotCurateError(CaseLibraryError):
    """The step is not possible now. The message is for the one who tried it, in Chinese."""


class FaultyCaseError(CaseLibraryError):
    """The case has faults and cannot go on to review."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("；".join(f"{fault.field}：{fault.text}" for fault in faults))
        self.faults = faults


def new_case(connection: Connection, case: Case, author: Author, source: str, now: datetime) -> CaseRecord:
    """The first draft of a case; `CannotCurateError` when the id is taken."""
    if exists(connection, case.id):
        raise CannotCurateError(f"编号“{case.id}”已经有了，请换一个")
    event = CaseEvent(1, "drafted", author, now, replace(case, status="draft"), source=source)
    return append(connection, CaseRecord(case.id), event)


def edit(
    connection: Connection, case: Case, revision: int, author: Author, now: datetime, source: str = "修改"
) -> CaseRecord:
    """Keep a changed text as draft. `revision` is the one it was read at; `CaseConflictError` when there is a later one.

    A draft that is in review goes back to draft: what was reviewed is no longer what it is.
    """
    record = _at(connection, case.id, revision, case)
    return append(connection, record, _next(record, "drafted", author, now, replace(case, status="draft"), source))


def submit(
    connection: Connection, case_id: str, revision: int, author: Author, known: Known, now: datetime, today: date
) -> CaseRecord:
    """Hand the draft to a reviewer; `FaultyCaseError` when it could not be published."""
    record = _at(connection, case_id, revision)
    if record.draft_state != "draft" or record.draft is None:
        raise CannotCurateError("没有可以提交的草稿")
    if faults := faults_of(record.draft, known, today):
        raise FaultyCaseError(faults)
    return append(connection, record, _next(record, "submitted", author, now))


def send_back(
    connection: Connection, case_id: str, revision: int, author: Author, reason: str, now: datetime
) -> CaseRecord:
    """Give a draft back to its author, with a reason."""
    record = _in_review(connection, case_id, revision)
    if not reason.strip():
        raise CannotCurateError("退回要写明原因")
    return append(connection, record, _next(record, "returned", author, now, reason=reason))


def publish(
    connection: Connection,
    case_id: str,
    revision: int,
    author: Author,
    known: Known,
    now: datetime,
    today: date,
    *,
    still_sample: bool,
    reason: str = "",
) -> CaseRecord:
    """Show the draft to citizens. Needs somebody who did not write it.

    `still_sample` keeps the mark of a sample; it goes only when the reviewer says that the text was examined.
    `reason` says why a regression was accepted.
    """
    record = _in_review(connection, case_id, revision)
    if author.staff_id in record.authors:
        raise CannotCurateError("自己写的案例要由别人审核发布")
    draft = record.draft
    if faults := faults_of(draft, known, today):  # a statute can have ended since it was handed in
        raise FaultyCaseError(faults)
    was_sample = record.live is not None and record.live.status == "sample"
    status = "sample" if was_sample and still_sample else "published"
    note = draft.note if status == "sample" else ""
    return append(
        connection,
        record,
        _next(record, "published", author, now, replace(draft, status=status, note=note), reason=reason),
    )


def retire(
    connection: Connection, case_id: str, revision: int, author: Author, reason: str, now: datetime
) -> CaseRecord:
    """Show a case no more. It stays with all its versions, and can be brought back by `restore`."""
    record = _at(connection, case_id, revision)
    if record.live is None or record.live.status == "retired":
        raise CannotCurateError("这个案例没有在用")
    if not reason.strip():
        raise CannotCurateError("下架要写明原因")
    return append(connection, record, _next(record, "retired", author, now, reason=reason))


def restore(
    connection: Connection, case_id: str, version: int, revision: int, author: Author, now: datetime
) -> CaseRecord:
    """Make a published version the draft again; it goes the way through review once more."""
    record = _at(connection, case_id, revision)
    case = replace(version_of(connection, case_id, version), status="draft")
    return append(connection, record, _next(record, "drafted", author, now, case, f"恢复第 {version} 版"))


def discard(connection: Connection, case_id: str, revision: int, author: Author, now: datetime) -> CaseRecord:
    """Drop the draft of a case that is published; the text stays in the history."""
    record = _at(connection, case_id, revision)
    if record.draft is None or record.live is None:
        raise CannotCurateError("没有可以放弃的修改")
    return append(connection, record, _next(record, "discarded", author, now))


def keep(
    connection: Connection, case_id: str, revision: int, author: Author, review_on: date, now: datetime
) -> CaseRecord:
    """Confirm that a case still holds, and say when to look at it again."""
    record = _at(connection, case_id, revision)
    if record.live is None:
        raise CannotCurateError("这个案例还没有发布")
    case = replace(record.live, review_on=review_on)
    return append(connection, record, _next(record, "kept", author, now, case))


def _at(connection: Connection, case_id: str, revision: int, yours: Case | None = None) -> CaseRecord:
    record = find(connection, case_id)
    if record.revision != revision:
        raise CaseConflictError(record, at_revision(connection, case_id, revision), yours)
    return record


def _in_review(connection: Connection, case_id: str, revision: int) -> CaseRecord:
    record = _at(connection, case_id, revision)
    if record.draft_state != "in_review" or record.draft is None:
        raise CannotCurateError("这个案例不在待审核的队列里")
    return record


def _next(
    record: CaseRecord,
    kind: str,
    author: Author,
    now: datetime,
    case: Case | None = None,
    source: str = "",
    reason: str = "",
) -> CaseEvent:
    return CaseEvent(record.revision + 1, kind, author, now, case, source=source, reason=reason)  # type: ignore[arg-type]
