"""The shell of the staff's workbench in a real browser: sign in, menu by role, a session that ends in the middle of work."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from api.staff import accounts, sessions
from api.staff.roles import Role
from api.staff.tables import staff_table
from api.wiring import Service

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def a_staff(service: Service, *roles: Role, name: str = "王五") -> str:
    """A new account's user name."""
    username = f"desk{next(_numbers)}"
    with service.writing.begin() as connection:
        accounts.add(connection, username, name, PASSWORD, frozenset(roles), service.now())
    return username


def end_sessions(service: Service, username: str) -> None:
    with service.writing.begin() as connection:
        sessions.end_all(connection, accounts.find_by_name(connection, username).staff.id)


def sign_in(page: Page | Locator, username: str | None, password: str = PASSWORD) -> None:
    if username:
        page.get_by_role("textbox", name="账号", exact=True).fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def menu(page: Page) -> list[str]:
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    return page.get_by_role("navigation", name="主菜单").get_by_role("menuitem").all_inner_texts()


def test_a_wrong_password_is_told_and_the_right_one_comes_in(desk: Page, service: Service) -> None:
    username = a_staff(service, Role.ADMINISTRATOR)
    sign_in(desk, username, "a wrong password")
    expect(desk.get_by_role("alert").first).to_contain_text("账号、密码或动态码不对")
    sign_in(desk, username)
    expect(desk.get_by_role("button", name="王五")).to_be_visible()
    assert {"账号", "我的账号"} <= set(menu(desk))
    assert "审计记录" not in menu(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


def test_a_deep_link_opens_after_signing_in_and_after_a_reload(desk: Page, service: Service) -> None:
    username = a_staff(service, Role.AUDITOR)
    desk.goto(f"{desk.url.split('#')[0]}#/audit?who=nobody-of-this-name")
    sign_in(desk, username)
    expect(desk.get_by_role("heading", name="审计记录")).to_be_visible()
    expect(desk.get_by_text("没有符合条件的记录")).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("heading", name="审计记录")).to_be_visible()
    expect(desk.get_by_placeholder("谁")).to_have_value("nobody-of-this-name")


def test_a_page_of_another_role_says_so(desk: Page, service: Service) -> None:
    desk.goto(f"{desk.url.split('#')[0]}#/accounts")
    sign_in(desk, a_staff(service, Role.AUDITOR))
    expect(desk.get_by_text("您的账号没有这一页的权限")).to_be_visible()
    desk.evaluate("window.location.hash = '/no-such-page'")
    expect(desk.get_by_text("没有这个页面").first).to_be_visible()


def test_a_second_factor_is_set_up_and_asked_for(desk: Page, service: Service) -> None:
    username = a_staff(service)
    sign_in(desk, username)
    desk.get_by_role("button", name="开通").locator("xpath=ancestor::form").get_by_label("密码").fill(PASSWORD)
    desk.get_by_role("button", name="开通").click()
    totp = pyotp.TOTP(desk.locator("code").inner_text())
    desk.get_by_label("2. 填手机上显示的六位数字").fill(totp.at(service.now() - timedelta(seconds=30)))
    desk.get_by_role("button", name="确认开通").click()
    expect(desk.get_by_text("已开通。")).to_be_visible()
    desk.get_by_role("button", name="王五").click()
    desk.get_by_text("退出登录").click()
    expect(desk.get_by_role("button", name="登录", exact=True)).to_be_visible()
    sign_in(desk, username)
    expect(desk.get_by_label("动态码")).to_be_focused()
    desk.get_by_label("动态码").fill("000000")
    desk.get_by_role("button", name="登录", exact=True).click()
    expect(desk.get_by_role("alert").first).to_contain_text("不对")
    desk.get_by_label("动态码").fill(totp.at(service.now()))
    desk.get_by_role("button", name="登录", exact=True).click()
    expect(desk.get_by_role("button", name="王五")).to_be_visible()


