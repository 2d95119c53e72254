"""The monthly report to take along."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem, bad_field
from api.figures.report import monthly
from api.figures.report_html import as_html
from api.figures.report_pdf import NoFontError, as_pdf, find_font
from api.figures.routes import districts_of
from api.spreadsheets import attachment
from api.staff import audit
from api.staff.roles import Role, Staff
from routing.promises import day_of

router = APIRouter(prefix="/api/v1/desk/reports", responses={code: {"model": Problem} for code in (401, 403, 422, 503)})
EARLIEST = 2000  # year


@router.get("/monthly", response_class=Response)
def monthly_report(
    me: Annotated[Staff, requires(Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)],
    service: ServiceIn,
    month: Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")],
    form: Annotated[Literal["html", "pdf"], Query(alias="format")] = "html",
) -> Response:
    """The assessment report on a month (`2026-11`) as a page or as PDF; recorded. 503 where no font has Chinese. Needs a
    supervisor (of the whole city: the report is), an auditor or an administrator."""
    if districts_of(me):
        raise ApiError(403, "没有权限", "月度报告是全市的，您的账号只看部分区。请找市里的督办或管理员。")
    now = service.now()
    first = date(int(month[:4]) or 1, int(month[5:]), 1)
    if first.year < EARLIEST or first > day_of(now):
        raise bad_field("month", "这个月还没有开始，或者太早了。")
    try:
        font = find_font(service.settings.report_font) if form == "pdf" else None
    except NoFontError as missing:
        raise ApiError(503, "做不了 PDF", str(missing)) from missing
    with service.engine.connect() as connection:
        report = monthly(service, connection, first, now)
    with service.writing.begin() as connection:
        audit.record(connection, me, "figures.report", "figures", month, now, after={"format": form})
    if font:
        return attachment(as_pdf(report, font), "application/pdf", f"report-{month}.pdf")
    return attachment(as_html(report), "text/html; charset=utf-8", f"report-{month}.html")
