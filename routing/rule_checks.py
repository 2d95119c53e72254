"""What is wrong with rules that are each well-formed: those that can never hold, never lead, or name nobody.

The rules of a route are ordered, and the first that applies leads. So a rule is unreachable when every one of its
conditions implies a condition of a rule above it, and two rules with the same condition are of equal rank: which of
them leads would be an accident of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from routing.datafile import Row
from routing.deadlines import ANY_MATTER
from routing.eligibility import AidGround
from routing.rules import Condition, DangerRoute, Route, Rule

T = TypeVar("T")


@dataclass(frozen=True)
class Placed(Generic[T]):
    """Something read from a file, with its row."""

    row: Row
    value: T


def implies(narrow: Condition, wide: Condition) -> bool:
    """Whether `wide` holds wherever `narrow` does."""
    told = dict(narrow.flags)
    return (
        set(wide.flags) <= set(narrow.flags)
        and all(name in narrow.without or told.get(name) is False for name in wide.without)
        and all(_covered(getattr(narrow, part), getattr(wide, part)) for part in _CHOICES)
        and _inside((narrow.age_from, narrow.age_to), (wide.age_from, wide.age_to))
        and _inside((narrow.amount_from, narrow.amount_to), (wide.amount_from, wide.amount_to))
        and (wide.outside is None or narrow.outside is wide.outside)
        and (wide.on_behalf is None or narrow.on_behalf is wide.on_behalf)
    )


_CHOICES = ("stages", "needs", "counterparts", "groups", "events", "deadlines")


def _covered(narrow: Collection[str], wide: Collection[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _inside(narrow: tuple[int | None, int | None], wide: tuple[int | None, int | None]) -> bool:
    if wide == (None, None):
        return True
    if narrow == (None, None):  # a value that was not told fulfils no bounds
        return False
    low, high = narrow
    return (wide[0] is None or (low is not None and low >= wide[0])) and (
        wide[1] is None or (high is not None and high <= wide[1])
    )


def contradicts_itself(condition: Condition) -> bool:
    """Whether nothing can fulfil it."""
    told: dict[str, bool] = {}
    for name, value in condition.flags:
        if told.setdefault(name, value) is not value:
            return True
    bounds = ((condition.age_from, condition.age_to), (condition.amount_from, condition.amount_to))
    return any(told.get(name) is True for name in condition.without) or any(
        low is not None and high is not None and low > high for low, high in bounds
    )


def all_imply(narrow: Sequence[Condition], wide: Sequence[Condition]) -> bool:
    """Whether one of `wide` holds wherever one of `narrow` does. No condition at all always holds."""
    if not wide:
        return True
    return bool(narrow) and all(any(implies(one, other) for other in wide) for one in narrow)


def check_route(route: Route, rules: Sequence[Placed[Rule]]) -> None:
    """Complain about rules of this route that can't take effect."""
    for index, placed in enumerate(rules):
        row, rule = placed.row, placed.value
        for condition in rule.when:
            if contradicts_itself(condition):
                row.bad(f"'{rule.code}' has a condition that nothing can fulfil")
        for body in sorted(set(rule.bodies) & set(route.never)):
            row.bad(f"'{rule.code}' names '{body}', which is in 'never' of '{route.matter}'")
        for above in rules[:index]:
            if not above.value.bodies or not rule.bodies:  # a rule without bodies only warns, and hides nothing
                continue
            if not all_imply(rule.when, above.value.when):
                continue
            if all_imply(above.value.when, rule.when):
                row.bad(f"'{rule.code}' and '{above.value.code}' in line {above.row.line} have the same condition")
            else:
                row.bad(f"'{rule.code}' is never first: '{above.value.code}' in line {above.row.line} always is")
            break


def check_dangers(dangers: Sequence[Placed[DangerRoute]]) -> None:
    """Complain about entries for a danger that one above them always hides."""
    for index, placed in enumerate(dangers):
        entry = placed.value
        for above in dangers[:index]:
            hidden = entry.danger == above.value.danger and all_imply(entry.when, above.value.when)
            # An entry that names matters is looked at before one that names none.
            if (
                hidden
                and bool(entry.matters) == bool(above.value.matters)
                and set(entry.matters) <= set(above.value.matters)
            ):
                placed.row.bad(f"'{entry.danger}' is never used: the entry in line {above.row.line} always fits first")
                break


def check_grounds(grounds: Sequence[Placed[AidGround]], matters: Collection[str]) -> None:
    """Complain about grounds of legal aid that others above them always answer first, matter by matter."""
    for index, placed in enumerate(grounds):
        ground = placed.value
        left = _concerned(ground, matters)
        for above in grounds[:index]:
            if all_imply(ground.when, above.value.when):
                left -= _concerned(above.value, matters)
        if not left:
            placed.row.bad(f"'{ground.code}' is never used: grounds above it always fit first")


def _concerned(ground: AidGround, matters: Collection[str]) -> set[str]:
    return set(matters) - set(ground.except_matters) if ANY_MATTER in ground.matters else set(ground.matters)
