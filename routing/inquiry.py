"""What is known about a citizen's trouble: the input of `routing.decide`.

The field names of `Facts` are the names of facts everywhere: in the API, in rules, in the
batch commands' JSON and in the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

UNCLEAR = "unclear"
OUT_OF_SCOPE = "out_of_scope"

Need = Literal["consult", "apply", "complain", "status", "human", "other"]
PlaceRole = Literal["event", "work", "home", "property", "counterpart", "unknown"]
Counterpart = Literal[
    "person", "family", "company", "employer", "merchant", "government", "school", "hospital", "bank", "village"
]
Group = Literal[
    "elder",
    "minor",
    "disabled",
    "migrant_worker",
    "veteran",
    "military_family",
    "low_income",
    "pregnant",
    "woman",
    "violence_victim",
    "foreigner",
]
Stage = Literal[
    "nothing_yet",
    "reported",
    "mediating",
    "mediated",
    "arbitrating",
    "arbitrated",
    "suing",
    "judged_first",
    "judged_final",
    "enforcing",
    "decided_by_organ",
    "reconsidering",
    "reconsidered",
    "detained",
]
Event = Literal[
    "received_judgment",
    "received_ruling",
    "received_award",
    "received_decision",
    "received_accident_report",
    "received_summons",
    "received_appraisal",
    "received_goods",
    "learned",
    "agreed_in_mediation",
    "left_job",
    "injured",
    "lent",
    "payment_due",
    "bought",
    "paid",
    "died",
    "detained",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the story.

    `options` are area names as in `routing/data/areas.yml` (a district, or a functional zone): one means
    known, several mean that the citizen must be asked. `role` says what happened or is there.
    """

    options: tuple[str, ...]
    role: PlaceRole = "unknown"
    street: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class EventDate:
    """A date in the story. `day` is the first day that fits; `precision` says how exact it is."""

    day: date
    event: Event = "unknown"
    precision: Literal["day", "month", "year"] = "day"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the citizen has told so far. Empty means not told, never 'no'.

    `amount_yuan` is the largest amount in dispute in yuan. `age` is that of the person concerned, in full years,
    0 to 120. `outside` is a place beyond Wuhan where the deciding thing is (「深圳」). `flags` are yes/no facts
    asked or read by routing rules, for instance `("arbitration_clause", True)`; their names are listed in
    `routing/data/questions.yml`.
    """

    places: tuple[Place, ...] = ()
    outside: str | None = None
    age: int | None = None
    groups: tuple[Group, ...] = ()
    counterpart: Counterpart | None = None
    amount_yuan: float | None = None
    dates: tuple[EventDate, ...] = ()
    stage: Stage | None = None
    on_behalf_of: str | None = None
    flags: tuple[tuple[str, bool], ...] = ()

    def flag(self, name: str) -> bool | None:
        """Value of a yes/no fact, or None when it was not told."""
        return dict(self.flags).get(name)


@dataclass(frozen=True, slots=True)
class MatterGuess:
    """A matter's code with the calibrated probability that it is the right one, 0 to 1."""

    matter: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One message as understood, with what the conversation knew before.

    `matter` is a code of `nlu_data/matters.yml`, or `unclear`, or `out_of_scope`. `danger` is the id of a
    safety rule (E01 to E20) or None. `asked` are ids of questions already put in this conversation.
    """

    text: str
    matter: str
    need: Need = "consult"
    facts: Facts = field(default_factory=Facts)
    ranking: tuple[MatterGuess, ...] = ()
    also: tuple[str, ...] = ()
    danger: str | None = None
    asked: tuple[str, ...] = ()
