"""Whether free legal aid is likely (法律援助法 24 to 34, 42). The grounds are data: `routing/data/legal_aid.yml`.

It never asks for a certificate of poverty: 法律援助法 41 lets the applicant declare his means himself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.deadlines import ANY_MATTER
from routing.decision import LegalAid
from routing.inquiry import Inquiry
from routing.rules import Condition


@dataclass(frozen=True, slots=True)
class AidGround:
    """A reason for or against legal aid; the first of the file that fits is the answer."""

    code: str
    matters: tuple[str, ...]
    level: str
    text: str
    basis: tuple[str, ...]
    papers: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    except_matters: tuple[str, ...] = ()

    def fits(self, inquiry: Inquiry, flags: Mapping[str, bool]) -> bool:
        concerned = inquiry.matter in self.matters or (
            ANY_MATTER in self.matters and inquiry.matter not in self.except_matters
        )
        return concerned and (
            not self.when or any(condition.holds(inquiry, flags, frozenset()) for condition in self.when)
        )


def judge_legal_aid(
    inquiry: Inquiry, grounds: Sequence[AidGround], flags: Mapping[str, bool] | None = None
) -> LegalAid | None:
    """How likely free legal aid is, with the articles, or None when the matter has nothing to do with it."""
    known = dict(inquiry.facts.flags) if flags is None else flags
    for ground in grounds:
        if ground.fits(inquiry, known):
            return LegalAid(ground.level, ground.text, ground.basis, ground.papers)
    return None
