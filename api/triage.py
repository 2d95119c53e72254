"""One question through understanding and routing, as a plain record: the shape of `yibotong triage`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.consult import Parts, judge
from bot.facts import merge
from bot.normalize import normalize, readable
from case_library.case import CaseMatch
from case_library.redact import mask
from case_library.statutes import article_id
from routing.decision import Decision
from routing.inquiry import Facts, Inquiry, MatterGuess

FACTS = TypeAdapter(Facts)
CASES = 5


def understand(
    text: str, facts: dict[str, Any], parts: Parts, now: datetime, matter: str | None = None
) -> tuple[Inquiry, tuple[CaseMatch, ...], Decision]:
    """Inquiry, cases and decision. `facts` (names of `routing.inquiry.Facts`) count as told besides the text; `matter`
    replaces the one understood, to measure routing alone."""
    clean = readable(mask(normalize(text)))
    vector = parts.encoder.encode(clean)
    inquiry = parts.understanding.understand(clean, vector, now.date()).inquiry
    inquiry = replace(inquiry, facts=merge(inquiry.facts, FACTS.validate_python(facts)))
    if matter:
        inquiry = replace(inquiry, matter=matter, ranking=(MatterGuess(matter, 1.0),))
    matches, decision = judge(inquiry, vector, parts, now)
    return inquiry, matches, decision


def record(inquiry: Inquiry, matches: tuple[CaseMatch, ...], decision: Decision) -> dict[str, Any]:
    """The shape of `yibotong triage`."""
    return {
        "matter": inquiry.matter,
        "ranking": [{"matter": g.matter, "confidence": round(g.confidence, 4)} for g in inquiry.ranking],
        "need": inquiry.need,
        "facts": FACTS.dump_python(inquiry.facts, mode="json", exclude_defaults=True),
        "danger": inquiry.danger,
        "cases": [{"id": m.case.id, "score": round(m.score, 4)} for m in matches[:CASES]],
        "citations": list(dict.fromkeys(article_id(r.law, r.article) for m in matches[:1] for r in m.case.statutes)),
        "decision": _decision(decision),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    ask = decision.ask
    return {
        "outcome": decision.outcome,
        "body_type": decision.body_type,
        "body_id": decision.body.id,
        "alternatives": list(decision.alternatives),
        "ask": {"id": ask.id, "fact": ask.fact, "text": ask.text} if ask else None,
        "reasons": [reason.code for reason in decision.reasons],
        "deadlines": [
            {"id": d.id, "last_day": d.last_day.isoformat() if d.last_day else None, "days_left": d.days_left}
            for d in decision.deadlines
        ],
    }
