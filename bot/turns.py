"""Reading one turn of a conversation: a tap, a button, or words, with what was said before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bot import compose, wording
from bot.corrections import read_correction
from bot.dialogue import Dialogue
from bot.going_on import announces_another, chance, signals
from bot.matter_taps import NONE_OF_THESE, WHICH_MATTER
from bot.message import Action, Choice, Message
from bot.reply import Reply
from bot.story import SURE_OF_OTHER, Told, begun, continued, focused, put_right, resumed
from bot.understand import Reading
from routing.decision import Question
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry
from routing.questions import OUTSIDE, fill

if TYPE_CHECKING:
    from bot.consult import Parts

NEW_STORY = re.compile(
    r"^(换|问|说)(一)?(个|下|件)?(别的|另外|其他|其它)?(的)?(问题|事情?|话题)[。.!！]?$|^重新(开始|来|问)(一?[次遍下]|吧)?[。.!！]?$"
)
GOES_ON = 0.5  # from this chance on
PIECE = 14  # characters; of 191 pieces of choosing.txt the learnt opinion alone took 13 for danger, none was
# A yes or no and nothing else; 「没有报警」「她不同意」 tell something.
_BARE = re.compile(
    r"^(嗯|是|对|好|行|可以|没错|没问题|没有?|有|要得?|不|用|冇|得|确定|确认|同意|愿意|当然|ok|的|了|吧|呀|啊|呢|嘛|过|[，。,.!！ ])+$",
    re.IGNORECASE,
)
# In the middle of a story a piece of it is easily taken for talk (「现在人不接电话」 for asking for a person), so it must say so.
_SAYS = {
    "human": re.compile(
        r"人工|真人|活人|客服|[座坐]席|(找|换|跟|和|派|要)(个|一个|位)?(懂的|专业的)?人(来)?(说|讲|谈|问|接|帮|办|$)"
    ),
    "ticket_status": re.compile(r"工单|进度|查询码|(办|处理|查)(到哪|得怎么样|好了?没|一?下)|登记的"),
    "repeat": re.compile(r"(再|重新|重复)(一遍|说|讲|来|念)|[没不](听|看|太)?(清|懂|明白)|什么意思"),
    "greeting": re.compile(
        r"^(你好|您好|喂|哈喽|嗨|在吗|在不在|有人在|早上好|中午好|下午好|晚上好|hello|hi)", re.IGNORECASE
    ),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Either `talk` (the reply is ready) or an inquiry with its vector. `uneasy`: see `bot.understand.Reading`.

    `vague` when the words alone say no more than yes or no: no matter can be guessed from them. `before` is the dialogue
    that the message `text` went on with or corrected (then `corrects`); None where it tells a trouble anew, and for taps.
    """

    dialogue: Dialogue
    talk: Reply | None = None
    inquiry: Inquiry | None = None
    vector: np.ndarray | None = None
    uneasy: bool = False
    vague: bool = False
    text: str = ""
    before: Dialogue | None = None
    corrects: bool = False
    lead: str = ""


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
        told = replace(dialogue, danger=None)
        if dialogue.danger and dialogue.matter not in (None, UNCLEAR, OUT_OF_SCOPE):
            return replace(_again(told, parts), lead=wording.SAFE_NOW + after)  # what was asked is answered now
        return Turn(told, compose.say(wording.SAFE_NOW + after, compose.REFER, compose.HUMAN))
    if action == "other_ticket" and dialogue.known_ticket:
        other = replace(dialogue, known_ticket="", other_than=(*dialogue.other_than, dialogue.known_ticket))
        return _again(other, parts)
    if action in (
        "same_ticket",
        "other_ticket",
    ):  # done by whoever keeps the tickets; without one there is nothing to add to
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    if action == "stop_waiting":
        return Turn(dialogue, compose.say(wording.STOPPED_WAITING))
    if action == "human":
        return _again(replace(dialogue, need="human", danger=None), parts, even_empty=True)
    if not dialogue.story:
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    return _again(replace(dialogue, unresolved=True), parts)


def _tap(choice: Choice, dialogue: Dialogue, parts: Parts) -> Turn:
    if choice.question == WHICH_MATTER:
        return _which(choice.value, dialogue, parts)
    question = parts.rules.questions.get(choice.question)
    if question is None or not dialogue.story or not _is_offered(question, choice.value, parts):
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    return _again(_answered(dialogue, question, choice.value), parts)


def _which(matter: str, dialogue: Dialogue, parts: Parts) -> Turn:
    """A matter was tapped: one of this story, or that of a story set aside."""
    if matter == NONE_OF_THESE:
        return Turn(replace(dialogue, pending=None), compose.say(wording.NONE_OF_THESE))
    told = resumed(dialogue, matter) or focused(dialogue, matter)
    return _again(told, parts) if told else Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))


def _is_offered(question: Question, value: str, parts: Parts) -> bool:
    areas = (*parts.rules.areas_to_offer, OUTSIDE) if question.fact.startswith("place_") else ()
    return value in areas or value in {option.value for option in question.options}


