"""What the machine would say, for the agent: the same decision as the citizen would have got, laid out for a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from bot import compose, wording
from bot.consult import Consultation, Parts, judge
from bot.dialogue import Dialogue
from bot.reply import AnswerCard, DangerCard, DeadlineCard, PhoneNumber, QuestionCard, ReferralCard
from bot.safety import Danger
from routing.decide import fits
from routing.inquiry import UNCLEAR, MatterGuess

CASES = 3
MATTERS = 3


@dataclass(frozen=True, slots=True)
class SuggestedCase:
    """A case with the sentence to say (`card.answer`); `fits` as for the citizen: only such a one is shown unasked."""

    card: AnswerCard
    score: float
    fits: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`say` is the sentence for now and may be empty; `outcome` is what the citizen would have got from the machine."""

    matter: str
    confidence: float
    ranking: tuple[MatterGuess, ...]
    outcome: str
    say: str
    question: QuestionCard | None
    cases: tuple[SuggestedCase, ...]
    deadlines: tuple[DeadlineCard, ...]
    referral: ReferralCard
    danger: DangerCard | None = None

    @property
    def case_id(self) -> str:
        """The case `say` is taken from, or empty."""
        return next((case.card.case_id for case in self.cases if case.card.answer == self.say), "")


ADAPTER = TypeAdapter(Suggestion)


def suggest(dialogue: Dialogue, parts: Parts, now: datetime, outcome: Consultation | None = None) -> Suggestion | None:
    """For all that was told so far; None while nothing was. `outcome` is that of the last message: what was worked
    out for it is used again."""
    if not dialogue.story:
        return None
    # Asking for a person is settled already: what is wanted now is help with the matter.
    inquiry = compose.inquiry_of(replace(dialogue, need="consult" if dialogue.need == "human" else dialogue.need))
    # Danger has its own card; the rest of the panel says what comes after it.
    calm = replace(inquiry, danger=None)
    if outcome is not None and outcome.decision is not None and outcome.inquiry == calm:
        matches, decision = outcome.matches, outcome.decision  # while a caller speaks nothing is worked out twice
    else:
        known = outcome is not None and outcome.inquiry is not None and outcome.inquiry.text == inquiry.text
        vector = outcome.vector if outcome is not None and known else None
        if vector is None:
            vector = parts.encoder.encode(inquiry.text)
        matches, decision = judge(calm, vector, parts, now, unresolved=dialogue.unresolved)
    today = now.date()
    ordered = sorted(matches, key=lambda match: not fits(match, inquiry))[:CASES]
    cases = tuple(
        SuggestedCase(compose.case_card(match, parts.statutes, today), round(match.score, 3), fits(match, inquiry))
        for match in ordered
    )
    danger = parts.safety.rule(inquiry.danger) if inquiry.danger else None
    slip = compose.referral(decision, matches, parts.directory)
    question = compose.question_card(decision.ask) if decision.ask else None
    return Suggestion(
        matter=inquiry.matter,
        confidence=_confidence(inquiry.matter, inquiry.ranking),
        ranking=inquiry.ranking[:MATTERS],
        outcome=decision.outcome,
        say=_say(danger, tuple(case for case in cases if case.card.case_id not in dialogue.shown), question, slip),
        question=question,
        cases=cases,
        deadlines=tuple(DeadlineCard(d.text, d.last_day, d.days_left, d.basis) for d in decision.deadlines),
        referral=slip,
        danger=DangerCard(danger.lines, tuple(PhoneNumber(*phone) for phone in danger.phones)) if danger else None,
    )


def _confidence(matter: str, ranking: tuple[MatterGuess, ...]) -> float:
    if matter == UNCLEAR:
        return 0.0
    return next((round(guess.confidence, 3) for guess in ranking if guess.matter == matter), 0.0)


def _say(
    danger: Danger | None, cases: tuple[SuggestedCase, ...], question: QuestionCard | None, slip: ReferralCard
) -> str:
    if danger:
        return "\n".join(danger.lines)
    if cases and cases[0].fits:
        return cases[0].card.answer
    if question:
        return question.text
    return wording.REFER_FIRST.format(body=slip.body.name)
