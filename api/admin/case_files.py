"""Cases in and out as files."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any, Literal

import yaml
from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import BaseModel

from api.admin.case_views import FaultView, fault_views, new_id
from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem
from api.spreadsheets import CSV, XLSX, attachment, csv_text, workbook
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from case_library import curate, versions
from case_library.case_sheet import COLUMNS, RowRead, read_rows, to_row
from case_library.check import Fault
from case_library.neighbours import LibraryTexts
from case_library.table_files import UnreadableTableError, read_table
from case_library.versions import Author

MOST_NEW = 500  # new cases in one file: each is compared with the whole library
ROWS_SHOWN = 300
Curator = Annotated[Staff, requires(Role.CURATOR)]
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
router = APIRouter(
    prefix="/api/v1/admin", tags=["cases"], responses={code: {"model": Problem} for code in (401, 403, 413, 422)}
)


class CaseImportRow(BaseModel):
    number: int
    verdict: str  # new, changed, unchanged, bad, conflict
    case_id: str
    title: str
    faults: list[FaultView]
    changed: list[str]


class CaseImport(BaseModel):
    written: bool
    counts: dict[str, int]
    rows: list[CaseImportRow]  # bad and conflicting ones first


@router.post("/case-imports")
def import_cases(
    file: UploadFile,
    me: Curator,
    service: ServiceIn,
    dry_run: Annotated[bool, Form()] = True,  # noqa: FBT002
    confirmed: Annotated[bool, Form()] = False,  # noqa: FBT002
) -> CaseImport:
    """Read a file of cases; needs a curator. A dry run writes nothing; otherwise rows become drafts, bad ones never.

    With `confirmed` near copies are taken too.
    """
    name, now = (file.filename or "")[-200:], service.now()
    try:
        table = read_table(file.file.read(), name)
    except UnreadableTableError as error:
        raise ApiError(422, "文件不能用", f"{error}。") from error
    with service.engine.connect() as connection:
        records = versions.all_records(connection)
    rows = read_rows(table, records, service.known, now.date())
    if sum(row.verdict == "new" for row in rows) > MOST_NEW:
        raise ApiError(422, "文件不能用", f"新案例超过 {MOST_NEW} 条，请分成几个文件。")
    if not confirmed:
        rows = _without_copies(service, rows)
    if not dry_run:
        author = Author(me.id, me.name)
        with service.writing.begin() as connection:
            for row in rows:
                if row.case and row.verdict == "new":
                    case = replace(row.case, id=new_id(row.case.matter))
                    curate.new_case(connection, case, author, f"导入 {name} 第 {row.number} 行", now)
                elif row.case and row.verdict == "changed":
                    revision = records[row.case_id].revision
                    curate.edit(connection, row.case, revision, author, now, f"导入 {name} 第 {row.number} 行")
            audit.record(connection, me, "case.import", "case", name[-120:], now, after=_counts(rows))
    return _result(rows, written=not dry_run)


@router.get("/case-exports")
def export_cases(
    _me: Either,
    service: ServiceIn,
    format: Literal["xlsx", "csv", "jsonl", "yml"] = "xlsx",  # noqa: A002
) -> Response:
    """All cases as a file that can be changed and imported again; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        rows = [to_row(record) for record in versions.all_records(connection).values()]
    match format:
        case "xlsx":
            return attachment(workbook(rows, COLUMNS, "案例"), XLSX, "cases.xlsx")
        case "csv":
            return attachment(csv_text(rows, COLUMNS), CSV, "cases.csv")
        case "jsonl":
            text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
            return attachment(text, "application/jsonl; charset=utf-8", "cases.jsonl")
        case "yml":
            text = yaml.safe_dump({"cases": rows}, allow_unicode=True, sort_keys=False, width=1000)
            return attachment(text, "application/yaml; charset=utf-8", "cases.yml")


def _without_copies(service: Service, rows: list[RowRead]) -> list[RowRead]:
    """New rows that nearly copy a case, or an earlier row, become bad ones."""
    library = LibraryTexts(service.parts.index.cases, service.parts.encoder)
    checked = []
    for row in rows:
        near = library.nearest(row.case) if row.case and row.verdict == "new" else []
        if near and near[0].near_copy:
            fault = Fault("questions", f"和案例“{near[0].title}”几乎一样")
            row = replace(row, verdict="bad", faults=(fault,), case=None)
        checked.append(row)
    return checked


def _result(rows: list[RowRead], *, written: bool) -> CaseImport:
    order = {"bad": 0, "conflict": 1, "new": 2, "changed": 3, "unchanged": 4}
    shown = sorted((row for row in rows if row.verdict != "unchanged"), key=lambda row: order[row.verdict])
    return CaseImport(
        written=written,
        counts=_counts(rows),
        rows=[
            CaseImportRow(
                number=row.number,
                verdict=row.verdict,
                case_id=row.case_id,
                title=row.title,
                faults=fault_views(list(row.faults)),
                changed=list(row.changed),
            )
            for row in shown[:ROWS_SHOWN]
        ],
    )


def _counts(rows: list[RowRead]) -> dict[str, Any]:
    verdicts = ("new", "changed", "unchanged", "bad", "conflict")
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in verdicts}
