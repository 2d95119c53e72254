"""Numbers as people say and type them: 「三万五」, 「1万2」, 「6w2」, 「两千三」, 「二十多」."""

from __future__ import annotations

import re

import cn2an

CN_DIGITS = "零〇一二两俩三四五六七八九"
CN_NUMBER = f"[{CN_DIGITS}十百千万亿]"

_APPROXIMATE = re.compile("[多余来好把]")
_TENS_AND_SOME = re.compile("(?<=十)几")
_TWO_GUESSES = re.compile(f"[{CN_DIGITS}](?=[{CN_DIGITS}][十百千万亿])")
_NUMBER = re.compile(rf"(?:[\d.]|{CN_NUMBER})+", re.ASCII)
_BARE_UNIT = re.compile("^(?=[百千万])")
_SPOKEN = str.maketrans({"w": "万", "W": "万", "k": "千", "K": "千", "俩": "两", "〇": "零", ",": None, " ": None})
_HUNDRED_MILLIONS = re.compile(r"(?P<whole>.+)亿(?P<rest>[^亿]*)")
LONGEST = 16  # characters; longer runs of digits are account or case numbers


def to_number(said: str) -> float | None:
    """The value of a number as said, or None when it is none or too vague (「几万」).

    Vague endings count as their lower end (「二十多」 is 20), two guesses as the higher (「两三万」 is 30000).
    """
    text = _APPROXIMATE.sub("", said.translate(_SPOKEN))
    text = _TENS_AND_SOME.sub("", text)
    if len(text) > LONGEST or not _NUMBER.fullmatch(text):
        return None
    text = _BARE_UNIT.sub("一", _TWO_GUESSES.sub("", text))
    try:
        return float(text)
    except ValueError:
        pass
    large = _HUNDRED_MILLIONS.fullmatch(text)
    if large:  # cn2an cannot read 「一亿二」
        return _with_hundred_millions(large["whole"], large["rest"])
    return _convert(text)


def _with_hundred_millions(whole: str, rest: str) -> float | None:
    high = to_number(whole)
    low = to_number(rest) if rest else 0.0
    if high is None or low is None:
        return None
    tenths = len(rest) == 1 and low < 10  # 「一亿二」 is 1.2, not 1 and 2
    return high * 1e8 + (low * 1e7 if tenths else low)


def _convert(text: str) -> float | None:
    try:
        return float(cn2an.cn2an(text, "smart"))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):  # cn2an raises whatever its steps do
        return None


def to_count(said: str) -> int | None:
    """A whole number, or None."""
    value = to_number(said)
    return int(value) if value is not None and value == int(value) else None
