"""A day at the desk in real browsers: a call comes in, is spoken, suggested, ticketed, sent, returned by the body, sent on,
settled, and rated by the citizen, while a supervisor listens in; then what goes wrong on such a day."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from socket import SHUT_RDWR

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import delete, select, update
from websockets.sync.client import connect

from api.desk.tables import agent_table, call_table
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.staff.tables import audit_table, session_table, staff_table
from api.wiring import Service
from bot.tables import conversation_table
from tests.browser.conftest import DESKTOP, PHONE, opened_page

pytestmark = pytest.mark.browser
SECRET = "agreed with the exchange"
PASSWORD = "correct horse battery"
SPOKEN = ("我在洪山区一家餐馆打工", "老板三个月没发工资了，也没有签合同", "工资一共一万八")


@dataclass
class Switchboard:
    """The telephone exchange as it stands outside: it signs what it tells, and sends what it hears."""

    address: str

    def signed(self, body: bytes) -> dict[str, str]:
        moment = str(int(time.time()))
        digest = hmac.new(SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256)
        return {"X-Moment": moment, "X-Signature": digest.hexdigest()}

    def tell(self, line: str, kind: str, **more: str) -> None:
        body = json.dumps({"event_id": uuid.uuid4().hex, "call": line, "kind": kind, **more}).encode()
        told = httpx2.post(f"{self.address}/api/v1/calls/notices", content=body, headers=self.signed(body), timeout=30)
        assert told.status_code == 204, told.text

    def speak(self, call_id: str, *sentences: str, first: int = 1) -> list[dict]:
        """Each sentence first half-heard, then whole; gives what came back for the last."""
        url = f"{self.address.replace('http', 'ws')}/api/v1/calls/{call_id}"
        answers = []
        with connect(url, additional_headers=self.signed(call_id.encode())) as socket:
            for number, sentence in enumerate(sentences, first):
                socket.send(json.dumps({"sequence": number, "text": sentence[:6], "final": False}))
                socket.send(json.dumps({"sequence": number, "text": sentence}))
            while not answers or answers[-1]["sequence"] != first + len(sentences) - 1:
                answers.append(json.loads(socket.recv(timeout=30)))
        return answers


@dataclass
class Worker:
    """Somebody of the staff with the workbench open."""

    page: Page
    username: str
    staff_id: int

    def go(self, path: str) -> None:
        self.page.goto(re.sub(r"#.*", f"#{path}", self.page.url))


@pytest.fixture(autouse=True)
def quiet_desk(service: Service) -> None:
    with service.writing.begin() as connection:
        connection.execute(delete(agent_table))
        connection.execute(update(call_table).values(state="ended"))
        connection.execute(update(conversation_table).values(owner="bot", agent_id=None))


@pytest.fixture
def switchboard(address: str, service: Service) -> Iterator[Switchboard]:
    before = service.settings.cti_secret
    service.settings.cti_secret = SecretStr(SECRET)
    yield Switchboard(address)
    service.settings.cti_secret = before


@pytest.fixture
def signed_in(browser: Browser, address: str, service: Service) -> Iterator[Callable[..., Worker]]:
    """`signed_in("小王", Role.AGENT, at="/desk")`: a new member of staff at a page of the workbench."""
    opened: list[Iterator[Page]] = []

    def sign_in(name: str, *roles: Role, at: str) -> Worker:
        with service.writing.begin() as connection:
            username = f"day{len(opened)}{uuid.uuid4().hex[:6]}"
            staff_id = accounts.add(connection, username, name, PASSWORD, frozenset(roles), service.now())
            token = sessions.begin(connection, staff_id, service.now())
        pages = opened_page(browser, DESKTOP)
        page = next(pages)
        opened.append(pages)
        page.context.add_cookies([{"name": "yibotong_staff", "value": token, "url": address}])
        page.goto(f"{address}/staff/#{at}")
        expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
        return Worker(page, username, staff_id)

    yield sign_in
    for pages in opened:
        next(pages, None)


def the_call(service: Service, line: str) -> str:
    with service.engine.connect() as connection:
        query = select(call_table.c.id).where(call_table.c.switchboard_id == line)
        return connection.execute(query).scalar_one()


def lifted_call(switchboard: Switchboard, service: Service, agent: Worker) -> tuple[str, str]:
    """A line the agent has lifted, and its call."""
    line = uuid.uuid4().hex
    expect(agent.page.get_by_text("小王").first).to_be_visible()
    switchboard.tell(line, "ringing", phone="13800138000", agent=agent.username)
    expect(agent.page.get_by_role("alert").filter(has_text="来电 138****8000")).to_be_visible()
    switchboard.tell(line, "answered", agent=agent.username)
    expect(agent.page.get_by_label("对方说的话")).to_be_focused()
    return line, the_call(service, line)


def send_to_body(page: Page) -> str:
    """Press through the dialog; gives the body's link."""
    shown = page.get_by_role("dialog", name="给承办单位的链接")
    link = re.search(r"http\S+/body/#\S+", shown.inner_text())
    assert link
    shown.get_by_role("button", name="好").click()
    expect(shown).to_have_count(0)
    return link[0]


