"""What the answer path tells the curators: which cases were used, and what was not answered well."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from bot.consult import Consultation
from bot.dialogue import Dialogue
from bot.message import Message
from bot.reply import Reply
from case_library import misses, usage
from case_library.personal import redact
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR

LEAST_CONFIDENCE = 0.45  # below it an answer counts as unsure; a guess, not measured


def note_answer(
    connection: Connection,
    message: Message,
    before: Dialogue,
    after: Dialogue,
    outcome: Consultation | None,
    reply: Reply | None,
    now: datetime,
) -> None:
    """Count the cases shown, and keep a question with low confidence or without a case, or one rejected by the citizen.

    Cheap: at most a few small writes in the transaction that stores the answer.
    """
    today = now.date()
    if reply:
        new = [id_ for id_ in reply.case_ids if id_ not in before.shown]
        usage.count(connection, new, "shown", now, today)
    if message.action in ("resolved", "unresolved"):
        _note_verdict(connection, message.action, before, now, today)
        return
    if message.text and outcome and outcome.inquiry and not outcome.inquiry.danger:
        inquiry = outcome.inquiry
        confidence = inquiry.ranking[0].confidence if inquiry.ranking else 0.0
        no_case = reply is not None and not reply.case_ids and reply.outcome in ("answered", "ask", "refer", "unsure")
        if inquiry.matter == OUT_OF_SCOPE or inquiry.need == "human":
            return
        if inquiry.matter == UNCLEAR or confidence < LEAST_CONFIDENCE or no_case:
            _keep(connection, "unsure", after, now, confidence=confidence, said=message.text)


def _note_verdict(
    connection: Connection, verdict: Literal["resolved", "unresolved"], before: Dialogue, now: datetime, today: date
) -> None:
    """The citizen said 解决了 or 没解决 of what was shown; pressing it again changes nothing."""
    if not before.story or (verdict == "unresolved" and before.unresolved):
        return
    shown = before.shown[-1:]
    usage.count(connection, shown, verdict, now, today)
    if verdict == "unresolved":
        _keep(connection, "unresolved", before, now, case_id="".join(shown))


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


def _keep(
    connection: Connection,
    kind: misses.Kind,
    dialogue: Dialogue,
    now: datetime,
    *,
    said: str = "",
    confidence: float = 0.0,
    case_id: str = "",
    reason: str = "",
) -> None:
    misses.record(
        connection,
        kind,
        redact(said or "\n".join(dialogue.story)),
        now,
        matter=dialogue.matter or "",
        confidence=round(confidence, 4),
        case_id=case_id,
        reason=reason,
    )