def begin_an_account(desk: Page, username: str) -> Locator:
    """The form of a new account, half filled in."""
    desk.get_by_role("menuitem", name="账号", exact=True).click()
    desk.get_by_role("button", name="新建账号").click()
    form = desk.get_by_role("dialog", name="新建账号")
    form.get_by_label("账号", exact=True).fill(username)
    form.get_by_label("姓名").fill("李四")
    form.get_by_label("座席").check()
    return form


def test_what_was_written_when_the_session_ended_is_sent_after_signing_in_again(desk: Page, service: Service) -> None:
    username = a_staff(service, Role.ADMINISTRATOR)
    sign_in(desk, username)
    form = begin_an_account(desk, "li.si.kept")
    end_sessions(service, username)
    form.get_by_role("button", name="建好账号").click()
    again = desk.get_by_role("dialog", name="登录已失效，请重新登录")
    expect(again.get_by_role("textbox", name="账号", exact=True)).to_have_value(username)
    sign_in(again, None, "a wrong password")
    expect(again.get_by_role("alert").first).to_contain_text("不对")
    sign_in(again, None)
    expect(desk.get_by_role("dialog", name="初始密码")).to_be_visible()
    with service.engine.connect() as connection:
        made = accounts.find_by_name(connection, "li.si.kept")
    assert (made.staff.name, made.staff.roles) == ("李四", {Role.AGENT})


def test_what_was_written_is_restored_after_a_reload_too(desk: Page, service: Service) -> None:
    username = a_staff(service, Role.ADMINISTRATOR)
    sign_in(desk, username)
    begin_an_account(desk, "li.si.draft")
    end_sessions(service, username)
    desk.reload()
    sign_in(desk, username)
    desk.get_by_role("button", name="新建账号").click()
    form = desk.get_by_role("dialog", name="新建账号")
    expect(form.get_by_text("这是上次没保存的内容。")).to_be_visible()
    expect(form.get_by_label("账号", exact=True)).to_have_value("li.si.draft")
    expect(form.get_by_label("座席")).to_be_checked()
    form.get_by_role("button", name="不要了").click()
    expect(form.get_by_label("姓名")).to_have_value("")


def test_a_role_taken_away_leaves_the_menu_at_the_next_call(desk: Page, service: Service) -> None:
    username = a_staff(service, Role.ADMINISTRATOR, Role.AUDITOR)
    sign_in(desk, username)
    desk.get_by_role("menuitem", name="账号", exact=True).click()
    expect(desk.get_by_role("button", name="新建账号")).to_be_visible()
    with service.writing.begin() as connection:
        connection.execute(staff_table.update().where(staff_table.c.username == username).values(roles=["auditor"]))
    desk.get_by_placeholder("账号或姓名").fill("x")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("您的账号没有这一页的权限")).to_be_visible()
    assert "账号" not in menu(desk)
    assert "审计记录" in menu(desk)


def test_a_password_set_by_somebody_else_is_changed_first(desk: Page, service: Service) -> None:
    username = a_staff(service, Role.AUDITOR)
    with service.writing.begin() as connection:
        staff_id = accounts.find_by_name(connection, username).staff.id
        accounts.set_password(connection, staff_id, PASSWORD, temporary=True)
    sign_in(desk, username)
    assert menu(desk) == ["我的账号"]
    desk.get_by_label("现在的密码").fill(PASSWORD)
    desk.get_by_label("新密码").fill("一句只有我知道的很长的话")
    desk.get_by_label("再填一次").fill("一句只有我知道的很长的话")
    desk.get_by_role("button", name="改密码").click()
    expect(desk.get_by_role("menuitem", name="审计记录")).to_be_visible()


def test_the_keyboard_reaches_everything(desk: Page, service: Service) -> None:
    desk.get_by_label("账号").focus()
    desk.keyboard.type(a_staff(service, Role.ADMINISTRATOR))
    desk.keyboard.press("Tab")
    desk.keyboard.type(PASSWORD)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="王五")).to_be_visible()
    desk.get_by_role("link", name="跳到正文").focus()
    expect(desk.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("main")).to_be_focused()
