"""What a change of the rules would change: gold inquiries first, then real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from routing.cues import Cues
from routing.decide import decide
from routing.directory import Directory
from routing.inquiry import Inquiry
from routing.rules import Rules


@dataclass(frozen=True, slots=True)
class GoldInquiry:
    """An inquiry whose first body is certain: one of `first`; none of `never` may be named."""

    id: str
    inquiry: Inquiry
    first: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """Rules with the cues that read facts for them."""

    rules: Rules
    cues: Cues


@dataclass(frozen=True, slots=True)
class Change:
    """An inquiry that would go elsewhere. `right` says whether it went and would go right; None where nobody knows."""

    id: str
    matter: str
    before: str
    after: str
    codes: tuple[str, ...]
    right: tuple[bool, bool] | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a draft changes. `losses` are gold inquiries that went right and would no longer."""

    gold: int
    right_before: int
    right_after: int
    losses: tuple[Change, ...]
    gains: tuple[Change, ...]
    others: int
    moved: tuple[Change, ...]


def prove(
    before: Ruling,
    after: Ruling,
    gold: Sequence[GoldInquiry],
    others: Sequence[tuple[str, Inquiry]],
    directory: Directory,
    now: datetime,
) -> Proof:
    """Decide everything by both rulings. `others` are real inquiries by id, of which nobody said what is right."""
    judged = [_judge(item, before, after, directory, now) for item in gold]
    moved = [_compare(id_, inquiry, before, after, directory, now) for id_, inquiry in others]
    return Proof(
        gold=len(gold),
        right_before=sum(change.right[0] for change in judged if change.right),
        right_after=sum(change.right[1] for change in judged if change.right),
        losses=tuple(change for change in judged if change.right == (True, False)),
        gains=tuple(change for change in judged if change.right == (False, True)),
        others=len(others),
        moved=tuple(change for change in moved if change.before != change.after),
    )


def _judge(item: GoldInquiry, before: Ruling, after: Ruling, directory: Directory, now: datetime) -> Change:
    right = []
    for ruling in (before, after):
        decision = decide(item.inquiry, (), directory, ruling.rules, now)
        named = {decision.body_type, *decision.alternatives}
        right.append(decision.body_type in item.first and not named & set(item.never))
    change = _compare(item.id, item.inquiry, before, after, directory, now)
    return replace(change, right=(right[0], right[1]))


def _compare(id_: str, inquiry: Inquiry, before: Ruling, after: Ruling, directory: Directory, now: datetime) -> Change:
    was = decide(inquiry, (), directory, before.rules, now)
    will = decide(reread(inquiry, before.cues, after.cues), (), directory, after.rules, now)
    codes = tuple(reason.code for reason in will.reasons)
    return Change(id_, inquiry.matter, was.body_type, will.body_type, codes)


def reread(inquiry: Inquiry, before: Cues, after: Cues) -> Inquiry:
    """The inquiry with the facts that the new cues read; what was answered to a question stays as it was told."""
    if before == after or not inquiry.text:
        return inquiry
    read = dict(before.read(inquiry.text))
    answered = tuple((name, value) for name, value in inquiry.facts.flags if read.get(name) is not value)
    names = {name for name, _ in answered}
    found = tuple((name, value) for name, value in after.read(inquiry.text) if name not in names)
    return replace(inquiry, facts=replace(inquiry.facts, flags=(*answered, *found)))
