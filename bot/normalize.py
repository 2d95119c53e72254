"""The one form in which every text is read: simplified, half-width, without control characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

from bot import english

LONGEST = 2000  # characters read of one message: longer than any hotline story, short enough to answer at once
_SPACES = re.compile(r"[ \t\u3000\u00a0]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def normalize(text: str) -> str:
    """Clean text for reading and storing; may be empty.

    Traditional characters become simplified, full-width letters and digits half-width; control and invisible characters
    go; runs of spaces become one. Chinese punctuation stays.
    """
    text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char)[0] != "C")
    text = "".join(_half_width(char) for char in text)
    text = _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()
    return _to_simplified().convert(text)


def readable(text: str) -> str:
    """What is read of a normalised, masked text; all of it is kept. Cut only now: half an ID number cannot be masked.

    English is read as the Chinese key phrases for it (`bot.english`).
    """
    return english.as_read(text[:LONGEST])


def has_words(text: str) -> bool:
    """Whether there is anything to read: a letter, digit or Chinese character (emoji and punctuation are not)."""
    return any(char.isalnum() for char in text)


def _half_width(char: str) -> str:
    code = ord(char)
    is_wide = 0xFF10 <= code <= 0xFF19 or 0xFF21 <= code <= 0xFF3A or 0xFF41 <= code <= 0xFF5A
    return chr(code - 0xFEE0) if is_wide else char
