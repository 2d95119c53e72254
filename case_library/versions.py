"""The life of a case as a thread of events, and its queries. Callers commit.

draft → in review → published → retired. Every event is kept, so every published version is; what a case is now is what its
events add up to (`apply`). A writer names the revision its text is based on; the second of two writers is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from case_library.case import Case
from case_library.errors import CaseLibraryError
from case_library.store import SHOWN, count_change, from_json, to_json
from case_library.tables import case_event_table, case_table

Kind = Literal["loaded", "drafted", "submitted", "returned", "published", "retired", "discarded", "kept"]
DraftState = Literal["", "draft", "in_review"]
# What a list can be narrowed to.
Stage = Literal["draft", "in_review", "published", "sample", "retired", "expired", "to_review"]
_CHANGES_SHOWN = ("loaded", "published", "retired")


class UnknownCaseError(CaseLibraryError):
    """There is no such case, or no such version of it."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who does something: `staff_id` is None for a command on the machine."""

    staff_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One thing that happened. `case` is the case as it became, where the event changes it; `source` is from what."""

    revision: int
    kind: Kind
    author: Author
    at: datetime
    case: Case | None = None
    version: int | None = None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What a case is now. `live` is what citizens see or saw (None: never published), `draft` what is being prepared.

    `authors` are the staff ids that wrote the draft: none of them may publish it.
    """

    id: str
    revision: int = 0
    version: int = 0
    live: Case | None = None
    draft: Case | None = None
    draft_state: DraftState = ""
    authors: frozenset[int] = frozenset()
    changed_at: datetime | None = None

    @property
    def case(self) -> Case:
        """The text to go on working with."""
        return self.draft or self.live  # type: ignore[return-value]  # one of them is given after the first event

    @property
    def status(self) -> str:
        """Of what citizens see; the draft's state where nothing was published."""
        return self.live.status if self.live else self.draft_state


class CaseConflictError(CaseLibraryError):
    """Somebody changed the case since. `current` is what it is now, `base` what the writer began with, `yours` the
    writer's text: nothing is lost."""

    def __init__(self, current: CaseRecord, base: Case | None, yours: Case | None) -> None:
        super().__init__(f"{current.id}: revision {current.revision} is the present one")
        self.current = current
        self.base = base
        self.yours = yours


def apply(record: CaseRecord, event: CaseEvent) -> CaseRecord:
    """The record after one more event."""
    record = replace(record, revision=event.revision, changed_at=event.at)
    match event.kind:
        case "loaded":
            return replace(record, live=event.case, version=record.version + 1)
        case "drafted":
            authors = record.authors | ({event.author.staff_id} - {None})
            return replace(record, draft=event.case, draft_state="draft", authors=authors)
        case "submitted":
            return replace(record, draft_state="in_review")
        case "returned":
            return replace(record, draft_state="draft")
        case "published":
            version = record.version + 1
            return replace(record, live=event.case, version=version, draft=None, draft_state="", authors=frozenset())
        case "discarded":
            return replace(record, draft=None, draft_state="", authors=frozenset())
        case "retired":
            return replace(record, live=record.live and replace(record.live, status="retired"))
        case "kept":
            return replace(record, live=event.case)
    raise ValueError(f"event kind {event.kind!r}, expected one of {Kind}")


def append(connection: Connection, record: CaseRecord, event: CaseEvent) -> CaseRecord:
    """Write the next event and what it adds up to; `CaseConflictError` when somebody wrote one meanwhile."""
    after = apply(record, event)
    row = _row(after)
    if record.revision == 0:
        try:
            with connection.begin_nested():
                connection.execute(insert(case_table).values(id=record.id, **row))
        except IntegrityError as taken:
            raise CaseConflictError(find(connection, record.id), None, event.case) from taken
    else:
        where = (case_table.c.id == record.id, case_table.c.revision == record.revision)
        if connection.execute(update(case_table).where(*where).values(row)).rowcount != 1:
            raise CaseConflictError(find(connection, record.id), record.case, event.case)
    connection.execute(
        insert(case_event_table).values(
            case_id=record.id,
            revision=event.revision,
            kind=event.kind,
            version=after.version if event.kind in ("loaded", "published") else None,
            content=to_json(event.case) if event.case else None,
            staff_id=event.author.staff_id,
            who=event.author.name,
            source=event.source[:300],
            reason=event.reason[:500],
            at=event.at,
        )
    )
    if event.kind in _CHANGES_SHOWN or event.kind == "kept":
        count_change(connection)
    return after


def find(connection: Connection, case_id: str) -> CaseRecord:
    """What a case is now; `UnknownCaseError`."""
    row = connection.execute(select(case_table).where(case_table.c.id == case_id)).one_or_none()
    if row is None:
        raise UnknownCaseError(f"no case {case_id!r}")
    return _record(row)


def exists(connection: Connection, case_id: str) -> bool:
    """Whether the id is taken."""
    return connection.execute(select(case_table.c.id).where(case_table.c.id == case_id)).first() is not None


