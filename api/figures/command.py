"""`yibotong report`: the monthly report to files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from api.config import Settings
from api.failure import Failure
from api.figures.report import monthly
from api.figures.report_html import as_html
from api.figures.report_pdf import as_pdf, find_font
from api.wiring import build_service


def read_month(text: str) -> date:
    """The first day of `2026-11`; `Failure` for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Failure(f"month {text!r}, expected one like 2026-11") from None


def write(month: str, html: Path | None, pdf: Path | None, settings: Settings) -> None:
    """Write the report in the forms asked for; `Failure` for a month that is none or has not begun, and without a font."""
    first = read_month(month)
    if html is None and pdf is None:
        raise Failure("nothing to write: name a file with --html or --pdf")
    font = find_font(settings.report_font) if pdf else None  # before the work that would be lost
    service = build_service(settings)
    now = service.now()
    try:
        if first > now.date():
            raise Failure(f"month {month} has not begun")
        with service.engine.connect() as connection:
            report = monthly(service, connection, first, now)
    finally:
        service.engine.dispose()
    if html:
        html.write_text(as_html(report), encoding="utf-8")
    if pdf and font:
        pdf.write_bytes(as_pdf(report, font))
