"""What is kept of a person: seen, taken along and erased, on the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from api.wiring import Service
from bot.tables import message_table
from routing import ticket_thread
from routing.ticket_events import Actor, event

pytestmark = pytest.mark.browser

BODY = Actor("supervisor", "s", "督办")


def ask(page: Page, text: str) -> None:
    page.get_by_label("说说您的事").fill(text)
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".reply").last).to_be_visible()


def open_my_data(page: Page) -> None:
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="我的信息").click()
    expect(page.get_by_role("heading", name="我的信息")).to_be_focused()


def is_kept(service: Service, text: str) -> bool:
    with service.engine.connect() as connection:
        return connection.execute(select(message_table.c.id).where(message_table.c.text == text)).first() is not None


def test_it_is_seen_saved_and_erased_and_the_page_forgets_it_too(page: Page, service: Service, tmp_path: Path) -> None:
    said = f"房东不退押金两千六，门牌{page.viewport_size['width']}"
    ask(page, said)
    open_my_data(page)
    page.get_by_role("button", name="看看存了什么").click()
    copy = page.get_by_role("region", name="我的信息")
    expect(copy).to_be_focused()
    expect(copy).to_contain_text(f"您：{said}")
    with page.expect_download() as download:
        page.get_by_role("button", name="存成文件").click()
    download.value.save_as(tmp_path / "copy.txt")
    assert said in (tmp_path / "copy.txt").read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="存成数据").click()
    download.value.save_as(tmp_path / "copy.json")
    assert said in str(json.loads((tmp_path / "copy.json").read_text(encoding="utf-8"))["conversations"])

    page.get_by_role("button", name="删掉我的信息").click()
    expect(page.get_by_role("heading", name="真的要删吗")).to_be_focused()
    expect(page.get_by_text("还在办的工单")).to_be_visible()
    page.get_by_role("button", name="不删").click()
    assert is_kept(service, said)
    page.get_by_role("button", name="删掉我的信息").click()
    page.get_by_role("button", name="删掉", exact=True).click()
    expect(page.get_by_text("删好了。")).to_be_visible()
    assert not is_kept(service, said)
    page.get_by_role("button", name="返回对话").click()
    expect(page.get_by_role("heading", name="遇到什么难处")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="遇到什么难处")).to_be_visible()
    expect(page.get_by_text(said)).to_have_count(0)


def test_a_ticket_under_way_is_kept_and_it_is_said_why_until_it_has_ended(page: Page, service: Service) -> None:
    ask(page, "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同")
    page.get_by_role("button", name="没解决").last.click()
    form = page.locator("form").filter(has_text="同意")
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="查进度").click()
    expect(page.get_by_role("heading", name="经过")).to_be_visible()
    number = page.get_by_label("工单号").input_value()
    fold = page.locator("details").filter(has_text="我的信息")
    fold.locator("summary").click()

    def erase() -> None:
        fold.get_by_role("button", name="删掉我的信息").click()
        fold.get_by_role("button", name="删掉", exact=True).click()

    erase()
    expect(fold.get_by_text("还在办的先不删")).to_be_visible()
    for happened in (
        event("answered", "办了", service.now(), BODY, body="b"),
        event("closed", "办结", service.now(), BODY),
    ):
        with service.writing.begin() as connection:
            ticket_thread.append(connection, service.promises, number, happened)
    fold.get_by_role("button", name="删掉", exact=True).click()
    expect(fold.get_by_text("删好了。")).to_be_visible()
    expect(fold.get_by_text("是我们要负责的记录")).to_be_visible()
    assert number not in (page.evaluate("localStorage.getItem('yibotong.slips')") or "")


def test_without_a_conversation_it_is_said_where_to_look(page: Page) -> None:
    open_my_data(page)
    expect(page.get_by_text("这台设备上没有您的对话")).to_be_visible()
    page.get_by_role("button", name="查工单").last.click()
    expect(page.get_by_role("heading", name="查工单")).to_be_visible()
    page.get_by_role("button", name="返回对话").click()
    expect(page.get_by_role("heading", name="遇到什么难处")).to_be_visible()