def _answered(dialogue: Dialogue, question: Question, value: str) -> Dialogue:
    return replace(dialogue, facts=fill(dialogue.facts, question.fact, value), pending=None)


def _words(text: str, dialogue: Dialogue, parts: Parts, today: date) -> Turn:
    if NEW_STORY.search(text) and not parts.safety.screen(text):
        return Turn(Dialogue(), compose.say(wording.NEW_STORY))
    change = read_correction(text) if dialogue.story else None
    if change and parts.safety.screen(change.told):
        change = None
    told = change.told if change else text
    vector = parts.encoder.encode(told)
    reading = parts.understanding.understand(told, vector, today)
    if _is_piece(told, dialogue, parts):
        reading = _calmer(reading)
    if change and not reading.inquiry.danger:
        right = put_right(change, reading, dialogue, parts, today)
        return replace(_decided(right, reading), text=told, before=dialogue, corrects=True)
    if reading.act and not reading.inquiry.danger:
        if not _tells(reading.act, text, dialogue, parts) and (turn := _act(reading.act, dialogue, parts)):
            return turn
        reading = replace(reading, inquiry=replace(reading.inquiry, need="consult"))
    if earlier := _earlier(reading, dialogue):
        return _more(reading, earlier, text, parts)
    if _goes_on(reading, dialogue, text, vector, parts):
        return _more(reading, dialogue, text, parts)
    return _anew(reading, dialogue, text, vector)


def _is_piece(text: str, dialogue: Dialogue, parts: Parts) -> bool:
    """Whether a few words are added to a story, without any sign or cue of danger."""
    return bool(dialogue.story) and not dialogue.danger and len(text) <= PIECE and parts.safety.hear(text).rule is None


def _calmer(reading: Reading) -> Reading:
    """What is learnt from whole messages says little about a few words: they raise no alarm, they only make it ask."""
    return replace(reading, inquiry=replace(reading.inquiry, danger=None), uneasy=reading.inquiry.danger is not None)


def _tells(act: str, text: str, dialogue: Dialogue, parts: Parts) -> bool:
    """Whether words that were read as a dialogue act are part of a story after all."""
    if act in ("yes", "no"):
        question = parts.rules.questions.get(dialogue.pending or "")
        return not _BARE.search(text) and not (question and act in {option.value for option in question.options})
    says = _SAYS.get(act)
    return bool(dialogue.story) and says is not None and not says.search(text)


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


def _goes_on(reading: Reading, dialogue: Dialogue, text: str, vector: np.ndarray, parts: Parts) -> bool:
    if dialogue.matter in (None, OUT_OF_SCOPE):
        return False
    ranking = reading.inquiry.ranking
    if announces_another(text, ranking, dialogue.matter):
        return False
    if dialogue.matter == UNCLEAR:
        return True  # nothing was named yet: what was told before is part of the same story
    if reading.inquiry.danger and ranking[0].confidence < SURE_OF_OTHER:
        return True
    groups = {code: matter.group for code, matter in parts.matters.by_code.items()}
    closeness = parts.understanding.closeness(vector)
    seen = signals(text, ranking, dialogue.story, dialogue.matter, dialogue.ranking, groups, closeness)
    return chance(seen) >= GOES_ON


def _earlier(reading: Reading, dialogue: Dialogue) -> Dialogue | None:
    """The story set aside that a message surely is about again: 「工资那个事，他说年底给」."""
    best = reading.inquiry.ranking[0]
    present = {dialogue.matter, *dialogue.also}
    if reading.inquiry.matter != best.matter or best.matter in present or best.confidence < SURE_OF_OTHER:
        return None
    return resumed(dialogue, best.matter)


def _more(reading: Reading, dialogue: Dialogue, text: str, parts: Parts) -> Turn:
    turn = _decided(continued(reading, dialogue, text, parts), reading)
    return replace(turn, text=text, before=dialogue)


def _anew(reading: Reading, dialogue: Dialogue, text: str, vector: np.ndarray) -> Turn:
    return _decided(begun(reading, dialogue, text, vector), reading)


def _decided(told: Told, reading: Reading) -> Turn:
    inquiry, vague = compose.inquiry_of(told.dialogue), reading.act is not None
    return Turn(told.dialogue, inquiry=inquiry, vector=told.vector, uneasy=reading.uneasy, vague=vague)


def _again(dialogue: Dialogue, parts: Parts, *, even_empty: bool = False) -> Turn:
    """Decide once more on what is known; the vector is that of the whole story."""
    if not dialogue.story and not even_empty:
        return Turn(dialogue, compose.say(wording.NOT_ABOUT_A_QUESTION))
    inquiry = compose.inquiry_of(dialogue)
    return Turn(dialogue, inquiry=inquiry, vector=parts.encoder.encode(inquiry.text or wording.BUTTON_HUMAN))
