"""Everyday affairs of offices are told from disputes by their words."""

from __future__ import annotations

import pytest

from bot.office_words import NOT_LEGAL, OfficeWords

OFFICES = OfficeWords()


@pytest.mark.parametrize(
    "text",
    [
        "孩子户口怎么迁到武汉",
        "身份证到期了在外地能换吗",
        "个体户的营业执照在哪里办",
        "楼下路灯坏了半个月",
        "社保断了两个月怎么补缴",
    ],
)
def test_everyday_affairs_are_found(text: str) -> None:
    assert OFFICES.found(text)


@pytest.mark.parametrize(
    "text", ["老板拖欠社保怎么办", "离婚后孩子户口归谁", "他拿我的身份证去贷款骗钱", "营业执照被吊销想复议", "老公打我"]
)
def test_disputes_are_not(text: str) -> None:
    assert not OFFICES.found(text)


def test_what_is_weighed_stays_a_distribution_and_only_one_intent_gains() -> None:
    before = {NOT_LEGAL: 0.2, "divorce_dispute": 0.6, "out_of_scope": 0.2}
    after = OFFICES.weigh("孩子户口怎么迁到武汉", before)
    assert sum(after.values()) == pytest.approx(1)
    assert after[NOT_LEGAL] > before[NOT_LEGAL]
    assert after["divorce_dispute"] / after["out_of_scope"] == pytest.approx(3)
    assert OFFICES.weigh("老公打我", before) == before
