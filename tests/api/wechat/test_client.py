from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from api.wechat.client import HttpWeChat, WeChatError, WeChatLimitError


def test_a_text_goes_out_as_it_is(wechat: HttpWeChat, twin) -> None:
    wechat.send_text("o1", "洪山区劳动监察 & <b>“好”")
    assert twin.sent == [("o1", "洪山区劳动监察 & <b>“好”")]


def test_a_notice_carries_its_fields(wechat: HttpWeChat, twin) -> None:
    wechat.send_notice("o1", "t1", {"number": "WH20261124-000001"}, "https://legal.example/")
    assert "WH20261124-000001" in twin.sent[0][1]


def test_many_workers_fetch_one_token(wechat: HttpWeChat, twin) -> None:
    twin.delay_s = 0.1
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: wechat.send_text("o1", str(number)), range(16)))
    assert len(twin.sent) == 16
    assert len(twin.tokens) == 1


def test_a_token_that_wechat_has_forgotten_is_fetched_anew(wechat: HttpWeChat, twin) -> None:
    wechat.send_text("o1", "1")
    twin.tokens.append("another program fetched one")
    wechat.send_text("o1", "2")
    assert [text for _, text in twin.sent] == ["1", "2"]


def test_a_token_is_renewed_before_it_ends(wechat: HttpWeChat, twin) -> None:
    twin.valid_s = 300  # within the five minutes in which it counts as ended
    wechat.send_text("o1", "1")
    wechat.send_text("o1", "2")
    assert len(twin.tokens) == 2


def test_a_busy_wechat_is_asked_again(wechat: HttpWeChat, twin) -> None:
    twin.errors = [-1, -1]
    wechat.send_text("o1", "1")
    assert len(twin.sent) == 1


@pytest.mark.parametrize("code", [45009, 45015, 45047])
def test_a_used_up_limit_is_not_tried_again(wechat: HttpWeChat, twin, code: int) -> None:
    twin.errors = [code, 0]
    with pytest.raises(WeChatLimitError, match=str(code)):
        wechat.send_text("o1", "1")
    assert twin.errors == [0]


def test_a_wechat_that_is_away_is_an_error(wechat: HttpWeChat, twin) -> None:
    twin.errors = [-1] * 3
    with pytest.raises(WeChatError):
        wechat.send_text("o1", "1")
