"""How people who know no law ask about an article: `data/statute_questions.tsv`, written for this project.

Articles are found by these questions too: a citizen says 工资不发, the article 未足额支付劳动报酬.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from case_library.errors import BadDataFileError

ASKED_FILE = Path(__file__).parent / "data" / "statute_questions.tsv"
COLUMNS = ["article", "question"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One way to ask for an article; `article` is its id, '民法典第一千零七十九条'."""

    article: str
    question: str


def read_asked(path: Path = ASKED_FILE) -> list[Asked]:
    """All rows of the file; `BadDataFileError` names every line that is not an article and a question."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    problems = [] if header.split("\t") == COLUMNS else [f"{path.name}:1: {header!r}, expected {COLUMNS}"]
    rows = []
    for number, line in enumerate(lines, 2):
        article, _, question = line.partition("\t")
        if not article.strip() or not question.strip() or "\t" in question:
            problems.append(f"{path.name}:{number}: {line!r}, expected an article and a question")
        rows.append(Asked(article.strip(), question.strip()))
    if problems:
        raise BadDataFileError(problems)
    return rows
