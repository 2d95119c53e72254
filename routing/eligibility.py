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


@dataclass(frozen=True, slots=True)
class AidEase:
    """What makes it easier to get it for those who need that: a visit at home, one's own word for one's means."""

    code: str
    text: str
    basis: tuple[str, ...]
    when: tuple[Condition, ...]

    def fits(self, inquiry: Inquiry, flags: Mapping[str, bool]) -> bool:
        return any(condition.holds(inquiry, flags, frozenset()) for condition in self.when)


def judge_legal_aid(
    inquiry: Inquiry,
    grounds: Sequence[AidGround],
    flags: Mapping[str, bool] | None = None,
    eases: Sequence[AidEase] = (),
) -> LegalAid | None:
    """How likely free legal aid is, with the articles, or None when the matter has nothing to do with it.

    Of `eases` those that fit are told too, unless aid is unlikely.
    """
    known = dict(inquiry.facts.flags) if flags is None else flags
    ground = next((ground for ground in grounds if ground.fits(inquiry, known)), None)
    if ground is None:
        return None
    told = [ease for ease in eases if ground.level != "unlikely" and ease.fits(inquiry, known)]
    basis = dict.fromkeys((*ground.basis, *(source for ease in told for source in ease.basis)))
    return LegalAid(ground.level, "".join((ground.text, *(ease.text for ease in told))), tuple(basis), ground.papers)
