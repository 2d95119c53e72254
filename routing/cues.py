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
        if self.ignore is not None:
            text = self.ignore.sub("", text)
        if self.no is not None and self.no.search(text):
            return False
        if self.yes is not None and self.yes.search(text):
            return True
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


@lru_cache(maxsize=1)
def _packaged() -> Cues:
    from routing.load import load_cues  # load imports this module

    return load_cues()


def read_cues(text: str, cues: Cues | None = None) -> tuple[tuple[str, bool], ...]:
    """Yes/no facts told by this text, by `cues` or by those that come with the package."""
    return (cues or _packaged()).read(text)
