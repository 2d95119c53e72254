"""The monthly report: its order, its numbers, and that it says what is not known."""

from __future__ import annotations

import html
import logging
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.desk.tables import call_table
from api.failure import Failure
from api.figures import command, report
from api.figures.report import Report, Section, Table
from api.figures.report_html import as_html
from api.figures.report_pdf import Font, NoFontError, as_pdf, find_font
from api.staff.roles import Role
from routing import complaints
from routing.complaints import Complaint

MONTHLY = "/api/v1/desk/reports/monthly"
JUNE = datetime(2024, 6, 12, 2, 0, tzinfo=UTC)


def of_month(service, month: str) -> Report:
    with service.engine.connect() as connection:
        return report.monthly(service, connection, date.fromisoformat(f"{month}-01"), service.now())


def table(made: Report, title: str) -> Table:
    return next(table for section in made.sections for table in section.tables if table.title == title)


@pytest.fixture(scope="module")
def font() -> Font:
    try:
        return find_font()
    except NoFontError:
        pytest.skip("no font with Chinese is installed (apt-get install fonts-noto-cjk)")


def test_the_order_is_that_of_the_citys_evaluation_and_a_month_without_data_says_so(service) -> None:
    made = of_month(service, "2003-02")
    assert [section.title[:2] for section in made.sections] == ["一、", "二、", "三、", "四、"]
    assert [section.title[2:4] for section in made.sections] == ["平台", "服务", "投诉", "特殊"]
    rows = {row[0]: row[1] for row in table(made, "指标").rows}
    assert rows.pop("工单数") == "0"
    assert set(rows.values()) == {"没有数据"}
    assert all(section.unknown for section in made.sections)
    assert any("对话保存" in line for line in made.sections[0].unknown)


def test_the_numbers_are_those_of_the_figures(service, as_staff, keep_ticket) -> None:
    told = {"need": "complain", "facts": {"groups": ["elder", "disabled"]}}
    keep_ticket("good", opened=JUNE, story=told)
    keep_ticket(
        "returned", opened=JUNE, area="武昌区", matter="divorce_dispute", story={"need": "consult", "facts": {}}
    )
    keep_ticket("dissatisfied", opened=JUNE)
    for _ in range(20):
        keep_ticket("good", opened=JUNE)
    made = of_month(service, "2024-06")
    rows = {row[0]: row[1] for row in table(made, "指标").rows}
    scope = {"first": "2024-06-01", "last": "2024-06-30"}
    seen = as_staff(Role.SUPERVISOR).get("/api/v1/desk/figures", params=scope).json()
    for definition in seen["definitions"]:
        rate = seen["total"]["rates"][definition["id"]]
        assert f"{rate['part']}/{rate['whole']}" in rows[definition["name"]] or rate["whole"] == 0
    assert rows["退回率"] == "4.3%（1/23）"
    assert rows["满意率"] == "太少（0/1）"
    assert table(made, "退回的原因").rows == (("不归本单位管", "1"),)
    assert [row[:2] for row in table(made, "各群体").rows] == [("老年人", "1"), ("残疾人", "1")]
    assert "另有 1 件是市民对别的单位或个人的投诉举报" in made.sections[2].lines[1]
    assert "评“不满意”以下的 1 件，已回访 0 件" in made.sections[1].lines[1]


def test_complaints_about_legal_services_are_told_by_whom_they_are_about(service, keep_ticket) -> None:
    number = keep_ticket("good", opened=JUNE.replace(year=2022), story={"need": "complain"})
    target = service.parts.complaint_targets[0]
    with service.writing.begin() as connection:
        complaints.save(connection, service.secrets, number, Complaint(target.id, "某人", ""), "")
    made = of_month(service, "2022-06")
    assert "本服务的投诉 1 件" in made.sections[2].lines[0]
    assert [row[:2] for row in table(made, "投诉谁").rows] == [(target.name, "1")]
    assert "某人" not in as_html(made)


def test_calls_count_when_a_switchboard_is_there(service) -> None:
    start = datetime(2024, 7, 5, 1, 0, tzinfo=UTC)
    with service.writing.begin() as connection:
        for number, wait in enumerate((5, 9, 40, None)):
            connection.execute(
                call_table.insert().values(
                    id=f"report{number}", switchboard_id=f"report{number}", conversation_id="", phone_shown="",
                    state="ended", began_at=start, ticket="",
                    answered_at=None if wait is None else start.replace(second=wait),
                )
            )  # fmt: skip
    rows = dict(table(of_month(service, "2024-07"), "热线").rows)
    assert rows == {
        "来电": "4",
        "接通": "太少（3/4）",
        "15 秒内接通": "太少（2/4）",
        "接通的等待，中间的一个": "9 秒",
    }


def test_a_page_escapes_what_it_is_given() -> None:
    evil = "<script>alert(1)</script>"
    section = Section(evil, (evil,), (Table(evil, (evil, "b"), ((evil, evil),)),), (evil,))
    page = as_html(Report("2026 年 10 月", "now", evil, (evil,), (section,)))
    assert "<script" not in page
    assert page.count(html.escape(evil)) == 9


def test_a_pdf_has_a_glyph_for_every_character(service, font, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        made = as_pdf(of_month(service, "2024-06"), font)
    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", made)) >= 2
    assert [record.getMessage() for record in caplog.records if "glyph" in record.getMessage()] == []


def test_without_a_chinese_font_it_says_so_instead_of_printing_boxes(tmp_path, as_staff, service, monkeypatch) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    latin = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    for path in (tmp_path / "missing.ttc", broken, *([latin] if latin.exists() else [])):
        with pytest.raises(NoFontError, match="没有中文字体"):
            find_font(path)
    with pytest.raises(NoFontError):
        find_font(places=())
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update={"report_font": broken}))
    boss = as_staff(Role.SUPERVISOR)
    refused = boss.get(MONTHLY, params={"month": "2024-06", "format": "pdf"})
    assert refused.status_code == 503
    assert "fonts-noto-cjk" in refused.json()["detail"]
    assert boss.get(MONTHLY, params={"month": "2024-06"}).status_code == 200


def test_it_is_taken_along_by_those_who_may(as_staff, font) -> None:
    boss = as_staff(Role.AUDITOR)
    page = boss.get(MONTHLY, params={"month": "2024-06", "format": "html"})
    assert "考核评估月报" in page.text
    assert page.headers["content-disposition"] == 'attachment; filename="report-2024-06.html"'
    assert boss.get(MONTHLY, params={"month": "2024-06", "format": "pdf"}).content.startswith(b"%PDF-")
    assert as_staff(Role.AGENT).get(MONTHLY, params={"month": "2024-06"}).status_code == 403
    for month in ("2024-13", "0000-01", "2999-01", "2024-6", "", "2024-06-01", "２０２４-06"):
        assert boss.get(MONTHLY, params={"month": month}).status_code == 422, month


def test_one_command_writes_both_forms(settings, tmp_path, font) -> None:
    page, paper = tmp_path / "r.html", tmp_path / "r.pdf"
    command.write("2024-06", page, paper, settings)
    assert "2024 年 6 月" in page.read_text(encoding="utf-8")
    assert paper.read_bytes().startswith(b"%PDF-")
    for month, html_file in (("2024-13", page), ("June", page), ("2024-06", None), ("2999-01", page)):
        with pytest.raises(Failure):
            command.write(month, html_file, None, settings)
