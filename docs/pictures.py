"""Makes the pictures of the README from a running service.

    python -m docs.pictures http://127.0.0.1:8000 USERNAME [DATA_DIR]    (agent, curator and supervisor; the password is asked for)

Opens a ticket, and with DATA_DIR, that of the service, makes three thousand more for the picture of the figures: so it belongs
on an installation for trying things.
"""

from __future__ import annotations

import base64
import getpass
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from api.config import Settings
from api.database import open_engine
from api.wiring import local_now, matters_file
from case_library.matters import load_matters
from routing.load import load_directory, load_promises
from tests.benchmarks import counted

FOLDER = Path(__file__).parent
WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"
DANGER = "他正在打我，我躲在厕所里，他在砸门"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTLE_MS = 1200
MADE_TICKETS = 3_000


def ask(browser: Browser, address: str, size: tuple[int, int], text: str) -> Page:
    """The citizen's page with one question answered."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN").new_page()
    page.goto(address)
    page.get_by_role("textbox").first.fill(text)
    page.get_by_role("button", name="发送").click()
    page.get_by_role("button", name="读给我听").last.wait_for()
    page.wait_for_timeout(SETTLE_MS)
    return page


def slip_at_terminal(browser: Browser, address: str) -> bytes:
    """A self-service terminal with the slip of a ticket made without a name."""
    page = browser.new_context(viewport={"width": 1080, "height": 760}, locale="zh-CN").new_page()
    page.goto(f"{address}/kiosk/")
    if (begin := page.get_by_role("button", name="开始", exact=True)).count():
        begin.click()
    page.get_by_role("textbox").first.fill(WAGES)
    page.get_by_role("button", name="发送").click()
    page.locator(".answer").wait_for()
    page.get_by_role("button", name="没解决").last.click()
    form = page.locator("form").filter(has_text="同意")
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="提交").click()
    page.get_by_text("查询码").first.wait_for()
    page.wait_for_timeout(SETTLE_MS)
    return page.screenshot()


def in_large_print(browser: Browser, address: str) -> bytes:
    """A phone with large print, high contrast and short answers."""
    page = browser.new_context(viewport={"width": 360, "height": 700}, locale="zh-CN").new_page()
    page.goto(address)
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="更多").click()
    for wanted in ("看得更清楚", "说短一点"):
        page.get_by_role("checkbox", name=wanted).check()
    page.get_by_role("button", name="好了").click()
    page.get_by_role("textbox").first.fill(WAGES)
    page.get_by_role("button", name="发送").click()
    page.locator(".do-first").wait_for()
    page.wait_for_timeout(SETTLE_MS)
    return page.screenshot()


def side_by_side(browser: Browser, pictures: list[bytes], height: int, file: Path) -> None:
    """Several pictures in one, at one height."""
    images = "".join(
        f'<img height="{height}" src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
        for picture in pictures
    )
    page = browser.new_page(viewport={"width": 2400, "height": height + 20})
    page.set_content(
        f'<div id="all" style="display:inline-flex;gap:10px;background:#c8d2d6;padding:10px">{images}</div>'
    )
    page.locator("#all").screenshot(path=file)
    page.close()


def make_tickets(data_dir: Path) -> None:
    """Tickets of two years, by chance, in the database of a service."""
    settings = Settings(data_dir=data_dir.resolve())
    bodies, matters = load_directory().bodies, sorted(load_matters(matters_file(settings)).by_code)
    places = [(body.area, matters[place % len(matters)], body.id) for place, body in enumerate(bodies)]
    counted.fill(open_engine(settings.url), load_promises(), MADE_TICKETS, local_now(), places)


def at_the_desk(browser: Browser, address: str, staff: Page) -> None:
    """Somebody waits, is taken, asks on; then a question that was not solved becomes a case."""
    citizen = ask(browser, address, (1000, 700), WAGES)
    citizen.get_by_role("button", name="没解决").last.click()
    citizen.wait_for_timeout(SETTLE_MS)
    citizen.get_by_role("button", name="转人工").last.click()
    citizen.wait_for_timeout(SETTLE_MS)
    staff.set_viewport_size({"width": 1366, "height": 768})
    staff.goto(f"{address}/staff/#/desk")
    staff.locator(".desk-row").first.wait_for()
    staff.keyboard.press("Alt+n")
    staff.get_by_label("回复群众").wait_for()
    citizen.get_by_label("说说您的事").fill("大概一万五，要带什么去")
    citizen.get_by_role("button", name="发送").click()
    staff.get_by_role("log").get_by_text("大概一万五").wait_for()
    staff.wait_for_timeout(2 * SETTLE_MS)
    staff.screenshot(path=FOLDER / "desk.png")
    staff.goto(f"{address}/staff/#/misses")
    staff.get_by_role("button", name="写成案例").first.click()
    staff.get_by_text("引用的法条").first.wait_for()
    staff.wait_for_timeout(2 * SETTLE_MS)
    staff.screenshot(path=FOLDER / "curation.png")


def main(address: str, username: str, password: str, data_dir: Path | None = None) -> None:
    """Make `page.png`, `terminal.png`, `workbench.png`, `desk.png` and `curation.png`; `figures.png` when there is a folder to make
    tickets in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        desktop = ask(browser, address, (1000, 700), WAGES)
        answer = desktop.screenshot()
        phone = ask(browser, address, (360, 700), DANGER).screenshot()
        side_by_side(browser, [answer, phone], 640, FOLDER / "page.png")
        terminal, large = slip_at_terminal(browser, address), in_large_print(browser, address)
        side_by_side(browser, [terminal, large], 640, FOLDER / "terminal.png")

        desktop.get_by_role("button", name="帮我转过去").click()
        form = desktop.locator("form").filter(has_text="同意").last
        form.get_by_role("checkbox").last.check()
        form.get_by_role("button", name="提交").click()
        number = desktop.locator(".ticket-number").last.text_content() or ""
        staff = browser.new_context(viewport={"width": 1366, "height": 700}, locale="zh-CN").new_page()
        staff.goto(f"{address}/staff/#/tickets")
        staff.get_by_role("textbox").first.fill(username)
        staff.locator("input[type=password]").fill(password)
        staff.keyboard.press("Enter")
        staff.get_by_role("link", name=number).first.click()
        staff.wait_for_timeout(SETTLE_MS)
        staff.screenshot(path=FOLDER / "workbench.png")
        at_the_desk(browser, address, staff)
        if data_dir:
            make_tickets(data_dir)
            staff.set_viewport_size({"width": 1366, "height": 768})
            staff.goto(f"{address}/staff/#/figures?first={local_now().year - 1}-12-01")
            staff.get_by_role("img", name="随时间的变化").wait_for()
            staff.wait_for_timeout(SETTLE_MS)
            staff.screenshot(path=FOLDER / "figures.png")
        browser.close()


if __name__ == "__main__":
    told = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().strip()
    main(sys.argv[1].rstrip("/"), sys.argv[2], told, Path(sys.argv[3]) if len(sys.argv) > 3 else None)
