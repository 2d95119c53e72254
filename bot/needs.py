"""What the citizen wants done: advice, a service, a complaint, the state of something, a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from routing.inquiry import OUT_OF_SCOPE, Need


@dataclass(frozen=True, slots=True)
class _Cue:
    need: Need
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    matters: frozenset[str] | None

    def fits(self, text: str, matter: str) -> bool:
        return (
            (self.matters is None or matter in self.matters)
            and self.pattern.search(text) is not None
            and not (self.unless and self.unless.search(text))
        )


class Needs:
    """Reads the need from the cues of `nlu_data/lexicon/needs.yml`, in the file's order."""

    def __init__(self, path: Path) -> None:
        self._cues = [
            _Cue(
                row["need"],
                re.compile("|".join(row["cues"])),
                re.compile("|".join(row["unless"])) if "unless" in row else None,
                frozenset(row["matters"]) if "matters" in row else None,
            )
            for row in yaml.safe_load(path.read_text(encoding="utf-8"))
        ]

    def read(self, text: str, matter: str) -> Need:
        """The first need whose cue fits; without one it is advice, and `other` for what is out of scope."""
        if matter == OUT_OF_SCOPE:
            return "other"
        return next((cue.need for cue in self._cues if cue.fits(text, matter)), "consult")
