"""What routing answers: the output of `routing.decide`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from routing.directory import Body
from routing.hours import Opening

Outcome = Literal["answered", "ask", "refer", "handoff", "emergency", "out_of_scope", "unsure"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that took part, in the order of use. `text` is for the citizen, `source` names statute or document."""

    code: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Option:
    """One tap that answers a question. `value` is what the fact becomes; `unknown` leaves it untold."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer can change the body or a deadline; `fact` is the name it fills."""

    id: str
    fact: str
    text: str
    why: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit that applies. `last_day` and `days_left` are None when the story gives no starting date."""

    id: str
    text: str
    basis: str
    last_day: date | None = None
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class LegalAid:
    """Whether free legal aid is likely: level, why, and the article it rests on."""

    level: Literal["likely", "possible", "unlikely"]
    text: str
    basis: tuple[str, ...]
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A place that would have come first, and why another one of the same kind is named."""

    body_id: str
    name: str
    why: Literal["closed", "full"]


@dataclass(frozen=True, slots=True)
class Used:
    """A fact that a rule used: its name as in `Facts` (or a flag's), and its value in words."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The nearest other outcome: with these facts, this rule would lead to another body.

    `askable` when they are what the route itself asks and was not told: only then it is worth telling a citizen.
    """

    code: str
    text: str
    body_type: str
    body_name: str
    changes: tuple[Used, ...]
    askable: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the trouble goes and why. Never empty-handed: `body_type` and `body` are always given.

    `otherwise` is what would change the body with the fewest other facts, None where nothing would.

    `remarks` are what must be known before going there. `opening` says whether the place is open at the time of
    deciding, None when its hours are not known.
    """

    outcome: Outcome
    body_type: str
    body: Body
    alternatives: tuple[str, ...] = ()
    ask: Question | None = None
    reasons: tuple[Reason, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    legal_aid: LegalAid | None = None
    opening: Opening | None = None
    passed: tuple[PassedOver, ...] = ()
    remarks: tuple[str, ...] = ()
    otherwise: Otherwise | None = None
