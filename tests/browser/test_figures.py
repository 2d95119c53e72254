"""A supervisor reads the figures, looks behind one, takes the report along, and plans seats."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from api.staff import accounts
from api.staff.roles import Role
from api.wiring import Service
from routing import ticket_thread
from routing.tables import ticket_table
from routing.ticket_events import CITIZEN_SELF, Actor, event

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
OPENED = datetime(2023, 5, 8, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MAY = "first=2023-05-01&last=2023-05-31"


@pytest.fixture
def boss(desk: Page, service: Service) -> Page:
    with service.writing.begin() as connection:
        accounts.add(connection, "figures-boss", "王班长", PASSWORD, frozenset({Role.SUPERVISOR}), service.now())
        for place in range(25):
            number = f"WHB{place:06d}"
            row = {"number": number, "conversation_id": number, "consent_version": "1", "consented_at": OPENED}
            row |= {"matter": "wage_arrears", "area": "洪山区", "body_id": "b1", "opened_at": OPENED, "story": {}}
            connection.execute(insert(ticket_table).values(**row))
            opened = event("opened", "", OPENED, CITIZEN_SELF, need="consult")
            ticket_thread.begin(connection, service.promises, number, opened, matter="wage_arrears", area="洪山区")
            sent = event("sent", "", OPENED, Actor("agent", "li", "李"), body="b1")
            later, body = OPENED + timedelta(hours=2), Actor("body", "b1", "单位")
            back = event("returned", "", later, body, reason="not_competent", better="unknown")
            for step in (sent, back)[: 2 if place < 5 else 1]:
                ticket_thread.append(connection, service.promises, number, step)
    desk.get_by_role("textbox", name="账号", exact=True).fill("figures-boss")
    desk.get_by_label("密码").fill(PASSWORD)
    desk.get_by_role("button", name="登录", exact=True).click()
    expect(desk.get_by_role("button", name="王班长")).to_be_visible()
    return desk


def test_a_supervisor_reads_figures_looks_behind_one_and_plans_seats(boss: Page) -> None:
    scripts: list[str] = []
    boss.on("request", lambda request: scripts.append(request.url))
    boss.get_by_role("menuitem", name="工单", exact=True).click()
    expect(boss.get_by_role("heading", name="工单")).to_be_visible()
    assert not any("/Chart-" in url for url in scripts), "a page without a chart loads none"

    boss.evaluate(f"window.location.hash = '/figures?{MAY}'")
    returned = boss.get_by_role("button", name="退回率")
    expect(returned).to_contain_text("20.0%")
    expect(returned).to_contain_text("分子：至少被一个单位退回一次的工单。")
    expect(boss.get_by_role("button", name="解决率")).to_contain_text("没有数据")
    returned.click()
    expect(boss.get_by_role("img", name="退回率随时间的变化")).to_be_visible()
    assert any("/Chart-" in url for url in scripts)
    boss.get_by_text("看数字").click()
    expect(boss.get_by_role("row", name="2023 年 5 月")).to_contain_text("5 / 25")
    with boss.expect_download() as saved:
        boss.get_by_role("button", name="月度考核报告").hover()
        boss.get_by_role("menuitem", name="2023-05 网页").click()
    assert saved.value.suggested_filename == "report-2023-05.html"
    boss.get_by_role("link", name="看工单").first.click()
    boss.get_by_text("算进分子的").click()
    expect(boss.get_by_role("link", name="WHB000004")).to_be_visible()
    expect(boss.get_by_text("共 5 条")).to_be_visible()

    boss.get_by_role("menuitem", name="座席安排").click()
    expect(boss.get_by_text("数据太少，算不出要多少座席")).to_be_visible()
    assert boss.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
