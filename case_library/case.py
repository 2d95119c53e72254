"""A typical case, and one as found by a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from case_library.tuning import FITS_FROM

Status = Literal["sample", "draft", "in_review", "published", "retired"]


@dataclass(frozen=True, slots=True)
class StatuteRef:
    """A citation of a law. `law` is the short name without 中华人民共和国; `article` is '27' or, for 之一, '293-1'."""

    law: str
    article: str


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit in plain words, and the article or document it rests on."""

    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class Case:
    """A typical case: how people ask it, what settles it, what to do. See `case_library/data/` for the file format.

    After `valid_until` it is shown no more; on `review_on` a curator looks at it again. None: not said.
    """

    id: str
    matter: str
    title: str
    questions: tuple[str, ...]
    facts: str
    answer: str
    settles: str
    steps: tuple[str, ...]
    bring: tuple[str, ...]
    time_limits: tuple[TimeLimit, ...]
    statutes: tuple[StatuteRef, ...]
    other_sources: tuple[str, ...]
    handled_by: tuple[str, ...]
    status: Status
    note: str
    valid_until: date | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """A case found for an inquiry.

    `score` is 0 to 1, for ranking: 1 means first in every ranking. `similarity` is the cosine to the nearest of its own
    questions, for deciding whether it fits at all: from `fits_from` on it does.
    """

    case: Case
    score: float
    similarity: float
    why: tuple[str, ...]
    fits_from: float = FITS_FROM
