"""Keyword search over all articles in force."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np

from case_library.index import tokens


@dataclass(frozen=True, slots=True)
class StatuteHit:
    """An article found. `score` is 0 to 1: its share of the best article's score."""

    id: str
    score: float
    why: str


class StatuteIndex:
    """BM25 over words and pairs of characters of articles, `{id: text}`; kept in `folder` for the next start."""

    def __init__(self, articles: Mapping[str, str], folder: Path) -> None:
        self._ids = list(articles)
        self._texts = list(articles.values())
        digest = hashlib.sha256("\0".join(f"{id_}\0{text}" for id_, text in articles.items()).encode()).hexdigest()
        kept = folder / f"statutes-{digest[:16]}"
        if (kept / "params.index.json").exists():
            self._words = bm25s.BM25.load(kept, load_corpus=False)
            return
        self._words = bm25s.BM25(method="lucene")
        self._words.index([tokens(id_ + text) for id_, text in articles.items()], show_progress=False)
        part = kept.with_suffix(".part")
        self._words.save(part, show_progress=False)
        part.rename(kept)

    def search(self, text: str, k: int = 10) -> list[StatuteHit]:
        """The `k` best articles, best first; fewer when fewer share a word with the text."""
        query = tokens(text)
        if not query or not self._ids:
            return []
        scores = self._words.get_scores(query)
        best = np.argsort(-scores, kind="stable")[:k]
        top = float(scores[best[0]]) or 1.0
        return [
            StatuteHit(self._ids[i], float(scores[i]) / top, self._why(query, self._texts[i]))
            for i in best
            if scores[i] > 0
        ]

    @staticmethod
    def _why(query: list[str], text: str) -> str:
        shared = list(dict.fromkeys(word for word in query if len(word) > 1 and word in text))
        return "共同的词：" + "、".join(shared[:6])
