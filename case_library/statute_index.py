"""Search over all articles in force: by words, by meaning, and by how people ask for an article."""

from __future__ import annotations

import hashlib
import logging
import math
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np

from case_library.adapter import Adapter, identity
from case_library.asked import Asked
from case_library.citations import read_number
from case_library.embed import Encoder
from case_library.index import pairs, tokens, words

log = logging.getLogger("yibotong.case_library")

BM25 = {"method": "lucene", "k1": 0.9, "b": 0.5}  # chosen on half of STARD's tuning questions among five
ARTICLE_CHARS = 130  # of an article that are embedded: three of four articles whole, and a third of the time
SIMILAR_QUESTION = 0.6  # cosine in the learnt space from which a question is shown as a reason
NUMBERED = re.compile(
    r"(?P<law>.+)第(?P<number>[零一二三四五六七八九十百千]+)条(?:之(?P<sub>[一二三四五六七八九十]+))?"
)


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the rankings make one.

    The sum of: `meaning` times the standing by the learnt space's vectors (`learnt` of it) and by the encoder's, that by
    words, `asked` times the cosine to the nearest question written for the article (in the learnt space, at
    least `asked_floor`), and `neighbour` times the same of the better of the articles before and after. A standing is
    how many standard deviations of its best hundred a value lies below the best. Chosen on 737 questions of laypeople
    (STARD, the half for tuning); the figures hardly move with any of them. The README has the comparison.
    """

    meaning: float = 1.25
    learnt: float = 0.7
    asked: float = 5.0
    asked_floor: float = 0.3
    neighbour: float = 0.15
    # Of a fused value the chance is made by a logistic curve through the same questions' best tens.
    chance_at_zero: float = -0.89
    chance_slope: float = 0.39


@dataclass(frozen=True, slots=True)
class StatuteHit:
    """An article found. `score` is 0 to 1: the chance that it is one of the articles that answer, as estimated on real
    questions."""

    id: str
    score: float
    why: str


class StatuteIndex:
    """Hybrid search over articles, `{id: text}`; the words' index is kept in `folder` for the next start."""

    def __init__(
        self,
        articles: Mapping[str, str],
        folder: Path,
        encoder: Encoder,
        asked: Sequence[Asked] = (),
        adapter: Adapter | None = None,
        weighing: Weighing | None = None,
    ) -> None:
        self.ids = list(articles)
        self.texts = list(articles.values())
        self._weighing = weighing or Weighing()
        place = {id_: row for row, id_ in enumerate(self.ids)}
        rows = [(place[row.article], row.question) for row in asked if row.article in place]
        self._asked_rows = np.array([row for row, _ in rows], np.int64)
        self._questions = [question for _, question in rows]
        self._before, self._after = _neighbours(self.ids)
        self._words = self._word_index(folder)
        self._vectors = encoder.encode_all([passage(*item) for item in articles.items()], "passage")
        self._adapter = adapter or identity(encoder.dimensions)
        self._learnt = self._adapter.articles(self._vectors)
        self._asked = self._adapter.questions(encoder.encode_all(self._questions))

    def search(self, text: str, vector: np.ndarray, k: int = 10) -> list[StatuteHit]:
        """The `k` best articles, best first; `vector` is the text's. Empty when there are no articles."""
        if not self.ids:
            return []
        said = words(text)
        query = said + pairs(text)
        learnt = self._adapter.questions(vector)
        asked = self._asked @ learnt
        fused = self._fused(query, vector, learnt, asked)
        best = _best(fused, k)
        weighing = self._weighing
        return [
            StatuteHit(
                self.ids[row],
                1 / (1 + math.exp(-(weighing.chance_at_zero + weighing.chance_slope * float(fused[row])))),
                self._why(said, row, asked),
            )
            for row in best
        ]

    def _fused(self, query: list[str], vector: np.ndarray, learnt: np.ndarray, asked: np.ndarray) -> np.ndarray:
        weighing = self._weighing
        lexical = self._words.get_scores(query) if query else np.zeros(len(self.ids), np.float32)
        nearest = np.full(len(self.ids), weighing.asked_floor, np.float32)
        np.maximum.at(nearest, self._asked_rows, asked)
        by_encoder, by_adapter = _standing(self._vectors @ vector), _standing(self._learnt @ learnt)
        meaning = (1 - weighing.learnt) * by_encoder + weighing.learnt * by_adapter
        fused = weighing.meaning * meaning + _standing(lexical) + weighing.asked * nearest
        with_end = np.append(fused, -np.inf)  # row -1: no such neighbour
        better = np.maximum(with_end[self._before], with_end[self._after])
        alone = np.isinf(better)
        return fused + weighing.neighbour * np.where(alone, fused, better)

    def _why(self, said: list[str], row: int, asked: np.ndarray) -> str:
        parts = []
        own = np.flatnonzero(self._asked_rows == row)
        if own.size and asked[own].max() >= SIMILAR_QUESTION:
            parts.append(f"相近的问法：{self._questions[own[asked[own].argmax()]]}")
        article = self.ids[row] + self.texts[row]
        shared = [word for word in dict.fromkeys(said) if len(word) > 1 and word in article]
        if shared:
            parts.append("共同的词：" + "、".join(shared[:6]))
        return "；".join(parts) or "意思相近"

    def _word_index(self, folder: Path) -> bm25s.BM25:
        """BM25 over words and pairs of characters of law, article and questions; a damaged file is made anew."""
        documents = [id_ + text for id_, text in zip(self.ids, self.texts, strict=True)]
        for row, question in zip(self._asked_rows, self._questions, strict=True):
            documents[row] += " " + question
        digest = hashlib.sha256("\0".join((*documents, repr(BM25))).encode()).hexdigest()
        kept = folder / f"statutes-{digest[:16]}"
        if kept.is_dir():
            try:
                return bm25s.BM25.load(kept, load_corpus=False)
            except (OSError, ValueError, EOFError, KeyError) as error:
                log.warning("statute_index_damaged", extra={"file": kept.name, "cause": str(error)})
                shutil.rmtree(kept)
        words = bm25s.BM25(**BM25)
        if not documents:
            return words
        words.index([tokens(document) for document in documents], show_progress=False)
        part = kept.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        words.save(part, show_progress=False)
        part.rename(kept)
        return words


