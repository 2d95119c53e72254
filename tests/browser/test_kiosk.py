"""The terminal (自助终端): big, without personal data, and forgetful."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from api.wiring import Service
from bot.tables import conversation_table
from routing.tables import ticket_table

pytestmark = pytest.mark.browser

WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"


@pytest.fixture
def kiosk(browser: Browser, address: str) -> Iterator[Page]:
    """A standing screen whose clock the test turns."""
    context = browser.new_context(viewport={"width": 1080, "height": 1400}, locale="zh-CN", has_touch=True)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/kiosk/")
    yield page
    context.close()


def ask(page: Page, text: str) -> None:
    page.get_by_label("说说您的事").fill(text)
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".answer")).to_be_visible()


def is_at_the_start(page: Page) -> None:
    expect(page.get_by_role("heading", name="遇到什么难处")).to_be_visible()
    assert page.locator(".turn").count() == 0
    assert page.get_by_label("说说您的事").input_value() == ""
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_slip_is_made_without_personal_data_and_printed(kiosk: Page, service: Service) -> None:
    ask(kiosk, WAGES)
    kiosk.get_by_role("button", name="没解决").click()
    form = kiosk.locator("form").filter(has_text="同意")
    expect(form.get_by_label("电话")).to_have_attribute("autocomplete", "off")
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="提交").click()
    slip = kiosk.locator(".ticket")
    expect(slip.locator(".ticket-number")).to_contain_text("WH20")
    kiosk.evaluate("window.print = () => { window.printed = document.querySelector('.print-copy').textContent }; 0")
    slip.get_by_role("button", name="打印").click()
    assert "WH20" in kiosk.evaluate("window.printed")
    assert slip.get_by_role("button", name="复制").count() == 0
    number = re.search(r"WH\d+-\d+", slip.locator(".ticket-number").first.inner_text())[0]
    its_channel = (
        select(conversation_table.c.channel)
        .join(ticket_table, ticket_table.c.conversation_id == conversation_table.c.id)
        .where(ticket_table.c.number == number)
    )
    with service.engine.connect() as connection:
        assert connection.execute(its_channel).scalar_one() == "kiosk"


def test_nothing_leads_away_from_the_terminal(kiosk: Page) -> None:
    ask(kiosk, WAGES)
    kiosk.get_by_role("button", name="没解决").click()
    expect(kiosk.locator("form").filter(has_text="同意")).to_be_visible()
    assert kiosk.locator("a").count() == 0


def test_targets_are_big(kiosk: Page) -> None:
    ask(kiosk, WAGES)
    for button in kiosk.get_by_role("button").all():
        if box := button.bounding_box():
            assert min(box["width"], box["height"]) >= 60, button.text_content()


def test_starting_over_forgets_everything_at_once(kiosk: Page) -> None:
    ask(kiosk, WAGES)
    kiosk.get_by_role("button", name="大字").click()
    kiosk.get_by_label("说说您的事").fill("还有一件事")
    kiosk.get_by_role("button", name="重新开始").click()
    is_at_the_start(kiosk)
    assert not kiosk.evaluate("document.documentElement.classList.contains('large-print')")


def test_whoever_leaves_is_forgotten_after_a_countdown_that_everybody_sees(kiosk: Page) -> None:
    ask(kiosk, WAGES)
    kiosk.clock.fast_forward("02:01")
    asked = kiosk.get_by_role("alertdialog", name="还在用吗")
    expect(asked).to_contain_text("30 秒后清空")
    kiosk.clock.run_for(10_000)
    expect(asked).to_contain_text("20 秒后清空")
    kiosk.clock.run_for(21_000)
    expect(asked).to_be_hidden()
    is_at_the_start(kiosk)


@pytest.mark.parametrize("sign", ["tap", "key"])
def test_one_tap_or_key_stops_the_countdown(kiosk: Page, sign: str) -> None:
    ask(kiosk, WAGES)
    kiosk.clock.fast_forward("02:01")
    asked = kiosk.get_by_role("alertdialog", name="还在用吗")
    expect(asked).to_be_visible()
    if sign == "tap":
        kiosk.touchscreen.tap(100, 100)
    else:
        kiosk.keyboard.press("Shift")
    expect(asked).to_be_hidden()
    kiosk.clock.fast_forward("01:50")
    expect(kiosk.locator(".answer")).to_be_visible()


def test_a_slow_typist_is_not_cut_off(kiosk: Page) -> None:
    written = kiosk.get_by_label("说说您的事")
    written.focus()
    for letter in "老板不发工资":
        kiosk.keyboard.insert_text(letter)
        kiosk.clock.fast_forward("01:30")
        assert kiosk.get_by_role("alertdialog").count() == 0
    expect(written).to_have_value("老板不发工资")


def test_a_ticket_looked_up_is_forgotten_too(kiosk: Page) -> None:
    kiosk.get_by_role("button", name="查工单").click()
    kiosk.get_by_label("工单号").fill("WH20261124-000001")
    kiosk.clock.fast_forward("02:01")
    kiosk.get_by_role("button", name="用完了，清空").click()
    is_at_the_start(kiosk)
    kiosk.get_by_role("button", name="查工单").click()
    expect(kiosk.get_by_label("工单号")).to_have_value("")


def test_an_empty_terminal_asks_nobody(kiosk: Page) -> None:
    kiosk.clock.fast_forward("10:00")
    assert kiosk.get_by_role("alertdialog").count() == 0
