"""What a conversation knows between two messages: one small value, stored with it, so any worker can go on."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter

from routing.inquiry import Facts, MatterGuess, Need


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`story` is what the citizen told about the present matter, `pending` the id of the question put last.

    `matter` is None until one was named. `unresolved` is set once the citizen said it is not settled.
    `shown` are ids of the cases shown; `danger` the safety rule that fired and is not over yet; `english`
    when the last words were English. `body` is the one named last. `denied` are matters that the citizen said it is
    not. `aside` are the troubles told before this one, latest first, each as it stood: they can be gone on with.
    `known_ticket` is the person's own ticket that was named as being about the same, `other_than` those it is not about.
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
    english: bool = False
    body: str | None = None
    denied: tuple[str, ...] = ()
    aside: tuple[Dialogue, ...] = ()
    known_ticket: str = ""
    other_than: tuple[str, ...] = ()


_ADAPTER = TypeAdapter(Dialogue)


def to_json(dialogue: Dialogue) -> dict:
    """For storing."""
    return _ADAPTER.dump_python(dialogue, mode="json")


def from_json(stored: dict) -> Dialogue:
    """As stored by `to_json`."""
    return _ADAPTER.validate_python(stored)
