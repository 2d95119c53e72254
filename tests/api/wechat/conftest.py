"""An account in WeChat with a twin of WeChat's server on loopback."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api import database
from api.app import create_app
from api.wechat.client import HttpWeChat
from api.wiring import Service
from tests.serving import served

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx2c2769f8efd9abc2"
TOKEN = "spamtest"
PAGE = "https://legal.example/"


@dataclass
class WeChatTwin:
    """Behaves like WeChat's server: gives tokens, forgets them, is slow, runs out."""

    url: str = ""
    tokens: list[str] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)  # error codes of the next answers
    delay_s: float = 0
    valid_s: int = 7200

    def answer(self, path: str, query: dict, body: dict) -> dict:
        time.sleep(self.delay_s)
        if path == "/cgi-bin/stable_token":
            if body["secret"] != "secret":
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return {"access_token": self.tokens[-1], "expires_in": self.valid_s}
        if self.errors:
            return {"errcode": self.errors.pop(0), "errmsg": "as asked for"}
        if query.get("access_token", [""])[0] != (self.tokens or [""])[-1]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.sent.append((body["touser"], body["text"]["content"] if "text" in body else json.dumps(body["data"])))
        return {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def twin() -> Iterator[WeChatTwin]:
    made = WeChatTwin()

    def answer(path: str, _headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        target = urlsplit(path)
        return 200, json.dumps(made.answer(target.path, parse_qs(target.query), json.loads(body))).encode()

    with served(answer) as made.url:
        yield made


@pytest.fixture
def wechat(service: Service, twin: WeChatTwin) -> Iterator[HttpWeChat]:
    with service.writing.begin() as connection:
        connection.exec_driver_sql("DELETE FROM wechat_token")
    opened = HttpWeChat(
        twin.url, APP_ID, "secret", database.for_writing(service.engine), service.secrets, service.now, timeout_s=5
    )
    yield opened
    opened.close()


@pytest.fixture
def account(service: Service, wechat: HttpWeChat) -> Service:
    """The service with an account in plain mode."""
    settings = service.settings.model_copy(
        update={"wechat_token": SecretStr(TOKEN), "wechat_app_id": APP_ID, "public_url": PAGE}
    )
    return replace(service, settings=settings, wechat=wechat)


@pytest.fixture
def encrypted(account: Service) -> Service:
    """The same account in encrypted mode."""
    return replace(account, settings=account.settings.model_copy(update={"wechat_aes_key": SecretStr(AES_KEY)}))


@pytest.fixture
def plain_client(account: Service) -> TestClient:
    app = create_app(lambda: account)
    app.state.service = account  # not entered: leaving would end the engine that all tests share
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def encrypted_client(encrypted: Service) -> TestClient:
    app = create_app(lambda: encrypted)
    app.state.service = encrypted
    return TestClient(app, raise_server_exceptions=False)
