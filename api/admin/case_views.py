"""A case as pages write and read it: statutes by name and number, as people write them."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.errors import ApiError, FieldProblem, Problem
from case_library.case import Case, TimeLimit
from case_library.check import Fault
from case_library.neighbours import Neighbour
from case_library.statutes import Statutes, article_id
from case_library.versions import CaseConflictError, CaseEvent, CaseRecord

Line = Annotated[str, Field(max_length=500)]
Lines = Annotated[list[Line], Field(max_length=60)]
Text = Annotated[str, Field(max_length=5000)]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=120)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimeLimitFields(Input):
    text: Line
    basis: Line


class CaseFields(Input):
    """What is written about a case; a draft may be incomplete."""

    matter: str = Field(max_length=60)
    title: str = Field(max_length=200)
    questions: Lines
    facts: Text
    answer: Text
    settles: Text
    steps: Lines
    bring: Lines
    time_limits: list[TimeLimitFields] = Field(max_length=60)
    statutes: Lines  # 民法典第一千零七十六条
    other_sources: Lines
    handled_by: Lines
    valid_until: date | None = None
    review_on: date | None = None


class FaultView(BaseModel):
    field: str
    text: str


class SameQuestion(BaseModel):
    ours: str
    theirs: str


class NeighbourView(BaseModel):
    case_id: str
    title: str
    matter: str
    closeness: float
    near_copy: bool
    pairs: list[SameQuestion]


class CaseRow(BaseModel):
    id: str
    title: str
    matter: str
    matter_name: str
    status: str
    draft_state: Literal["", "draft", "in_review"]
    version: int
    revision: int
    changed_at: datetime
    valid_until: date | None
    review_on: date | None
    shown: int = 0  # in the last 90 days
    resolved: int = 0
    unresolved: int = 0
    edited: int = 0  # by agents, before they sent its answer
    last_used: datetime | None = None


class ChangedArticle(BaseModel):
    article: str
    change: Literal["changed", "gone"]
    before: str  # its text when the case was last looked at
    now: str  # its text in force, empty when it is gone


class CaseView(CaseRow):
    live: CaseFields | None
    draft: CaseFields | None
    note: str
    mine: bool  # whether the one who asks wrote the draft, and so may not publish it
    changed_articles: list[ChangedArticle]  # of its statutes, since it was last looked at


class CaseEventView(BaseModel):
    revision: int
    kind: str
    who: str
    at: datetime
    version: int | None
    source: str
    reason: str
    case: CaseFields | None


class CaseConflict(Problem):
    """409: somebody has changed the case since it was read. All three texts come back."""

    current_revision: int
    current: CaseFields
    base: CaseFields | None
    yours: CaseFields | None


class NearCopy(Problem):
    """409: there is such a case already. Sending it again with `confirmed` adds it all the same."""

    neighbours: list[NeighbourView]


def new_id(matter: str) -> str:
    """An id for a case of a matter."""
    return f"{matter}.{secrets.token_hex(4)}"


def to_case(fields: CaseFields, id_: str, note: str, statutes: Statutes) -> Case:
    """The case that was written; 422 when a statute is not written as 民法典第一千零七十六条."""
    refs, bad = [], []
    for number, said in enumerate(fields.statutes):
        if (ref := statutes.parse(said)) is None:
            bad.append(FieldProblem(field=f"statutes.{number}", message=f"“{said}”：请写成“民法典第一千零七十六条”"))
        else:
            refs.append(ref)
    if bad:
        raise ApiError(422, "填写有误", bad[0].message, tuple(bad))
    return Case(
        id=id_,
        matter=fields.matter,
        title=fields.title.strip(),
        questions=_lines(fields.questions),
        facts=fields.facts.strip(),
        answer=fields.answer.strip(),
        settles=fields.settles.strip(),
        steps=_lines(fields.steps),
        bring=_lines(fields.bring),
        time_limits=tuple(TimeLimit(t.text.strip(), t.basis.strip()) for t in fields.time_limits if t.text.strip()),
        statutes=tuple(dict.fromkeys(refs)),
        other_sources=_lines(fields.other_sources),
        handled_by=_lines(fields.handled_by),
        status="draft",
        note=note,
        valid_until=fields.valid_until,
        review_on=fields.review_on,
    )


def fields_of(case: Case) -> CaseFields:
    """A case as pages show it."""
    return CaseFields(
        matter=case.matter,
        title=case.title,
        questions=list(case.questions),
        facts=case.facts,
        answer=case.answer,
        settles=case.settles,
        steps=list(case.steps),
        bring=list(case.bring),
        time_limits=[TimeLimitFields(text=limit.text, basis=limit.basis) for limit in case.time_limits],
        statutes=[article_id(ref.law, ref.article) for ref in case.statutes],
        other_sources=list(case.other_sources),
        handled_by=list(case.handled_by),
        valid_until=case.valid_until,
        review_on=case.review_on,
    )


def event_view(event: CaseEvent) -> CaseEventView:
    """An event as pages show it."""
    return CaseEventView(
        revision=event.revision,
        kind=event.kind,
        who=event.author.name,
        at=event.at,
        version=event.version,
        source=event.source,
        reason=event.reason,
        case=fields_of(event.case) if event.case else None,
    )


def row_view(record: CaseRecord, matter_name: str) -> dict:
    """The values of a `CaseRow`."""
    case = record.case
    return {
        "id": record.id,
        "title": case.title,
        "matter": case.matter,
        "matter_name": matter_name,
        "status": record.status,
        "draft_state": record.draft_state,
        "version": record.version,
        "revision": record.revision,
        "changed_at": record.changed_at,
        "valid_until": case.valid_until,
        "review_on": case.review_on,
    }


def neighbour_view(neighbour: Neighbour) -> NeighbourView:
    """A neighbour as pages show it."""
    return NeighbourView(
        case_id=neighbour.case_id,
        title=neighbour.title,
        matter=neighbour.matter,
        closeness=round(neighbour.closeness, 4),
        near_copy=neighbour.near_copy,
        pairs=[SameQuestion(ours=ours, theirs=theirs) for ours, theirs in neighbour.pairs],
    )


def fault_views(faults: list[Fault]) -> list[FaultView]:
    """Faults as pages show them."""
    return [FaultView(field=fault.field, text=fault.text) for fault in faults]


def conflict(error: CaseConflictError) -> CaseConflict:
    """What the second of two curators is told."""
    return CaseConflict(
        type="urn:yibotong:case-conflict",
        title="别人刚改过",
        status=409,
        detail="您打开之后，这个案例被别人改过。您写的没有丢，请对照两边再保存。",
        current_revision=error.current.revision,
        current=fields_of(error.current.case),
        base=fields_of(error.base) if error.base else None,
        yours=fields_of(error.yours) if error.yours else None,
    )


def _lines(lines: list[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
