"""What comes in: one message of a citizen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["unresolved", "human", "resolved", "refer", "safe_now", "stop_waiting"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A tap on an answer to a question: the question's id and the option's value."""

    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """Exactly one of `text`, `choice`, `action` is given. `text` is normalised and masked (`bot.normalize`, `redact`)."""

    text: str = ""
    choice: Choice | None = None
    action: Action | None = None
