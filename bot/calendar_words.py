"""Words and figures that stand for a day, month or year: 「2024年5月3号」, 「上周五」, 「半年前」, 「快一年了」.

What is no date (13月45日) is passed over. A day without a year is the latest one that is not in the future, unless the
words around say that it is still to come.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from bot.festivals import EXACT, FESTIVALS, festival, lunar_day, lunar_month
from bot.numerals import CN_DIGITS, to_count
from routing.calendar import add_months

Precision = Literal["day", "month", "year"]
# year_told: with its year; yearless: a month without one; day_word: 「昨天」; span: 「三个月了」; now: 「刚」;
# count: 「今天第十四天」; relative: all others
Kind = Literal["year_told", "yearless", "relative", "day_word", "span", "count", "now"]

YEARS = range(1900, 2077)
MOST_YEARS_AGO = 80


@dataclass(frozen=True, slots=True)
class When:
    """A day found in a text at `start` to `end`."""

    day: date
    precision: Precision
    kind: Kind
    start: int = 0
    end: int = 0


_YEARS_OF = {"今": 0, "去": -1, "旧": -1, "前": -2, "大前": -3, "明": 1, "后": 2}
_DAYS_OF = {"大前": -3, "前": -2, "昨": -1, "明": 1, "后": 2, "大后": 3}
_WEEKDAYS = {
    name: number for number, names in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for name in names
}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_PART_DAYS = {"初": 1, "上旬": 1, "中": 11, "中旬": 11, "下旬": 21, "底": 21, "末": 21}

_COUNT = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,4})"
_YEAR = (
    r"(?:(?P<year>(?<!\d)(?:19|20)\d\d|(?<![\d.])\d\d|[零〇一二三四五六七八九]{4}"
    rf"|(?<![{CN_DIGITS}十百])[零〇一二七八九][零〇一二三四五六七八九])(?:年度?|月(?=\d{{1,2}}月))|(?P<named>大前|(?<![以之目从])前|(?<![以之今然往])后|[今去明旧])年)"
)
_MONTH = r"(?<!\d)(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])\s*月(?!嫂|子|饼|薪|租|收入|息)份?"
_DAY = r"(?P<dom>\d{1,2}|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])\s*(?:日|号(?!楼|线|码|店|院|房|门))"
_PART = r"(?P<part>底|末|初|上旬|中旬|下旬)"

# Not dates of the story: births, wages of a month, every month, laws coming into force.
_NOT_BEFORE = re.compile(r"(?:每|每个|发到|交到|付到|结到|第|今天都|现在都|都快)$")
_NOT_AFTER = re.compile(r"\s*(?:出生|生的|生人|生日|的?(?:工资|薪水|房租|物业费|奖金|社保|考勤|账单|工龄)|起施行)")
_AHEAD = re.compile(
    r"(?:到|等|约定|说好|说是?|讲好|答应|承诺|保证|写的|要|将|才|截止|期限|最迟|最晚|还款日?)[^，。,；;！？!?\n]{0,4}$"
)
_AHEAD_AFTER = re.compile(
    r"\s*(?:之?前(?:要|还|付|交|提|搬)|到期|截止|开庭|要(?:还|交|付|来|去)|再(?:还|付|给)|还(?:钱|款|清)|才)"
)
_LENGTH_BEFORE = re.compile(
    r"(?:[了满过共近约干做住婚龄快有第超差够整刑期这已隔租判坐关养用存欠拖工教几交缴]|上班|连续|长达|多达|不到)$"
)
_OVER_BEFORE = re.compile(r"(?<![再要等超])(?<!如果|听说|要是|是否)过(?:了|去了?)$")
_STARTS_YEAR = re.compile(r"(?:^|[，。,；;！？!?\n从在于自到是我他她们、：:（( ])$")
_LENGTH_AFTER = re.compile(r"[\d了多前后来半内间以之有零]|的?(?:合同|工龄|时间|刑|牢|租期|婚姻|经验|质保|期限)")
_LIMIT_BEFORE = re.compile(
    r"(?:[第每满超差少多压押扣判罚限签隔头前下上各共要厂]|超过|不到|没到|不足|还有|再过|还[差剩]|公司|单位|[这那]里|欠我?|拖欠|只要)$"
)
_LIMIT_AFTER = re.compile(
    r"\s*(?:的?[以之]?内|[之以]?后|以[上下]|的?(?:期限|时效|试用|工龄|经验|工资|假|房租)|无理由|就满|才能)"
)


def find_days(text: str, today: date) -> tuple[When, ...]:
    """Every day of the text in order, without overlaps."""
    found: list[When] = []
    taken: list[tuple[int, int]] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            if _NOT_BEFORE.search(text, max(0, start - 3), start) or _NOT_AFTER.match(text, end):
                taken.append((start, end))
                continue
            when = _safely(read, match, today)
            if when is not None:
                taken.append((start, end))
                found.append(replace(when, start=start, end=end))
    return _inherit_years(sorted(found, key=lambda when: when.start), today)


def _safely(read: Callable[[re.Match[str], date], When | None], match: re.Match[str], today: date) -> When | None:
    try:
        return read(match, today)
    except (ValueError, OverflowError):  # 31 June, 13月45日: people and recognisers do say it
        return None


def _inherit_years(days: list[When], today: date) -> tuple[When, ...]:
    """「2019年4月2号动工，6月9号停的」: the second is in 2019 too."""
    result: list[When] = []
    told: date | None = None
    for when in days:
        day = when.day
        if told and when.kind == "yearless":
            same_year = add_months(day, 12 * (told.year - day.year))
            if told <= same_year <= today:
                day = same_year
        result.append(replace(when, day=day))
        told = day if when.kind in ("year_told", "yearless") and when.precision != "year" else told
    return tuple(result)


def _full(match: re.Match[str], today: date) -> When | None:
    """Year and month, and perhaps the day."""
    year, month = _year(match, today), to_count(match["month"])
    if year is None or month is None:
        return None
    return _month_day(match, year, month, "year_told")


def _yearless(match: re.Match[str], today: date) -> When | None:
    month = to_count(match["month"])
    if month is None:
        return None
    when = _month_day(match, today.year, month, "yearless")
    return when and replace(when, day=_latest(match, when.day, today))


def _month_day(match: re.Match[str], year: int, month: int, kind: Kind) -> When | None:
    parts = match.groupdict()
    if parts.get("dom"):
        dom = to_count(parts["dom"])
        return When(date(year, month, dom), "day", kind) if dom else None
    return When(date(year, month, _PART_DAYS.get(parts.get("part") or "", 1)), "month", kind)


def _latest(match: re.Match[str], day: date, today: date) -> date:
    """This year's day, or last year's when this year's is still to come and nobody says so."""
    if day <= today or _is_ahead(match):
        return day
    return add_months(day, -12)


