"""Training data and trainings in the workbench: curators label, reviewers train and go back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ServiceIn, requires
from api.errors import Problem, bad_field
from api.numbers import RowIdOrZero
from api.paging import PagingIn, Rows
from api.publications import history, published
from api.spreadsheets import attachment
from api.staff import audit
from api.staff.roles import Role, Staff
from api.training import labels, runs
from api.training.labels import OUT_OF_SCOPE, Question
from api.wiring import Service

router = APIRouter(
    prefix="/api/v1/admin/training",
    tags=["training"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)
Curator = Annotated[Staff, requires(Role.CURATOR)]
Reviewer = Annotated[Staff, requires(Role.REVIEWER)]
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
TextHash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
YAML = "application/yaml"
LONGEST_HISTORY = 50


class DoubtfulQuestion(BaseModel):
    """A question with the machine's guess; `matter` None: not labelled, '': of no use for training."""

    text_hash: str
    text: str
    guessed: str
    guessed_name: str
    confidence: float
    times: int
    newest_at: datetime
    matter: str | None
    matter_name: str
    who: str
    version: int


class LabelInput(BaseModel):
    """A matter's code, `out_of_scope`, or '' for of no use; `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")

    matter: str = Field(max_length=60)
    version: RowIdOrZero


class MatterChoice(BaseModel):
    code: str
    name: str
    group: str


class PublicationView(BaseModel):
    """A model that was put in use; `held_out_accuracy` is the share right on sentences nothing learns from."""

    model: str
    held_out_accuracy: float
    published_at: str
    in_use: bool


class RunView(BaseModel):
    id: int
    who: str
    labels: int
    state: Literal["running", "published", "refused", "unchanged", "failed"]
    begun_at: datetime
    ended_at: datetime | None
    accuracy: float | None
    before: float | None
    model: str
    message: str


class TrainingState(BaseModel):
    """How it stands: labels of use, trainings, models that were put in use; the newest first."""

    labels: int
    runs: list[RunView]
    history: list[PublicationView]


class RunStarted(BaseModel):
    id: int


@router.get("/questions")
def read_questions(
    _me: Either, service: ServiceIn, paging: PagingIn, state: Literal["open", "labelled"] = "open"
) -> Rows[DoubtfulQuestion]:
    """Questions the machine was unsure of, those to be labelled or those done; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        if state == "labelled":
            found, total = labels.labelled(connection, paging.offset, paging.size)
        else:
            every = labels.unlabelled(connection)
            found, total = every[paging.offset : paging.offset + paging.size], len(every)
    return Rows(items=[_view(service, question) for question in found], total=total)


@router.get("/matters")
def read_matters(_me: Either, service: ServiceIn) -> list[MatterChoice]:
    """What a question can be about; needs a curator or a reviewer."""
    groups = service.matters.groups
    found = [
        MatterChoice(code=matter.code, name=matter.name, group=groups.get(matter.group, matter.group))
        for matter in service.matters.by_code.values()
    ]
    return [*found, MatterChoice(code=OUT_OF_SCOPE, name="不是法律上的事", group="其他")]


@router.put("/questions/{text_hash}")
def label_question(text_hash: TextHash, input_: LabelInput, me: Curator, service: ServiceIn) -> DoubtfulQuestion:
    """Say what a question is about; needs a curator. A sentence that measures models is refused (422), and so is a label
    somebody else has changed since (409)."""
    if input_.matter not in {"", OUT_OF_SCOPE, *service.matters.by_code}:
        raise bad_field("matter", "没有这个事项。")
    now = service.now()
    with service.writing.begin() as connection:
        question = labels.find(connection, text_hash)
        if input_.matter and labels.is_held_out(question.text):
            raise bad_field("matter", "这句在检验用的题里，学了就量不准了，请选“不用于训练”。")
        labels.label(connection, question, input_.matter, input_.version, me.name, now)
        audit.record(
            connection, me, "training.label", "training", text_hash, now, before=question.matter, after=input_.matter
        )
        changed = labels.find(connection, text_hash)
    return _view(service, changed)


@router.get("/export", response_class=Response)
def export_labels(me: Either, service: ServiceIn) -> Response:
    """All labels in Rasa's format, an addition to nlu_data/train; needs a curator or a reviewer. Itself recorded."""
    now = service.now()
    with service.writing.begin() as connection:
        data = labels.as_training_data(connection, [*service.matters.by_code, OUT_OF_SCOPE])
        audit.record(connection, me, "training.export", "training", "", now, after=labels.count(connection))
    return attachment((data or 'version: "3.1"\nnlu: []\n').encode(), YAML, f"labelled-{now:%Y%m%d}.yml")


@router.get("")
def read_state(_me: Either, service: ServiceIn) -> TrainingState:
    """Labels, trainings and models; needs a curator or a reviewer."""
    in_use = published(service.settings)
    past = history(service.settings)[-LONGEST_HISTORY:]
    with service.engine.connect() as connection:
        return TrainingState(
            labels=labels.count(connection),
            runs=[RunView(**asdict(run)) for run in runs.runs(connection, service.now())],
            history=[
                PublicationView(
                    model=entry.model,
                    held_out_accuracy=entry.held_out_accuracy,
                    published_at=entry.published_at,
                    in_use=entry == in_use,
                )
                for entry in reversed(past)
            ],
        )


@router.post("/runs", status_code=202)
def begin_run(me: Reviewer, service: ServiceIn) -> RunStarted:
    """Train on the labels as they are, beside the requests; needs a reviewer. What is worse than the model in use is not
    published. 409 while another is under way."""
    number = runs.begin(service, me.name)
    with service.writing.begin() as connection:
        audit.record(connection, me, "training.begin", "training", str(number), service.now())
    return RunStarted(id=number)


@router.post("/back")
def go_back(me: Reviewer, service: ServiceIn) -> PublicationView:
    """Put the model in use that was published before the present one; needs a reviewer. 409 when there is none."""
    before = published(service.settings)
    earlier = runs.back(service)
    with service.writing.begin() as connection:
        audit.record(
            connection,
            me,
            "training.back",
            "training",
            earlier.model,
            service.now(),
            before=before and before.model,
            after=earlier.model,
        )
    return PublicationView(
        model=earlier.model,
        held_out_accuracy=earlier.held_out_accuracy,
        published_at=earlier.published_at,
        in_use=True,
    )


def _view(service: Service, question: Question) -> DoubtfulQuestion:
    return DoubtfulQuestion(
        text_hash=question.text_hash,
        text=question.text,
        guessed=question.guessed,
        guessed_name=_name(service, question.guessed),
        confidence=question.confidence,
        times=question.times,
        newest_at=question.newest_at,
        matter=question.matter,
        matter_name=_name(service, question.matter or ""),
        who=question.who,
        version=question.version,
    )


def _name(service: Service, code: str) -> str:
    return {OUT_OF_SCOPE: "不是法律上的事", "unclear": "没听懂"}.get(code) or (
        service.matters.name(code) if code else ""
    )
