"""The page on a district's site: one script tag, a frame of its own, only where it is allowed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from api.wiring import Service

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parents[2] / "api/web/public/embed.js"
HOST_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>某区</title>
<style>button {{ display: none !important }} iframe {{ width: 10px }}</style>
<h1>某区人民政府</h1><script src="{address}/embed.js" {data}></script></html>"""


class Quiet(SimpleHTTPRequestHandler):
    """Files, without a line for each on stderr."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


class Site:
    """Another organisation's web site, at an origin of its own."""

    def __init__(self, folder: Path, service_address: str) -> None:
        self._folder = folder
        self._service = service_address
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def page(self, data: str = "") -> str:
        """The address of a page with the script tag and these attributes."""
        (self._folder / "index.html").write_text(HOST_PAGE.format(address=self._service, data=data), encoding="utf-8")
        return self.origin


@pytest.fixture
def site(tmp_path: Path, address: str) -> Iterator[Site]:
    made = Site(tmp_path, address)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def allowed(site: Site, service: Service) -> Iterator[Site]:
    """The same site, allowed by the setting."""
    before = service.settings.embed_origins
    service.settings.embed_origins = f"https://www.wuhan.gov.cn {site.origin}"
    yield site
    service.settings.embed_origins = before


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_one_script_tag_opens_the_whole_service_in_a_frame(allowed: Site, visitor: Page, address: str) -> None:
    visitor.goto(allowed.page('data-label="法律咨询"'))
    opener = visitor.get_by_role("button", name="法律咨询")
    assert visitor.locator("iframe").count() == 0, "the frame is loaded before it is asked for"
    opener.click()
    frame = visitor.frame_locator("iframe")
    frame.get_by_label("说说您的事").fill("房东不退押金怎么办")
    frame.get_by_role("button", name="发送").click()
    expect(frame.locator(".answer")).to_be_visible()
    frame.get_by_role("button", name="关闭").click()
    expect(visitor.locator("iframe")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(frame.locator(".answer")).to_be_visible()


def test_on_a_phone_it_fills_the_screen(allowed: Site, visitor: Page) -> None:
    visitor.set_viewport_size({"width": 360, "height": 740})
    visitor.goto(allowed.page())
    visitor.get_by_role("button", name="法律咨询").click()
    box = visitor.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (360, 740)


def test_a_site_that_is_not_allowed_gets_no_frame(site: Site, visitor: Page) -> None:
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused.append(message.text)

    visitor.on("console", note)
    visitor.goto(site.page())
    visitor.get_by_role("button", name="法律咨询").click()
    expect(visitor.locator("iframe")).to_be_visible()
    visitor.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in refused)
    assert visitor.frame_locator("iframe").get_by_label("说说您的事").count() == 0


def test_no_other_page_can_be_framed_even_by_an_allowed_site(allowed: Site, visitor: Page, address: str) -> None:
    visitor.goto(allowed.page())
    for path in ("/", "/kiosk/", "/staff/"):
        visitor.evaluate(
            "src => { const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame) }",
            address + path,
        )
    visitor.wait_for_timeout(500)
    assert [frame.url for frame in visitor.frames if frame.url.startswith(address)] == []


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("#7a0000", "rgb(122, 0, 0)"),
        ("7a0000", "rgb(122, 0, 0)"),
        ("#ffcc00", "rgb(11, 74, 87)"),  # white words on it could not be read
        ("red;}*{display:none", "rgb(11, 74, 87)"),
    ],
)
def test_a_site_gives_its_own_colour_if_it_can_be_read(allowed: Site, visitor: Page, given: str, used: str) -> None:
    visitor.goto(allowed.page(f'data-color="{given}"'))
    opener = visitor.get_by_role("button", name="法律咨询")
    expect(opener).to_have_css("background-color", used)
    opener.click()
    send = visitor.frame_locator("iframe").get_by_role("button", name="发送")
    expect(send).to_have_css("background-color", used)


def test_the_site_can_neither_look_in_nor_is_looked_at(allowed: Site, visitor: Page) -> None:
    visitor.goto(allowed.page())
    visitor.get_by_role("button", name="法律咨询").click()
    expect(visitor.frame_locator("iframe").get_by_label("说说您的事")).to_be_visible()
    frame = visitor.locator("iframe")
    assert frame.evaluate("e => e.contentDocument") is None
    with pytest.raises(Error, match="cross-origin"):
        frame.evaluate("e => e.contentWindow.document.body.textContent")
    with pytest.raises(Error, match="cross-origin"):
        visitor.frames[1].evaluate("() => window.parent.document.title")


def test_only_the_frame_can_ask_to_be_closed(allowed: Site, visitor: Page) -> None:
    visitor.goto(allowed.page())
    visitor.get_by_role("button", name="法律咨询").click()
    visitor.evaluate("window.postMessage({yibotong: 'close'}, '*')")
    visitor.wait_for_timeout(100)
    expect(visitor.locator("iframe")).to_be_visible()


def test_its_script_is_small() -> None:
    assert len(SCRIPT.read_bytes()) <= 6 * 1024