def _is_ahead(match: re.Match[str]) -> bool:
    text = match.string
    return bool(_AHEAD.search(text, max(0, match.start() - 10), match.start()) or _AHEAD_AFTER.match(text, match.end()))


def _year(match: re.Match[str], today: date) -> int | None:
    if match["named"]:
        return today.year + _YEARS_OF[match["named"]]
    said = match["year"]
    digits = "".join(str(int(to_count(char) or 0)) for char in said)
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year <= today.year % 100 else 1900
        if today.year - year > MOST_YEARS_AGO:
            return None
    return year if year in YEARS else None


def _year_alone(match: re.Match[str], today: date) -> When | None:
    """「13年」 is a year, 「干了13年」 a length of time: the words around tell."""
    said = match["year"]
    if match["named"] == "今":  # 「今年」 alone says nothing
        return None
    if said and len(said) == 2:
        before, text = match.string[max(0, match.start() - 2) : match.start()], match.string
        if _LENGTH_BEFORE.search(before) or _LENGTH_AFTER.match(text, match.end()):
            return None
        digits = "".join(str(int(to_count(char) or 0)) for char in said)
        is_guess = not said.isdigit() and int(digits[1]) - int(digits[0]) == 1  # 「七八年」: seven or eight years
        if is_guess or (digits in ("10", "20", "30") and not _STARTS_YEAR.search(before)):
            return None
        if today.year % 100 < int(digits) < today.year % 100 + 20:  # 「30年」 is a length, 「79年」 is not
            return None
    year = _year(match, today)
    if year is None:
        return None
    part = match["part"]
    month = {None: 1, "初": 1, "底": 12, "末": 12, "上半年": 1, "下半年": 7}[part]
    return When(date(year, month, 1), "month" if part in ("初", "底", "末") else "year", "year_told")


def _end_of_year(match: re.Match[str], today: date) -> When:
    """「年初」, 「年底」 without a year."""
    day = date(today.year, 1 if match["part"] == "初" else 12, 1)
    return When(_latest(match, day, today), "month", "yearless")


def _figures(match: re.Match[str], today: date) -> When | None:
    """「11.18」, 「8.6日」."""
    day = date(today.year, int(match["month"]), int(match["dom"]))
    return When(_latest(match, day, today), "day", "yearless")


