"""Every page of the citizen's, in every look and at both sizes, as axe-core sees it; and the way by keyboard alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[2] / "api/web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
# Contrast of 7:1 is a promise of ours beyond AA.
RUN_AXE = """async () => {
  const rules = {'color-contrast-enhanced': {enabled: true}};
  const found = await axe.run(document, {rules});
  return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""
PLAIN = {"largePrint": False, "theme": "light", "highContrast": False, "simple": False, "readAloud": False}
LOOKS = {
    "light": {},
    "dark": {"theme": "dark"},
    "high-contrast": {"highContrast": True},
    "dark-high-contrast": {"theme": "dark", "highContrast": True},
    "large-print": {"largePrint": True},
    "simple": {"simple": True, "largePrint": True},
}
SIZES = {"phone": (360, 740), "desktop": (1366, 768)}
WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"


@pytest.fixture(params=[f"{size}-{look}" for size in SIZES for look in LOOKS])
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of somebody who chose how to read before."""
    size, look = request.param.split("-", 1)
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
    chosen = json.dumps({**PLAIN, **LOOKS[look]})
    context.add_init_script(f"localStorage.setItem('yibotong.preferences', {json.dumps(chosen)})")
    yield context.new_page()
    context.close()


@pytest.fixture
def violations() -> Callable[[Page], list[str]]:
    """What axe-core finds on the page as it is now.

    It judges the contrast only of what is on the screen, so the screen is made as high as the longest conversation.
    """

    def find(page: Page) -> list[str]:
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": size["width"], "height": 5000})
        page.evaluate(AXE)
        found: list[str] = page.evaluate(RUN_AXE)
        page.set_viewport_size(size)
        return found

    return find


def ask(page: Page, text: str) -> None:
    before = page.locator(".reply").count()
    page.get_by_label("说说您的事").fill(text)
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".reply")).to_have_count(before + 1)


def test_no_screen_has_a_barrier(reader: Page, address: str, violations: Callable[[Page], list[str]]) -> None:
    page, found = reader, {}

    def look_at(screen: str) -> None:
        if problems := violations(page):
            found[screen] = problems
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found[f"{screen} scrolls sideways"] = []

    page.goto(address)
    expect(page.get_by_role("button", name="房东不退押金怎么办")).to_be_visible()
    look_at("opening")
    page.get_by_role("button", name="替家人或别人问").click()
    page.get_by_role("button", name="更多").click()
    look_at("settings")
    page.keyboard.press("Escape")
    ask(page, WAGES)
    for fold in page.locator("details").all():
        fold.locator("summary").click()
    look_at("answer")
    page.get_by_role("button", name="没解决").click()
    form = page.locator("form").filter(has_text="同意")
    form.get_by_role("button", name="我是替别人办的").click()
    form.get_by_role("button", name="提交").click()
    look_at("form with mistakes")
    form.get_by_role("button", name="我是替别人办的").click()
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="提交").click()
    expect(page.get_by_text("WH20").first).to_be_visible()
    look_at("ticket")
    page.get_by_role("button", name="存成图片").last.click()
    look_at("picture")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="查进度").click()
    expect(page.get_by_role("heading", name="经过")).to_be_visible()
    look_at("progress")
    page.get_by_role("button", name="返回对话").click()
    ask(page, "他正在打我，在砸门，我躲在厕所里")
    look_at("danger")
    ask(page, "我11月12日收到判决书，不服想上诉")
    look_at("deadline")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="我的信息").click()
    page.get_by_role("button", name="看看存了什么").click()
    expect(page.get_by_role("region", name="我的信息")).to_be_visible()
    page.get_by_role("button", name="删掉我的信息").click()
    look_at("one's own data")
    page.get_by_role("button", name="返回对话").click()
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="换个问题").click()
    look_at("starting over")
    assert found == {}


def test_barriers_would_be_found(page: Page, violations: Callable[[Page], list[str]]) -> None:
    expect(page.locator(".opening")).to_be_visible()
    page.locator(".opening").evaluate("e => { e.innerHTML += '<input><p class=pale>字太浅</p>' }")
    page.locator(".pale").evaluate("e => { e.style.color = '#666' }")
    assert {found.split(":")[0] for found in violations(page)} >= {"label", "color-contrast-enhanced"}


@pytest.mark.parametrize("path", ["/kiosk/", "/embed/"])
@pytest.mark.parametrize("size", SIZES)
def test_terminal_and_frame_have_no_barrier(
    browser: Browser, address: str, path: str, size: str, violations: Callable[[Page], list[str]]
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + path)
    expect(page.get_by_role("button", name="房东不退押金怎么办")).to_be_visible()
    assert violations(page) == []
    ask(page, WAGES)
    assert violations(page) == []
    context.close()


def test_the_whole_way_can_be_gone_by_keyboard(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("button", name="房东不退押金怎么办")).to_be_visible()
    keys = page.keyboard

    def tab_to(label: str, key: str = "Tab") -> None:
        for _ in range(60):
            keys.press(key)
            if (
                page.evaluate("e => (e.labels?.[0] ?? e).textContent", page.evaluate_handle("document.activeElement"))
                == label
            ):
                return
        raise AssertionError(f"{label} cannot be reached by {key}")

    tab_to("说说您的事")
    keys.type(WAGES)
    keys.press("Enter")
    expect(page.locator(".answer")).to_be_visible()
    tab_to("没解决", "Shift+Tab")
    keys.press("Enter")
    expect(page.locator("form").filter(has_text="同意")).to_be_visible()
    tab_to("我看过了，同意", "Shift+Tab")
    keys.press("Space")
    tab_to("提交")
    keys.press("Enter")
    expect(page.get_by_text("WH20").first).to_be_visible()
    expect(page.get_by_role("heading", name="一拨通工单")).to_be_focused()
    context.close()


def test_the_first_tab_leads_past_everything_that_was_said(page: Page) -> None:
    ask(page, WAGES)
    page.reload()
    expect(page.locator(".answer")).to_be_visible()
    skip = page.get_by_role("button", name="直接去写")
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("说说您的事")).to_be_focused()


def test_answers_are_announced_and_what_is_restored_is_not(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    ask(page, WAGES)
    expect(log.get_by_text("机器回答")).to_be_visible()
    page.reload()
    expect(page.locator(".answer")).to_be_visible()
    assert page.locator(".fresh").count() == 0


def test_looks_are_kept_on_this_device(page: Page) -> None:
    page.get_by_role("button", name="更多").click()
    page.get_by_label("深色").check()
    page.get_by_label("看得更清楚").check()
    page.get_by_role("button", name="大字").click()
    page.reload()
    for name in ("dark", "high-contrast", "large-print"):
        assert page.evaluate(f"document.documentElement.classList.contains('{name}')"), name


def test_the_colours_follow_the_device_until_somebody_chooses(page: Page) -> None:
    root, dark = page.locator("html"), re.compile(r"\bdark\b")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_class(dark)
    page.get_by_role("button", name="更多").click()
    page.get_by_label("浅色").check()
    expect(root).not_to_have_class(dark)


def test_an_answer_is_read_aloud_and_can_be_stopped(browser: Browser, address: str) -> None:
    """The browser of the tests has no voice, so what it is given to say is listened to instead."""
    context = browser.new_context(locale="zh-CN")
    context.add_init_script(
        "window.said = []; speechSynthesis.speak = one => said.push(one.text); speechSynthesis.cancel = () => said.push('-')"
    )
    page = context.new_page()
    page.goto(address)
    ask(page, WAGES)
    page.get_by_role("button", name="读给我听").click()
    assert any("先把" in said for said in page.evaluate("said"))
    page.get_by_role("button", name="别读了").click()
    assert page.evaluate("said.at(-1)") == "-"
    page.get_by_role("button", name="更多").click()
    page.get_by_label("新的回答读给我听").check()
    page.keyboard.press("Escape")
    page.evaluate("said.length = 0")
    ask(page, "房东不退押金怎么办")
    assert any("押金" in said for said in page.evaluate("said"))
    context.close()


def test_what_is_spoken_goes_behind_what_is_written_and_is_sent_by_the_person_only(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(locale="zh-CN")
    context.add_init_script(
        """window.webkitSpeechRecognition = class {
          start() { window.ear = this }
          stop() { this.onend() }
        }; delete window.SpeechRecognition"""
    )
    page = context.new_page()
    page.goto(address)
    written = page.get_by_label("说说您的事")
    written.fill("我在洪山区。")
    page.get_by_role("button", name="说话").click()
    page.evaluate("ear.onresult({results: [[{transcript: '老板不发工资'}]]})")
    expect(written).to_have_value("我在洪山区。老板不发工资")
    page.get_by_role("button", name="说话").click()
    assert page.locator(".citizen").count() == 0
    context.close()


def test_without_recognition_there_is_no_button_for_it(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN")
    context.add_init_script("delete window.webkitSpeechRecognition; delete window.SpeechRecognition")
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("button", name="发送")).to_be_visible()
    assert page.get_by_role("button", name="说话").count() == 0
    context.close()
