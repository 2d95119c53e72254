"""The way of one message: danger, understanding, cases, decision, reply. The only place that knows the order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from bot import compose, turns
from bot.dialogue import Dialogue
from bot.message import Message
from bot.reply import Reply
from bot.safety import Safety
from bot.understand import Understanding
from case_library.case import CaseMatch
from case_library.embed import Encoder
from case_library.index import CaseIndex
from case_library.search import search_cases
from case_library.statutes import Statutes
from routing.decide import decide
from routing.decision import Decision
from routing.directory import Directory
from routing.inquiry import Inquiry
from routing.rules import Rules


@dataclass(frozen=True)
class Parts:
    """Everything a consultation needs; put together in `api.wiring`."""

    encoder: Encoder
    understanding: Understanding
    safety: Safety
    index: CaseIndex
    statutes: Statutes
    directory: Directory
    rules: Rules


@dataclass(frozen=True, slots=True)
class Consultation:
    """What came of one message. `inquiry`, `decision` and `vector` are None where the message was only talk.

    `vector` is that of the inquiry's text, for whoever goes on with it.
    """

    reply: Reply
    dialogue: Dialogue
    inquiry: Inquiry | None = None
    matches: tuple[CaseMatch, ...] = ()
    decision: Decision | None = None
    vector: np.ndarray | None = None


def consult(message: Message, dialogue: Dialogue, parts: Parts, now: datetime) -> Consultation:
    """Answer one message. `now` is aware, in the city's time zone; nothing is stored here."""
    turn = turns.read(message, dialogue, parts, now.date())
    if turn.talk is not None:
        return Consultation(turn.talk, turn.dialogue)
    inquiry = turn.inquiry
    matches, decision = judge(inquiry, turn.vector, parts, now, unresolved=turn.dialogue.unresolved)
    if inquiry.danger:
        reply = compose.in_danger(parts.safety.rule(inquiry.danger))
    else:
        reply = compose.answer(
            inquiry, matches, decision, parts.statutes, parts.directory, now.date(), unresolved=turn.dialogue.unresolved
        )
        if turn.uneasy:
            reply = compose.asking_if_safe(reply)
    told = _remember(turn.dialogue, inquiry, decision, reply.case_ids)
    return Consultation(reply, told, inquiry, matches, decision, turn.vector)


def judge(
    inquiry: Inquiry, vector: np.ndarray, parts: Parts, now: datetime, *, unresolved: bool = False
) -> tuple[tuple[CaseMatch, ...], Decision]:
    """Cases and decision for what is known: the one path for chat, ticket, and batch."""
    likely = {guess.matter: guess.confidence for guess in inquiry.ranking}
    matches = search_cases(inquiry.text, vector, likely, parts.index, parts.statutes, now.date())
    return matches, decide(inquiry, matches, parts.directory, parts.rules, now, unresolved=unresolved)


def _remember(dialogue: Dialogue, inquiry: Inquiry, decision: Decision, case_ids: tuple[str, ...]) -> Dialogue:
    asked = (*dialogue.asked, decision.ask.id) if decision.ask else dialogue.asked
    shown = tuple(dict.fromkeys((*dialogue.shown, *case_ids)))
    return replace(
        dialogue,
        matter=inquiry.matter,
        ranking=inquiry.ranking,
        also=inquiry.also,
        # Asking for a person holds for this once; what is wanted done stays what it was.
        need="consult" if inquiry.need == "human" else inquiry.need,
        facts=inquiry.facts,
        pending=decision.ask.id if decision.ask else None,
        asked=asked,
        shown=shown,
        danger=inquiry.danger,
    )