def _festival(match: re.Match[str], today: date) -> When | None:
    """「去年国庆」, 「大年初八」; without a year the latest one, unless it is said to be still to come."""
    told = _year(match, today) if match["year"] or match["named"] else None
    if match["lunar_day"]:
        is_exact, find = True, partial(lunar_day, match["lunar_day"])
    else:
        is_exact, find = match["festival"] in EXACT, partial(festival, match["festival"])
    return _in_years(match, told, today, find, "day" if is_exact else "month")


def _lunar_month(match: re.Match[str], today: date) -> When | None:
    """「农历八月」: good for the month only."""
    told = _year(match, today) if match["year"] or match["named"] else None
    month = to_count(match["month"])
    return _in_years(match, told, today, partial(lunar_month, month), "month") if month in range(1, 13) else None


def _in_years(
    match: re.Match[str], told: int | None, today: date, find: Callable[[int], date | None], precision: Precision
) -> When | None:
    for year in (told,) if told else (today.year, today.year - 1):
        day = find(year)
        if day and (told or day <= today or (year == today.year and _is_ahead(match))):
            return When(day, precision, "relative")
    return None


def _named_day(match: re.Match[str], today: date) -> When:
    return When(today + timedelta(days=_DAYS_OF[match["named_day"]]), "day", "day_word")


def _now(_match: re.Match[str], today: date) -> When:
    return When(today, "day", "now")


def _week(match: re.Match[str], today: date) -> When | None:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_STEPS[match["step"]])
    if not match["weekday"]:
        return When(monday, "month", "relative") if _STEPS[match["step"]] else None
    day = monday + timedelta(days=_WEEKDAYS[match["weekday"]])
    if day > today and match["step"] in ("这", "本") and not _is_ahead(match):
        return None
    return When(day, "day", "relative")


def _month_step(match: re.Match[str], today: date) -> When | None:
    first = add_months(today.replace(day=1), _STEPS[match["step"]])
    if not match["dom"] and not match["part"]:
        return When(first, "month", "relative") if match["step"] not in ("这", "本") else None
    return _month_day(match, first.year, first.month, "relative")


def _ago(match: re.Match[str], today: date) -> When | None:
    """「三个月前」."""
    return _back(match, today, "relative")


def _span(match: re.Match[str], today: date) -> When | None:
    """「三个多月了」, 「快一年了」, 「过了一个月」: since the event, if one is told."""
    text = match.string
    over = _OVER_BEFORE.search(text, max(0, match.start() - 10), match.start())
    if not match["done"] and not over and not re.search("[快近已都才刚整]", match["lead"] or ""):
        return None
    if _LIMIT_BEFORE.search(text, max(0, match.start() - 3), match.start()) or _LIMIT_AFTER.match(text, match.end()):
        return None
    return _back(match, today, "span")


def _back(match: re.Match[str], today: date, kind: Kind) -> When | None:
    number, unit = match["count"], match["unit"]
    count = 0 if number == "半" else _few(number)
    if count is None:
        return None
    ending = (match["more"] or "") + (match["tail"] or "")
    half = number == "半" or "半" in ending
    more = bool(re.search("[多几余来]", ending))
    nearly = bool(re.search("快|将近|不到", match.groupdict().get("lead") or ""))
    if unit in ("天", "日"):
        return When(today - timedelta(days=count), "day", kind)
    if unit in ("周", "星期", "礼拜"):
        return When(today - timedelta(days=7 * count), "day" if kind == "span" else "month", kind)
    months = count + (1 if half else 0) if unit == "月" else 12 * count + (6 if half else 0)
    months += 12 * (to_count(match["years"] or "零") or 0)
    if unit == "月" and number == "半":
        return When(today - timedelta(days=15), "month", kind)
    if months > 12 * MOST_YEARS_AGO or not months:
        return None
    if nearly:  # less than that ago, but hardly: the first day that fits is the day after
        return When(add_months(today, -months) + timedelta(days=1), "month", kind)
    if more and unit == "月":  # 「三个多月」: the first day that fits is nearly four months back
        return When(add_months(today, -months - 1) + timedelta(days=1), "month", kind)
    if more and count == 1:  # 「一年多」 is seldom nearly two years
        return When(add_months(today, -18).replace(day=1), "month", kind)
    if unit == "月" or half or count == 1:
        return When(add_months(today, -months).replace(day=1), "month", kind)
    return When(date(today.year - count, 1, 1), "year", kind)


