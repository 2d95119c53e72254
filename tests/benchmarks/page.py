"""How soon the citizen's page is there on a phone's network, beside the bare transfer of the same bytes."""

from __future__ import annotations

import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import PAGES, create_app
from api.wiring import Service
from tests.benchmarks.table import SkippedError, Table

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMES = 9
PHONE = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Profile:
    """A network as Chrome emulates it: bits a second, and milliseconds from a request to its first byte."""

    name: str
    down: int
    up: int
    latency_ms: float


# "Fast 4G" of Chrome's developer tools; "slow 4G" is what Lighthouse throttles phones to (1.6 Mbit/s and 150 ms in the
# network, 1.44 Mbit/s and 562.5 ms by request).
PROFILES = (
    Profile("fast 4G", 8_100_000, 1_350_000, 165),
    Profile("slow 4G", 1_440_000, 675_000, 562.5),
)
# When the greeting can be read, and when the answer to the first example can, which is tapped as soon as it is there.
CLOCK = """new MutationObserver((_, observer) => {
  const marks = document.documentElement.dataset;
  const now = () => Math.round(performance.now());
  if (document.querySelector('.opening h2')) requestAnimationFrame(() => { marks.opened ??= now() });
  const example = document.querySelector('.examples button');
  if (example && !marks.tapped) { marks.tapped = now(); example.click() }
  if (!document.querySelector('.do-first')) return;
  observer.disconnect();
  requestAnimationFrame(() => { marks.answered = now() });
}).observe(document, {childList: true, subtree: true})"""
# What the page loaded before the greeting, fetched again side by side: one wait and the bytes, no script run.
BARE = """async (urls) => {
  const begun = performance.now();
  await Promise.all(urls.map(async (url) => (await fetch(url, {cache: 'no-store'})).arrayBuffer()));
  return performance.now() - begun;
}"""
LOADED = """() => performance.getEntriesByType('resource').filter((one) => /assets|meta/.test(one.name)).map((one) => one.name)"""


def page(service: Service) -> Table:
    """Milliseconds after opening, nothing cached, medians."""
    chromium = shutil.which("chromium")
    if chromium is None or not PAGES.is_dir():
        raise SkippedError("needs chromium and the built pages (./setup.sh test)")
    table = Table(
        f"the citizen's page on a phone's network, nothing cached, median of {TIMES}, ms",
        ("", "greeting read", "example there", "its answer read", "bare transfer", "target"),
    )
    with _served(service) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        _once(browser, address, PROFILES[0])  # what the service loads with the first message
        for profile in PROFILES:
            runs = [_once(browser, address, profile) for _ in range(TIMES)]
            table.add(profile.name, *(f"{statistics.median(column):.0f}" for column in zip(*runs, strict=True)), "1000")
        browser.close()
    return table


def _once(browser: Browser, address: str, profile: Profile) -> tuple[float, ...]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    context.add_init_script(CLOCK)
    opened = context.new_page()
    _throttle(opened, profile)
    opened.goto(address, wait_until="commit")
    opened.locator("html[data-answered]").wait_for()
    root = opened.locator("html")
    times = [float(root.get_attribute(f"data-{name}") or "nan") for name in ("opened", "tapped", "answered")]
    urls = opened.evaluate(LOADED)
    context.close()
    bare = browser.new_context()
    empty = bare.new_page()
    empty.goto(f"{address}/health")
    _throttle(empty, profile)
    times.append(empty.evaluate(BARE, [address, *urls]))
    bare.close()
    return tuple(times)


def _throttle(page_: Page, profile: Profile) -> None:
    session = page_.context.new_cdp_session(page_)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": profile.latency_ms,
            "downloadThroughput": profile.down / 8,
            "uploadThroughput": profile.up / 8,
        },
    )


@contextmanager
def _served(service: Service) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(lambda: service), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
