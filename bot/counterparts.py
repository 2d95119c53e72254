"""Who stands on the other side: the kind of person or body that acts against the speaker.

The lexicon gives points; what was learnt from labelled utterances (`bot.counterpart_weights`) weighs them with the wording.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from bot.counterpart_weights import NOBODY, Weights, point_features
from bot.lexicon import known, optional_pattern, pattern, read_words
from routing.inquiry import Counterpart

NAMED, FRAMED, WEAK = 2, 2, 1  # points, see counterparts.yml
LEAST_CHARACTERS = 6  # shorter ones say too little for the wording to be weighed
_NEAR = 9  # characters around a noun in which it acts or is acted against
_FILE = "counterparts.yml"


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: Counterpart
    nouns: re.Pattern[str]
    weak: re.Pattern[str] | None
    topics: tuple[tuple[re.Pattern[str], int], ...]
    unless: re.Pattern[str] | None
    needs_topic: bool


class CounterpartReader:
    """Reads the other side by `nlu_data/lexicon/counterparts.yml`."""

    def __init__(self, lexicon: Path, weights: Weights | None) -> None:
        """Without `weights` by the lexicon's points alone."""
        words = read_words(lexicon / _FILE)
        frames = words["frames"]
        self._before, self._after = pattern(frames["before"], _FILE), pattern(frames["after"], _FILE)
        self._not_before = pattern(frames["not_before"], _FILE)
        self._least: int = words["least"]
        self._weights = weights
        self._kinds = tuple(_kind(row) for row in words["kinds"])

    def read(self, text: str, spared: Sequence[tuple[int, int]] = ()) -> Counterpart | None:
        """The kind, or None. `spared` are the stretches of text that name one's own side."""
        points = self._all_points(text, spared)
        best = self._most(points)
        if self._weights is None or len(text) < LEAST_CHARACTERS:
            return best
        kind = self._weights.kind(text, point_features(points, best))
        return None if kind == NOBODY else kind

    def features(self, text: str) -> np.ndarray:
        """What is learnt from, beside the wording."""
        points = self._all_points(text, ())
        return point_features(points, self._most(points))

    def _all_points(self, text: str, spared: Sequence[tuple[int, int]]) -> list[tuple[Counterpart, int]]:
        return [(kind.kind, self._points(kind, text, spared)) for kind in self._kinds]

    def _most(self, points: Sequence[tuple[Counterpart, int]]) -> Counterpart | None:
        kind, most = max(points, key=lambda found: found[1])
        return kind if most >= self._least else None

    def _points(self, kind: _Kind, text: str, spared: Sequence[tuple[int, int]]) -> int:
        if kind.unless and kind.unless.search(text):
            return 0
        topics = sum(points for topic, points in kind.topics if topic.search(text))
        if kind.needs_topic and not topics:
            return 0
        named = WEAK if kind.weak and kind.weak.search(text) else 0
        for match in kind.nouns.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in spared):
                named = max(named, self._standing(text, match.start(), match.end()))
            if named == NAMED + FRAMED:
                break
        return named + topics

    def _standing(self, text: str, start: int, end: int) -> int:
        before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        if self._not_before.search(before):
            return 0
        return NAMED + (FRAMED if self._before.search(before) or self._after.search(after) else 0)


def _kind(row: Mapping[str, Any]) -> _Kind:
    return _Kind(
        kind=known(row["kind"], get_args(Counterpart), _FILE),
        nouns=pattern(row["nouns"], _FILE),
        weak=optional_pattern(row.get("weak"), _FILE),
        topics=tuple((pattern(topic["words"], _FILE), topic["points"]) for topic in row["topics"]),
        unless=optional_pattern(row.get("unless"), _FILE),
        needs_topic=row.get("needs_topic", False),
    )
