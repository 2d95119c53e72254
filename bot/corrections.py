"""What takes back something said before: 「不是工伤，是交通事故」, 「我说错了，是三万」."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.facts import merge
from routing.inquiry import Facts

# Said of oneself, or of nobody: 「银行搞错了」 is a complaint and takes nothing back.
_OWN_MISTAKE = re.compile(
    r"^(?:啊|哦|哎|唉|呀|不好意思|对不起|抱歉|我|刚才|刚刚|前面|上面|那个|金额|数字|钱数|时间|日期|地方|地址|名字|[，,。 ])*"
    r"(?:不对|错了|(?:说|搞|记|弄|写|打|讲)(?:错|反)(?:了|啦|咯)?|更正(?:一下)?|纠正(?:一下)?)(?:[，,。：:；;！! ]+|$)"
)
# 「不是不想还，是没钱」 explains and takes nothing back.
_NOT_BUT = re.compile(
    r"^(?:我的?|这|那|其实|事情|[，,])*(?:并)?不是(?!我?[不没])(?P<denied>[^，,。；;！!？?]{1,15}?)(?:的事|了)?[，,。；;、 ]+"
    r"(?:而|我|应该)?(?:是|就是)(?P<told>.+)$"
)
_IS = re.compile(r"^(?:应该|其实)?是(?=.)")
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]*")
_LEAST_DENIED = 2  # characters; 「不是我」 names nothing that could be found in the story

_MUCH_LONGER = 4


@dataclass(frozen=True, slots=True)
class Correction:
    """`denied` is what was said before and is not so (empty when it is not repeated), `told` what is so instead."""

    denied: str
    told: str


def read_correction(text: str) -> Correction | None:
    """The correction in a message, None when it is none."""
    prefix = _OWN_MISTAKE.match(text)
    rest = text[prefix.end() :] if prefix else text
    if found := _NOT_BUT.match(rest):
        return Correction(found["denied"].strip(), found["told"].strip())
    if prefix and rest.strip():
        return Correction("", _IS.sub("", rest.strip()))
    return None


def amended(story: Sequence[str], change: Correction) -> tuple[str, ...]:
    """The story as it is so: where what was denied was said, what is so stands instead, or the clause goes.

    Where it was not said in these words, what is so is added at the end.
    """
    denied, told = change.denied, change.told
    if len(denied) < _LEAST_DENIED or not any(denied in line for line in story):
        return (*story, told)
    if len(told) <= len(denied) + _MUCH_LONGER:  # 「不是武昌，是洪山」: the rest of the clause is still true
        return tuple(line.replace(denied, told) for line in story)
    kept = ("".join(part for part in _CLAUSE.findall(line) if denied not in part) for line in story)
    return (*(line.rstrip("，,；; ") for line in kept if line.strip()), told)


def corrected(facts: Facts, denied: Facts, told: Facts) -> Facts:
    """`facts` with what was told in place of what it contradicts, and without what was denied."""
    wrong = {place.options for place in denied.places}
    places = tuple(place for place in facts.places if place.options not in wrong)
    if told.places and not wrong and len(places) == 1:
        places = ()
    wrong_days = {date.day for date in denied.dates}
    dates = tuple(date for date in facts.dates if date.day not in wrong_days)
    if told.dates and not wrong_days and len(dates) == 1:
        dates = ()
    gone = {
        name: None
        for name in ("outside", "age", "counterpart", "amount_yuan", "stage", "on_behalf_of")
        if getattr(denied, name) is not None and getattr(denied, name) == getattr(facts, name)
    }
    groups = tuple(group for group in facts.groups if group not in denied.groups)
    flags = tuple(flag for flag in facts.flags if flag not in denied.flags)
    return merge(replace(facts, places=places, dates=dates, groups=groups, flags=flags, **gone), told)
