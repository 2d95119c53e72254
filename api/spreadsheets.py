"""Tables for people to take along: XLSX and CSV in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LONGEST_CELL = 32_767  # characters, Excel's limit
_SHANGHAI = ZoneInfo("Asia/Shanghai")
# What spreadsheet programs take for the beginning of a formula (OWASP, CSV injection), also in full width.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTE = "'"


def workbook(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], title: str = "导出") -> bytes:
    """An XLSX file of one sheet; `columns` maps the keys of `rows` to headings, in order.

    Text stays text (a phone number keeps its zeros, `=…` is no formula); numbers stay numbers; moments are those of the city.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(columns.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(12, 2 * len(heading) + 2)
    sheet.append([_cell(sheet, heading, bold=True) for heading in columns.values()])
    for row in rows:
        sheet.append([_cell(sheet, row.get(key)) for key in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """CSV that opens rightly in Excel (byte order mark, CRLF); text that would be a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([neutral(heading) for heading in columns.values()])
    for row in rows:
        writer.writerow([_plain(row.get(key)) for key in columns])
    return "\ufeff" + out.getvalue()


def neutral(text: str) -> str:
    """`text` as a spreadsheet program shows it, never runs it."""
    return _QUOTE + text if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def attachment(content: bytes | str, media_type: str, name: str) -> Response:
    """An answer that is saved under `name` (ASCII)."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    value = _value(value)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
        cell.data_type = "s"  # openpyxl takes "=…" for a formula
        cell.quotePrefix = value.startswith(_FORMULA_STARTS)  # nor does Excel, when somebody edits the cell
    else:
        cell.value = value
    if bold:
        cell.font = Font(bold=True)
    return cell


def _plain(value: Any) -> str:
    value = _value(value)
    if isinstance(value, str):
        return neutral(value)
    return "" if value is None else str(value)


def _value(value: Any) -> Any:
    """Numbers, days and None as they are; moments in the city's time without zone; all else as text."""
    if isinstance(value, datetime):
        return value.astimezone(_SHANGHAI).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or isinstance(value, int | float | date):
        return value
    return str(value)
