from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.exchange.signing import UnsignedError, check, new_secret, stamp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = new_secret()
REQUEST = ("POST", "/api/v1/exchange/orders?a=1", b'{"text":"x"}')


def test_a_signed_request_holds() -> None:
    check(stamp("p", SECRET, *REQUEST, NOW), SECRET, *REQUEST, NOW + timedelta(minutes=4))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PUT", *REQUEST[1:]), (REQUEST[0], "/other", REQUEST[2]), (*REQUEST[:2], b'{"text":"y"}')],
    ids=["method", "path", "body"],
)
def test_whatever_was_signed_must_be_what_came(method: str, path: str, body: bytes) -> None:
    with pytest.raises(UnsignedError):
        check(stamp("p", SECRET, *REQUEST, NOW), SECRET, method, path, body, NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_request_holds_for_five_minutes(late: timedelta) -> None:
    with pytest.raises(UnsignedError):
        check(stamp("p", SECRET, *REQUEST, NOW), SECRET, *REQUEST, NOW + late)


@pytest.mark.parametrize("changed", [{"time": "x"}, {"nonce": "other"}, {"signature": ""}, {"signature": "é"}])
def test_a_changed_stamp_is_refused(changed: dict) -> None:
    with pytest.raises(UnsignedError):
        check(replace(stamp("p", SECRET, *REQUEST, NOW), **changed), SECRET, *REQUEST, NOW)


def test_another_secret_is_refused() -> None:
    with pytest.raises(UnsignedError):
        check(stamp("p", new_secret(), *REQUEST, NOW), SECRET, *REQUEST, NOW)
