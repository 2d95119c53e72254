"""A ticket's whole way in real browsers: told, sent by the desk, answered by the body through its link, confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from api.app import create_app
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service
from bot import wording
from tests.browser.conftest import DESKTOP, PHONE, opened_page

pytestmark = pytest.mark.browser
STORY = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"
PASSWORD = "correct horse battery"


@pytest.fixture
def ticket(service: Service) -> tuple[str, str]:
    """Number and query code of a ticket a citizen has just made."""
    app = create_app(lambda: service)
    app.state.service = service  # not entered: leaving would end the engine that all tests share
    citizen = TestClient(app)
    opened = citizen.post("/api/v1/conversations", json={}).json()
    token = {"Authorization": f"Bearer {opened['token']}"}
    said = {"client_id": "a", "text": STORY}
    citizen.post(f"/api/v1/conversations/{opened['id']}/messages", json=said, headers=token)
    consent = {"version": wording.CONSENT.version, "agreed": True}
    form = {"conversation_id": opened["id"], "phone": "13800138000", "consent": consent}
    made = citizen.post("/api/v1/tickets", json=form, headers=token).json()
    return made["number"], made["query_code"]


@pytest.fixture
def workbench(browser: Browser, address: str, service: Service) -> Iterator[Page]:
    with service.writing.begin() as connection:
        username = f"tickets{service.now().timestamp():.0f}"
        staff = accounts.add(connection, username, "小王", PASSWORD, frozenset({Role.AGENT}), service.now())
        token = sessions.begin(connection, staff, service.now())
    for page in opened_page(browser, DESKTOP):
        page.context.add_cookies([{"name": "yibotong_staff", "value": token, "url": address}])
        page.goto(f"{address}/staff/#/tickets")
        yield page


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    for page in opened_page(browser, PHONE):
        page.goto(address)
        yield page


def test_from_the_desk_to_the_body_and_back_to_the_citizen(
    ticket: tuple[str, str], workbench: Page, phone: Page, browser: Browser
) -> None:
    number, code = ticket
    workbench.get_by_role("searchbox").fill(number)
    workbench.get_by_role("searchbox").press("Enter")
    workbench.get_by_role("link", name=number).click()
    expect(workbench.get_by_text(STORY)).to_be_visible()
    workbench.get_by_role("button", name="转给单位").click()
    workbench.get_by_role("dialog").get_by_role("button", name="转给单位").click()
    shown = workbench.get_by_role("dialog", name="给承办单位的链接")
    expect(shown).to_contain_text("还没有核实")
    link = re.search(r"http\S+/body/#\S+", shown.inner_text())[0]
    shown.get_by_role("button", name="好").click()
    expect(workbench.get_by_text("已转出，等单位受理")).to_be_visible()

    for body in opened_page(browser, PHONE):
        body.goto(link)
        expect(body.get_by_text(STORY, exact=True)).to_be_visible()
        body.get_by_role("button", name="受理", exact=True).click()
        body.get_by_role("button", name="确定受理").click()
        expect(body.get_by_text("单位已受理")).to_be_visible()
        body.get_by_role("button", name="答复", exact=True).click()
        body.get_by_label("答复（办事人会看到）").fill("已责令单位三日内支付工资。")
        body.get_by_role("button", name="确定答复").click()
        expect(body.get_by_text("单位已答复").first).to_be_visible()

    phone.get_by_role("button", name="查工单").click()
    phone.get_by_label("工单号").fill(number)
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查询", exact=True).click()
    expect(phone.get_by_text("已责令单位三日内支付工资。").first).to_be_visible()
    phone.get_by_role("button", name="解决了").first.click()
    workbench.reload()
    expect(workbench.get_by_text(re.compile("已办结")).first).to_be_visible()


def test_a_ticket_that_is_not_there_says_so(workbench: Page) -> None:
    workbench.goto(re.sub(r"#.*", "#/tickets/WH20200101-000001", workbench.url))
    expect(workbench.get_by_role("alert")).to_contain_text("工单号")
