"""A person, whenever wanted: a citizen's page and two agents' desks in real browsers at the same time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, update

from api.desk.tables import agent_table
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service
from bot.tables import conversation_table
from tests.browser.conftest import DESKTOP, PHONE, opened_page

pytestmark = pytest.mark.browser
STORY = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def empty_desk(service: Service) -> None:
    """Other tests leave citizens waiting in the same database."""
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
        connection.execute(update(conversation_table).values(owner="bot", agent_id=None))


@pytest.fixture
def citizen(browser: Browser, address: str) -> Iterator[Page]:
    for page in opened_page(browser, PHONE):
        page.goto(address)
        yield page


@pytest.fixture
def desks(browser: Browser, address: str, service: Service) -> Iterator[Callable[..., Page]]:
    """`desks("小王")`: the desk of a new agent; with a role, that of another at the page `at`."""
    opened: list[Iterator[Page]] = []

    def open_desk(name: str, role: Role = Role.AGENT, *, at: str = "/desk", **limits: Any) -> Page:
        with service.writing.begin() as connection:
            username = f"desk{len(opened)}{service.now().timestamp():.0f}"
            staff_id = accounts.add(connection, username, name, PASSWORD, frozenset({role}), service.now(), **limits)
            token = sessions.begin(connection, staff_id, service.now())
        pages = opened_page(browser, DESKTOP)
        page = next(pages)
        opened.append(pages)
        page.context.add_cookies([{"name": "yibotong_staff", "value": token, "url": address}])
        page.goto(f"{address}/staff/#{at}")
        if role is Role.AGENT:
            expect(page.get_by_role("complementary", name="排队和我手上的对话")).to_be_visible()
        return page

    yield open_desk
    for pages in opened:
        next(pages, None)


def ask(page: Page, text: str) -> None:
    page.get_by_label("说说您的事").fill(text)
    page.get_by_role("button", name="发送").click()


def test_a_citizen_asks_for_a_person_both_talk_a_ticket_is_made_and_it_is_handed_back(
    citizen: Page, desks: Callable[[str], Page]
) -> None:
    agent = desks("小王")
    ask(citizen, STORY)
    expect(citizen.get_by_text("依据").first).to_be_visible()
    citizen.get_by_role("button", name="转人工").last.click()
    expect(citizen.get_by_text("您排第一位").first).to_be_visible()

    expect(agent.locator(".desk-row")).to_have_count(1)
    agent.keyboard.press("Alt+n")
    expect(agent.get_by_role("log")).to_contain_text(STORY)
    expect(citizen.get_by_text("座席小王来了").first).to_be_visible()

    agent.keyboard.press("F4")  # the suggestion, to be changed
    composer = agent.get_by_label("回复群众")
    expect(composer).not_to_have_value("")
    composer.fill("您好，工资流水还在手上吗？")
    composer.press("Enter")
    expect(citizen.get_by_text("您好，工资流水还在手上吗？")).to_be_visible()
    expect(composer).to_have_value("")

    ask(citizen, "在的，都有")
    expect(agent.get_by_role("log")).to_contain_text("在的，都有")
    expect(citizen.locator(".waiting")).to_have_count(0)

    agent.reload()
    composer = agent.get_by_label("回复群众")
    composer.fill("没写完的话")
    expect(citizen.get_by_text("座席小王正在输入")).to_be_visible()
    agent.reload()
    expect(agent.get_by_label("回复群众")).to_have_value("没写完的话")

    agent.keyboard.press("F9")
    dialog = agent.get_by_role("dialog")
    expect(dialog).to_contain_text("洪山")
    dialog.get_by_label("电话（可不填）").fill("13800138000")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="开工单").click()
    expect(dialog).to_contain_text(re.compile(r"WH\d{8}-\d{6}"))
    dialog.locator(".ant-modal-footer").get_by_role("button", name=re.compile("关\\s*闭")).click()
    expect(citizen.get_by_text(re.compile(r"WH\d{8}-\d{6}")).first).to_be_visible()

    agent.keyboard.press("Alt+w")
    agent.get_by_role("dialog").get_by_text("已开工单").click()
    agent.get_by_role("button", name="结束，交还机器").click()
    expect(citizen.get_by_text("座席小王这边说完了").first).to_be_visible()
    expect(citizen.locator(".live p")).to_have_count(0)
    expect(agent.get_by_text("手上没有对话")).to_be_visible()


def test_somebody_of_the_body_is_asked_in_speaks_with_the_citizen_and_goes(
    citizen: Page, desks: Callable[..., Page], service: Service
) -> None:
    agent = desks("小王")
    body = next(body for body in service.parts.directory.bodies if body.type == "labor_inspection")
    officer = desks("老周", Role.BODY_OFFICER, bodies=frozenset({body.id}), at="/joint")
    expect(officer.get_by_text("现在没有座席请您一起谈")).to_be_visible()
    ask(citizen, STORY)
    expect(citizen.get_by_text("依据").first).to_be_visible()
    citizen.get_by_role("button", name="转人工").last.click()
    expect(agent.locator(".desk-row")).to_have_count(1)
    agent.keyboard.press("Alt+n")
    expect(agent.get_by_role("log")).to_contain_text(STORY)

    agent.keyboard.press("Alt+z")
    dialog = agent.get_by_role("dialog", name=re.compile("请人一起"))
    dialog.get_by_text("请单位一起谈").click()
    done = dialog.get_by_role("button", name=re.compile("确\\s*定"))
    dialog.get_by_label("单位的人").fill("老周")
    agent.get_by_title(re.compile("老周")).last.click()
    expect(done).to_be_disabled()  # not before the citizen was asked
    dialog.get_by_role("checkbox").check()
    done.click()
    expect(citizen.get_by_text("三方一起谈").first).to_be_visible()

    expect(officer.get_by_role("log")).to_contain_text(STORY)  # opened by itself: it is the only one
    box = officer.get_by_label("对群众和座席说")
    box.fill("带上流水到我们这里登记")
    officer.reload()
    box = officer.get_by_label("对群众和座席说")
    expect(box).to_have_value("带上流水到我们这里登记")  # a draft outlives a reload
    box.press("Enter")
    expect(citizen.get_by_text("带上流水到我们这里登记")).to_be_visible()
    expect(agent.get_by_role("log")).to_contain_text("老周（")
    officer.get_by_role("button", name="谈完了，离开").click()
    officer.get_by_role("tooltip").get_by_role("button", name=re.compile("离\\s*开")).click()
    expect(officer.get_by_text("现在没有座席请您一起谈")).to_be_visible()
    expect(citizen.get_by_text("先离开了").first).to_be_visible()


def test_two_agents_cannot_both_take_the_same(citizen: Page, desks: Callable[[str], Page]) -> None:
    first, second = desks("小王"), desks("小李")
    ask(citizen, "转人工")
    for desk in (first, second):
        desk.locator(".desk-row").first.click()
        expect(desk.get_by_role("button", name="接起来")).to_be_visible()
    first.get_by_role("button", name="接起来").click()
    expect(first.get_by_label("回复群众")).to_be_visible()
    expect(second.get_by_text("小王正在办这次对话")).to_be_visible()
    expect(second.get_by_label("回复群众")).to_have_count(0)


def test_the_keyboard_is_shown_by_a_question_mark(desks: Callable[[str], Page]) -> None:
    agent = desks("小王")
    agent.locator("main").focus()
    agent.keyboard.press("?")
    expect(agent.get_by_role("dialog")).to_contain_text("采用建议")


def test_a_lost_connection_is_shown_and_recovered(citizen: Page, desks: Callable[[str], Page]) -> None:
    agent = desks("小王")
    # An open stream outlives Playwright's offline switch, so it is opened anew on a line that is down.
    agent.route("**/api/v1/desk/**", lambda route: route.abort())
    agent.reload()
    expect(agent.get_by_text("连接断了").first).to_be_visible(timeout=20_000)
    agent.unroute("**/api/v1/desk/**")
    expect(agent.get_by_text("连接断了")).to_have_count(0, timeout=20_000)
    ask(citizen, "转人工")
    expect(agent.locator(".desk-row")).to_have_count(1)
