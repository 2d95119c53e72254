"""The case index: an immutable snapshot of vectors and words, built beside and swapped by its holder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import bm25s
import jieba
import numpy as np

from case_library.case import Case
from case_library.embed import Encoder

# How the three rankings make one; chosen on half of 216 labelled questions, reported on the other half (README).
NEAREST = 3  # of a case's own questions whose mean counts: one alone is nearest by its wording as often as by its point
LEXICAL_WEIGHT = 0.3
MATTER_WEIGHT = 0.5  # of the logarithm of the matter's probability
LEAST_PROBABILITY = 0.01  # of a matter that was not guessed: the guess may be wrong
# The chance that a case bears on the question (the same point, or helps with the same matter), by a logistic curve
# through the ten best of each labelled question: of hits above 0.6 nine in ten did, of those below 0.2 one in twelve.
CHANCE_AT_ZERO = 0.54
CHANCE_SLOPE = 0.9


@dataclass(frozen=True, slots=True)
class Hit:
    """`score`: 0 to 1, the estimated chance that the case bears on the question; at best about 0.6 without a guess of
    the matter. `similarity`: cosine to the nearest of the case's own questions, which is `nearest`."""

    case: Case
    score: float
    similarity: float
    nearest: str
    words: tuple[str, ...]


def words(text: str) -> list[str]:
    """Words by jieba, without punctuation."""
    return [word for word in jieba.lcut(text) if word.strip() and (len(word) > 1 or word.isalnum())]


def pairs(text: str) -> list[str]:
    """Pairs of neighbouring characters, without punctuation."""
    chars = "".join(char for char in text if char.isalnum())
    return [chars[i : i + 2] for i in range(len(chars) - 1)]


def tokens(text: str) -> list[str]:
    """Words and pairs of characters: words miss what is misspelt, pairs miss what is short."""
    return words(text) + pairs(text)


class CaseIndex:
    """Hybrid search over cases. Every question of a case is a vector of its own; a case counts by its nearest ones."""

    def __init__(self, cases: Sequence[Case], encoder: Encoder) -> None:
        self.cases = tuple(cases)
        variants = [(number, text) for number, case in enumerate(cases) for text in (case.title, *case.questions)]
        self._variants = [text for _, text in variants]
        self._rows = _rows_of([number for number, _ in variants], len(cases))
        self._own_words = [frozenset(words(" ".join((case.title, *case.questions)))) for case in cases]
        self._vectors = encoder.encode_all(self._variants)
        self._words = bm25s.BM25(method="lucene")
        if cases:
            documents = [" ".join((c.title, *c.questions, c.facts, c.settles)) for c in cases]
            self._words.index([tokens(document) for document in documents], show_progress=False)

    def search(self, text: str, vector: np.ndarray, matters: dict[str, float] | None = None, k: int = 5) -> list[Hit]:
        """The `k` best cases, best first; empty when the library is.

        `matters` is the probability of each matter (missing: 0); with it, cases of likely matters rank higher.
        """
        if not self.cases:
            return []
        cosines = np.append(self._vectors @ vector, -1.0)[self._rows]  # (cases, most questions of one); -1: none
        nearest = -np.sort(-cosines, axis=1)[:, :NEAREST]
        counted = nearest > -1
        meaning = np.where(counted, nearest, 0).sum(axis=1) / counted.sum(axis=1)
        said = words(text)
        query = said + pairs(text)
        lexical = self._words.get_scores(query) if query else np.zeros(len(self.cases), np.float32)
        prior = np.array([max((matters or {}).get(case.matter, 0.0), LEAST_PROBABILITY) for case in self.cases])
        fused = _standing(meaning) + LEXICAL_WEIGHT * _standing(lexical) + MATTER_WEIGHT * np.log(prior)
        best = np.argsort(-fused, kind="stable")[:k]
        return [self._hit(number, float(fused[number]), cosines[number], said) for number in best]

    def _hit(self, number: int, fused: float, cosines: np.ndarray, said: list[str]) -> Hit:
        own = self._own_words[number]
        shared = tuple(dict.fromkeys(word for word in said if len(word) > 1 and word in own))[:5]
        chance = 1 / (1 + math.exp(-(CHANCE_AT_ZERO + CHANCE_SLOPE * fused)))
        place = int(cosines.argmax())
        nearest = self._variants[self._rows[number, place]]
        return Hit(self.cases[number], chance, float(cosines[place]), nearest, shared)


def _rows_of(owners: Sequence[int], count: int) -> np.ndarray:
    """Rows of each owner's vectors, shape (owners, most of one); -1 fills up."""
    rows: list[list[int]] = [[] for _ in range(count)]
    for row, owner in enumerate(owners):
        rows[owner].append(row)
    table = np.full((count, max(map(len, rows), default=0)), -1)
    for owner, own in enumerate(rows):
        table[owner, : len(own)] = own
    return table


def _standing(values: np.ndarray) -> np.ndarray:
    """Standard deviations below the best; 0 for the best."""
    return (values - values.max()) / (values.std() + 1e-6)
