"""A citizen's way in a real browser: a question typed, the answer and the referral seen, a ticket made."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from api.app import create_app
from api.wiring import Service

pytestmark = pytest.mark.browser
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(lambda: service), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser():
    path = shutil.which("chromium")
    assert path, "Debian's chromium is missing; run ./setup.sh test"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=[(360, 740), (1366, 768)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser, address: str) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(address)
    yield opened
    context.close()
    assert errors == []


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").first.fill(text)
    page.get_by_role("button", name="发送").click()


def test_a_question_is_answered_referred_and_becomes_a_ticket(page: Page) -> None:
    ask(page, "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同")
    expect(page.get_by_text("依据").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"
    page.get_by_role("button", name="没解决").last.click()
    expect(page.get_by_text("未核实，请以 12348 告知为准").first).to_be_visible()
    form = page.locator("form").filter(has_text="同意")
    expect(form).to_be_visible()
    form.get_by_label("电话").fill("13800138000")
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="提交").click()
    expect(page.get_by_text("WH20").first).to_be_visible()


def test_danger_shows_a_number_to_call(page: Page) -> None:
    ask(page, "他正在打我，在砸门，我躲在厕所里")
    expect(page.get_by_role("link", name="110").first).to_have_attribute("href", "tel:110")


def test_the_conversation_is_there_after_a_reload(page: Page) -> None:
    ask(page, "房东不退押金怎么办")
    expect(page.get_by_text("依据").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("房东不退押金怎么办").first).to_be_visible()


def test_a_person_is_one_tap_away(page: Page) -> None:
    page.get_by_role("button", name="转人工").first.click()
    expect(page.get_by_text("12348").first).to_be_visible()
