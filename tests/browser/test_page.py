"""A citizen's way in a real browser: a question typed, the answer and the referral seen, a ticket made."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from api.wiring import Service
from bot.tables import conversation_table, message_table

pytestmark = pytest.mark.browser

WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"


def ask(page: Page, text: str) -> None:
    page.get_by_label("说说您的事").fill(text)
    page.get_by_role("button", name="发送").click()


def stored(service: Service, text: str) -> int:
    """How often these words were stored."""
    with service.engine.connect() as connection:
        return len(connection.execute(select(message_table.c.client_id).where(message_table.c.text == text)).all())


def test_a_question_is_answered_referred_and_becomes_a_ticket(page: Page) -> None:
    ask(page, WAGES)
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


def test_the_first_thing_to_do_is_seen_without_scrolling(page: Page) -> None:
    ask(page, WAGES)
    first = page.locator(".do-first")
    expect(first).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="转人工")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="没解决")).to_be_in_viewport(ratio=1)


def test_danger_shows_a_number_to_call(page: Page) -> None:
    ask(page, "他正在打我，在砸门，我躲在厕所里")
    call = page.get_by_role("link", name="110").first
    expect(call).to_have_attribute("href", "tel:110")
    expect(call).to_be_in_viewport(ratio=1)


def test_the_conversation_is_there_after_a_reload(page: Page) -> None:
    ask(page, "房东不退押金怎么办")
    expect(page.get_by_text("依据").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("房东不退押金怎么办").first).to_be_visible()


def test_a_person_is_one_tap_away(page: Page) -> None:
    page.get_by_role("button", name="转人工").first.click()
    expect(page.get_by_text("12348").first).to_be_visible()


def test_nothing_moves_when_an_answer_arrives(page: Page) -> None:
    page.evaluate(
        """window.shift = 0; new PerformanceObserver(list => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
        }).observe({type: 'layout-shift', buffered: true})"""
    )
    # Answers come later than half a second after the tap here, so that their shifts would count.
    page.route("**/messages", lambda route: (page.wait_for_timeout(700), route.continue_()))
    for say in (lambda: ask(page, WAGES), lambda: page.get_by_role("button", name="没解决").click()):
        before = page.locator(".reply").count()
        say()
        expect(page.locator(".reply")).to_have_count(before + 1)
        page.wait_for_timeout(600)
    assert page.evaluate("window.shift") < 0.02


def test_what_is_read_stays_in_place_while_an_answer_arrives(page: Page) -> None:
    ask(page, WAGES)
    expect(page.locator(".answer")).to_be_visible()
    page.get_by_text("没签劳动合同").first.wait_for()
    question = page.locator(".citizen").first
    top = question.evaluate("e => e.getBoundingClientRect().top")
    assert 0 < top < 250, "the question does not stand above its answer"


def test_without_a_network_nothing_is_lost_or_doubled(page: Page, service: Service) -> None:
    ask(page, "房东不退押金怎么办")
    expect(page.locator(".reply")).to_have_count(1)
    page.context.set_offline(True)
    expect(page.get_by_text("网络不通。您写的都留着")).to_be_visible()
    words = ["他说墙刮花了要扣钱", "押金是两千块"]
    for text in words:
        ask(page, text)
        expect(page.locator(".held").last).to_be_visible()
    expect(page.locator(".held")).to_have_count(2)
    page.context.set_offline(False)
    expect(page.locator(".reply")).to_have_count(3)
    expect(page.locator(".held")).to_have_count(0)
    expect(page.locator(".connection p")).to_be_hidden()
    assert [stored(service, text) >= 1 for text in words] == [True, True]
    said = page.locator(".mine").all_text_contents()
    assert [text.removeprefix("您说：") for text in said] == ["房东不退押金怎么办", *words]


def test_the_page_opens_without_a_network_and_keeps_nothing_personal(page: Page, address: str) -> None:
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    ask(page, "房东不退押金怎么办")
    expect(page.locator(".reply")).to_have_count(1)
    page.context.set_offline(True)
    page.goto(address)
    expect(page.get_by_text("网络不通。您写的都留着")).to_be_visible()
    expect(page.get_by_role("link", name="12348").first).to_be_visible()
    page.context.set_offline(False)
    page.goto(address)
    expect(page.get_by_text("房东不退押金怎么办").first).to_be_visible()
    kept = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const all = await Promise.all(names.map(async n => (await (await caches.open(n)).keys()).map(r => r.url)));
          return all.flat().map(url => new URL(url).pathname);
        }"""
    )
    assert "/" in kept
    assert all(path in ("/", "/favicon.svg") or path.startswith("/assets/") for path in kept)


def test_an_answer_lost_on_its_way_back_is_fetched_and_nothing_is_asked_twice(page: Page, service: Service) -> None:
    text = f"楼上漏水，物业不管，泡了我家天花板，{page.viewport_size}"
    lost = []

    def lose_the_first_answer(route: object) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())  # it arrives at the service
        route.abort()  # and its answer never does

    page.route("**/messages", lose_the_first_answer)
    ask(page, text)
    expect(page.locator(".reply")).to_have_count(1, timeout=10_000)
    assert stored(service, page.locator(".mine").last.text_content().removeprefix("您说：")) == 1


