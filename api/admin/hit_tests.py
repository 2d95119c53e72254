"""Many questions at once: a file in, what each hits, figures, the difference to last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel, Field

from api import hit_test_runs
from api.admin.case_views import Input
from api.admin.proofs import FiguresView, HitView, hit_view, state_of
from api.dependencies import ServiceIn, requires
from api.errors import ApiError, FieldProblem, Problem, bad_field
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.spreadsheets import XLSX, attachment, workbook
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from case_library import hit_tests, store
from case_library.hit_tests import Change, HitTest, Question, Wanted
from case_library.table_files import UnreadableTableError, read_table

MOST_QUESTIONS = 5_000
LONGEST_QUESTION = 1_000
FAULTS_SHOWN = 50
Curator = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
IdIn = RowId
router = APIRouter(
    prefix="/api/v1/admin",
    tags=["hit tests"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 413, 422)},
)
# Headings people may write, Chinese or as in JSON.
_COLUMNS = {
    "问题": "text",
    "事项": "matter",
    "案例": "case_ids",
    "承办单位类型": "bodies",
    "body": "bodies",
    "cases": "case_ids",
}
_EXPORT = {
    "number": "行",
    "text": "问题",
    "right": "对不对",
    "answer": "答复用的案例",
    "matter": "事项",
    "body": "去处",
    "before_answer": "上次的案例",
    "before_body": "上次的去处",
    "change": "变化",
}


class HitTestView(BaseModel):
    id: int
    name: str
    who: str
    started_at: datetime
    state: str
    total: int
    done: int
    figures: FiguresView | None


class GoldView(BaseModel):
    text: str
    matter: str
    case_ids: list[str]
    bodies: list[str]
    retired: list[str]  # of its cases: proofs leave them out until somebody says what is right now


class GoldInput(Input):
    text: str = Field(min_length=2, max_length=LONGEST_QUESTION)
    matter: str = Field("", max_length=60)
    case_ids: list[str] = Field([], max_length=10)
    bodies: list[str] = Field([], max_length=10)


@router.post("/hit-tests", status_code=202)
def begin_hit_test(file: UploadFile, me: Curator, service: ServiceIn) -> HitTestView:
    """Run the questions of a file (XLSX, CSV, JSON Lines) in the background; needs a curator or a reviewer."""
    name = (file.filename or "questions.csv")[-200:]
    questions = _questions(service, file.file.read(), name)
    now = service.now()
    with service.writing.begin() as connection:
        number = store.library_number(connection)
        id_ = hit_tests.begin(connection, "file", name, 0, number, me.name, len(questions), now)
        audit.record(connection, me, "hit_test.begin", "hit_test", str(id_), now, after={"rows": len(questions)})
        run = hit_tests.find(connection, id_)
    service.background.submit(partial(hit_test_runs.run_file, service, id_, name, questions))
    return _view(run, now)


@router.get("/hit-tests")
def list_hit_tests(_me: Curator, service: ServiceIn, paging: PagingIn) -> Rows[HitTestView]:
    """All hit tests, newest first; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        runs, total = hit_tests.search(connection, "file", offset=paging.offset, limit=paging.size)
    return Rows(items=[_view(run, service.now()) for run in runs], total=total)


@router.get("/hit-tests/{id}")
def read_hit_test(id: IdIn, _me: Curator, service: ServiceIn) -> HitTestView:  # noqa: A002
    """One hit test; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        return _view(hit_tests.find(connection, id), service.now())


@router.get("/hit-tests/{id}/hits")
def list_hits(
    id: IdIn,  # noqa: A002
    _me: Curator,
    service: ServiceIn,
    paging: PagingIn,
    change: Change | None = None,
    *,
    wrong: bool = False,
) -> Rows[HitView]:
    """The questions of a hit test with what they hit, now and last time; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        hit_tests.find(connection, id)
        found, total = hit_tests.hits(
            connection, id, change=change, wrong=wrong, offset=paging.offset, limit=paging.size
        )
    return Rows(items=[hit_view(hit) for hit in found], total=total)


