"""Yes/no facts read from the words of a message by small regular expressions (`routing/data/cues.yml`).

A cue says nothing when it finds nothing: not told is not 'no'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

# Blanks inside a Chinese sentence carry no meaning, and speech recognition puts them anywhere.
_BLANKS = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Cue:
    """One yes/no fact. `ignore` is cut out first, then `no` is looked for before `yes`."""

    name: str
    about: str
    yes: re.Pattern[str] | None
    no: re.Pattern[str] | None
    ignore: re.Pattern[str] | None

    def read(self, text: str) -> bool | None:
        """True, False or None when the text does not say."""
        found = self.find(text)
        return found[0] if found else None

    def find(self, text: str) -> tuple[bool, str] | None:
        """The value with the words that tell it, or None when the text does not say."""
        if self.ignore is not None:
            text = self.ignore.sub("", text)
        for value, pattern in ((False, self.no), (True, self.yes)):
            if pattern is not None and (found := pattern.search(text)):
                return value, found[0]
        return None


@dataclass(frozen=True, slots=True)
class Cues:
    """All cues by name."""

    cues: Mapping[str, Cue]

    def read(self, text: str) -> tuple[tuple[str, bool], ...]:
        """What the text tells, in the order of the file, ready for `Facts.flags`."""
        plain = _BLANKS.sub("", text)
        values = ((cue.name, cue.read(plain)) for cue in self.cues.values())
        return tuple((name, value) for name, value in values if value is not None)

    def words(self, name: str, text: str) -> str:
        """The words of the text that tell this fact; empty when it was told otherwise (a tap, a form)."""
        cue = self.cues.get(name)
        found = cue.find(_BLANKS.sub("", text)) if cue else None
        return found[1] if found else ""


@lru_cache(maxsize=1)
def _packaged() -> Cues:
    from routing.load import load_cues  # load imports this module

    return load_cues()


def read_cues(text: str, cues: Cues | None = None) -> tuple[tuple[str, bool], ...]:
    """Yes/no facts told by this text, by `cues` or by those that come with the package."""
    return (cues or _packaged()).read(text)