def test_what_was_written_without_a_network_survives_a_reload(page: Page) -> None:
    page.route("**/api/v1/conversations**", lambda route: route.abort())
    ask(page, "房东不退押金怎么办")
    expect(page.locator(".held")).to_be_visible()
    page.unroute("**/api/v1/conversations**")
    page.reload()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.locator(".mine")).to_have_count(1)


def test_after_the_end_of_a_conversation_the_next_one_begins_by_itself(page: Page, service: Service) -> None:
    ask(page, "房东不退押金怎么办")
    expect(page.locator(".reply")).to_have_count(1)
    session = page.evaluate("JSON.parse(localStorage.getItem('yibotong.conversation')).id")
    with service.writing.begin() as connection:
        old = conversation_table.update().where(conversation_table.c.id == session)
        connection.execute(old.values(expires_at=service.now().replace(year=2025)))
    ask(page, "想离婚，对方不同意")
    expect(page.get_by_text("上次的对话已过期，给您开了新的")).to_be_visible()
    expect(page.locator(".reply")).to_have_count(2)
    page.reload()
    expect(page.locator(".mine")).to_have_count(1)


def test_an_unsent_draft_survives_a_reload(page: Page) -> None:
    page.get_by_label("说说您的事").fill("老板说下个月再")
    page.reload()
    expect(page.get_by_label("说说您的事")).to_have_value("老板说下个月再")


def test_the_slip_can_be_copied_shared_and_kept_as_a_picture(page: Page) -> None:
    page.evaluate("navigator.share = async what => { window.shared = what }; 0")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, WAGES)
    slip = page.locator(".slip")
    slip.get_by_role("button", name="复制").click()
    expect(slip.get_by_text("已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "洪山区" in copied
    assert "未核实，请以 12348 告知为准" in copied
    slip.get_by_role("button", name="发给别人").click()
    assert page.evaluate("window.shared.text") == copied
    opener = slip.get_by_role("button", name="存成图片")
    opener.click()
    picture = page.get_by_role("dialog").get_by_role("img")
    kind, _, data = (picture.get_attribute("src") or "").partition(",")
    assert kind == "data:image/png;base64"
    assert picture.evaluate("e => e.naturalWidth") == 720, "the page's policy keeps the picture out"
    assert len(base64.b64decode(data)) > 5_000
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_asking_for_somebody_else_keeps_facts_and_contact_apart(page: Page) -> None:
    page.get_by_role("button", name="替家人或别人问").click()
    page.get_by_role("button", name="我妈").click()
    written = page.get_by_label("说说您的事")
    expect(written).to_have_value("我替我妈问：")
    ask(page, "我替我妈问：她在武昌区做保洁，公司两个月没发工资")
    page.get_by_role("button", name="没解决").click()
    form = page.locator("form").filter(has_text="同意")
    expect(form.get_by_label("您的电话")).to_be_visible()
    form.get_by_label("我看过了，同意").check()
    form.get_by_role("button", name="提交").click()
    expect(form.get_by_text("请选一下您和他是什么关系")).to_be_visible()
    form.get_by_label("家里人").check()
    form.get_by_label("他本人知道这件事").check()
    form.get_by_role("button", name="提交").click()
    expect(page.get_by_text("WH20").first).to_be_visible()


def test_said_shortly_it_is_one_thing_and_one_number(page: Page) -> None:
    page.get_by_role("button", name="更多").click()
    page.get_by_label("说短一点").check()
    page.keyboard.press("Escape")
    ask(page, WAGES)
    expect(page.locator(".do-first")).to_be_visible()
    expect(page.locator(".slip .hotline")).to_have_count(1)
    expect(page.get_by_text("带上").first).to_be_hidden()
    page.get_by_text("看详细的").click()
    expect(page.get_by_text("带上").first).to_be_visible()


FIRST_WORDS = """() => ['.opening h2', '.opening p', '.opening-danger a'].map((one) => {
  const {left, top, width, height} = document.querySelector(one).getBoundingClientRect();
  return [left, top, width, height].map(Math.round);
})"""


def test_the_greeting_is_read_and_110_called_before_any_script_is_there_and_then_nothing_moves(
    page: Page, address: str
) -> None:
    """How soon that is on a phone's network is measured by `make bench PART=page`."""
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address)
    expect(page.get_by_role("heading", name="遇到什么难处")).to_be_in_viewport()
    expect(page.get_by_role("link", name="110")).to_have_attribute("href", "tel:110")
    before = page.evaluate(FIRST_WORDS)
    page.unroute("**/*.js")
    page.goto(address)
    expect(page.get_by_role("button", name="房东不退押金怎么办")).to_be_visible()
    assert page.evaluate(FIRST_WORDS) == before


def test_the_first_words_are_dark_on_a_dark_device(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark", service_workers="block")
    page = context.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.unroute("**/*.js")
    page.goto(address)
    expect(page.locator("html.dark")).to_be_visible()
    assert page.evaluate(ground) == before
    context.close()
