"""The way of one message: danger, understanding, cases, decision, reply. The only place that knows the order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from bot import compose, followup, matter_taps, turns
from bot.dialogue import Dialogue
from bot.english import english
from bot.english_reply import in_english
from bot.message import Message
from bot.reply import NoticeCard, Reply
from bot.safety import Safety
from bot.understand import Understanding
from case_library.case import CaseMatch
from case_library.embed import Encoder
from case_library.index import CaseIndex
from case_library.matters import Matters
from case_library.search import search_cases
from case_library.statutes import Statutes
from routing.complaints import Target
from routing.decide import decide
from routing.decision import Decision, Question
from routing.directory import Directory
from routing.inquiry import UNCLEAR, Inquiry
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
    matters: Matters
    complaint_targets: tuple[Target, ...] = ()


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
    """Answer one message, in the language of its words. `now` is aware, in the city's time zone; nothing is stored here."""
    outcome = _consult(message, dialogue, parts, now)
    told = replace(outcome.dialogue, english=message.english if message.text else dialogue.english)
    reply = in_english(outcome.reply, told.matter, told.danger, english()) if told.english else outcome.reply
    return replace(outcome, reply=reply, dialogue=told)


def _consult(message: Message, dialogue: Dialogue, parts: Parts, now: datetime) -> Consultation:
    turn = turns.read(message, dialogue, parts, now.date())
    if turn.talk is not None:
        return Consultation(turn.talk, turn.dialogue)
    inquiry = turn.inquiry
    matches, decision = judge(inquiry, turn.vector, parts, now, unresolved=turn.dialogue.unresolved)
    named = turn.before is not None and turn.before.matter not in (None, UNCLEAR)
    which = None if turn.vague or named else matter_taps.which_matter(inquiry, parts.matters)
    if inquiry.danger:
        reply = compose.in_danger(parts.safety.rule(inquiry.danger))
    elif which:
        reply = compose.which_matter(which)
    else:
        reply = _reply(turn, matches, decision, parts, now)
    if turn.lead:
        reply = replace(reply, text=f"{turn.lead}\n{reply.text}")
    if turn.uneasy and not inquiry.danger:
        reply = compose.asking_if_safe(reply)
    told = _remember(turn.dialogue, inquiry, which or decision.ask, decision, reply.case_ids)
    return Consultation(reply, told, inquiry, matches, decision, turn.vector)


def _reply(turn: turns.Turn, matches: tuple[CaseMatch, ...], decision: Decision, parts: Parts, now: datetime) -> Reply:
    """The answer with taps to what was told beside it; short where a piece was added to a story answered already."""
    inquiry, dialogue, before = turn.inquiry, turn.dialogue, turn.before
    fitting = compose.best_fitting(matches, inquiry)
    case = fitting.case if fitting else None
    if before and case and case.id in before.shown and decision.outcome == "answered":
        lines = followup.lines(
            turn.text, before.facts, dialogue.facts, case, decision, before.body, corrects=turn.corrects
        )
        moved = before.body != decision.body.id or followup.asked_for(turn.text) == "where"
        slip = compose.referral(decision, matches, parts.directory) if moved else None
        reply = compose.added("\n".join(lines), decision, slip)
    else:
        reply = compose.answer(
            inquiry,
            matches,
            decision,
            parts.statutes,
            parts.directory,
            now.date(),
            unresolved=dialogue.unresolved,
            complaint=compose.complaint_card(inquiry, parts.complaint_targets, parts.rules.areas_to_offer),
            shown=before.shown if before else (),
        )
        if before and (note := followup.noted_line(turn.text, before.facts, dialogue.facts, corrects=turn.corrects)):
            reply = replace(reply, cards=(NoticeCard(note), *reply.cards))
    if reply.outcome not in ("answered", "ask", "refer"):
        return reply
    new = tuple(code for code in inquiry.also if not before or code not in before.also)
    notice = (NoticeCard(line),) if (line := matter_taps.told_too(new, parts.matters)) else ()
    taps = matter_taps.further(inquiry.also, dialogue.aside, parts.matters)
    return replace(reply, cards=(*reply.cards, *notice), quick_replies=(*reply.quick_replies, *taps))


def judge(
    inquiry: Inquiry, vector: np.ndarray, parts: Parts, now: datetime, *, unresolved: bool = False
) -> tuple[tuple[CaseMatch, ...], Decision]:
    """Cases and decision for what is known: the one path for chat, ticket, and batch."""
    likely = {guess.matter: guess.confidence for guess in inquiry.ranking}
    matches = search_cases(
        inquiry.text, vector, likely, parts.index, parts.statutes, now.date(), tuning=parts.rules.tuning
    )
    return matches, decide(inquiry, matches, parts.directory, parts.rules, now, unresolved=unresolved)


def _remember(
    dialogue: Dialogue, inquiry: Inquiry, ask: Question | None, decision: Decision, case_ids: tuple[str, ...]
) -> Dialogue:
    asked = (*dialogue.asked, ask.id) if ask else dialogue.asked
    shown = tuple(dict.fromkeys((*dialogue.shown, *case_ids)))
    return replace(
        dialogue,
        matter=inquiry.matter,
        ranking=inquiry.ranking,
        also=inquiry.also,
        # Asking for a person holds for this once; what is wanted done stays what it was.
        need="consult" if inquiry.need == "human" else inquiry.need,
        facts=inquiry.facts,
        pending=ask.id if ask else None,
        asked=asked,
        shown=shown,
        danger=inquiry.danger,
        body=decision.body.id,
    )
