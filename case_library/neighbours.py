"""Which cases a case is near to, before it is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from case_library.case import Case
from case_library.embed import Encoder

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case with `closeness`, -1 to 1: how near its nearest texts are to the title and questions asked about, on average.

    `pairs` are the questions that say nearly the same in both, ours and theirs.
    """

    case_id: str
    title: str
    matter: str
    closeness: float
    near_copy: bool
    pairs: tuple[tuple[str, str], ...]


# To its nearest neighbour a sample case has 0.918 on average and 0.939 at most (every sixth of 472, November 2026); a copy
# whose questions were reworded word by word has 0.992 or more. The bound lies between, nearer to the neighbours.
NEAR_COPY = 0.955
SAME_QUESTION = 0.97


class LibraryTexts:
    """Titles and questions of some cases with their vectors, to compare others with."""

    def __init__(self, cases: Sequence[Case], encoder: Encoder) -> None:
        self._cases = list(cases)
        self._encoder = encoder
        texts = [(number, text) for number, case in enumerate(cases) for text in (case.title, *case.questions)]
        self._texts = [text for _, text in texts]
        owner = np.array([number for number, _ in texts], np.int64)
        self._starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if texts else owner
        self._vectors = encoder.encode_all(self._texts)

    def nearest(self, case: Case) -> list[Neighbour]:
        """The cases nearest to `case`, nearest first; itself (by id) is left out."""
        own = [text for text in (case.title, *case.questions) if text.strip()]
        if not own or not self._cases:
            return []
        similar = self._encoder.encode_all(own) @ self._vectors.T
        closeness = np.maximum.reduceat(similar, self._starts, axis=1).mean(axis=0)
        order = [n for n in np.argsort(-closeness, kind="stable")[: SHOWN + 1] if self._cases[n].id != case.id]
        return [self._neighbour(number, own, similar, float(closeness[number])) for number in order[:SHOWN]]

    def _neighbour(self, number: int, own: list[str], similar: np.ndarray, closeness: float) -> Neighbour:
        other = self._cases[number]
        begin = self._starts[number]
        part = similar[:, begin : begin + 1 + len(other.questions)]
        pairs = tuple(
            (text, self._texts[begin + int(row.argmax())])
            for text, row in zip(own, part, strict=True)
            if row.max() >= SAME_QUESTION
        )
        return Neighbour(other.id, other.title, other.matter, closeness, closeness >= NEAR_COPY, pairs)
