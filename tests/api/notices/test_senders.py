"""Each way of sending, against a real server on loopback: taken, later, never."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime

import pytest

from api.notices.senders import MailServer, Message, SendError, SmsGateway, WeChatNotices
from api.wechat.client import WeChatBusyError, WeChatError, WeChatLimitError
from tests.api.notices.conftest import SECRET

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MESSAGE = Message("yibotong-notice-7", "WH20261124-000001", "【一拨通】工单 WH20261124-000001：某单位已受理。", "", NOW)


def gateway_of(twin) -> SmsGateway:
    return SmsGateway(twin.url, SECRET, lambda: datetime.now(UTC), timeout_s=5)


def test_an_sms_is_signed_and_carries_its_id(gateway) -> None:
    gateway_of(gateway).send("+8613800138000", MESSAGE)
    assert gateway.got == [{"id": "yibotong-notice-7", "to": "+8613800138000", "text": MESSAGE.text}]


@pytest.mark.parametrize(("status", "refused"), [(422, True), (404, True), (401, False), (429, False), (503, False)])
def test_a_gateway_says_whether_the_number_or_itself_is_at_fault(gateway, status: int, refused: bool) -> None:
    gateway.statuses = [status]
    with pytest.raises(SendError) as told:
        gateway_of(gateway).send("+8613800138000", MESSAGE)
    assert (told.value.refused, str(told.value)) == (refused, f"HTTP {status}")


def test_a_gateway_that_is_away_is_tried_later() -> None:
    with pytest.raises(SendError) as told:
        SmsGateway("http://127.0.0.1:9/", SECRET, lambda: datetime.now(UTC)).send("+8613800138000", MESSAGE)
    assert not told.value.refused


def mail_server(twin) -> MailServer:
    return MailServer("127.0.0.1", twin.port, "news@legal.example", security="none", timeout_s=5)


def test_a_mail_is_whole_and_the_same_at_every_attempt(mailbox) -> None:
    for _ in range(2):
        mail_server(mailbox).send("wang@example.com", MESSAGE)
    first, second = mailbox.got
    assert first["Message-ID"] == second["Message-ID"] == "<yibotong-notice-7@legal.example>"
    assert (first["To"], first["From"]) == ("wang@example.com", "news@legal.example")
    assert first["Subject"] == "工单 WH20261124-000001 有新进展"
    assert first.get_content().strip() == MESSAGE.text


@pytest.mark.parametrize(
    ("answer", "refused"), [("550 no such mailbox", True), ("450 busy", False), ("452 full", False)]
)
def test_a_mail_server_says_whether_the_mailbox_is_there(mailbox, answer: str, refused: bool) -> None:
    mailbox.answers = [answer]
    with pytest.raises(SendError) as told:
        mail_server(mailbox).send("wang@example.com", MESSAGE)
    assert told.value.refused == refused


def test_a_mail_server_without_encryption_is_not_spoken_to_where_it_is_wanted(mailbox) -> None:
    secure = MailServer("127.0.0.1", mailbox.port, "news@legal.example", security="starttls", timeout_s=5)
    with pytest.raises(SendError) as told:
        secure.send("wang@example.com", MESSAGE)
    assert not told.value.refused
    assert mailbox.got == []
    assert isinstance(told.value.__cause__, smtplib.SMTPException)


class _WeChat:
    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[tuple] = []
        self._error = error

    def send_text(self, follower: str, text: str) -> None:
        raise AssertionError("not by customer-service messages")

    def send_notice(self, follower: str, template: str, fields: dict[str, str], link: str) -> None:
        if self._error:
            raise self._error
        self.sent.append((follower, template, fields, link))


def test_a_template_is_filled_as_the_account_has_it() -> None:
    wechat = _WeChat()
    WeChatNotices(wechat, "T1", {"thing2": "text", "character_string1": "number"}).send("openid", MESSAGE)
    fields = {"thing2": MESSAGE.text, "character_string1": MESSAGE.number}
    assert wechat.sent == [("openid", "T1", fields, "")]


@pytest.mark.parametrize(
    ("error", "refused"),
    [(WeChatBusyError("busy"), False), (WeChatLimitError("45009"), False), (WeChatError("43004"), True)],
)
def test_wechat_says_whether_the_follower_is_still_there(error: Exception, refused: bool) -> None:
    with pytest.raises(SendError) as told:
        WeChatNotices(_WeChat(error), "T1", {}).send("openid", MESSAGE)
    assert told.value.refused == refused
