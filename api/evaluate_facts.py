"""Measuring the facts read from questions: precision, recall and F1 of each, against annotations without the questions."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from case_library.errors import BadDataFileError
from routing.inquiry import Facts

# The annotations count "last year" and the like from here.
ANNOTATED_ON = date(2026, 11, 24)
ONE_VALUE = ("outside", "age", "counterpart", "amount_yuan", "stage", "on_behalf_of")
SEVERAL = ("places", "groups", "dates")
NOTHING, NOT_COUNTED = "-", "?"

# What one question tells of each fact; each value is the alternatives of which any is right.
Told = Mapping[str, Sequence[frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Score:
    """Values read rightly, read wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of what was read that is right, 1 when nothing was read."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what was told that was read, 1 when nothing was told."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else 1.0


def read_annotations(path: Path) -> dict[str, Told]:
    """What each annotated question tells, by its id (see the head of the file)."""
    told: dict[str, dict[str, list[frozenset[str]]]] = {}
    with path.open(encoding="utf-8") as file:
        lines = [(number, line) for number, line in enumerate(file, 1) if not line.startswith("#")]
    rows = csv.DictReader((line for _, line in lines), delimiter="\t")
    for (number, _), row in zip(lines[1:], rows, strict=True):
        facts = told.setdefault(row["id"], defaultdict(list))
        if row["fact"] and row["fact"] not in (*ONE_VALUE, *SEVERAL):
            raise BadDataFileError([f"{path.name}:{number}: unknown fact '{row['fact']}'"])
        if row["fact"]:
            facts[row["fact"]].append(frozenset(row["value"].split("|")))
    return {key: dict(facts) for key, facts in told.items()}


def in_second_half(question_id: str) -> bool:
    """Whether a question is in the half that nothing was tuned on."""
    return sha256(question_id.encode()).digest()[0] % 2 == 1


def score_facts(read: Facts, told: Told) -> dict[str, Score]:
    """Each fact's score for one question."""
    scores = {name: _score_one(_text(getattr(read, name)), told.get(name, ())) for name in ONE_VALUE}
    values = {
        "places": [f"{'/'.join(place.options)}:{place.role}" for place in read.places],
        "groups": list(read.groups),
        "dates": [f"{dated.day}:{dated.event}" for dated in read.dates],
    }
    for name in SEVERAL:
        scores[name] = _score_several(values[name], told.get(name, ()), _same_date if name == "dates" else _same)
    return scores


def total(scores: Iterable[Mapping[str, Score]]) -> dict[str, Score]:
    """The sum over questions; under "all" the one over facts too."""
    sums = {name: Score() for name in (*ONE_VALUE, *SEVERAL)}
    for one in scores:
        for name, score in one.items():
            sums[name] += score
    return {**sums, "all": sum(sums.values(), Score())}


def as_text(read: Mapping[str, Facts], annotations: Mapping[str, Told], which: str) -> str:
    """A table by fact, for the half that the reader was mended on and for the other. `read` is by question id."""
    known = [key for key in read if key in annotations]
    if not known:
        return f"facts {which}: not measured, none is annotated"
    lines = [
        f"facts {which}, {len(known)} annotated",
        f"{'':16}{'mended on: P, R, F1':>26}{'kept apart: P, R, F1':>32}",
    ]
    halves = [[key for key in known if in_second_half(key) == second] for second in (False, True)]
    first, second = (total(score_facts(read[key], annotations[key]) for key in half) for half in halves)
    lines += [f"{name:16}{_row(first[name])}{_row(second[name])}" for name in first]
    return "\n".join(lines)


def _row(score: Score) -> str:
    return f"{score.precision:9.3f}{score.recall:7.3f}{score.f1:7.3f} ({score.right + score.missed:3})"


def _text(value: object) -> str | None:
    return None if value is None else f"{value:.0f}" if isinstance(value, float) else str(value)


def _score_one(read: str | None, told: Sequence[frozenset[str]]) -> Score:
    accepted = told[0] if told else frozenset((NOTHING,))
    if NOT_COUNTED in accepted:
        return Score()
    if read is None:
        return Score(missed=int(NOTHING not in accepted))
    return Score(right=1) if read in accepted else Score(wrong=1, missed=int(NOTHING not in accepted))


def _score_several(
    read: Sequence[str], told: Sequence[frozenset[str]], same: Callable[[str, frozenset[str]], bool]
) -> Score:
    left = [accepted for accepted in told if NOT_COUNTED not in accepted]
    open_end = len(left) < len(told)
    right = wrong = 0
    for value in read:
        found = next((accepted for accepted in left if same(value, accepted)), None)
        if found is not None:
            left.remove(found)
            right += 1
        elif not open_end:
            wrong += 1
    return Score(right, wrong, sum(NOTHING not in accepted for accepted in left))


def _same(value: str, accepted: frozenset[str]) -> bool:
    return value in accepted


def _same_date(value: str, accepted: frozenset[str]) -> bool:
    """「今年八月」 told as 2026-08 is right with any day of it."""
    day, event = value.split(":")
    return any(day.startswith(one.split(":")[0]) and one.endswith(f":{event}") for one in accepted)