def adopt(page: Page) -> None:
    """F2, and once more where the caller's last words made the suggestion anew in that moment: it is refused then."""
    adopted = page.get_by_role("complementary", name="建议").get_by_text("已采用")
    for _ in range(5):
        page.keyboard.press("F2")
        with contextlib.suppress(AssertionError):
            expect(adopted).to_be_visible(timeout=3000)
            return
    expect(adopted).to_be_visible()


def test_a_call_is_spoken_ticketed_returned_sent_on_settled_and_rated(
    switchboard: Switchboard,
    service: Service,
    signed_in: Callable[..., Worker],
    browser: Browser,
    address: str,
) -> None:
    agent = signed_in("小王", Role.AGENT, at="/desk")
    page = agent.page
    line, call = lifted_call(switchboard, service, agent)

    # The caller speaks; before the agent has said a word, the panel is ahead.
    switchboard.speak(call, *SPOKEN)
    panel = page.get_by_role("complementary", name="建议")
    expect(panel).to_contain_text("拖欠工资")
    expect(page.get_by_role("log")).to_contain_text(SPOKEN[-1])
    expect(panel).to_contain_text("劳动")
    adopt(page)

    # A supervisor listens in, is seen doing it, and it is written down.
    chief = signed_in("陈班长", Role.SUPERVISOR, at="/wall")
    calls = chief.page.get_by_role("region", name="通话").or_(chief.page.locator(".wall-list", has_text="通话"))
    expect(calls.first).to_contain_text("小王")
    chief.page.get_by_role("link", name="旁听小王的电话").click()
    expect(chief.page.get_by_role("log")).to_contain_text(SPOKEN[1])
    expect(chief.page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("log")).to_contain_text("陈班长也在看", timeout=20_000)
    with service.engine.connect() as connection:
        listened = select(audit_table.c.who).where(audit_table.c.action == "conversation.listen")
        assert "陈班长" in connection.execute(listened).scalars().all()

    # One key for the ticket: only the consent is asked. One press more and it is on its way.
    page.keyboard.press("F9")
    dialog = page.get_by_role("dialog", name="开工单")
    expect(dialog).to_contain_text("138****8000")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="开工单").click()
    number = re.search(r"WH\d{8}-\d{6}", dialog.get_by_text(re.compile(r"WH\d{8}-\d{6}")).first.inner_text())[0]
    code = dialog.locator(".secret").inner_text()
    dialog.get_by_role("button", name="现在转给").click()
    first_link = send_to_body(page)
    dialog.locator(".ant-modal-footer").get_by_role("button", name=re.compile("关\\s*闭")).click()
    page.keyboard.press("Alt+w")
    page.get_by_role("dialog", name="小结").get_by_text("已开工单").click()
    page.get_by_role("button", name="结束，交还机器").click()
    switchboard.tell(line, "ended")
    expect(page.get_by_text("手上没有对话")).to_be_visible()

    # The body sends it back.
    for body in opened_page(browser, PHONE):
        body.goto(first_link)
        expect(body.get_by_text(SPOKEN[1], exact=True)).to_be_visible()
        body.get_by_role("button", name="退回", exact=True).click()
        body.get_by_label("退回的原因").select_option(index=1)
        body.get_by_label("应该由谁办").select_option(label="不清楚")
        body.get_by_role("button", name="确定退回").click()
        expect(body.get_by_role("button", name="确定退回")).to_have_count(0)

    # The agent sends it on to the body that is proposed next, with why.
    agent.go(f"/tickets/{number}")
    expect(page.get_by_text("单位退回，等座席改派")).to_be_visible()
    page.get_by_role("button", name="转给单位").click()
    page.get_by_role("dialog", name="转给单位").get_by_role("button", name="转给单位").click()
    second_link = send_to_body(page)
    assert second_link != first_link

    for body in opened_page(browser, PHONE):
        body.goto(second_link)
        body.get_by_role("button", name="受理", exact=True).click()
        body.get_by_role("button", name="确定受理").click()
        expect(body.get_by_text("单位已受理")).to_be_visible()
        body.get_by_role("button", name="答复", exact=True).click()
        body.get_by_label("答复（办事人会看到）").fill("已责令单位三日内支付工资。")
        body.get_by_role("button", name="确定答复").click()
        expect(body.get_by_text("单位已答复").first).to_be_visible()

    # The citizen looks it up by what was read out on the telephone, says it is settled, and rates it.
    for citizen in opened_page(browser, PHONE):
        citizen.goto(address)
        citizen.get_by_role("button", name="查工单").click()
        citizen.get_by_label("工单号").fill(number)
        citizen.get_by_label("查询码").fill(code)
        citizen.get_by_role("button", name="查询", exact=True).click()
        expect(citizen.get_by_text("已责令单位三日内支付工资。").first).to_be_visible()
        citizen.get_by_role("button", name="解决了").first.click()
        citizen.get_by_role("button", name="评价", exact=True).click()
        citizen.get_by_label("非常满意", exact=True).check()
        citizen.locator(".ticket-actions form button[type=submit]").click()
        expect(citizen.locator(".ticket-actions").get_by_role("status")).not_to_be_empty()

    page.reload()
    expect(page.get_by_text("已办结").first).to_be_visible()
    expect(page.get_by_text("非常满意").first).to_be_visible()


