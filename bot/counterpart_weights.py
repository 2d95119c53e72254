"""What was learnt about the other side from wording: weights of character n-grams and of the lexicon's points.

Ridge regression over the kinds, learnt by `yibotong vectors` from `nlu_data/counterparts/`; only numbers, so
the same text always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from routing.inquiry import Counterpart

WEIGHTS = Path(__file__).parents[1] / "nlu_data" / "counterparts" / "weights.npz"
NOBODY = "-"
KINDS: tuple[str, ...] = (NOBODY, *get_args(Counterpart))
# Chosen by leaving out each of 406 utterances read one by one; half or twice as much of either changes F1 by 0.01 or less.
RIDGE = 0.3
NGRAM_WEIGHT, POINT_WEIGHT = 0.84, 0.22
MOST_POINTS, POINT_SCALE = 12, 6


@dataclass(frozen=True, slots=True)
class Weights:
    """Immutable; safe for several threads."""

    ngrams: TfidfVectorizer
    of_ngrams: np.ndarray
    of_points: np.ndarray
    mean: np.ndarray

    def kind(self, text: str, points: np.ndarray) -> str:
        """The kind that fits best, or `NOBODY`. `points` as `point_features` gives them."""
        found = (self.ngrams.transform([text]) @ self.of_ngrams)[0] + points @ self.of_points + self.mean
        return KINDS[int(np.argmax(found))]


def point_features(points: Sequence[tuple[str, int]], best: str | None) -> np.ndarray:
    """The lexicon's points of each kind, and which of them it would choose."""
    row = np.zeros(2 * len(KINDS), np.float32)
    for kind, number in points:
        row[KINDS.index(kind)] = min(number, MOST_POINTS) / POINT_SCALE
    row[len(KINDS) + KINDS.index(best or NOBODY)] = 1
    return row


def learn(texts: Sequence[str], points: np.ndarray, told: Sequence[Sequence[str]], trust: Sequence[float]) -> Weights:
    """Weights from texts of which `told` names the kinds that are right, each trusted by as much as `trust` says."""
    wanted = np.zeros((len(texts), len(KINDS)), np.float32)
    for row, kinds in enumerate(told):
        wanted[row, [KINDS.index(kind) for kind in kinds]] = 1 / len(kinds)
    ngrams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, sublinear_tf=True, dtype=np.float32)
    words = ngrams.fit_transform(texts)
    mean = np.average(wanted, axis=0, weights=trust).astype(np.float32)
    ridge = Ridge(alpha=RIDGE, fit_intercept=False, solver="sparse_cg")
    features = sp.hstack([NGRAM_WEIGHT * words, sp.csr_matrix(POINT_WEIGHT * points)]).tocsr()
    found = ridge.fit(features, wanted - mean, sample_weight=np.asarray(trust)).coef_.T
    return Weights(ngrams, NGRAM_WEIGHT * found[: words.shape[1]], POINT_WEIGHT * found[words.shape[1] :], mean)


def write(weights: Weights, path: Path = WEIGHTS) -> None:
    """Keep weights; half precision is enough."""
    names = weights.ngrams.get_feature_names_out()
    np.savez_compressed(
        path,
        ngrams=np.asarray(names, dtype=str),
        idf=weights.ngrams.idf_.astype(np.float16),
        of_ngrams=weights.of_ngrams.astype(np.float16),
        of_points=weights.of_points.astype(np.float32),
        mean=weights.mean,
    )


def read(path: Path = WEIGHTS) -> Weights:
    """The weights of the repository."""
    with np.load(path) as kept:
        names = kept["ngrams"].tolist()
        ngrams = TfidfVectorizer(
            analyzer="char",
            ngram_range=(1, 3),
            sublinear_tf=True,
            dtype=np.float32,
            vocabulary={name: place for place, name in enumerate(names)},
        )
        ngrams.idf_ = kept["idf"].astype(np.float32)
        return Weights(ngrams, kept["of_ngrams"].astype(np.float32), kept["of_points"], kept["mean"])
