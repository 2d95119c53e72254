"""A curator turns questions that were not answered well into a case, a reviewer publishes it, the next question is answered by it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from api.app import create_app
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service
from case_library import curate, versions
from case_library.versions import Author
from tests.browser.conftest import DESKTOP, PHONE, opened_page

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
QUESTIONS = [
    "网上买的绿萝盆栽收到三天就枯死了，商家不管怎么办",
    "花店卖给我的发财树根都是烂的，能退钱吗",
    "直播间买的多肉盆栽到手全化水了找谁赔",
    "卖家说盆栽植物不退不换合不合法",
    "花了八百块买的兰花盆栽是假苗怎么维权",
]
WRITTEN = {
    "title": "买的盆栽到家就枯了",
    "questions": "\n".join(QUESTIONS),
    "answer": "可以要求退货退款，先留好照片和订单。",
    "settles": "看收货时是不是已经有病；但如果是养护不当，就不一样。",
    "steps": "拍照，留好订单和聊天记录。\n找商家或平台要求退款。\n不退的，打 12315 投诉。",
    "bring": "订单截图\n收货时的照片",
    "time_limits": "",
    "statutes": "消费者权益保护法第二十四条",
    "facts": "小周在网上花八百元买了一盆兰花，收到时根已烂，三天后枯死。",
}
PROOF_MS = 300_000


@pytest.fixture
def misses(service: Service) -> None:
    """Three citizens who said that it was not settled; one of them said why."""
    app = create_app(lambda: service)
    app.state.service = service  # not entered: leaving would end the engine that all tests share
    citizen = TestClient(app)
    for number, question in enumerate(QUESTIONS[:3]):
        opened = citizen.post("/api/v1/conversations", json={}).json()
        url, headers = f"/api/v1/conversations/{opened['id']}", {"Authorization": f"Bearer {opened['token']}"}
        for sent in ({"text": question}, {"action": "unresolved"}):
            citizen.post(f"{url}/messages", json={"client_id": next(iter(sent)), **sent}, headers=headers)
        if number == 0:
            citizen.post(f"{url}/unresolved-reason", json={"reason": "did_not_work"}, headers=headers)


@pytest.fixture
def retire_after(service: Service) -> Iterator[list[str]]:
    """Ids of cases that must be gone for the tests after this one."""
    made: list[str] = []
    yield made
    with service.writing.begin() as connection:
        for id_ in made:
            record = versions.find(connection, id_)
            if record.live:
                curate.retire(connection, id_, record.revision, Author(None, "test"), "test", service.now())


def signed_in(browser: Browser, address: str, service: Service, role: Role, path: str) -> Iterator[Page]:
    with service.writing.begin() as connection:
        username = f"{role.value}{service.now().timestamp():.0f}"
        staff = accounts.add(connection, username, "小王", PASSWORD, frozenset({role}), service.now())
        token = sessions.begin(connection, staff, service.now())
    for page in opened_page(browser, DESKTOP):
        page.context.add_cookies([{"name": "yibotong_staff", "value": token, "url": address}])
        page.goto(f"{address}/staff/#{path}")
        yield page


def wait_until_searched(service: Service, case_id: str) -> None:
    """The follower of the served application takes the new case over by itself."""
    end = time.monotonic() + 60
    while all(case.id != case_id for case in service.parts.index.cases):
        assert time.monotonic() < end, "the published case was not taken over"
        time.sleep(0.05)


def test_from_what_was_not_answered_to_the_next_answer(
    misses: None, retire_after: list[str], browser: Browser, address: str, service: Service
) -> None:
    for curator in signed_in(browser, address, service, Role.CURATOR, "/misses"):
        group = curator.locator(".ant-card").filter(has_text=QUESTIONS[0])
        expect(group).to_contain_text("照做了没用 1")
        group.get_by_role("button", name="写成案例").click()
        expect(curator.locator("#case-title")).to_be_visible()
        case_id = re.search(r"/cases/([\w.]+)", curator.url)[1]
        retire_after.append(case_id)
        for name, text in WRITTEN.items():
            curator.locator(f"#case-{name}").fill(text)
        curator.get_by_role("button", name="提交审核").click()
        expect(curator.get_by_text("已提交审核").or_(curator.get_by_text("待审核")).first).to_be_visible()

    for reviewer in signed_in(browser, address, service, Role.REVIEWER, f"/cases/{case_id}"):
        reviewer.get_by_label("理由").fill("盆栽一类的问题以前没有案例")
        publish = reviewer.get_by_role("button", name="发布", exact=True)
        expect(publish).to_be_enabled(timeout=PROOF_MS)
        publish.click()
        expect(reviewer.get_by_text("已发布，几秒后市民就能看到")).to_be_visible()

    wait_until_searched(service, case_id)
    for phone in opened_page(browser, PHONE):
        phone.goto(address)
        phone.get_by_label("说说您的事").fill(QUESTIONS[1])
        phone.get_by_role("button", name="发送").click()
        expect(phone.get_by_text(WRITTEN["title"]).first).to_be_visible(timeout=20_000)


def test_who_says_not_solved_may_say_why_and_is_helped_on_all_the_same(browser: Browser, address: str) -> None:
    for phone in opened_page(browser, PHONE):
        phone.goto(address)
        phone.get_by_label("说说您的事").fill("我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同")
        phone.get_by_role("button", name="发送").click()
        phone.get_by_role("button", name="没解决").click()
        why = phone.get_by_role("group", name="哪里不行？（可以不点，下面照样帮您）")
        expect(why).to_be_visible(timeout=20_000)
        expect(phone.locator("form, .card").last).to_be_visible()  # the way on is there without it
        phone.get_by_role("button", name="看不懂").click()
        expect(phone.get_by_text("记下了，我们会改。")).to_be_visible()
