"""Exports: text stays text."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from api.spreadsheets import csv_text, workbook

COLUMNS = {"name": "名称", "count": "件数"}
FORMULAS = [
    '=HYPERLINK("http://example.invalid","点我")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    made = workbook([{"name": text, "count": 1}], COLUMNS)
    cell = load_workbook(io.BytesIO(made)).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_field_of_a_csv_begins_like_a_formula(text: str) -> None:
    rows = list(
        csv.reader(io.StringIO(csv_text([{"name": text, "count": 1}], COLUMNS).removeprefix("\ufeff"), newline=""))
    )
    assert rows == [["名称", "件数"], ["'" + text, "1"]]


def test_headings_are_neutral_too() -> None:
    assert csv_text([], {"name": "=1"}) == "\ufeff'=1\r\n"


def test_numbers_stay_numbers_and_a_phone_number_keeps_its_zeros() -> None:
    sheet = load_workbook(io.BytesIO(workbook([{"name": "02712348", "count": -3}], COLUMNS))).active
    assert [cell.value for cell in sheet[2]] == ["02712348", -3]


def test_moments_are_those_of_the_city() -> None:
    rows = [{"at": datetime(2026, 11, 24, 20, 5, tzinfo=UTC), "day": date(2026, 11, 24), "yes": True, "none": None}]
    columns = {key: key for key in rows[0]}
    sheet = load_workbook(io.BytesIO(workbook(rows, columns))).active
    assert sheet["A2"].value == datetime(2026, 11, 25, 4, 5)  # noqa: DTZ001
    assert csv_text(rows, columns).splitlines()[1] == "2026-11-25 04:05:00,2026-11-24,是,"


def test_characters_xml_cannot_hold_are_left_out() -> None:
    made = workbook([{"name": "前\x00\x0b后" + "长" * 40_000, "count": 1}], COLUMNS)
    assert load_workbook(io.BytesIO(made)).active["A2"].value.startswith("前后长")
