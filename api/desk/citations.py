"""Statutes in what an agent writes: what is not in force is shown to them before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from api.errors import bad_field
from api.wiring import Service
from case_library import store
from case_library.statutes import Citation, article_id


@dataclass(frozen=True, slots=True)
class Checked:
    """A citation in a text; `text` is the article in force, or empty."""

    said: str
    start: int
    end: int
    id: str
    found: bool
    in_force: bool
    text: str


def check(service: Service, text: str) -> list[Checked]:
    """Every citation in order. Articles an installation added (`yibotong load statutes`) count as found."""
    cited = service.parts.statutes.cite(text, service.now().date())
    if not cited:
        return []
    with service.engine.connect() as connection:
        extra = store.extra_articles(connection) if any(c.article is None for c in cited) else {}
    return [_checked(citation, extra) for citation in cited]


def faults(service: Service, text: str) -> list[Checked]:
    """Those that may not be sent."""
    return [checked for checked in check(service, text) if not checked.in_force]


def sendable(service: Service, text: str) -> str:
    """A text of the staff as it may go out: regulations the statutes do not hold are marked as not verified.

    422 for a citation of an article that does not exist or is not in force.
    """
    checked = service.parts.statutes.checked(text, service.now().date())
    if checked.problems:
        told = "；".join(f"“{problem.said}”{problem.text}" for problem in checked.problems)
        raise bad_field("text", f"{told}。请改正，或者去掉再发。")
    return checked.text


def without(text: str, cut: list[Checked]) -> str:
    """`text` without these citations."""
    # The articles of one law share their place in the text.
    for start, end in sorted({(fault.start, fault.end) for fault in cut}, reverse=True):
        text = text[:start] + text[end:]
    return text


def _checked(citation: Citation, extra: dict[str, str]) -> Checked:
    name = article_id(citation.law, citation.number)
    text = citation.article.text if citation.article else extra.get(name, "")
    found = citation.found or bool(text)
    return Checked(citation.said, citation.start, citation.end, name, found, bool(text), text)
