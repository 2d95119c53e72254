"""Which body is next when one returned a ticket: proposed from the decision it was sent by, with the legal basis."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from routing.decide import HUMAN
from routing.directory import Body, Directory
from routing.ticket_events import UNKNOWN_BODY


@dataclass(frozen=True, slots=True)
class Proposal:
    """A body to send to next and why. `basis` are the articles that give its kind the power; empty when none is on file."""

    body: Body
    why: str
    basis: tuple[str, ...]


def propose(
    directory: Directory, body_types: Sequence[str], area: str, excluded: Collection[str], better: str = UNKNOWN_BODY
) -> tuple[Proposal, ...]:
    """Bodies in order: the one the returning body named, then those of `body_types` (first choice and alternatives).

    None that has returned it already (`excluded`). Empty when nobody is left: then the coordinator decides.
    """
    found: dict[str, Proposal] = {}
    named = directory.by_id(better) if better != UNKNOWN_BODY else None
    if named:
        found[named.id] = _proposal(directory, named, "退回的单位说由它办")
    for place, body_type in enumerate(body_types):
        body = directory.find(body_type, area or None)
        if body.type == body_type and body_type != HUMAN:  # the desk need not send it to itself
            why = "按事项的分派规则，首选的单位" if place == 0 else "按事项的分派规则，其次的单位"
            found.setdefault(body.id, _proposal(directory, body, why))
    return tuple(proposal for body_id, proposal in found.items() if body_id not in excluded)


def _proposal(directory: Directory, body: Body, why: str) -> Proposal:
    kind = directory.types.get(body.type)
    return Proposal(body, why, kind.basis if kind else ())
