"""From a question to typical cases."""

from __future__ import annotations

from datetime import date

import numpy as np

from case_library.case import CaseMatch
from case_library.index import CaseIndex
from case_library.statutes import Statutes
from case_library.tuning import Tuning


def search_cases(
    text: str,
    vector: np.ndarray,
    matters: dict[str, float],
    index: CaseIndex,
    statutes: Statutes,
    today: date,
    k: int = 5,
    tuning: Tuning | None = None,
) -> tuple[CaseMatch, ...]:
    """The `k` best cases. A case that cites a law no longer in force today is left out: it needs a curator first."""
    tuning = tuning or Tuning()
    matches = []
    for hit in index.search(tuning.expanded(text), vector, matters, k * 2):
        if any(statutes.article(ref.law, ref.article, today) is None for ref in hit.case.statutes):
            continue
        why = [f"最接近的问法：{hit.nearest}"]
        if hit.words:
            why.append("共同的词：" + "、".join(hit.words))
        if matters.get(hit.case.matter, 0) == max(matters.values(), default=1):
            why.append("事项相同")
        matches.append(CaseMatch(hit.case, hit.score, hit.similarity, tuple(why), tuning.fits_from))
    return tuple(matches[:k])
