"""What a conversation knows between two messages: one small value, stored with it, so any worker can go on."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter

from routing.inquiry import Facts, MatterGuess, Need


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`story` is what the citizen told about the present matter, `pending` the id of the question put last.

    `matter` is None until one was named. `unresolved` is set once the citizen said it is not settled.
    `shown` are ids of the cases shown; `danger` the safety rule that fired and is not over yet.
    """

    story: tuple[str, ...] = ()
    matter: str | None = None
    ranking: tuple[MatterGuess, ...] = ()
    also: tuple[str, ...] = ()
    need: Need = "consult"
    facts: Facts = field(default_factory=Facts)
    pending: str | None = None
    asked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    unresolved: bool = False
    danger: str | None = None


_ADAPTER = TypeAdapter(Dialogue)


def to_json(dialogue: Dialogue) -> dict:
    """For storing."""
    return _ADAPTER.dump_python(dialogue, mode="json")


def from_json(stored: dict) -> Dialogue:
    """As stored by `to_json`."""
    return _ADAPTER.validate_python(stored)
