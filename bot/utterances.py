"""The training utterances, and classification by the nearest of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import faiss
import numpy as np
import yaml

from case_library.embed import Encoder
from case_library.errors import BadDataFileError

NEIGHBOURS = 40
# Cosines of e5 lie close together (0.75 to 1), so small differences must count.
SHARPNESS = 30.0
# What is this near was said before in the same words, but for a particle or a comma: it alone decides. No two of the 11,000
# utterances and questions that are this near are about different matters; of those from 0.98 on two pairs are.
SAME_WORDS = 0.985


def read_utterances(folder: Path) -> list[tuple[str, str]]:
    """(intent, sentence) of every Rasa file in a folder, in file order."""
    return read_utterance_files(sorted(folder.glob("*.yml")))


def read_utterance_files(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """(intent, sentence) of Rasa files, in their order."""
    rows, problems = [], []
    for path in paths:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        for block in raw["nlu"]:
            for number, line in enumerate(block["examples"].splitlines(), 1):
                if not line.startswith("- ") or not line[2:].strip():
                    problems.append(
                        f"{path.name}: {block['intent']} line {number}: expected '- sentence', got {line!r}"
                    )
                rows.append((block["intent"], line[2:].strip()))
    if problems:
        raise BadDataFileError(problems)
    return rows


class NearestUtterances:
    """Probabilities of intents from the utterances nearest to a vector. Immutable; safe for several threads."""

    def __init__(self, rows: Iterable[tuple[str, str]], encoder: Encoder) -> None:
        rows = list(rows)
        self._rows = rows
        self.intents = sorted({intent for intent, _ in rows})
        number = {intent: i for i, intent in enumerate(self.intents)}
        self._labels = np.array([number[intent] for intent, _ in rows], np.int64)
        self._index = faiss.IndexFlatIP(encoder.dimensions)
        self._index.add(encoder.encode_all([text for _, text in rows]))

    def probabilities(self, vector: np.ndarray) -> dict[str, float]:
        """Every intent with its probability: neighbours weighted by closeness, the rest share nothing. Where the same words
        are known, they alone count."""
        scores, found = self._index.search(vector.reshape(1, -1), min(NEIGHBOURS, self._index.ntotal))
        weights = np.exp(SHARPNESS * (scores[0] - scores[0].max()))
        if scores[0].max() >= SAME_WORDS:
            weights[scores[0] < SAME_WORDS] = 0
        totals = np.bincount(self._labels[found[0]], weights, len(self.intents))
        return dict(zip(self.intents, (totals / totals.sum()).tolist(), strict=True))

    def neighbours(self, vector: np.ndarray, k: int) -> list[tuple[str, str, float]]:
        """The nearest utterances: intent, sentence, cosine."""
        scores, found = self._index.search(vector.reshape(1, -1), min(k, self._index.ntotal))
        return [(*self._rows[row], float(score)) for row, score in zip(found[0], scores[0], strict=True)]