def passage(id_: str, text: str) -> str:
    """What of an article is embedded."""
    return f"{id_} {' '.join(text.split())[:ARTICLE_CHARS]}"


def _standing(values: np.ndarray) -> np.ndarray:
    """Standard deviations below the best, by the spread of the best hundred; 0 for the best."""
    best = -np.partition(-values, min(100, len(values) - 1))[:100]
    return (values - best.max()) / (best.std() + 1e-6)


def _best(values: np.ndarray, k: int) -> np.ndarray:
    """Rows of the `k` largest, largest first; of equal ones the earlier first."""
    k = min(k, len(values))
    rows = np.argpartition(-values, k - 1)[:k]
    rows = np.flatnonzero(values >= values[rows].min())  # equal ones at the edge
    return rows[np.argsort(-values[rows], kind="stable")][:k]


def _neighbours(ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Row of the article before and after each in its law; -1 where there is none."""
    by_law: dict[str, list[tuple[int, int, int]]] = {}
    for row, id_ in enumerate(ids):
        if match := NUMBERED.fullmatch(id_):
            sub = read_number(match["sub"]) if match["sub"] else 0
            by_law.setdefault(match["law"], []).append((read_number(match["number"]), sub, row))
    before, after = np.full(len(ids), -1), np.full(len(ids), -1)
    for articles in by_law.values():
        articles.sort()
        for (number, _, row), (following, _, next_row) in pairwise(articles):
            if following - number <= 1:
                after[row], before[next_row] = next_row, row
    return before, after