def _few(said: str) -> int | None:
    """「四五个月」 is five, not forty-five."""
    return to_count(said[-1] if re.fullmatch(f"[{CN_DIGITS}]{{2}}", said) else said)


def _nth_day(match: re.Match[str], today: date) -> When | None:
    """「今天第十四天」: the day of the event is not counted in limits, so it lies that many days back."""
    count = to_count(match["count"])
    return When(today - timedelta(days=count), "day", "count") if count else None


def _nearly_full(match: re.Match[str], today: date) -> When | None:
    """「再过三天就满一年」."""
    ahead, length = to_count(match["count"]), to_count(match["length"])
    if ahead is None or not length:
        return None
    end = today + timedelta(days=ahead * (7 if match["unit"] in ("周", "星期", "礼拜") else 1))
    if match["length_unit"] == "天":
        return When(end - timedelta(days=length), "day", "count")
    return When(add_months(end, -length * (12 if match["length_unit"] == "年" else 1)), "day", "count")


_UNIT = r"个?(?P<unit>天|日|周|星期|礼拜|月|年)"
_AGO = (
    rf"(?:(?P<years>{_COUNT})年零?(?={_COUNT}个?多?月))?"
    rf"(?P<count>{_COUNT}|半)(?:个?(?P<more>[多几余来半]))?{_UNIT}(?P<tail>[多半余])?"
)
_ALL_FIGURES = (
    r"(?P<year>(?<!\d)(?:19|20)\d\d)(?P<named>(?!))?"
    r"[./-](?P<month>\d{1,2})(?:[./-](?P<dom>\d{1,2}))?(?![\d%])日?"
)
_NEARLY_FULL = (
    rf"(?:再过|还有|还差)(?P<count>{_COUNT})个?(?P<unit>天|周|星期|礼拜)就?"
    rf"(?:满|够|到)(?P<length>{_COUNT})个?(?P<length_unit>天|月|年)"
)
_NAMED_DAY = (
    r"(?P<named_day>大前|大后|(?<![以之月年天大])前|昨|明|(?<![以之今然最])后)天"
    r"(?:晚上|夜里|早上|上午|下午|凌晨|半夜)?"
)
_FESTIVAL = (
    rf"(?:{_YEAR}的?)?(?:(?:大年|正月)(?P<lunar_day>三十|初?十[一二三四五]?|初[一二三四五六七八九])"
    rf"|(?<![{CN_DIGITS}十])(?P<festival>{'|'.join(FESTIVALS)}))(?!大道|路|街|广场|社区|村)"
)

# First match wins, so longer forms come first.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], When | None]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (_FESTIVAL, _festival),
        (rf"(?:{_YEAR}的?)?(?:农历|阴历|老历){_MONTH}(?:{_DAY})?", _lunar_month),
        (rf"{_YEAR}的?\s*{_MONTH}(?:的?\s*(?:{_DAY}|{_PART}))?", _full),
        (_ALL_FIGURES, _full),
        (rf"{_YEAR}年?(?P<part>初|底|末|上半年|下半年)?", _year_alone),
        (_NEARLY_FULL, _nearly_full),
        (rf"{_MONTH}(?:的?\s*(?:{_DAY}|{_PART}))?(?!来的)", _yearless),
        (r"(?<![\d.])(?P<month>\d{1,2})[./](?P<dom>\d{1,2})(?:日|号|(?=[在收交去到那当签]))", _figures),
        (r"(?<![\d一-十今去前明后大每中老少青半])年(?P<part>初|底)", _end_of_year),
        (_NAMED_DAY, _named_day),
        (r"(?P<named_day>昨|明)(?:晚|日|夜|早)", _named_day),
        (r"(?P<step>上上|下下|上|下|这|本)个?(?:周|礼拜|星期)(?P<weekday>[一二三四五六日天1-7])?", _week),
        (rf"(?P<step>上上|下下|上|下|这|本)个?月的?\s*(?:{_DAY}|{_PART})?", _month_step),
        (rf"{_AGO}以?前", _ago),
        (rf"(?:今天|今日|现在|今儿)(?:就|正好|刚好)?(?:是|都|已经)?第(?P<count>{_COUNT})天", _nth_day),
        (
            rf"(?P<lead>(?:快有?|将近|差不多|已经?有?|都|才|刚刚?好?|整整)*)\s*{_AGO}(?:有余|左右|时间)*(?P<done>了|啦)?",
            _span,
        ),
        (r"刚刚|刚才|刚(?!好|开始|需|性)|今[天早晚日]", _now),
    )
)
