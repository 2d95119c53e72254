"""While the service is flooded, the page proves its work and the person notices nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from api.proof import Pressure
from api.wiring import Service

pytestmark = pytest.mark.browser


class Late(Pressure):
    """Later than any limit, whatever the clock says."""

    def is_high(self, address: str) -> bool:
        return True


def test_the_answer_comes_as_ever_and_the_work_is_done_beside_the_page(
    page: Page, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "pressure", Late(1, 1))
    proofs: list[str] = []
    workers: list[str] = []

    def note(request: Request) -> None:
        if found := request.headers.get("x-proof"):
            proofs.append(found)

    page.on("request", note)
    page.on("worker", lambda worker: workers.append(worker.url))
    page.get_by_label("说说您的事").fill("房东不退押金怎么办")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("依据").first).to_be_visible()
    assert len(set(proofs)) == 2, "one for the conversation, one for the message"
    assert len(workers) == 2
    expect(page.locator(".failed")).to_have_count(0)
    page.get_by_role("button", name="没解决").last.click()
    expect(page.locator(".reply")).to_have_count(2)


def test_without_workers_it_goes_through_too(page: Page, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "pressure", Late(1, 1))
    page.evaluate("delete window.Worker")
    page.get_by_label("说说您的事").fill("房东不退押金怎么办")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("依据").first).to_be_visible()


def test_in_normal_times_nothing_is_proved_and_the_code_for_it_not_even_loaded(page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.get_by_label("说说您的事").fill("房东不退押金怎么办")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text("依据").first).to_be_visible()
    assert not any("proof" in url for url in loaded)
