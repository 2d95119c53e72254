"""Reading one turn of a conversation: a tap, a button, or words, with what was said before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bot import compose, wording
from bot.dialogue import Dialogue
from bot.facts import merge
from bot.message import Action, Choice, Message
from bot.reply import Reply
from bot.understand import Reading
from routing.decision import Question
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry
from routing.questions import OUTSIDE, fill

if TYPE_CHECKING:
    from bot.consult import Parts

NEW_STORY = re.compile(
    r"^(换|问|说)(一)?(个|下|件)?(别的|另外|其他|其它)?(的)?(问题|事情?|话题)[。.!！]?$|^重新(开始|来|问)(一?[次遍下]|吧)?[。.!！]?$"
)
# A short message after a matter was named usually goes on with it: 「在洪山」「是我妈」「那要多少钱」.
SHORT = 14
# ... unless it is this sure that it is about something else; surer, when a question is still open.
SURE_OF_OTHER = 0.4
SURE_OF_OTHER_WHEN_ASKED = 0.7
LONGEST_STORY = 12  # messages kept as the story of one matter


@dataclass(frozen=True, slots=True)
class Turn:
    """Either `talk` (the reply is ready) or an inquiry with its vector. `uneasy`: see `bot.understand.Reading`."""

    dialogue: Dialogue
    talk: Reply | None = None
    inquiry: Inquiry | None = None
    vector: np.ndarray | None = None
    uneasy: bool = False


def read(message: Message, dialogue: Dialogue, parts: Parts, today: date) -> Turn:
    """What this message means after that dialogue."""
    if message.action:
        return _button(message.action, dialogue, parts)
    if message.choice:
        return _tap(message.choice, dialogue, parts)
    return _words(message.text, dialogue, parts, today)


def _button(action: Action, dialogue: Dialogue, parts: Parts) -> Turn:
    if action == "resolved":
        return Turn(dialogue, compose.say(wording.RESOLVED))
    if action == "safe_now":
        after = f"\n{parts.safety.rule(dialogue.danger).after}" if dialogue.danger else ""
        return Turn(replace(dialogue, danger=None), compose.say(wording.SAFE_NOW + after, compose.REFER, compose.HUMAN))
    if action == "stop_waiting":
        return Turn(dialogue, compose.say(wording.STOPPED_WAITING))
    if action == "human":
        return _again(replace(dialogue, need="human", danger=None), parts, even_empty=True)
    if not dialogue.story:
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    return _again(replace(dialogue, unresolved=True), parts)


def _tap(choice: Choice, dialogue: Dialogue, parts: Parts) -> Turn:
    question = parts.rules.questions.get(choice.question)
    if question is None or not dialogue.story or not _is_offered(question, choice.value, parts):
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    return _again(_answered(dialogue, question, choice.value), parts)


def _is_offered(question: Question, value: str, parts: Parts) -> bool:
    areas = (*parts.rules.areas_to_offer, OUTSIDE) if question.fact.startswith("place_") else ()
    return value in areas or value in {option.value for option in question.options}


def _answered(dialogue: Dialogue, question: Question, value: str) -> Dialogue:
    return replace(dialogue, facts=fill(dialogue.facts, question.fact, value), pending=None)


def _words(text: str, dialogue: Dialogue, parts: Parts, today: date) -> Turn:
    if NEW_STORY.search(text) and not parts.safety.screen(text):
        return Turn(Dialogue(), compose.say(wording.NEW_STORY))
    vector = parts.encoder.encode(text)
    reading = parts.understanding.understand(text, vector, today)
    if reading.inquiry.danger:
        return _told(reading, dialogue, text, vector)
    if reading.act and (turn := _act(reading.act, dialogue, parts)):
        return turn
    if _goes_on(reading, dialogue, text):
        return _more(reading, dialogue, parts, text)
    return _told(reading, dialogue, text, vector)


def _act(act: str, dialogue: Dialogue, parts: Parts) -> Turn | None:
    if act == "human":
        return _again(replace(dialogue, need="human", danger=None), parts, even_empty=True)
    question = parts.rules.questions.get(dialogue.pending or "")
    if question and act in {option.value for option in question.options}:
        return _again(_answered(dialogue, question, act), parts)
    if act == "repeat" and dialogue.story:
        return _again(dialogue, parts)
    text = {
        "greeting": wording.GREETING,
        "thanks": wording.THANKS,
        "repeat": wording.NOTHING_TO_REPEAT,
        "ticket_status": wording.ASK_TICKET_NUMBER,
        "abuse": wording.ABUSE,
        "yes": wording.NOT_ABOUT_A_QUESTION,
        "no": wording.NOT_ABOUT_A_QUESTION,
    }.get(act)
    return Turn(dialogue, compose.say(text)) if text else None


def _goes_on(reading: Reading, dialogue: Dialogue, text: str) -> bool:
    if dialogue.matter in (None, UNCLEAR, OUT_OF_SCOPE):
        # Nothing was named yet: what was told before is part of the same story.
        return False
    inquiry = reading.inquiry
    best = inquiry.ranking[0]
    if best.matter == dialogue.matter or inquiry.matter in (UNCLEAR, OUT_OF_SCOPE):
        return inquiry.matter != OUT_OF_SCOPE or len(text) <= SHORT
    sure = SURE_OF_OTHER_WHEN_ASKED if dialogue.pending else SURE_OF_OTHER
    return len(text) <= SHORT and best.confidence < sure


def _more(reading: Reading, dialogue: Dialogue, parts: Parts, text: str) -> Turn:
    """More about the same matter."""
    told = replace(
        dialogue,
        story=(*dialogue.story, text)[-LONGEST_STORY:],
        facts=merge(dialogue.facts, reading.inquiry.facts),
        need=reading.inquiry.need if reading.inquiry.need != "consult" else dialogue.need,
        pending=None,
    )
    return replace(_again(told, parts), uneasy=reading.uneasy)


def _told(reading: Reading, dialogue: Dialogue, text: str, vector: np.ndarray) -> Turn:
    """A matter told anew. What was said while nothing could be named belongs to it."""
    earlier = dialogue.story if dialogue.matter == UNCLEAR else ()
    facts = merge(dialogue.facts, reading.inquiry.facts) if earlier else reading.inquiry.facts
    fresh = Dialogue(story=(*earlier, text)[-LONGEST_STORY:], facts=facts)
    inquiry = replace(reading.inquiry, facts=facts)
    return Turn(fresh, inquiry=inquiry, vector=vector, uneasy=reading.uneasy)


def _again(dialogue: Dialogue, parts: Parts, *, even_empty: bool = False) -> Turn:
    """Decide once more on what is known; the vector is that of the whole story."""
    if not dialogue.story and not even_empty:
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    inquiry = compose.inquiry_of(dialogue)
    return Turn(dialogue, inquiry=inquiry, vector=parts.encoder.encode(inquiry.text or wording.BUTTON_HUMAN))
