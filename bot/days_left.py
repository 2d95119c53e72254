"""How many days a message leaves of a time limit, read from what people say of dates, limits and papers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.numerals import to_count

_WEEKDAYS = {day: value for value, day in enumerate("一二三四五六", 1)} | {"日": 7, "天": 7, "末": 6}
_UNIT_DAYS = {"天": 1, "日": 1, "个工作日": 1, "个月": 30, "年": 365}
_DAY_WORDS = dict.fromkeys(("今天", "今儿", "今日", "今晚", "下午"), 0) | dict.fromkeys(("明天", "明早", "明日"), 1)
_DAY_WORDS |= {"后天": 2, "大后天": 3}
_PAST_DAYS = {"昨": 1, "前": 2, "大前": 3}
_A_WEEK = 7  # what a weekday, "soon" and "a good week" leave at most

_N = r"(\d{1,3}|[一二两三四五六七八九十百]{1,5})"
_UNIT = "(天|日|个工作日|个月|年)"
_DAYS = "(?:天|日|个工作日)"
_WEEK = "(?:周|星期|礼拜)"
_TODAY = "今(?:天|儿|日)"
_GOT = "(?:收|拿|领|接|寄|签|送|到手|发|下来|知道|受的?伤|判|离职|登)"
_ENDS = (
    "(?:到期|截止|最后|(?<!不)满(?!意)|过期|期限|失效|不受理|不交|要交|之?前(?:必须|要|得|交|申请|起诉|提|补)|到上诉|来不及|来得及"
    "|开拍|就过|(?:刚好|正好)[^，。]{0,4}[天年满]|就没|为止|就生效|就到)"
)
_WHEN = (
    f"(今天|今儿|今日|今晚|下午|明天|明早|明日|大后天|后天|(?:这|本|这个|下|下个){_WEEK}[一二三四五六日末天]?"
    f"|{_WEEK}[一二三四五六日末天]|(?:本|这个)?月底)"
)
_DATE = rf"(?:(\d{{2,4}})年)?(?:{_N}月)?{_N}"

# Somebody says how long is left, or when it ends.
_LEFT = re.compile(
    f"(?:剩|差|再过|再有|不到|最后|还有)[^，。]{{0,4}}?{_N}{_DAYS}|{_N}{_DAYS}(?:后|以后|之后|就)[^，。]{{0,4}}{_ENDS}"
)
_ENDS_WHEN = re.compile(
    f"{_WHEN}[^。]{{0,12}}?{_ENDS}|(?:{_ENDS}|只到|限到|期到|止到|就到|就是|刚好是|正好是)[^。]{{0,4}}?{_WHEN}|去年的?{_WHEN}"
)
_SOON = re.compile(
    "最后(?:一天|期限|关头)|(?:期限?|时效|[一两三]年|半年)[^，。]{0,6}?(?:快|马上|就要|眼看)[^，。]{0,3}(?:到|过|满|完)"
    "|(?:快|马上|就要|眼看)(?:就?要?)?(?:满|过|到)(?:了)?(?:[一两三]年|半年|期|时效)|再拖(?:就|下去)"
    f"|(?:剩|差|再有|再过)(?:个把|一个多?|半个|不到一个){_WEEK}"
)
# Somebody says how long one has, and how much of it has gone.
_LIMIT = re.compile(
    f"(?<!第){_N}{_UNIT}(?:之内|以内|内|里|上诉|复议|起诉|复核|时效|的?期|不|申请|提|去法院|要|，|$)|限{_N}{_UNIT}"
)
_GONE = re.compile(
    f"(?:收到|拿到|到手|送达|签收|过了|过去|已经|知道|领到|下来|接到|压在|放在|到今天)[^，。]{{0,8}}?{_N}多?{_DAYS}(?!之?内|以内|里)"
    f"|(?<!第){_N}多?{_DAYS}了"
)
_IN_HAND = re.compile("收到|拿到|签收|领到|送达|到手")
_NTH_DAY = re.compile(f"第{_N}{_DAYS}")
_GOT_DAYS_AGO = re.compile(f"(大前|前|昨)天[^，。]{{0,6}}{_GOT}")
_GOT_ON_WEEKDAY = re.compile(
    f"(上个?)?{_WEEK}([一二三四五六日天])[^。]{{0,24}}?{_TODAY}(?:是|都)?{_WEEK}([一二三四五六日天])"
)
_TODAY_IS = re.compile(f"(?:{_TODAY}|现在|日历)[^。]{{0,6}}?{_DATE}(?:号|日|了|，|$)")
_ON_DATE = re.compile(f"(到|截止|去年)?(?:本月|这个月|上个月)?{_DATE}(?:号|日)(为止|截止|到期)?")
# What the paper in somebody's hands allows, for those who don't name it: reconsidering an accident report, appeals
# (民事诉讼法、刑事诉讼法), labour awards, payment orders, administrative reconsideration, labour arbitration.
_USUAL_LIMITS = (
    ("认定书|复核", 3),
    ("裁定", 10),
    ("判决|上诉|裁决|支付令|答辩|传票", 15),
    ("复议|处罚|遗赠|股东会", 60),
    ("仲裁|工伤", 365),
)


def days_left(text: str) -> int | None:
    """The fewest days that any reading of `text` leaves of a time limit; None when it speaks of none.

    Weekdays and "soon" count as seven days. Nothing is looked up: a date counts only against a "today" in the text.
    """
    return min((*_said_left(text), *_counted_left(text)), default=None)


def _said_left(text: str) -> list[int]:
    left = [_number(found[1] or found[2]) for found in _LEFT.finditer(text)]
    left += [_DAY_WORDS.get(found[1] or found[2] or found[3], _A_WEEK) for found in _ENDS_WHEN.finditer(text)]
    left += [_A_WEEK for _ in _SOON.finditer(text)]
    # What happened on this day of last year is a year old on the same day.
    left += [date - today for date, today, ends in _dates(text) if ends and date - today >= -1]
    return left


def _counted_left(text: str) -> list[int]:
    gone = [_number(found[1] or found[2]) for found in _GONE.finditer(text)]
    named = [_number(n) * _UNIT_DAYS[unit] for found in _LIMIT.finditer(text) for n, unit in _pairs(found.groups())]
    named = [days for days in named if days not in gone]
    limits = named + [days for papers, days in _USUAL_LIMITS if re.search(papers, text)]
    gone += [_number(found[1]) - 1 for found in _NTH_DAY.finditer(text)]
    gone += [_PAST_DAYS[found[1]] for found in _GOT_DAYS_AGO.finditer(text)]
    for found in _GOT_ON_WEEKDAY.finditer(text):
        gone.append((_WEEKDAYS[found[3]] - _WEEKDAYS[found[2]]) % 7 + (7 if found[1] else 0))
    gone += [today - date for date, today, ends in _dates(text) if not ends]
    # The limit that is meant is the shortest one not used up.
    left = [min(fits) for days in gone if days > 0 and (fits := [limit - days for limit in limits if limit >= days])]
    if _IN_HAND.search(text):
        left += [limit for limit in named if limit <= _A_WEEK]
    return left


def _dates(text: str) -> Iterator[tuple[int, int, bool]]:
    """Dates as (day, today, whether something ends then) on one scale of days, if the text says what day it is."""
    if not (now := _TODAY_IS.search(text)):
        return
    year, month, day = map(_number, now.groups("0"))
    for found in _ON_DATE.finditer(text, 0, now.start()):
        kind, its_year, its_month, its_day, ends = found.groups("0")
        months = (
            month - _number(its_month) if month and its_month != "0" else int(_number(its_day) > day and kind == "0")
        )
        years = (year - int(its_year)) % 100 if year and its_year != "0" else 0
        yield _number(its_day), round(365 * years + 30.4 * months) + day, kind != "0" or ends != "0"


def _pairs(groups: tuple[str | None, ...]) -> list[tuple[str, str]]:
    return [(n, unit) for n, unit in zip(groups[::2], groups[1::2], strict=True) if n and unit]


def _number(text: str) -> int:
    return to_count(text) or 0
