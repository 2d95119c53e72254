"""The outward services a notice goes by: an SMS gateway, a mail server, WeChat's template messages."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Literal, Protocol, get_args
from urllib.parse import urlsplit

import httpx2

from api.exchange import signing
from api.exchange.signing import Stamp
from api.exchange.transport import OURSELVES
from api.wechat.client import WeChat, WeChatBusyError, WeChatError, WeChatLimitError

Channel = Literal["wechat", "sms", "email"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Security = Literal["tls", "starttls", "none"]
NO_SUCH_NUMBER = frozenset({404, 410, 422})  # of the gateway: this number cannot be reached, whenever it is tried
NO_SUCH_MAILBOX = frozenset({550, 551, 553})
SUBJECT = "工单 {number} 有新进展"


class SendError(Exception):
    """A notice did not get through. `refused`: this contact cannot be reached, and another try is useless."""

    def __init__(self, why: str, *, refused: bool) -> None:
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `id` is the same at every attempt, so that whoever gets it twice can tell."""

    id: str
    number: str
    text: str
    link: str
    at: datetime


class Sender(Protocol):
    """One way to reach somebody."""

    def send(self, to: str, message: Message) -> None:
        """Hand it over; `SendError` when it was not taken. Taken does not mean read."""


Senders = Mapping[Channel, Sender]


class SmsGateway:
    """An HTTP gateway of one's own: `{"id", "to", "text"}` as JSON, signed like every message to another system.

    2xx means taken; 404, 410 and 422 that the number cannot be reached; everything else that it may work later. What becomes of
    a message it reports itself, signed in the same way (`api.notices.receipts`).
    """

    def __init__(self, url: str, secret: str, now: Callable[[], datetime], timeout_s: float = 10) -> None:
        self._url = url
        self._secret = secret
        self._now = now
        self._http = httpx2.Client(timeout=timeout_s, follow_redirects=False)

    def send(self, to: str, message: Message) -> None:
        """As the protocol says; `to` is in E.164."""
        target = urlsplit(self._url)
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        content = {"id": message.id, "to": to, "text": message.text}
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = signing.stamp(OURSELVES, self._secret, "POST", path, body, self._now())
        headers = {**stamp.headers(), "Content-Type": "application/json"}
        try:
            status = self._http.post(self._url, content=body, headers=headers).status_code
        except httpx2.HTTPError as error:
            raise SendError(type(error).__name__, refused=False) from error
        if not 200 <= status < 300:
            raise SendError(f"HTTP {status}", refused=status in NO_SUCH_NUMBER)

    def check(self, given: Stamp, method: str, path: str, body: bytes) -> None:
        """`UnsignedError` unless a request comes from this gateway, and now. Used twice it changes nothing."""
        signing.check(given, self._secret, method, path, body, self._now())


class MailServer:
    """A mail server spoken to over SMTP."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        user: str = "",
        password: str = "",
        security: Security = "starttls",
        timeout_s: float = 20,
    ) -> None:
        self._host, self._port, self._sender = host, port, sender
        self._user, self._password, self._security = user, password, security
        self._timeout_s = timeout_s

    def send(self, to: str, message: Message) -> None:
        """As the protocol says."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, to
        mail["Subject"] = SUBJECT.format(number=message.number)
        mail["Date"] = message.at
        mail["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        try:
            with self._connection() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise SendError(f"SMTP {code}", refused=code in NO_SUCH_MAILBOX) from error
        except smtplib.SMTPResponseException as error:
            raise SendError(f"SMTP {error.smtp_code}", refused=False) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendError(type(error).__name__, refused=False) from error

    def _connection(self) -> smtplib.SMTP:
        # A certificate that does not hold is refused: somebody else could read the mail.
        if self._security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_s, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            if self._security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server


class WeChatNotices:
    """Template messages. Which of our values stands in which of the template's fields is a setting, since every account
    chooses its own template."""

    def __init__(self, wechat: WeChat, template: str, fields: Mapping[str, str]) -> None:
        self._wechat = wechat
        self._template = template
        self._fields = fields

    def send(self, to: str, message: Message) -> None:
        """As the protocol says; `to` is an openid."""
        values = {"number": message.number, "text": message.text, "time": f"{message.at:%Y-%m-%d %H:%M}"}
        filled = {field: values[name] for field, name in self._fields.items()}
        try:
            self._wechat.send_notice(to, self._template, filled, message.link)
        except (WeChatBusyError, WeChatLimitError) as error:
            raise SendError(f"WeChat {error}", refused=False) from error
        except WeChatError as error:
            raise SendError(f"WeChat {error}", refused=True) from error
