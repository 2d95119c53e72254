"""Reads answers.yml: thresholds and synonyms (`case_library.tuning`)."""

from __future__ import annotations

from pathlib import Path

from case_library.tuning import Synonym, Tuning
from routing.datafile import Problems, Row, read_yaml
from routing.directory_files import unique

FILE = "answers.yml"
# What may be entered. Beyond these everything or nothing would be answered, asked or listed.
BOUNDS = {
    "fits_from": (0.8, 0.99),
    "unclear_below": (0.0, 0.6),
    "also_above": (0.05, 1.0),
    "unsure_below": (0.0, 0.9),
}
MOST_SYNONYMS, LONGEST, MOST_MEANINGS = 1_000, 20, 5


def read_tuning(path: Path, problems: Problems) -> Tuning:
    """The thresholds and synonyms of a file."""
    top = read_yaml(path, problems)
    thresholds = top.row("thresholds")
    if thresholds is None:
        top.bad("'thresholds' is missing")
    rows = top.rows("synonyms")
    if len(rows) > MOST_SYNONYMS:
        top.bad(f"'synonyms': {len(rows)} are too many, {MOST_SYNONYMS} at most")
    synonyms = tuple(_synonym(row) for row in rows)
    unique([(row, synonym.said) for row, synonym in zip(rows, synonyms, strict=True)], "synonym")
    top.done()
    numbers = {name: _number(thresholds, name) for name in BOUNDS} if thresholds else {}
    if thresholds:
        thresholds.done()
    return Tuning(**numbers, synonyms=synonyms)


def _synonym(row: Row) -> Synonym:
    said, means = row.text("said"), row.texts("means")
    if not 2 <= len(said) <= LONGEST:
        row.bad(f"'said' must have 2 to {LONGEST} characters, got '{said[:30]}'")
    if not 1 <= len(means) <= MOST_MEANINGS or any(not 1 < len(word) <= LONGEST for word in means):
        row.bad(f"'means' must be 1 to {MOST_MEANINGS} words of 2 to {LONGEST} characters")
    if said in means:
        row.bad(f"'{said}' means itself")
    row.done()
    return Synonym(said, means)


def _number(row: Row, name: str) -> float:
    value, (least, most) = row.raw(name), BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        row.bad(f"'{name}' must be a number from {least} to {most}, got {value!r}")
        return getattr(Tuning(), name)
    return float(value)
