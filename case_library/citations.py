"""How an article is cited in a text: 《X法》第N条第M款第K项, in lists and ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[零〇一二三四五六七八九十百千]+|\d{1,4}"
LONGEST_RANGE = 200  # articles; a longer one is a slip of the pen, and only its ends are looked at
# 第二十七条, 第27条之一
ARTICLE = re.compile(rf"第?\s*(?P<number>{NUMERAL})\s*条(?:\s*之(?P<sub>[一二三四五六七八九十]))?")
BRACKETED = re.compile(r"《(?P<law>[^《》]{2,60})》(?:（[^（）]{1,20}）)?")
# 第七、八条: the numbers before the last one do without 条.
_BARE = re.compile(
    rf"第?\s*(?P<number>{NUMERAL})(?=\s*(?:[、，,和与及至到\-—~～]|以及)\s*第?\s*(?:{NUMERAL})\s*(?:条|[、，,和与及至到]))"
)
_PART = re.compile(
    rf"\s*(?:第(?P<paragraph>{NUMERAL})款)?\s*(?:第?\s*[（(]?(?P<item>{NUMERAL})[）)]?\s*项)?(?:第?\s*[（(]?(?:{NUMERAL})[）)]?\s*目)?"
)
_JOIN = re.compile(r"\s*(?P<join>[、，,和与及至到\-—~～]|以及)\s*(?=第?\s*[零〇一二三四五六七八九十百千\d])")
_RANGE = "至到-—~～"
_ITEM = re.compile(rf"^\s*[（(](?P<item>{NUMERAL})[）)]")


@dataclass(frozen=True, slots=True)
class Said:
    """One article as it was cited. `text`, `start` and `end` are those of the law with all its articles;
    `paragraph` (款) and `item` (项) are 0 when not said."""

    text: str
    law: str
    number: str
    paragraph: int
    item: int
    start: int
    end: int


def chinese_number(number: int) -> str:
    """1079 -> '一千零七十九', as article numbers are written."""
    digits = "零一二三四五六七八九"
    if not 0 < number < 10_000:
        raise ValueError(f"article number {number}, expected 1 to 9999")
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += ("零" if zero else "") + digits[digit] + name
            zero = False
        elif out:
            zero = True
    return out.removeprefix("一") if out.startswith("一十") else out


def read_number(numeral: str) -> int:
    """'一千零七十九' or '1079' -> 1079."""
    if numeral.isascii():
        return int(numeral)
    total, digit = 0, 0
    for char in numeral:
        if char in UNITS:
            total += (digit or 1) * UNITS[char]
            digit = 0
        else:
            digit = DIGITS[char] if char in DIGITS else int(char)
    return total + digit


def find_citations(text: str, names: re.Pattern[str]) -> Iterator[Said]:
    """Every article cited in `text`; `names` finds laws that stand without 《》 (group `law`)."""
    heads = [(m.start(), m.end(), m["law"]) for m in BRACKETED.finditer(text)]
    inside = [(start, end) for start, end, _ in heads]
    heads += [
        (m.start(), m.end(), m["law"])
        for m in names.finditer(text)
        if not any(start <= m.start() < end for start, end in inside)
    ]
    for start, end, law in sorted(heads):
        yield from _one_law(text, law, start, end)


def _one_law(text: str, law: str, start: int, position: int) -> Iterator[Said]:
    """The articles after a law's name, as far as 、, 和 or 至 hold them together."""
    articles: list[tuple[str, int, int, int, int]] = []  # number, paragraph, item, start, end
    ranges: list[int] = []  # places in `articles` that end a range
    while match := ARTICLE.match(text, position) or _BARE.match(text, position):
        part = _PART.match(text, match.end())
        said = match.groupdict()
        number = str(read_number(said["number"])) + (f"-{read_number(said['sub'])}" if said.get("sub") else "")
        paragraph, item = (read_number(part[name]) if part[name] else 0 for name in ("paragraph", "item"))
        first = start if not articles else match.start()
        articles.append((number, paragraph, item, first, part.end() if part.end() > match.end() else match.end()))
        join = _JOIN.match(text, articles[-1][-1])
        if not join:
            break
        position = join.end()
        if join["join"] in _RANGE:
            ranges.append(len(articles))
    while articles and "条" not in text[articles[-1][3] : articles[-1][4]]:
        articles.pop()  # 第七、八 with no 条 after it
    yield from _said(text, law, articles, ranges)


def _said(text: str, law: str, articles: list[tuple[str, int, int, int, int]], ranges: list[int]) -> Iterator[Said]:
    if not articles:
        return
    start, end = articles[0][3], articles[-1][4]
    for place, (number, paragraph, item, _, _) in enumerate(articles):
        for between in _between(articles[place - 1][0], number) if place in ranges else ():
            yield Said(text[start:end], law, between, 0, 0, start, end)
        yield Said(text[start:end], law, number, paragraph, item, start, end)


def _between(first: str, last: str) -> list[str]:
    if "-" in first or "-" in last or int(last) - int(first) > LONGEST_RANGE:
        return []
    return [str(number) for number in range(int(first) + 1, int(last))]


def has_part(text: str, paragraph: int, item: int) -> bool:
    """Whether an article's text has that 款 and 项; 0 asks for none. Lines are 款, unless they begin with （一）."""
    items_of: list[set[int]] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        match = _ITEM.match(line)
        if match and items_of:
            items_of[-1].add(read_number(match["item"]))
        else:
            items_of.append({read_number(match["item"])} if match else set())
    if paragraph > len(items_of):
        return False
    return not item or item in (items_of[paragraph - 1] if paragraph else set().union(*items_of))
