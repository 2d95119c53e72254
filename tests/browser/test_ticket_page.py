"""What a citizen does on the ticket's page, and where the staff sees it: a time agreed, news wanted by SMS, a file taken back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from api.app import create_app
from api.notices.senders import SmsGateway
from api.notices.sending import send_all
from api.notices.tables import contact_table, notice_table, sending_table, watch_table
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.wiring import Service
from bot import wording
from routing import ticket_thread
from routing.ticket_events import Actor, event
from tests.api.notices.conftest import SECRET, GatewayTwin, gateway  # noqa: F401  (a fixture)
from tests.api.tickets.test_bookings import clock, site, with_places  # noqa: F401  (fixtures)
from tests.api.tickets.test_files import a_photo
from tests.browser.conftest import DESKTOP, PHONE, opened_page

pytestmark = pytest.mark.browser
STORY = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同"


@pytest.fixture
def citizen(service: Service) -> TestClient:
    app = create_app(lambda: service)
    app.state.service = service  # not entered: leaving would end the engine that all tests share
    return TestClient(app)


@pytest.fixture
def as_staff(service: Service, citizen: TestClient):
    """As the tests of the API have it: a client of somebody of the staff."""

    def sign_in(role: Role) -> TestClient:
        return TestClient(citizen.app, cookies={"yibotong_staff": _signed_in(service, role)})

    return sign_in


def _signed_in(service: Service, role: Role) -> str:
    username = f"page{uuid.uuid4().hex[:12]}"
    with service.writing.begin() as connection:
        staff = accounts.add(connection, username, "小王", "correct horse battery", frozenset({role}), service.now())
        return sessions.begin(connection, staff, service.now())


@pytest.fixture
def ticket(citizen: TestClient) -> tuple[str, str]:
    opened = citizen.post("/api/v1/conversations", json={}).json()
    token = {"Authorization": f"Bearer {opened['token']}"}
    said = {"client_id": "a", "text": STORY}
    citizen.post(f"/api/v1/conversations/{opened['id']}/messages", json=said, headers=token)
    consent = {"version": wording.CONSENT.version, "agreed": True}
    form = {"conversation_id": opened["id"], "phone": "13811112222", "consent": consent}
    made = citizen.post("/api/v1/tickets", json=form, headers=token).json()
    return made["number"], made["query_code"]


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    for page in opened_page(browser, PHONE):
        page.goto(address)
        yield page


def look_up(page: Page, number: str, code: str) -> None:
    page.get_by_role("button", name="查工单").click()
    page.get_by_label("工单号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询", exact=True).click()


def staff_page(browser: Browser, address: str, service: Service, role: Role, path: str) -> Iterator[Page]:
    for page in opened_page(browser, DESKTOP):
        page.context.add_cookies([{"name": "yibotong_staff", "value": _signed_in(service, role), "url": address}])
        page.goto(f"{address}/staff/#{path}")
        yield page


def test_a_slot_is_booked_seen_at_the_desk_and_given_back(
    with_places,  # noqa: F811
    ticket: tuple[str, str],
    phone: Page,
    browser: Browser,
    address: str,
    service: Service,
) -> None:
    number, code = ticket
    with_places(1)
    look_up(phone, number, code)
    phone.get_by_role("button", name="约时间去办").click()
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="就约这个时间").click()
    expect(phone.get_by_text("约好了。")).to_be_visible()
    expect(phone.get_by_text(re.compile("^约好 .*当面办$"))).to_be_visible()
    for desk in staff_page(browser, address, service, Role.AGENT, "/bookings?view=visit"):
        expect(desk.get_by_role("link", name=number)).to_be_visible()
        phone.get_by_role("button", name="不去了").click()
        expect(phone.get_by_text("已经取消。")).to_be_visible()
        desk.reload()
        expect(desk.get_by_role("button", name="要来的人").or_(desk.get_by_text("要来的人")).first).to_be_visible()
        expect(desk.get_by_role("link", name=number)).to_have_count(0)


def test_news_goes_by_sms_with_consent_and_a_number_that_fails_is_seen_on_both_sides(
    ticket: tuple[str, str],
    phone: Page,
    browser: Browser,
    address: str,
    service: Service,
    gateway: GatewayTwin,  # noqa: F811
    citizen: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number, code = ticket
    sms = SmsGateway(gateway.url, SECRET, lambda: datetime.now(UTC), timeout_s=5)
    monkeypatch.setattr(service, "notices", {"sms": sms})
    monkeypatch.setattr(service.settings, "quiet_hours", "")
    look_up(phone, number, code)
    phone.get_by_role("button", name="发短信告诉我").click()
    phone.get_by_role("button", name="就发到这里").click()
    expect(phone.get_by_text("同意才能发，请先勾上。")).to_be_visible()
    phone.get_by_role("checkbox").last.check()
    phone.get_by_role("button", name="就发到这里").click()
    expect(phone.get_by_text("有进展发短信：尾号 2222")).to_be_visible()
    answered = event("answered", "办了", service.now(), Actor("agent", "li", "李座席"))
    with service.writing.begin() as connection:
        ticket_thread.append(connection, service.promises, number, answered)
    send_all(service)
    (sent,) = [one for one in gateway.got if number in one["text"]]
    headers, body = gateway.receipt(sent["id"], sent["to"], "undelivered", error="UNDELIV")
    assert citizen.post("/api/v1/notices/receipts", content=body, headers=headers).status_code == 204
    send_all(service)  # there is no other contact: people see to it
    for boss in staff_page(browser, address, service, Role.SUPERVISOR, f"/notices?ticket={number}"):
        expect(boss.get_by_text("发不到", exact=True)).to_be_visible()
        expect(boss.get_by_text(re.compile("短信 发出了，没收到"))).to_be_visible()
    phone.reload()
    look_up(phone, number, code)
    expect(phone.get_by_text("短信（尾号 2222）发不到，请换一个。")).to_be_visible()
    with service.writing.begin() as connection:
        for table in (sending_table, notice_table, watch_table, contact_table):
            connection.execute(table.delete())


def test_a_file_is_taken_back_after_one_is_told_what_that_does(ticket: tuple[str, str], phone: Page) -> None:
    number, code = ticket
    look_up(phone, number, code)
    phone.locator("input[type=file]").first.set_input_files(
        {"name": "欠条.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    expect(phone.get_by_text("都传好了。")).to_be_visible()
    phone.get_by_role("button", name="收回 欠条.jpg").click()
    expect(phone.get_by_text("存下的那一份收不回来")).to_be_visible()
    phone.get_by_role("button", name="不收回").click()
    phone.get_by_role("button", name="收回 欠条.jpg").click()
    phone.get_by_role("button", name="收回并删除").click()
    expect(phone.get_by_text("没有单位看过")).to_be_visible()
    expect(phone.get_by_role("button", name="下载 欠条.jpg")).to_have_count(0)
