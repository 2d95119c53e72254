"""How far a matter has gone: from nothing done to enforcement, as told and not as planned (stages.yml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bot.lexicon import known, optional_pattern, pattern, read_words
from routing.inquiry import Stage

_BEFORE, _AFTER = 8, 8  # characters in which 「没」, 「想」, 「吗」 take a cue back
_CLAUSE_MARKS = re.compile(r"[，。,！？!?；;、\s]")


@dataclass(frozen=True, slots=True)
class _StageCue:
    stage: Stage
    cues: re.Pattern[str]
    ignore: re.Pattern[str] | None
    unless: re.Pattern[str] | None


class StageReader:
    """Reads the stage by `nlu_data/lexicon/stages.yml`."""

    def __init__(self, lexicon: Path) -> None:
        file = "stages.yml"
        words = read_words(lexicon / file)
        self._not_yet = pattern(words["not_yet"], file)
        self._only_asked = pattern(words["only_asked"], file)
        self._stages = tuple(
            _StageCue(
                known(row["stage"], get_args(Stage), file),
                pattern(row["cues"], file),
                optional_pattern(row.get("ignore"), file),
                optional_pattern(row.get("unless"), file),
            )
            for row in words["stages"]
        )

    def read(self, text: str) -> Stage | None:
        """The furthest stage that has been reached, or None when nothing is said of it."""
        return next((cue.stage for cue in self._stages if self._is_reached(cue, text)), None)

    def _is_reached(self, cue: _StageCue, text: str) -> bool:
        if cue.unless and cue.unless.search(text):
            return False
        if cue.ignore:
            text = cue.ignore.sub("，", text)
        return any(
            cue.stage == "nothing_yet" or not self._is_taken_back(text, match) for match in cue.cues.finditer(text)
        )

    def _is_taken_back(self, text: str, match: re.Match[str]) -> bool:
        before = _CLAUSE_MARKS.split(text[max(0, match.start() - _BEFORE) : match.start()])[-1]
        after = text[match.end() : match.end() + _AFTER]
        return bool(self._not_yet.search(before) or self._only_asked.search(after))
