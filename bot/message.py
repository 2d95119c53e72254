"""What comes in: one message of a citizen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["unresolved", "human", "resolved", "refer", "safe_now", "stop_waiting", "same_ticket", "other_ticket"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A tap on an answer to a question: the question's id and the option's value."""

    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """Exactly one of `text`, `choice`, `action` is given. `text` is normalised and masked (`bot.normalize`, `redact`).

    `english`: it was written in English; `text` is then what was understood of it.
    """

    text: str = ""
    choice: Choice | None = None
    action: Action | None = None
    english: bool = False
