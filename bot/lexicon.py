"""Reading the word lists of `nlu_data/lexicon/`, so that a curator's slip is named and stops the start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.errors import BotError


class BadLexiconError(BotError):
    """A word list that can't be used; says where and what was expected."""


def read_words(path: Path) -> Any:
    """The file's content."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadLexiconError(f"{path.name}: {error}") from error


def pattern(patterns: str | Sequence[str], file: str) -> re.Pattern[str]:
    """One pattern out of one or several; any of them may fit."""
    given = [patterns] if isinstance(patterns, str) else patterns
    for one in given:
        try:
            re.compile(one)
        except re.error as error:
            raise BadLexiconError(f"{file}: '{one}' is no regular expression: {error}") from error
    return re.compile("|".join(given))


def optional_pattern(patterns: str | Sequence[str] | None, file: str) -> re.Pattern[str] | None:
    """As `pattern`, or None when nothing is given."""
    return pattern(patterns, file) if patterns else None


def known(name: str, names: Sequence[str], file: str) -> Any:
    """The name, if it is one of these."""
    if name not in names:
        raise BadLexiconError(f"{file}: unknown name '{name}', expected one of {', '.join(names)}")
    return name