@router.get("/hit-tests/{id}/export")
def export_hits(id: IdIn, _me: Curator, service: ServiceIn) -> Response:  # noqa: A002
    """The rows of a hit test as XLSX; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        hit_tests.find(connection, id)
        found, _ = hit_tests.hits(connection, id, limit=MOST_QUESTIONS)
    rows = [
        {
            "number": hit.number,
            "text": hit.text,
            "right": hit.right,
            "answer": hit.after.answer,
            "matter": hit.after.matter,
            "body": hit.after.body_type,
            "before_answer": hit.before.answer if hit.before else "",
            "before_body": hit.before.body_type if hit.before else "",
            "change": hit.change,
        }
        for hit in found
    ]
    return attachment(workbook(rows, _EXPORT), XLSX, f"hit-test-{id}.xlsx")


@router.get("/gold-questions")
def list_gold(_me: Curator, service: ServiceIn, paging: PagingIn) -> Rows[GoldView]:
    """Questions whose right answer curators have settled; every proof runs them. Needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        found = hit_tests.gold(connection)
        status = _records(connection)
    page = found[paging.offset : paging.offset + paging.size]
    return Rows(items=[_gold_view(question, status) for question in page], total=len(found))


@router.post("/gold-questions", status_code=201)
def add_gold(input_: GoldInput, me: Curator, service: ServiceIn) -> GoldView:
    """Settle what is right for a question; needs a curator or a reviewer."""
    wanted = Wanted(input_.matter, tuple(input_.case_ids), tuple(input_.bodies), "gold")
    if wanted.is_empty:
        raise bad_field("matter", "请写明对的事项、案例或去处。")
    question = Question(hit_test_runs.redact(input_.text), wanted)
    now = service.now()
    with service.writing.begin() as connection:
        if fault := _label_fault(service, wanted, _records(connection)):
            raise bad_field("case_ids", fault)
        hit_tests.add_gold(connection, [question], me.name, now)
        status = _records(connection)
        audit.record(connection, me, "gold.add", "gold", question.text[:120], now, after=_labels(question))
    return _gold_view(question, status)


def _questions(service: Service, content: bytes, name: str) -> list[Question]:
    try:
        rows = read_table(content, name)
    except UnreadableTableError as error:
        raise ApiError(422, "文件不能用", f"{error}。") from error
    if len(rows) > MOST_QUESTIONS:
        raise ApiError(422, "文件不能用", f"有 {len(rows)} 行，一次最多测 {MOST_QUESTIONS} 行。")
    with service.engine.connect() as connection:
        status = _records(connection)
    questions, faults = [], []
    for row in rows:
        values = {_COLUMNS.get(key, key): value for key, value in row.values.items()}
        text = str(values.get("text") or "").strip()
        wanted = Wanted(
            str(values.get("matter") or "").strip(), _codes(values.get("case_ids")), _codes(values.get("bodies"))
        )
        fault = row.problem or (not text and "没有“问题”这一列，或者是空的") or _label_fault(service, wanted, status)
        if fault:
            faults.append(FieldProblem(field=f"第 {row.number} 行", message=fault))
        questions.append(Question(text[:LONGEST_QUESTION], wanted))
    if faults:
        told = f"有 {len(faults)} 行不能用，都没有开始测。第一处：{faults[0].field}，{faults[0].message}。"
        raise ApiError(422, "文件里有错", told, tuple(faults[:FAULTS_SHOWN]))
    return questions


def _label_fault(service: Service, wanted: Wanted, status: Mapping[str, str]) -> str:
    if wanted.matter and wanted.matter not in {*service.matters.by_code, "unclear", "out_of_scope"}:
        return f"没有“{wanted.matter}”这个事项"
    for id_ in wanted.case_ids:
        if id_ not in status:
            return f"没有“{id_}”这个案例"
        if status[id_] == "retired":
            return f"案例“{id_}”已经下架，请换一个"
    unknown = [code for code in wanted.bodies if code not in service.parts.directory.types]
    return f"没有“{unknown[0]}”这类单位" if unknown else ""


def _records(connection: Any) -> dict[str, str]:
    return {case.id: case.status for case in store.all_cases(connection).values()}


def _codes(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else str(value or "").replace("，", ",").replace("、", ",").split(",")
    return tuple(text for item in items if (text := str(item).strip()))


def _gold_view(question: Question, status: Mapping[str, str]) -> GoldView:
    retired = [id_ for id_ in question.wanted.case_ids if status.get(id_) in (None, "retired")]
    return GoldView(text=question.text, **_labels(question), retired=retired)


def _labels(question: Question) -> dict[str, Any]:
    wanted = question.wanted
    return {"matter": wanted.matter, "case_ids": list(wanted.case_ids), "bodies": list(wanted.bodies)}


def _view(run: HitTest, now: datetime) -> HitTestView:
    return HitTestView(
        id=run.id,
        name=run.name,
        who=run.who,
        started_at=run.started_at,
        state=state_of(run, now),
        total=run.total,
        done=run.done,
        figures=FiguresView(**asdict(run.figures)) if run.figures else None,
    )