def history(connection: Connection, case_id: str) -> list[CaseEvent]:
    """Everything that happened to a case, oldest first."""
    query = select(case_event_table).where(case_event_table.c.case_id == case_id).order_by(case_event_table.c.revision)
    return [_event(row) for row in connection.execute(query)]


def at_revision(connection: Connection, case_id: str, revision: int) -> Case | None:
    """The text a writer saw who read the case at `revision`; None when there was none."""
    record = CaseRecord(case_id)
    for event in history(connection, case_id):
        if event.revision > revision:
            break
        record = apply(record, event)
    return record.draft or record.live


def version_of(connection: Connection, case_id: str, version: int) -> Case:
    """A published version; `UnknownCaseError`."""
    query = select(case_event_table.c.content).where(
        case_event_table.c.case_id == case_id, case_event_table.c.version == version
    )
    content = connection.execute(query).scalar()
    if content is None:
        raise UnknownCaseError(f"no version {version} of case {case_id!r}")
    return from_json(content)


def load(connection: Connection, cases: Iterable[Case], author: Author, source: str, now: datetime) -> list[str]:
    """Put cases of a file in use at once, as an operator does; returns the ids that are new or changed.

    A draft in preparation stays as it is.
    """
    changed = []
    known = all_records(connection)
    for case in cases:
        record = known.get(case.id, CaseRecord(case.id))
        if record.live != case:
            event = CaseEvent(record.revision + 1, "loaded", author, now, case, source=source)
            append(connection, record, event)
            changed.append(case.id)
    return changed


def search(
    connection: Connection,
    today: date,
    *,
    words: str = "",
    matter: str = "",
    stage: Stage | None = None,
    ids: frozenset[str] | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[CaseRecord], int]:
    """Cases for a list, the last changed first, and how many there are."""
    query = select(case_table)
    for word in words.split():
        like = f"%{_escaped(word)}%"
        query = query.where(or_(case_table.c.title.like(like, escape="\\"), case_table.c.id.like(like, escape="\\")))
    if matter:
        query = query.where(case_table.c.matter == matter)
    if ids is not None:
        query = query.where(case_table.c.id.in_(sorted(ids)))
    query = _in_stage(query, stage, today)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    ordered = query.order_by(case_table.c.changed_at.desc(), case_table.c.id).offset(offset).limit(limit)
    return [_record(row) for row in connection.execute(ordered)], total


def all_records(connection: Connection) -> dict[str, CaseRecord]:
    """Every case by id."""
    return {row.id: _record(row) for row in connection.execute(select(case_table).order_by(case_table.c.id))}


def in_use(connection: Connection) -> list[CaseRecord]:
    """Cases that citizens see, by id."""
    query = select(case_table).where(case_table.c.status.in_(SHOWN)).order_by(case_table.c.id)
    return [_record(row) for row in connection.execute(query)]


def counts_by_stage(connection: Connection, today: date) -> dict[str, int]:
    """How many cases there are in each stage; a case with a change in preparation counts twice."""
    stages: tuple[Stage, ...] = ("draft", "in_review", "published", "sample", "retired", "expired", "to_review")
    return {stage: search(connection, today, stage=stage, limit=0)[1] for stage in stages}


def _in_stage(query: Select, stage: Stage | None, today: date) -> Select:
    match stage:
        case None:
            return query
        case "draft" | "in_review":
            return query.where(case_table.c.draft_state == stage)
        case "expired":
            return query.where(case_table.c.valid_until < today, case_table.c.status != "retired")
        case "to_review":
            return query.where(case_table.c.review_on <= today, case_table.c.status != "retired")
    return query.where(case_table.c.status == stage)


def _row(record: CaseRecord) -> dict:
    shown = record.live or record.case
    return {
        "matter": shown.matter,
        "status": record.status,
        "content": to_json(shown),
        "changed_at": record.changed_at,
        "title": record.case.title[:200],
        "revision": record.revision,
        "version": record.version,
        "draft": to_json(record.draft) if record.draft else None,
        "draft_state": record.draft_state,
        "authors": sorted(record.authors),
        "valid_until": shown.valid_until,
        "review_on": shown.review_on,
    }


def _record(row: Row) -> CaseRecord:
    content = from_json(row.content)
    return CaseRecord(
        id=row.id,
        revision=row.revision,
        version=row.version,
        live=content if row.version else None,
        draft=from_json(row.draft) if row.draft else None,
        draft_state=row.draft_state,
        authors=frozenset(row.authors),
        changed_at=row.changed_at,
    )


def _event(row: Row) -> CaseEvent:
    return CaseEvent(
        revision=row.revision,
        kind=row.kind,
        author=Author(row.staff_id, row.who),
        at=row.at,
        case=from_json(row.content) if row.content else None,
        version=row.version,
        source=row.source,
        reason=row.reason,
    )


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
