"""What is said to a piece added to a story that was answered already."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.followup import asked_for, lines, noted_line
from case_library.case import Case, TimeLimit
from routing.decision import Decision, LegalAid
from routing.directory import Body
from routing.inquiry import EventDate, Facts, Place

BODY = Body(
    id="b1", type="labor_inspection", name="洪山区劳动监察", area="洪山区", source="s", checked_on=date(2026, 11, 1)
)
DECISION = Decision(outcome="answered", body_type="labor_inspection", body=BODY)


def a_case(**changes: object) -> Case:
    case = Case(
        id="c1",
        matter="wage_arrears",
        title="欠薪",
        questions=(),
        facts="",
        answer="可以去讨，而且不收费。",
        settles="",
        steps=("先去劳动监察投诉，60 天内查完；", "不行再申请仲裁。"),
        bring=("身份证", "工资流水"),
        time_limits=(TimeLimit("一年内申请仲裁。", "b"),),
        statutes=(),
        other_sources=(),
        handled_by=(),
        status="published",
        note="",
    )
    return replace(case, **changes)


def said(
    text: str, *, after: Facts | None = None, body_before: str | None = "b1", corrects: bool = False, **case: object
) -> str:
    told = lines(text, Facts(), after or Facts(), a_case(**case), DECISION, body_before, corrects=corrects)
    return "\n".join(told)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("那要多少钱", "cost"),
        ("要不要交费", "cost"),
        ("那要花钱吗", "cost"),
        ("能赔多少钱", "sum"),
        ("误工费怎么算", "sum"),
        ("还想问下要多久", "time"),
        ("要带什么", "papers"),
        ("需要哪些证据", "papers"),
        ("要请律师吗", "lawyer"),
        ("那找哪个部门", "where"),
        ("去哪里办", "where"),
        ("他还垫了三千块材料费", None),
        ("他欠了我好多钱", None),
        ("我是去年三月去的", None),
        ("", None),
    ],
)
def test_what_a_short_question_is_after(text: str, asked: str | None) -> None:
    assert asked_for(text) == asked


def test_an_added_fact_is_said_back_and_that_nothing_changes() -> None:
    told = said("他还垫了三千块材料费")
    assert told.splitlines() == ["记下了：他还垫了三千块材料费。", "办法不变，还是找洪山区劳动监察。"]


def test_another_body_is_said_to_come_first_now() -> None:
    assert "要先找洪山区劳动监察" in said("我在洪山", body_before="b2")


def test_a_correction_says_that_it_was_put_right() -> None:
    assert said("三万", corrects=True).startswith("改过来了：三万。")


def test_long_words_are_said_back_as_the_facts_that_were_understood() -> None:
    text = "他当时是在洪山那个店里跟我说的，一共算下来差我三万块钱，是去年五月份的事情，我妈今年七十二"
    after = Facts(
        places=(Place(("洪山区",)), Place(("武昌区", "江夏区"))),
        amount_yuan=30_000,
        age=72,
        dates=(EventDate(date(2025, 5, 1), precision="month", said="去年五月份"),),
    )
    assert noted_line(text, Facts(), after, corrects=False) == "记下了：在洪山区，30,000 元，72 岁，2025 年 5 月。"
    assert noted_line(text, after, after, corrects=False) == "记下了，和前面说的放在一起。"


def test_each_question_is_answered_from_the_case_alone() -> None:
    assert said("那要多少钱") == "可以去讨，而且不收费。"
    assert "60 天内查完" in said("要多久")
    assert said("要带什么") == "带上：身份证、工资流水。"
    assert "洪山区劳动监察" in said("那找哪个部门")


@pytest.mark.parametrize("text", ["能赔多少钱", "要请律师吗"])
def test_what_the_case_does_not_say_is_not_made_up(text: str) -> None:
    assert "没有准数" in said(text)


def test_papers_that_are_not_known_are_not_made_up() -> None:
    assert "没有准数" in said("要带什么", bring=())


def test_who_may_get_legal_aid_hears_of_it_when_he_asks_about_a_lawyer() -> None:
    aid = LegalAid("likely", "可以申请免费律师。", ("法律援助法第三十一条",))
    told = lines("要请律师吗", Facts(), Facts(), a_case(), replace(DECISION, legal_aid=aid), "b1", corrects=False)
    assert told == ("可以申请免费律师。",)
