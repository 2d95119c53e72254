"""What the answer path tells the curators: which cases were used, and what was not answered well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.consult import Consultation
from bot.dialogue import Dialogue
from bot.message import Message
from bot.reply import Reply
from case_library import misses, usage
from case_library.personal import redact
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR


@dataclass(frozen=True, slots=True)
class NewMiss:
    """A question that was not answered well, redacted; `conversation` is where a reason may still be told."""

    kind: misses.Kind
    text: str
    matter: str
    confidence: float = 0.0
    case_id: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What one message tells: cases shown for the first time, a verdict on one of them, a miss."""

    shown: tuple[str, ...] = ()
    verdict: Literal["resolved", "unresolved"] | None = None
    judged: tuple[str, ...] = ()
    miss: NewMiss | None = None


def noted(
    conversation_id: str,
    message: Message,
    before: Dialogue,
    after: Dialogue,
    outcome: Consultation | None,
    reply: Reply | None,
    unsure_below: float,
) -> Noted:
    """What is worth keeping of an answer: a question with low confidence (a best guess below `unsure_below`) or without a
    case, or one rejected by the citizen.

    Redacting takes some milliseconds, so this comes before the transaction that stores the answer.
    """
    shown = tuple(id_ for id_ in reply.case_ids if id_ not in before.shown) if reply else ()
    if message.action in ("resolved", "unresolved"):
        # Pressing it again changes nothing.
        if not before.story or (message.action == "unresolved" and before.unresolved):
            return Noted(shown)
        judged = before.shown[-1:]
        miss = _rejected(conversation_id, before, judged) if message.action == "unresolved" else None
        return Noted(shown, message.action, judged, miss)
    return Noted(shown, miss=_unsure(message, after, outcome, reply, unsure_below))


def keep(connection: Connection, told: Noted, now: datetime) -> None:
    """At most a few small writes, in the transaction that stores the answer."""
    usage.count(connection, told.shown, "shown", now, now.date())
    if told.verdict:
        usage.count(connection, told.judged, told.verdict, now, now.date())
    if miss := told.miss:
        misses.record(
            connection,
            miss.kind,
            miss.text,
            now,
            matter=miss.matter,
            confidence=miss.confidence,
            case_id=miss.case_id,
            conversation=miss.conversation,
        )


def note_edit(
    connection: Connection, question: str, suggested: str, sent: str, matter: str, case_id: str, now: datetime
) -> None:
    """Keep that an agent changed a suggested answer before sending it."""
    if case_id:
        usage.count(connection, [case_id], "edited", now, now.date())
    misses.record(
        connection,
        "edited",
        redact(question),
        now,
        matter=matter,
        case_id=case_id,
        before=redact(suggested),
        after=redact(sent),
    )


def _rejected(conversation_id: str, dialogue: Dialogue, judged: tuple[str, ...]) -> NewMiss:
    text = redact("\n".join(dialogue.story))
    return NewMiss("unresolved", text, dialogue.matter or "", case_id="".join(judged), conversation=conversation_id)


def _unsure(
    message: Message, after: Dialogue, outcome: Consultation | None, reply: Reply | None, unsure_below: float
) -> NewMiss | None:
    if not (message.text and outcome and outcome.inquiry) or outcome.inquiry.danger:
        return None
    inquiry = outcome.inquiry
    if inquiry.matter == OUT_OF_SCOPE or inquiry.need == "human":
        return None
    confidence = inquiry.ranking[0].confidence if inquiry.ranking else 0.0
    # A piece added to a story that was answered is not answered with the same case again.
    told_before = bool(after.shown)
    unanswered = reply is not None and not reply.case_ids and reply.outcome in ("answered", "ask", "refer", "unsure")
    no_case = unanswered and not told_before
    if inquiry.matter != UNCLEAR and confidence >= unsure_below and not no_case:
        return None
    return NewMiss("unsure", redact(message.text), after.matter or "", round(confidence, 4))
