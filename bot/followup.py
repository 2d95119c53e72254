"""The reply to a piece added to a story that was answered already: what was noted, what it changes, what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot import wording
from case_library.case import Case
from routing.decision import Decision
from routing.inquiry import Facts

LONGEST_ECHO = 20  # characters of the citizen's own words that are said back
MOST_SENTENCES = 3
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")

# What a short question is after, and the sentences of a case that answer it.
_ASKS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "sum",
        re.compile(
            r"(赔|补偿|补|退|分|拿到|拿回|索赔|要到)[^，。？]{0,6}(多少|几|好多|怎么算)|(误工|护理|营养|伙食|精神|违约|利息|赔偿)[^，。？]{0,4}(怎么算|多少|能要)"
        ),
        re.compile(r"赔|补偿|倍|[%％]|利息|误工|护理|月工资"),
    ),
    (
        "cost",
        re.compile(
            r"(?<![赔补退])(要|收|得|花|交)[^，。？赔补]{0,4}(多少|几多|好多)钱|(要|收|交|花)钱(吗|不|么)|费用|收费|免费|交费|^那?多少钱"
        ),
        re.compile(r"收费|免费|不要钱|不收|费用|诉讼费|受理费|公证费|鉴定费|预交|交费"),
    ),
    (
        "time",
        re.compile(r"多久|多长时间|几天|几个月能|什么时候(能|可以|才)|几时"),
        re.compile(r"\d+ ?(天|日|个月|个工作日|年)|[一二三四五六七八九十两]+(天|日|个月|年)(内|以内|之内)"),
    ),
    (
        "papers",
        re.compile(
            r"带(些|点)?(什么|哪些|么)|(要|需要|准备|交)(些|点)?(什么|哪些)(材料|证据|手续|东西)|(什么|哪些)(材料|证据|手续)|怎么证明"
        ),
        re.compile(r"$^"),
    ),
    ("lawyer", re.compile(r"律师"), re.compile(r"律师|法律援助")),
    (
        "where",
        re.compile(
            r"(去|到|找|跟|问)(哪|谁|什么(部门|单位|地方))|哪(个|里|儿)(部门|单位|地方|办|申请|告|投诉)|(在|去)哪"
        ),
        re.compile(r"$^"),
    ),
)


def asked_for(text: str) -> str | None:
    """What a short question about the same trouble is after: sum, cost, time, papers, lawyer, where; None for none."""
    return next((name for name, question, _ in _ASKS if question.search(text)), None)


def lines(
    text: str, before: Facts, after: Facts, case: Case, decision: Decision, body_before: str | None, *, corrects: bool
) -> tuple[str, ...]:
    """What to say instead of the whole answer once more. `case` is the one shown, `body_before` the body named last."""
    asked = asked_for(text)
    noted = _noted(text, before, after, corrects=corrects, asked=asked is not None)
    if asked:
        return (*noted, *_answered(asked, case, decision))
    if body_before not in (None, decision.body.id):
        return (*noted, wording.BODY_CHANGES.format(body=decision.body.name))
    return (*noted, wording.BODY_STAYS.format(body=decision.body.name))


def noted_line(text: str, before: Facts, after: Facts, *, corrects: bool) -> str:
    """What was understood of an added piece, for the top of an answer that is new."""
    return "".join(_noted(text, before, after, corrects=corrects, asked=asked_for(text) is not None))


def _noted(text: str, before: Facts, after: Facts, *, corrects: bool, asked: bool) -> Iterator[str]:
    own = text.rstrip("。.！!，, ")
    # Short words are said back as they came: everybody knows them again.
    new = [own] if len(own) <= LONGEST_ECHO and not asked else list(_new(before, after))
    if new:
        yield (wording.PUT_RIGHT if corrects else wording.NOTED).format(what="，".join(new))
    elif not asked:
        yield wording.NOTED_ALL


def _new(before: Facts, after: Facts) -> Iterator[str]:
    for place in after.places:
        if place not in before.places and len(place.options) == 1:
            yield f"在{place.options[0]}"
    if after.amount_yuan is not None and after.amount_yuan != before.amount_yuan:
        yield f"{after.amount_yuan:,.0f} 元"
    if after.age is not None and after.age != before.age:
        yield f"{after.age} 岁"
    known = {date.day for date in before.dates}
    for date in after.dates:
        if date.day not in known and date.said:
            day = {
                "day": f"{date.day.year} 年 {date.day.month} 月 {date.day.day} 日",
                "month": f"{date.day.year} 年 {date.day.month} 月",
            }
            yield day.get(date.precision, f"{date.day.year} 年")


def _answered(asked: str, case: Case, decision: Decision) -> tuple[str, ...]:
    if asked == "where":
        return (wording.WHERE.format(body=decision.body.name),)
    if asked == "papers":
        return (wording.BRING.format(papers="、".join(case.bring)),) if case.bring else (_not_known(decision),)
    wanted = next(answers for name, _, answers in _ASKS if name == asked)
    texts = (case.answer, case.settles, *case.steps, *(limit.text for limit in case.time_limits))
    sentences = (sentence.strip() for text in texts for sentence in _SENTENCE.findall(text))
    found = tuple(dict.fromkeys(sentence for sentence in sentences if wanted.search(sentence)))[:MOST_SENTENCES]
    if asked == "lawyer" and decision.legal_aid and decision.legal_aid.level != "unlikely":
        found = (decision.legal_aid.text, *found)[:MOST_SENTENCES]
    return found or (_not_known(decision),)


def _not_known(decision: Decision) -> str:
    return wording.NOT_IN_CASE.format(body=decision.body.name)