def test_a_line_that_breaks_in_the_middle_loses_nothing_that_was_said(
    switchboard: Switchboard, service: Service, signed_in: Callable[..., Worker]
) -> None:
    agent = signed_in("小王", Role.AGENT, at="/desk")
    _, call = lifted_call(switchboard, service, agent)
    url = f"{switchboard.address.replace('http', 'ws')}/api/v1/calls/{call}"
    with connect(url, additional_headers=switchboard.signed(call.encode())) as socket:
        socket.send(json.dumps({"sequence": 1, "text": SPOKEN[0]}))
        socket.send(json.dumps({"sequence": 2, "text": SPOKEN[1]}))
        socket.socket.shutdown(SHUT_RDWR)  # the recognition dies without a word
    expect(agent.page.get_by_role("log")).to_contain_text(SPOKEN[1])
    # It comes back and says the last sentence again: it stands there once.
    switchboard.speak(call, SPOKEN[1], SPOKEN[2], first=2)
    expect(agent.page.get_by_role("log")).to_contain_text(SPOKEN[2])
    expect(agent.page.get_by_role("log").get_by_text(SPOKEN[1], exact=True)).to_have_count(1)
    # Without recognition the agent types along.
    agent.page.get_by_label("对方说的话").fill("老板姓什么不知道")
    agent.page.keyboard.press("Enter")
    expect(agent.page.get_by_role("log")).to_contain_text("老板姓什么不知道")


def test_what_was_written_when_the_session_ended_is_there_after_signing_in_again(
    service: Service, signed_in: Callable[..., Worker]
) -> None:
    curator = signed_in("维护员", Role.CURATOR, at="/phrases")
    page = curator.page
    page.get_by_role("button", name="修改请稍等").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("内容").fill("写到一半的话，请等一下。")
    with service.writing.begin() as connection:
        connection.execute(delete(session_table).where(session_table.c.staff_id == curator.staff_id))
    dialog.get_by_role("button", name=re.compile("保\\s*存")).click()
    again = page.get_by_role("dialog", name=re.compile("登录"))
    expect(again).to_be_visible()
    again.get_by_label("密码").fill(PASSWORD)
    again.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("cell", name="写到一半的话，请等一下。")).to_be_visible()

    # And where the page was closed meanwhile, it is offered again.
    page.get_by_role("button", name="修改请稍等").click()
    page.get_by_role("dialog").get_by_label("内容").fill("另一半，还没存。")
    page.reload()
    page.get_by_role("button", name="修改请稍等").click()
    expect(page.get_by_role("dialog").get_by_label("内容")).to_have_value("另一半，还没存。")
    expect(page.get_by_role("dialog")).to_contain_text("上次没保存")


def test_a_role_taken_away_works_at_once_in_an_open_page(
    switchboard: Switchboard, service: Service, signed_in: Callable[..., Worker]
) -> None:
    chief = signed_in("陈班长", Role.SUPERVISOR, Role.AGENT, at="/wall")
    expect(chief.page.get_by_role("heading", name="现场")).to_be_visible()
    expect(chief.page.get_by_text("在等人工")).to_be_visible()
    with service.writing.begin() as connection:
        mine = staff_table.c.id == chief.staff_id
        connection.execute(update(staff_table).where(mine).values(roles=["agent"]))
    service.live.nudge()
    chief.page.get_by_role("menuitem", name="质检").click()
    expect(chief.page.get_by_text("没有权限").first).to_be_visible()
    expect(chief.page.get_by_role("menuitem", name="质检")).to_have_count(0)


def test_two_who_change_the_same_phrase_do_not_undo_each_other(signed_in: Callable[..., Worker]) -> None:
    first = signed_in("甲", Role.CURATOR, at="/phrases").page
    second = signed_in("乙", Role.SUPERVISOR, at="/phrases").page
    for page in (first, second):
        page.get_by_role("button", name="修改对方是谁").click()
        page.get_by_role("dialog").get_by_label("内容").fill(f"{'甲' if page is first else '乙'}的写法")
    for page in (first, second):
        page.get_by_role("dialog").get_by_role("button", name=re.compile("保\\s*存")).click()
        expect(page.get_by_text("已保存" if page is first else "别人刚刚改过").first).to_be_visible()
    expect(second.get_by_role("dialog").get_by_label("内容")).to_have_value("乙的写法")
