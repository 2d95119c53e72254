"""Every page of the workbench, as axe-core sees it, with something on it; and on a narrow screen, without scrolling sideways."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, insert
from starlette.testclient import TestClient

from api.app import create_app
from api.quality.tables import sample_table
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service
from bot import wording
from case_library import misses
from tests.browser.conftest import DESKTOP, PHONE, opened_page

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[2] / "api/web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""
PAGES = Path(__file__).parents[2] / "api/web/src/staff/pages.tsx"
STORY = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"


def paths() -> list[str]:
    """Every address in the list of pages."""
    return re.findall(r"^    path: '([^']+)'", PAGES.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def parts(service: Service) -> dict[str, str]:
    """Something to see: a ticket, a waiting citizen, questions to label, a sample; and what stands in addresses."""
    app = create_app(lambda: service)
    app.state.service = service  # not entered: leaving would end the engine that all tests share
    citizen = TestClient(app)
    opened = citizen.post("/api/v1/conversations", json={}).json()
    token = {"Authorization": f"Bearer {opened['token']}"}
    path = f"/api/v1/conversations/{opened['id']}/messages"
    citizen.post(path, json={"client_id": "a", "text": STORY}, headers=token)
    consent = {"version": wording.CONSENT.version, "agreed": True}
    form = {"conversation_id": opened["id"], "phone": "13800138000", "consent": consent}
    number = citizen.post("/api/v1/tickets", json=form, headers=token).json()["number"]
    citizen.post(path, json={"client_id": "b", "text": "转人工"}, headers=token)
    row = {
        "ticket": number, "day": service.now().date(), "why": "lot", "matter": "wage_arrears", "first_responder": "x",
        "answers": {}, "note": "", "reviewer": "",
    }  # fmt: skip
    with service.writing.begin() as connection:
        misses.record(connection, "unsure", STORY, service.now(), matter="wage_arrears", confidence=0.3)
        connection.execute(delete(sample_table))
        connection.execute(insert(sample_table).values(row))
    case = next(iter(service.parts.index.cases)).id
    return {"number": number, "conversation": opened["id"], "id": case}


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def workbench(request: pytest.FixtureRequest, browser: Browser, address: str, service: Service) -> Iterator[Page]:
    """Signed in as somebody who may open everything."""
    with service.writing.begin() as connection:
        username = f"axe{uuid.uuid4().hex[:8]}"
        staff = accounts.add(connection, username, "小王", "correct horse battery", frozenset(Role), service.now())
        token = sessions.begin(connection, staff, service.now())
    for page in opened_page(browser, request.param):
        page.context.add_cookies([{"name": "yibotong_staff", "value": token, "url": address}])
        page.goto(f"{address}/staff/")
        yield page


def barriers(page: Page) -> list[str]:
    """What axe-core finds, and whether the page is wider than the screen."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    return found


def test_no_page_of_the_workbench_has_a_barrier(workbench: Page, address: str, parts: dict[str, str]) -> None:
    found: dict[str, list[str]] = {}
    for path in paths():
        if path == "/hit-tests/:id":
            continue  # needs a run of minutes; its parts are those of the list and of a case
        shown = re.sub(r":(\w+)", lambda part: parts[part[1]], path)
        workbench.goto(f"{address}/staff/#{shown}")
        expect(workbench.locator("main .ant-spin-spinning, main .page-loading")).to_have_count(0, timeout=20_000)
        expect(workbench.locator("main")).not_to_be_empty()
        if problems := barriers(workbench):
            found[shown] = problems
    assert found == {}, "\n".join(f"{path}\n  " + "\n  ".join(problems) for path, problems in found.items())


@pytest.mark.parametrize("workbench", [DESKTOP], indirect=True)
def test_no_dialog_of_the_desk_has_a_barrier(workbench: Page, address: str, parts: dict[str, str]) -> None:
    found: dict[str, list[str]] = {}
    workbench.goto(f"{address}/staff/#/desk?c={parts['conversation']}")
    expect(workbench.get_by_role("log")).to_contain_text(STORY)
    workbench.get_by_role("button", name="接起来").click()
    expect(workbench.get_by_label("回复群众")).to_be_visible()
    for key, name in (("F9", "开工单"), ("Alt+z", "转交"), ("Alt+w", "小结"), ("Alt+m", "备注")):
        workbench.keyboard.press(key)
        dialog = workbench.get_by_role("dialog", name=re.compile(name))
        expect(dialog).to_be_visible()
        expect(dialog.locator(".ant-spin-spinning")).to_have_count(0)
        workbench.wait_for_timeout(300)  # until it has faded in: axe would judge half a colour
        if problems := barriers(workbench):
            found[name] = problems
        workbench.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    assert found == {}, found
