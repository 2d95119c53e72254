"""Matters that a text names by their own words: for those told beside the main one."""

from __future__ import annotations

import re
from pathlib import Path

from bot.lexicon import optional_pattern, pattern, read_words

LEXICON = Path(__file__).parents[1] / "nlu_data" / "lexicon"
_FILE = "matter_words.yml"


class MatterWords:
    """Reads `nlu_data/lexicon/matter_words.yml`; the file's order is that of the answer."""

    def __init__(self, lexicon: Path = LEXICON) -> None:
        self._rows: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = tuple(
            (row["matter"], pattern(row["words"], _FILE), optional_pattern(row.get("unless"), _FILE))
            for row in read_words(lexicon / _FILE)
        )

    @property
    def matters(self) -> frozenset[str]:
        """Every matter that has words of its own."""
        return frozenset(matter for matter, _, _ in self._rows)

    def read(self, text: str) -> tuple[str, ...]:
        """Codes of the matters named, each once; empty when none is."""
        return tuple(
            matter
            for matter, words, unless in self._rows
            if words.search(text) and not (unless and unless.search(text))
        )
