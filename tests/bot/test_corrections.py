"""What takes back something said before."""

from __future__ import annotations

from datetime import date

import pytest

from bot.corrections import Correction, amended, corrected, read_correction
from routing.inquiry import EventDate, Facts, Place

HONGSHAN, WUCHANG = Place(("洪山区",), said="洪山"), Place(("武昌区",), said="武昌")


@pytest.mark.parametrize(
    ("text", "denied", "told"),
    [
        ("不是工伤，是交通事故", "工伤", "交通事故"),
        ("我说错了，是三万", "", "三万"),
        ("不对，不是工资，是借给他的钱他不还", "工资", "借给他的钱他不还"),
        ("不是我，是我女儿要离婚", "我", "我女儿要离婚"),
        ("更正一下，是武昌", "", "武昌"),
        ("金额记错了，一万八", "", "一万八"),
        ("这不是离婚的事，而是彩礼", "离婚", "彩礼"),
    ],
)
def test_a_correction_says_what_is_not_so_and_what_is(text: str, denied: str, told: str) -> None:
    assert read_correction(text) == Correction(denied, told)


@pytest.mark.parametrize(
    "text",
    [
        "医院搞错了，给我开错药",
        "银行打错了款不还",
        "老板不是没钱，是不想给",
        "不是不想还，是真没钱",
        "他不是我亲哥",
        "错了",
        "",
    ],
)
def test_a_complaint_or_an_explanation_takes_nothing_back(text: str) -> None:
    assert read_correction(text) is None


def test_only_the_clauses_that_say_what_was_denied_are_struck() -> None:
    story = ("我上班路上受伤了，自己摔的", "自己摔的")
    right = amended(story, Correction("自己摔的", "被一辆电动车从后面撞的"))
    assert right == ("我上班路上受伤了", "被一辆电动车从后面撞的")


def test_a_short_correction_stands_where_it_was_said_and_the_rest_of_the_clause_stays_true() -> None:
    right = amended(("我在武昌租的房子漏水，房东不修",), Correction("武昌", "洪山"))
    assert right == ("我在洪山租的房子漏水，房东不修",)


@pytest.mark.parametrize("denied", ["", "我", "没说过的话"])
def test_what_was_not_said_in_these_words_only_adds_what_is_so(denied: str) -> None:
    assert amended(("我要离婚",), Correction(denied, "是我女儿")) == ("我要离婚", "是我女儿")


def test_a_smaller_sum_replaces_the_larger_one() -> None:
    assert corrected(Facts(amount_yuan=50_000), Facts(), Facts(amount_yuan=30_000)).amount_yuan == 30_000


def test_the_denied_place_goes_and_others_stay() -> None:
    home = Place(("江夏区",), "home", said="江夏")
    right = corrected(Facts(places=(HONGSHAN, home)), Facts(places=(HONGSHAN,)), Facts(places=(WUCHANG,)))
    assert set(right.places) == {WUCHANG, home}


def test_the_only_place_is_meant_where_none_is_repeated() -> None:
    assert corrected(Facts(places=(HONGSHAN,)), Facts(), Facts(places=(WUCHANG,))).places == (WUCHANG,)


def test_a_date_and_the_other_side_are_replaced_and_the_rest_is_kept() -> None:
    old = Facts(dates=(EventDate(date(2026, 3, 1)),), counterpart="company", age=40, groups=("woman",))
    right = corrected(old, Facts(counterpart="company"), Facts(dates=(EventDate(date(2026, 5, 1)),)))
    assert [d.day for d in right.dates] == [date(2026, 5, 1)]
    assert (right.counterpart, right.age, right.groups) == (None, 40, ("woman",))
