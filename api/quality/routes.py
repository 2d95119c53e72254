"""Quality sampling in the workbench, for supervisors. By matter, never by agent: it is for learning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem, bad_field
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.quality import drawing, reviews
from api.quality.reviews import QUESTIONS, Answer, Looked, Reader, Sampled, Why
from api.staff import audit, site_settings
from api.staff.roles import Role, Staff
from api.staff.session import NO_NUL
from api.tickets.desk import areas_of
from api.wiring import Service
from bot.normalize import normalize
from case_library.redact import mask
from routing.promises import day_of

router = APIRouter(
    prefix="/api/v1/desk/quality",
    tags=["quality"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)
Supervisor = Annotated[Staff, requires(Role.SUPERVISOR)]
Number = Annotated[str, Path(max_length=30, pattern=NO_NUL)]
MOST_DAYS = 366


class QualityQuestion(BaseModel):
    id: str
    text: str


class SampleView(BaseModel):
    """A ticket drawn for quality. `mine`: the reader answered for it, so somebody else has to look."""

    ticket: str
    day: date
    why: Why
    matter: str
    matter_name: str
    mine: bool
    answers: dict[str, Answer]
    note: str
    reviewer: str
    reviewed_at: datetime | None
    version: int


class ReviewInput(BaseModel):
    """Every question answered; `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[Annotated[str, Field(max_length=20)], Answer] = Field(max_length=20)
    note: str = Field("", max_length=1000)
    version: RowId


class TallyView(BaseModel):
    matter: str
    matter_name: str
    question: str
    yes: int
    partly: int
    no: int


class QualityResults(BaseModel):
    """What was found from `first` to `last`, by matter and question; `closed` and the rest say of how much."""

    first: date
    last: date
    closed: int
    drawn: int
    dissatisfied: int
    sampled: int
    reviewed: int
    tallies: list[TallyView]


@router.get("/questions")
def read_questions(_me: Supervisor) -> list[QualityQuestion]:
    """What is asked of each ticket; needs the supervisor."""
    return [QualityQuestion(id=name, text=text) for name, text in QUESTIONS.items()]


@router.get("/sample")
def read_sample(
    me: Supervisor,
    service: ServiceIn,
    paging: PagingIn,
    looked: Looked = "open",
    why: Why | None = None,
    matter: Annotated[str, Query(max_length=60, pattern=NO_NUL)] = "",
) -> Rows[SampleView]:
    """Tickets drawn for quality, those to be looked at or those done, of one's districts; needs the supervisor."""
    with service.engine.connect() as connection:
        found, total = reviews.search(
            connection, looked, why=why, matter=matter, reader=_reader(me), offset=paging.offset, limit=paging.size
        )
    return Rows(items=[_view(service, sampled, me) for sampled in found], total=total)


@router.put("/sample/{ticket}")
def review(ticket: Number, input_: ReviewInput, me: Supervisor, service: ServiceIn) -> SampleView:
    """Answer the questions about a ticket; needs the supervisor, and not the ticket's first responder (403)."""
    if set(input_.answers) != set(QUESTIONS):
        raise bad_field("answers", "每个问题都要答；用不上的选“不适用”。")
    now = service.now()
    note = mask(normalize(input_.note))
    with service.writing.begin() as connection:
        before = reviews.find(connection, ticket, _reader(me))
        if before.first_responder == me.username:
            raise ApiError(403, "请别人来看", "这件工单是您首问的，请另一位班长来看。")
        reviews.answer(connection, ticket, input_.answers, note, input_.version, me.name, now)
        audit.record(
            connection,
            me,
            "quality.review",
            "ticket",
            ticket,
            now,
            before=dict(before.answers) or None,
            after=input_.answers,
        )
        after = reviews.find(connection, ticket)
    return _view(service, after, me)


@router.get("/results")
def read_results(
    _me: Supervisor, service: ServiceIn, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 30
) -> QualityResults:
    """What was found by matter, of tickets closed in the last days; needs the supervisor."""
    last = day_of(service.now())
    first = last - timedelta(days=days)
    with service.engine.connect() as connection:
        covered = reviews.coverage(connection, first, last)
        found = reviews.tallies(connection, first, last)
    tallies = [TallyView(**asdict(tally), matter_name=service.matters.name(tally.matter)) for tally in found]
    return QualityResults(first=first, last=last, tallies=tallies, **asdict(covered))


def draw_all(service: Service, is_mine: Callable[[], bool]) -> int:
    """The job: draw from each day that is over, one after another; gives how many days."""
    count = 0
    while is_mine():
        now = service.now()
        with service.writing.begin() as connection:
            day = drawing.next_day(connection, now)
            if day is None:
                break
            percent = site_settings.current(connection, service.settings).sampled_percent
            drawing.draw(connection, day, percent, now)
        count += 1
    return count


def _reader(me: Staff) -> Reader:
    return Reader(me.username, areas_of(me))


def _view(service: Service, sampled: Sampled, me: Staff) -> SampleView:
    return SampleView(
        ticket=sampled.ticket,
        day=sampled.day,
        why=sampled.why,
        matter=sampled.matter,
        matter_name=service.matters.name(sampled.matter),
        mine=sampled.first_responder == me.username,
        answers=dict(sampled.answers),
        note=sampled.note,
        reviewer=sampled.reviewer,
        reviewed_at=sampled.reviewed_at,
        version=sampled.version,
    )
