"""Reading tables people bring: XLSX, CSV, JSON Lines and YAML become rows of text with their number in the file."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from case_library.errors import CaseLibraryError

MOST_ROWS = 50_000
LARGEST_UNPACKED_BYTES = 300 * 1024 * 1024
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"')


class UnreadableTableError(CaseLibraryError):
    """The file as a whole cannot be read; the message is for the one who brought it, in Chinese."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number` is the line or row as the program shows it that made the file. `problem` says why it cannot be used."""

    number: int
    values: dict[str, Any]
    problem: str = ""


def read_table(content: bytes, name: str) -> list[TableRow]:
    """The rows of a file, by the ending of its name; empty rows are left out."""
    ending = name.rsplit(".", 1)[-1].lower()
    readers = {"xlsx": _xlsx, "csv": _csv, "jsonl": _jsonl, "yml": _yaml, "yaml": _yaml}
    if ending not in readers:
        raise UnreadableTableError("只能导入 xlsx、csv、jsonl、yml 文件")
    rows = []
    for row in readers[ending](content):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise UnreadableTableError(f"超过 {MOST_ROWS} 行，请分成几个文件")
    if not rows:
        raise UnreadableTableError("文件里没有数据")
    return rows


def _xlsx(content: bytes) -> Iterator[TableRow]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(item.file_size for item in package.infolist()) > LARGEST_UNPACKED_BYTES:
                raise UnreadableTableError("文件展开后太大")
            merged = _merged_rows(package)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise UnreadableTableError("不是能打开的 xlsx 文件") from error
    sheet = book.worksheets[0]
    headings: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        values = [_cell(cell) for cell in cells]
        if all(value in (None, "") for value in values):
            continue
        if not headings:
            headings = [str(value or "").strip() for value in values]
            continue
        row = dict(zip(headings, values, strict=False))
        row.pop("", None)
        if number in merged:
            yield TableRow(number, row, "有合并的单元格，请取消合并，每一行都写全")
        elif formula := next((h for h, c in zip(headings, cells, strict=False) if c.data_type == "f"), None):
            yield TableRow(number, row, f"“{formula}”是公式，请换成文字")
        elif error := next((h for h, c in zip(headings, cells, strict=False) if c.data_type == "e"), None):
            yield TableRow(number, row, f"“{error}”是错误值，请换成文字")
        else:
            yield TableRow(number, row)


def _merged_rows(package: zipfile.ZipFile) -> set[int]:
    """Rows of the first sheet in which cells are merged. They stand after the data, so the end of the file is enough."""
    names = sorted(name for name in package.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
    rows: set[int] = set()
    if names:
        for _, first, _, last in _MERGED.findall(package.read(names[0])):
            rows |= set(range(int(first), int(last or first) + 1))
    return rows


def _cell(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if value is None or isinstance(value, date) else str(value).replace("\r\n", "\n").strip()


def _csv(content: bytes) -> Iterator[TableRow]:
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    headings: list[str] = []
    begin = 1
    try:
        for cells in reader:
            number, begin = begin, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = [heading.strip() for heading in cells]
            elif len(cells) != len(headings):
                yield TableRow(number, {}, f"有 {len(cells)} 列，表头是 {len(headings)} 列")
            else:
                values = [_unquoted(cell.replace("\r\n", "\n")) for cell in cells]
                yield TableRow(number, {h: v for h, v in zip(headings, values, strict=True) if h})
    except csv.Error as error:
        yield TableRow(reader.line_num, {}, f"这一行不是 CSV：{error}")


def _unquoted(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet program from running it (`api.spreadsheets.neutral`)."""
    return text[1:] if re.match(r"'\s*[=+\-@＝＋－＠\t\r\n]", text) else text


def _jsonl(content: bytes) -> Iterator[TableRow]:
    for number, line in enumerate(_text(content).split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError:
            values = None
        if isinstance(values, dict):
            yield TableRow(number, values)
        else:
            yield TableRow(number, {}, "这一行不是 JSON 对象")


def _yaml(content: bytes) -> Iterator[TableRow]:
    try:
        raw = yaml.safe_load(_text(content))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableTableError(f"第 {mark.line + 1 if mark else '?'} 行不是 YAML") from error
    rows = raw.get("cases") if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise UnreadableTableError("要有 cases 列表")
    for number, values in enumerate(rows, 1):
        yield TableRow(
            number, values if isinstance(values, dict) else {}, "" if isinstance(values, dict) else "不是一条案例"
        )


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # Excel saves CSV in the latter in China
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTableError("文字编码认不出来，请存成 UTF-8")
