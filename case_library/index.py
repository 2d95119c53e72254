"""The case index: an immutable snapshot of vectors and words, built beside and swapped by its holder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bm25s
import faiss
import jieba
import numpy as np

from case_library.case import Case
from case_library.embed import Encoder

RANKED = 50  # cases each ranking contributes; beyond it a case's share is small
# Rank fusion (Cormack et al. 2009) over three rankings. Chosen on questions of the seed cases that were kept out of the
# index (700, the matter given): the right case first for 66 %, with 60 and equal weights 64 %, by words alone 42 %.
RRF_K = 20
LEXICAL_WEIGHT = 2.0
MATTER_WEIGHT = 2.0  # the matter's probability


@dataclass(frozen=True, slots=True)
class Hit:
    """`score`: 1 means first in every ranking. `similarity`: cosine to the nearest of the case's own questions."""

    case: Case
    score: float
    similarity: float
    nearest: str
    words: tuple[str, ...]


def tokens(text: str) -> list[str]:
    """Words by jieba and pairs of characters: words miss what is misspelt, pairs miss what is short."""
    words = [word for word in jieba.lcut(text) if word.strip() and (len(word) > 1 or word.isalnum())]
    chars = "".join(char for char in text if char.isalnum())
    return words + [chars[i : i + 2] for i in range(len(chars) - 1)]


class CaseIndex:
    """Hybrid search over cases. Every question of a case is a vector of its own; a case counts by its nearest one."""

    def __init__(self, cases: Sequence[Case], encoder: Encoder) -> None:
        self.cases = tuple(cases)
        variants = [(number, text) for number, case in enumerate(cases) for text in (case.title, *case.questions)]
        self._owner = np.array([number for number, _ in variants], np.int64)
        self._variants = [text for _, text in variants]
        self._own_words = [frozenset(tokens(" ".join((case.title, *case.questions)))) for case in cases]
        self._vectors = faiss.IndexFlatIP(encoder.dimensions)
        self._words = bm25s.BM25(method="lucene")
        if variants:
            self._vectors.add(encoder.encode_all(self._variants))
            documents = [" ".join((c.title, *c.questions, c.facts, c.settles)) for c in cases]
            self._words.index([tokens(document) for document in documents], show_progress=False)

    def search(self, text: str, vector: np.ndarray, matters: dict[str, float] | None = None, k: int = 5) -> list[Hit]:
        """The `k` best cases, best first; empty when the library is.

        `matters` is the probability of each matter (missing: 0); with it, cases of likely matters rank higher.
        """
        if not self.cases:
            return []
        similarity, nearest = self._similarities(vector)
        query = tokens(text)
        lexical = self._words.get_scores(query) if query else np.zeros(len(self.cases), np.float32)
        rankings = [(similarity, 1.0), (lexical, LEXICAL_WEIGHT)]
        if matters:
            prior = np.array([matters.get(case.matter, 0.0) for case in self.cases], np.float32)
            rankings.append((prior, MATTER_WEIGHT))
        fused = np.zeros(len(self.cases))
        for values, weight in rankings:
            fused += weight * _reciprocal_ranks(values)
        fused *= (RRF_K + 1) / sum(weight for _, weight in rankings)
        best = np.argsort(-fused, kind="stable")[:k]
        return [self._hit(i, fused[i], similarity[i], nearest[i], query) for i in best]

    def _similarities(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, found = self._vectors.search(vector.reshape(1, -1), self._vectors.ntotal)
        similarity = np.full(len(self.cases), -1.0, np.float32)
        nearest = np.zeros(len(self.cases), np.int64)
        # Best first, so the first variant seen of a case is its nearest.
        owners, first = np.unique(self._owner[found[0]], return_index=True)
        similarity[owners] = scores[0][first]
        nearest[owners] = found[0][first]
        return similarity, nearest

    def _hit(self, number: int, score: float, similarity: float, nearest: int, query: list[str]) -> Hit:
        case = self.cases[number]
        own = self._own_words[number]
        words = tuple(dict.fromkeys(word for word in query if len(word) > 1 and word in own))[:5]
        return Hit(case, float(min(score, 1.0)), float(similarity), self._variants[nearest], words)


def _reciprocal_ranks(values: np.ndarray) -> np.ndarray:
    """1/(k+rank) for the best `RANKED`; equal values share a rank, values of 0 or less get nothing."""
    order = np.argsort(-values, kind="stable")[:RANKED]
    ranks = np.zeros(len(values))
    rank = 0
    for place, number in enumerate(order, 1):
        if values[number] <= 0:
            break
        if place == 1 or values[number] < values[order[place - 2]]:
            rank = place
        ranks[number] = 1 / (RRF_K + rank)
    return ranks
