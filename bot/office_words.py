"""Words of offices' everyday affairs: certificates, household register, taxes, utilities, the city's upkeep."""

from __future__ import annotations

from pathlib import Path

from bot.lexicon import pattern, read_words

LEXICON = Path(__file__).parents[1] / "nlu_data" / "lexicon"
_FILE = "office_affairs.yml"
NOT_LEGAL = "non_legal_gov"  # the matter that such affairs belong to
# How many times likelier the words make it. With it, and without the cases' questions among the nearest utterances, 0.97 instead of
# 0.87 of what is not legal in dev is kept out, of the held-out sentences 0.76 instead of 0.65; no more legal ones are refused.
# 5 keeps 0.93 in dev; from 3 on the held-out figure is the same.
FACTOR = 8.0


class OfficeWords:
    """Whether a text asks for such an affair, with no word of a dispute (`nlu_data/lexicon/office_affairs.yml`)."""

    def __init__(self, lexicon: Path = LEXICON) -> None:
        words = read_words(lexicon / _FILE)
        self._words, self._unless = pattern(words["words"], _FILE), pattern(words["unless"], _FILE)

    def found(self, text: str) -> bool:
        """True where the words are found and nothing says that somebody was wronged."""
        return bool(self._words.search(text)) and not self._unless.search(text)

    def weigh(self, text: str, probabilities: dict[str, float]) -> dict[str, float]:
        """The same distribution over intents with `non_legal_gov` made likelier where the words are found."""
        if not self.found(text):
            return probabilities
        raised = {**probabilities, NOT_LEGAL: FACTOR * probabilities.get(NOT_LEGAL, 0.0)}
        total = sum(raised.values())
        return {intent: p / total for intent, p in raised.items()}
