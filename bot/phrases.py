"""Finds listed phrases in a text: spaCy's blank Chinese pipeline, which takes each character as a token, so that no
word segmentation can tear a name apart, and its PhraseMatcher. Of overlapping phrases the longest wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase found at `start` to `end` (characters); `label` is that of its list."""

    label: str
    said: str
    start: int
    end: int


class Pipeline:
    """Cuts texts into characters; one for all phrase lists, since they share its vocabulary."""

    def __init__(self) -> None:
        self._nlp = spacy.blank("zh")

    def read(self, text: str) -> Doc:
        return self._nlp.make_doc(text)

    def phrases(self, lists: Mapping[str, Iterable[str]]) -> Phrases:
        """A finder for these lists, by label. A phrase in two lists belongs to the first."""
        matcher = PhraseMatcher(self._nlp.vocab)
        known: set[str] = set()
        for label, phrases in lists.items():
            new = [phrase for phrase in dict.fromkeys(phrases) if phrase and phrase not in known]
            known.update(new)
            matcher.add(label, [self._nlp.make_doc(phrase) for phrase in new])
        return Phrases(matcher)


class Phrases:
    """Finds the phrases of some lists."""

    def __init__(self, matcher: PhraseMatcher) -> None:
        self._matcher = matcher

    def find(self, doc: Doc) -> tuple[Phrase, ...]:
        """Phrases in order, without overlaps. Blanks inside a phrase are ignored."""
        spans = filter_spans(self._matcher(doc, as_spans=True))
        return tuple(
            Phrase(span.label_, span.text.replace(" ", ""), span.start_char, span.end_char)
            for span in sorted(spans, key=lambda span: span.start)
        )
