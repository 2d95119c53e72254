"""Tables people bring, with what is wrong with them named by row."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from openpyxl import Workbook

from case_library.table_files import MOST_ROWS, UnreadableTableError, read_table


def a_workbook(*rows: tuple, merged: str = "") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_rows_of_merged_cells_are_named_and_the_others_read() -> None:
    content = a_workbook(("问题", "事项"), ("一", "甲"), ("二", "乙"), ("三", "乙"), ("四", "丙"), merged="B3:B4")
    rows = read_table(content, "a.xlsx")
    assert [(row.number, bool(row.problem)) for row in rows] == [(2, False), (3, True), (4, True), (5, False)]
    assert "合并" in rows[1].problem
    assert rows[3].values == {"问题": "四", "事项": "丙"}


def test_a_formula_and_an_error_value_are_named() -> None:
    rows = read_table(a_workbook(("问题", "事项"), ("=1+1", "甲"), ("#N/A", "甲")), "a.xlsx")
    assert "公式" in rows[0].problem
    assert "错误值" in rows[1].problem


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_fifty_thousand_rows_are_read_and_one_more_is_refused_with_the_limit(ending: str) -> None:
    line = {"csv": "问题{}\n", "jsonl": '{{"text": "问题{}"}}\n'}[ending]
    text = ("text\n" if ending == "csv" else "") + "".join(line.format(n) for n in range(MOST_ROWS))
    assert len(read_table(text.encode(), f"a.{ending}")) == MOST_ROWS
    with pytest.raises(UnreadableTableError, match="50000"):
        read_table((text + line.format("更多")).encode(), f"a.{ending}")


def test_a_workbook_of_too_many_rows_is_refused_with_the_limit() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(MOST_ROWS + 2):
        sheet.append([number])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableTableError, match="50000"):
        read_table(out.getvalue(), "a.xlsx")


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "a.xlsx", "xlsx"),
        (b"PK\x03\x04 broken", "a.xlsx", "xlsx"),
        (b"text", "a.docx", "只能导入"),
        (b"a,b\n", "a.csv", "没有数据"),
        (b"\xff\xfe\xff\x81", "a.csv", "编码"),
        (b"cases: [", "a.yml", "YAML"),
        (b"cases: 3", "a.yml", "cases"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, name: str, told: str) -> None:
    with pytest.raises(UnreadableTableError, match=told):
        read_table(content, name)


def test_a_workbook_that_unpacks_to_something_huge_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package, package.open("xl/big.xml", "w") as file:
        for _ in range(301):
            file.write(bytes(1024 * 1024))
    with pytest.raises(UnreadableTableError, match="太大"):
        read_table(out.getvalue(), "a.xlsx")


def test_bad_lines_are_named_and_the_others_read() -> None:
    rows = read_table('{"text": "一"}\nnot json\n[1]\n{"text": "二"}\n'.encode(), "a.jsonl")
    assert [(row.number, bool(row.problem)) for row in rows] == [(1, False), (2, True), (3, True), (4, False)]
    rows = read_table("问题,事项\n一,甲\n二\n三,丙\n".encode("gb18030"), "a.csv")
    assert [(row.number, bool(row.problem)) for row in rows] == [(2, False), (3, True), (4, False)]
    assert json.dumps(rows[0].values, ensure_ascii=False) == '{"问题": "一", "事项": "甲"}'
