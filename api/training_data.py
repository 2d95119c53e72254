"""Looking over the training utterances: which say nearly the same, and which labels are doubtful."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotri
from sklearn.feature_extraction.text import TfidfVectorizer

from case_library.embed import Encoder

# From this cosine on two utterances say the same in other words; at 0.96 most pairs still differ in what decides them.
NEAR = 0.97
DOUBTFUL = 50
# Those of the intent model (bot/intent_model/components/kernel.py).
GAMMA, NGRAM_WEIGHT, RIDGE, MOST_CHARS = 1.0, 0.4, 0.5, 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two utterances that are near to each other; `closeness` is their cosine."""

    closeness: float
    first: tuple[str, str]
    second: tuple[str, str]

    @property
    def differs(self) -> bool:
        """Whether they are of different intents: one of both may be wrong."""
        return self.first[0] != self.second[0]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An utterance that the others would give to `rival`; `margin` is by how much, in the model's scores (about 0 to 1)."""

    margin: float
    intent: str
    rival: str
    text: str


def near_pairs(rows: Sequence[tuple[str, str]], encoder: Encoder, near: float = NEAR) -> list[Pair]:
    """Pairs at least so near, the nearest first. Compares all with all: seconds for ten thousand."""
    vectors = encoder.encode_all([text for _, text in rows])
    pairs = []
    for start in range(0, len(rows), 1000):
        cosines = vectors[start : start + 1000] @ vectors.T
        for row, other in zip(*np.nonzero(cosines >= near), strict=True):
            if other > start + row:
                pairs.append(Pair(float(cosines[row, other]), rows[start + row], rows[other]))
    return sorted(pairs, key=lambda pair: -pair.closeness)


def doubtful(
    rows: Sequence[tuple[str, str]], encoder: Encoder, settled: Mapping[str, str], most: int = DOUBTFUL
) -> list[Doubt]:
    """The labels that the intent model would deny most firmly were it trained on all other utterances.

    Those that were judged by hand and are as judged are left out.
    """
    intents = sorted({intent for intent, _ in rows})
    labels = np.array([intents.index(intent) for intent, _ in rows])
    scores = left_out_scores([text for _, text in rows], labels, encoder)
    own = scores[np.arange(len(rows)), labels]
    scores[np.arange(len(rows)), labels] = -np.inf
    rivals = scores.argmax(axis=1)
    margins = scores[np.arange(len(rows)), rivals] - own
    return [
        Doubt(float(margins[row]), *(rows[row][0], intents[rivals[row]]), rows[row][1])
        for row in np.argsort(-margins)
        if margins[row] > 0 and settled.get(rows[row][1]) != rows[row][0]
    ][:most]


def read_settled(path: Path) -> dict[str, str]:
    """The intent that each utterance judged by hand should have."""
    with path.open(encoding="utf-8") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {row["utterance"]: row["label"] for row in rows}


def left_out_scores(texts: Sequence[str], labels: np.ndarray, encoder: Encoder) -> np.ndarray:
    """What the intent model would score each text, by label, had it been left out of the training (in closed form)."""
    targets = np.eye(labels.max() + 1, dtype=np.float32)[labels]
    prior = targets.mean(axis=0)
    vectors = encoder.encode_all(texts)
    spread = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    spread /= np.linalg.norm(spread, axis=1, keepdims=True)
    ngrams = TfidfVectorizer(
        analyzer="char", ngram_range=(1, MOST_CHARS), min_df=2, sublinear_tf=True, dtype=np.float32
    ).fit_transform(texts)
    kernel = np.exp(2 * GAMMA * (spread @ spread.T - 1)) + NGRAM_WEIGHT * (ngrams @ ngrams.T).toarray()
    kernel[np.diag_indices_from(kernel)] += RIDGE
    factor, is_lower = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    coefficients = cho_solve((factor, is_lower), targets - prior, check_finite=False)
    inverse, _ = spotri(factor, lower=is_lower, overwrite_c=True)
    return targets - coefficients / np.diag(inverse)[:, None]


def as_text(
    rows: Sequence[tuple[str, str]],
    pairs: Sequence[Pair],
    doubts: Sequence[Doubt],
    settled: Mapping[str, str],
    near: float = NEAR,
) -> str:
    """The report of `yibotong examine`."""
    differing = [pair for pair in pairs if pair.differs]
    labels = {text: intent for intent, text in rows}
    moves = [(text, label) for text, label in settled.items() if labels.get(text, label) != label]
    lines = [
        f"{len(rows)} utterances; {len(pairs)} pairs with a cosine of {near} or more, {len(differing)} of different intents",
        *(f"{p.closeness:.3f}  {p.first[0]}: {p.first[1]}  |  {p.second[0]}: {p.second[1]}" for p in pairs),
        "",
        f"{len(settled)} labels judged by hand, {len(moves)} of them still to be changed",
        *(f"{labels[text]} > {label}  {text}" for text, label in moves),
        "",
        f"the {len(doubts)} most doubtful labels (label > what the other utterances say)",
        *(f"{doubt.margin:.2f}  {doubt.intent} > {doubt.rival}  {doubt.text}" for doubt in doubts),
    ]
    return "\n".join(lines)
