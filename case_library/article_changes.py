"""Cases to look at again because an article they cite has changed. Callers commit.

The text of every article that a shown case cites is remembered. Whatever changes it (articles loaded, a newer database,
a day on which a law begins or ends), the next comparison finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, select, update

from case_library.case import Case
from case_library.check import shown_text
from case_library.statutes import Statutes, article_id
from case_library.store import upsert
from case_library.tables import article_change_table, cited_article_table

Change = Literal["changed", "gone"]  # gone: no longer in force


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An article that changed since a case was last looked at; `before` is its text then, empty where nobody knows."""

    article: str
    change: Change
    before: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Articles cited, by name, whose text in force is another than the one remembered, and the cases that cite them.

    A text is empty where the article is not in force. `new` are articles never seen before.
    """

    now: Mapping[str, str]
    before: Mapping[str, str]
    new: frozenset[str]
    cases: Mapping[str, frozenset[str]]  # by article

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to note."""
        return not self.now


def compare(connection: Connection, cases: Iterable[Case], statutes: Statutes, today: date) -> Comparison:
    """What the cases cite, in their list or in a text, against what is remembered; writes nothing."""
    citing: dict[str, set[str]] = {}
    now: dict[str, str] = {}
    for case in cases:
        for name, text in _cited(case, statutes, today):
            citing.setdefault(name, set()).add(case.id)
            now[name] = text
    known = dict(connection.execute(select(cited_article_table.c.id, cited_article_table.c.text)).all())
    different = {name: text for name, text in now.items() if known.get(name) != text}
    return Comparison(
        now=different,
        before={name: known[name] for name in different if name in known},
        new=frozenset(different.keys() - known.keys()),
        cases={name: frozenset(citing[name]) for name in different},
    )


def review(
    connection: Connection, cases: Sequence[Case], statutes: Statutes, today: date, now: datetime
) -> dict[str, list[str]]:
    """List every case that cites an article whose text is no longer the one remembered, and remember the new one.

    Returns the articles of each such case. What is seen for the first time is only remembered, unless it is not in force.
    """
    found = compare(connection, cases, statutes, today)
    listed: dict[str, list[str]] = {}
    for name, text in sorted(found.now.items()):
        upsert(connection, cited_article_table, {"id": name, "text": text, "at": now})
        if name in found.new and text:
            continue
        for case_id in sorted(found.cases[name]):
            row = {"case_id": case_id, "article": name, "change": "changed" if text else "gone", "at": now}
            row |= {"before": found.before.get(name, ""), "settled_by": None, "settled_at": None}
            upsert(connection, article_change_table, row)
            listed.setdefault(case_id, []).append(name)
    return listed


def open_cases(connection: Connection) -> list[str]:
    """Ids of the cases that nobody has looked at since."""
    query = select(article_change_table.c.case_id).where(article_change_table.c.settled_at.is_(None)).distinct()
    return list(connection.execute(query).scalars())


def of_case(connection: Connection, case_id: str) -> list[ArticleChange]:
    """Articles of a case that changed and were not looked at since."""
    table = article_change_table
    query = select(table.c.article, table.c.change, table.c.before).where(
        table.c.case_id == case_id, table.c.settled_at.is_(None)
    )
    return [ArticleChange(*row) for row in connection.execute(query.order_by(table.c.article))]


def settle(connection: Connection, case_id: str, who: str, now: datetime) -> None:
    """Somebody has looked at the case: its changed articles are settled."""
    where = (article_change_table.c.case_id == case_id, article_change_table.c.settled_at.is_(None))
    connection.execute(update(article_change_table).where(*where).values(settled_by=who, settled_at=now))


def _cited(case: Case, statutes: Statutes, today: date) -> Iterator[tuple[str, str]]:
    """Name and text in force of every article a case cites; articles no law ever had are a fault of the case, not a change."""
    for ref in case.statutes:
        article = statutes.article(ref.law, ref.article, today)
        yield article_id(ref.law, ref.article), article.text if article else ""
    for citation in statutes.cite("\n".join(shown_text(case).values()), today):
        if citation.found:
            yield article_id(citation.law, citation.number), citation.article.text if citation.article else ""
