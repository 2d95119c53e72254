"""A second opinion on danger, learnt from sentences: sees it where it is said in a roundabout way.

The signs of `bot.safety` come first and nothing here takes back what they see; of several dangers that they see, the opinion
picks the one shown. But nobody foresees every way to say it: of 337 messages written before anything was tried on them, signs
and cues saw 84 %. Kernel ridge regression over meaning (sentence vectors) and wording (character n-grams), learnt from
`nlu_data/danger/` against ordinary utterances, finds three of four others. The same text always gets the same answer: one
linear system, nothing random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.normalize import normalize
from bot.safety import RULES, Safety
from case_library.embed import Encoder
from routing.datafile import Problems, read_yaml

# Chosen by five-fold cross-validation on `nlu_data/danger/` (November 2026): at equal false alarms these see
# most. Half as much or twice as much of any changes what is seen by less than one in a hundred.
GAMMA = 1.0  # width of the Gaussian on unit vectors
NGRAM_WEIGHT = 0.7  # of wording against the 1 of meaning
RIDGE = 0.5
# Ordinary utterances of which one in this many is learnt as harmless: all of them see hardly more and take four times
# as long at every start.
EVERY = 3

# A message raises the alarm by itself from this opinion on (0 harmless, 1 danger), each point of the cues adding a little;
# cues without a sign are believed only when the opinion is not against them. Nearly as much is only asked about: the reply
# then asks first whether the person is safe. Of 163 blind dangers 152 are raised and 3 asked about, of 637 ordinary held-out
# utterances 53 and 28; with 0.6, 0.2, 0.4 and 0 it was 151 and 6, 59 and 40.
RAISES = 0.55
PER_POINT = 0.03
MOST_POINTS = 10
# So few characters (「今天」「昨天呢」) give no opinion: signs know the short cries.
LEAST_CHARACTERS = 5
CONFIRMS = 0.25
ASKS = 0.45
ASKS_WITH_CUES = 0.1
# Where signs saw several dangers, the one that it sounds most like is shown; the first in the file's order has this much ahead.
# Of 63 blind messages 48 then get the right one instead of 42, of 51 labelled ones 50 instead of 48.
FIRST = 0.1


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences by safety rule, and such as only sound dangerous."""

    in_danger: dict[str, tuple[str, ...]]
    near_misses: dict[str, tuple[str, ...]]


def read_examples(*files: Path) -> Examples:
    """The sentences of some files of `nlu_data/danger/`; `BadDataFileError` names what is wrong in them."""
    problems = Problems()
    danger: dict[str, tuple[str, ...]] = {}
    near: dict[str, tuple[str, ...]] = {}
    for path in files:
        top = read_yaml(path, problems)
        for key, found in (("in_danger", danger), ("near_misses", near)):
            row = top.row(key)
            if row is None:
                top.bad(f"'{key}' is missing")
                continue
            for name in row.data:
                if name not in RULES and (key == "in_danger" or name != "any"):
                    row.bad(f"'{name}' is no safety rule")
                found[name] = (*found.get(name, ()), *row.texts(name))
        top.done()
    problems.check()
    return Examples(danger, near)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is made of a message: a rule like "E01" when there is danger; `uneasy` when there may be."""

    rule: str | None
    uneasy: bool = False


class DangerSense:
    """Signs, cues and what was learnt, made into one answer. Immutable; safe for several threads."""

    def __init__(self, safety: Safety, examples: Examples, ordinary: Sequence[str], encoder: Encoder) -> None:
        """Learns from the examples; takes about a second. `ordinary` are utterances that hardly ever tell of danger."""
        self._safety = safety
        told = [(rule, normalize(text)) for rule, texts in examples.in_danger.items() for text in texts]
        harmless = [normalize(text) for texts in examples.near_misses.values() for text in texts]
        judged = {*(text for _, text in told), *harmless}
        # What the signs and cues take for danger often is: only those that were judged one by one are learnt from.
        others = [text for text in map(normalize, ordinary) if text not in judged]
        harmless += [text for text in others[::EVERY] if safety.screen(text) is None]
        targets = np.zeros((len(told) + len(harmless), 1 + len(RULES)))
        for row, (rule, _) in enumerate(told):
            targets[row, [0, 1 + RULES.index(rule)]] = 1
        texts = [*(text for _, text in told), *harmless]
        self._learn(texts, encoder.encode_all(texts), targets)

    def read(self, text: str, vector: np.ndarray) -> Alarm:
        """Whether this normalised text tells of danger now; `vector` is its sentence vector."""
        heard = self._safety.hear(text)
        if len(heard.seen) == 1:
            return Alarm(heard.rule)
        if not heard.seen and len(text) < LEAST_CHARACTERS:
            return Alarm(None, uneasy=heard.rule is not None)
        danger, *rules = self.opinion(text, vector)
        if heard.seen:
            return Alarm(max(heard.seen, key=lambda rule: rules[RULES.index(rule)] + FIRST * (rule == heard.rule)))
        points = max(-MOST_POINTS, min(MOST_POINTS, heard.points))
        if danger + PER_POINT * points > RAISES or (heard.rule and danger > CONFIRMS):
            return Alarm(RULES[int(np.argmax(rules))])
        uneasy = danger > (ASKS_WITH_CUES if heard.rule else ASKS)
        return Alarm(None, uneasy=bool(uneasy))

    def opinion(self, text: str, vector: np.ndarray) -> np.ndarray:
        """How much it sounds like danger (about 0 to 1), then like each rule of `RULES`."""
        spread = _spread(vector[None, :], self._center, self._scale)[0]
        by_meaning = np.exp(2 * GAMMA * (self._vectors @ spread - 1)) @ self._coefficients
        words = self._ngrams.transform([text])
        return self._mean + by_meaning + (words @ self._ngram_coefficients)[0]

    def _learn(self, texts: list[str], vectors: np.ndarray, targets: np.ndarray) -> None:
        self._center, self._scale = vectors.mean(axis=0), vectors.std(axis=0)
        self._vectors = _spread(vectors, self._center, self._scale)
        self._ngrams = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        words = self._ngrams.fit_transform(texts)
        self._mean = targets.mean(axis=0).astype(np.float32)
        kernel = np.exp(2 * GAMMA * (self._vectors @ self._vectors.T - 1))
        kernel += NGRAM_WEIGHT * (words @ words.T).toarray()
        kernel[np.diag_indices_from(kernel)] += RIDGE
        factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        self._coefficients = cho_solve(factor, (targets - self._mean).astype(np.float32), check_finite=False)
        self._ngram_coefficients = NGRAM_WEIGHT * (words.T @ self._coefficients)


def _spread(vectors: np.ndarray, center: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Vectors of E5 lie in a narrow cone; spread over the sphere they differ more."""
    spread = (vectors - center) / scale
    return spread / np.linalg.norm(spread, axis=1, keepdims=True)
