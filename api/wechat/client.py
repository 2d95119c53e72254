"""WeChat's own server, as far as it is written to: one access token for all workers, customer-service messages, notices."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx2
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from api.wechat.tables import token_table
from routing.tickets import Secrets

BUSY = -1
TOKEN_ERRORS = {40001, 40014, 42001}  # wrong, illegal, expired
LIMIT_ERRORS = {45009, 45015, 45047}  # calls used up today, citizen silent for 48 hours, too many messages
EARLY = timedelta(minutes=5)  # a token is renewed this long before it ends
FETCH_LIMIT = timedelta(seconds=10)
POLL_S = 0.1


class WeChatError(Exception):
    """WeChat refused or did not answer."""


class WeChatBusyError(WeChatError):
    """Worth another try."""


class WeChatLimitError(WeChatError):
    """WeChat takes no more messages to this citizen, or from this account today; another try is useless."""


class _TokenRefusedError(WeChatError):
    pass


class WeChat(Protocol):
    """What the channel needs of WeChat."""

    def send_text(self, follower: str, text: str) -> None:
        """A customer-service message (客服消息). Raises `WeChatError`, `WeChatLimitError`."""

    def send_notice(self, follower: str, template: str, fields: dict[str, str], link: str) -> None:
        """A template message (模板消息) about a ticket's progress; it does not count among the five."""


class HttpWeChat:
    """WeChat over HTTP. Thread-safe; the token lies in the database."""

    def __init__(
        self,
        url: str,
        app_id: str,
        secret: str,
        writing: Engine,
        secrets: Secrets,
        now: Callable[[], datetime],
        *,
        timeout_s: float = 5,
    ) -> None:
        self._http = httpx2.Client(base_url=url, timeout=timeout_s)
        self._app_id = app_id
        self._secret = secret
        self._writing = writing
        self._secrets = secrets
        self._now = now
        self._retrying = Retrying(
            retry=retry_if_exception_type(WeChatBusyError),
            stop=stop_after_attempt(3),
            wait=wait_exponential(0.2, max=2),
            reraise=True,
        )

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def send_text(self, follower: str, text: str) -> None:
        """As the protocol says."""
        message = {"touser": follower, "msgtype": "text", "text": {"content": text}}
        self._call("/cgi-bin/message/custom/send", message)

    def send_notice(self, follower: str, template: str, fields: dict[str, str], link: str) -> None:
        """As the protocol says."""
        data = {name: {"value": value} for name, value in fields.items()}
        message = {"touser": follower, "template_id": template, "url": link, "data": data}
        self._call("/cgi-bin/message/template/send", message)

    def _call(self, path: str, message: dict[str, Any]) -> None:
        token = self._token()
        try:
            self._retrying(self._post, path, message, token)
        except _TokenRefusedError:
            self._forget(token)
            self._retrying(self._post, path, message, self._token())

    def _post(self, path: str, message: dict[str, Any], token: str) -> dict[str, Any]:
        # WeChat shows \uXXXX as it stands: the text must not be escaped.
        content = json.dumps(message, ensure_ascii=False).encode()
        try:
            response = self._http.post(path, params={"access_token": token} if token else {}, content=content)
            answer = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise WeChatBusyError(type(error).__name__) from error
        code = answer.get("errcode", 0)
        if code == BUSY:
            raise WeChatBusyError("busy")
        if code in TOKEN_ERRORS:
            raise _TokenRefusedError(str(code))
        if code in LIMIT_ERRORS:
            raise WeChatLimitError(str(code))
        if code:
            raise WeChatError(str(code))
        return answer

    def _token(self) -> str:
        """The token in use; one worker fetches a new one, the others wait for it."""
        give_up = time.monotonic() + FETCH_LIMIT.total_seconds()
        while time.monotonic() < give_up:
            now = self._now()
            with self._writing.connect() as connection:
                row = connection.execute(select(token_table).where(token_table.c.app_id == self._app_id)).one_or_none()
            if row and row.token and row.expires_at > now:
                return self._secrets.show(row.token)
            if self._claims(now, known=row is not None):
                return self._fetch()
            time.sleep(POLL_S)
        raise WeChatBusyError("no access token")

    def _claims(self, now: datetime, *, known: bool) -> bool:
        until = now + FETCH_LIMIT
        try:
            with self._writing.begin() as connection:
                if not known:
                    row = {"app_id": self._app_id, "expires_at": now, "fetching_until": until}
                    connection.execute(insert(token_table).values(row))
                    return True
                mine = update(token_table).where(
                    token_table.c.app_id == self._app_id,
                    token_table.c.fetching_until <= now,
                    token_table.c.expires_at <= now,
                )
                return connection.execute(mine.values(fetching_until=until)).rowcount == 1
        except IntegrityError:
            return False  # another worker was first

    def _fetch(self) -> str:
        # "stable_token" leaves tokens that others hold valid, unlike "token".
        wanted = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        now = self._now()
        try:
            answer = self._retrying(self._post, "/cgi-bin/stable_token", wanted, "")
        except WeChatError:
            self._keep(None, now)
            raise
        self._keep(answer["access_token"], now + timedelta(seconds=answer["expires_in"]) - EARLY)
        return answer["access_token"]

    def _keep(self, token: str | None, expires_at: datetime) -> None:
        values = {
            "token": self._secrets.hide(token or ""),
            "expires_at": expires_at,
            "fetching_until": self._now(),
        }
        with self._writing.begin() as connection:
            connection.execute(update(token_table).where(token_table.c.app_id == self._app_id).values(**values))

    def _forget(self, token: str) -> None:
        """The token was refused: fetch another, unless somebody has already."""
        with self._writing.begin() as connection:
            row = connection.execute(select(token_table).where(token_table.c.app_id == self._app_id)).one()
            if self._secrets.show(row.token) == token:
                connection.execute(
                    update(token_table)
                    .where(token_table.c.app_id == self._app_id)
                    .values(expires_at=self._now(), token=None)
                )
