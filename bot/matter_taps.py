"""Taps by which a citizen says which matter is meant, or goes on to another one that was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot import wording
from bot.dialogue import Dialogue
from bot.reply import ChoiceSent, QuickReply, Send
from case_library.matters import Matters
from routing.decision import Option, Question
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry
from routing.questions import UNKNOWN

WHICH_MATTER = "matter"  # the id of the question, and of every tap that names a matter
NONE_OF_THESE = UNKNOWN
MOST_OFFERED = 4
# Shares of the reading, chosen on the 361 development questions: see README. A group with so much of it is sure, ...
SURE_GROUP = 0.7
SURE_LEAF = 0.5  # ... a matter with so much needs no question, ...
POSSIBLE = 0.08  # ... one with less than this is not worth offering,
WORTH_ASKING = 0.4  # and where those offered have less together, the words themselves must become clearer first.


def which_matter(inquiry: Inquiry, matters: Matters) -> Question | None:
    """The one question that separates, where nothing or only the group is sure; None where it would not help.

    A matter that is sure enough is answered, with the others as taps.
    """
    if inquiry.danger or inquiry.need == "human" or inquiry.matter == OUT_OF_SCOPE or WHICH_MATTER in inquiry.asked:
        return None
    shares = Counter[str]()
    for guess in inquiry.ranking:
        if guess.matter in matters.by_code:
            shares[matters.by_code[guess.matter].group] += guess.confidence
    if not shares:
        return None
    group, share = shares.most_common(1)[0]
    offered = [guess for guess in inquiry.ranking if guess.confidence >= POSSIBLE and guess.matter in matters.by_code]
    if share >= SURE_GROUP:
        offered = [guess for guess in offered if matters.by_code[guess.matter].group == group]
        text = wording.WHICH_OF_GROUP.format(group=matters.groups[group])
    else:
        if inquiry.matter != UNCLEAR:
            return None
        text = wording.WHICH_MATTER
    unsure = inquiry.matter == UNCLEAR or inquiry.ranking[0].confidence < SURE_LEAF
    offered = offered[:MOST_OFFERED]
    if not unsure or len(offered) < 2 or sum(guess.confidence for guess in offered) < WORTH_ASKING:
        return None
    options = tuple(Option(guess.matter, matters.by_code[guess.matter].short) for guess in offered)
    none = Option(NONE_OF_THESE, wording.NONE_OFFERED)
    return Question(WHICH_MATTER, WHICH_MATTER, text, wording.WHICH_WHY, (*options, none))


def further(also: Sequence[str], aside: Sequence[Dialogue], matters: Matters) -> tuple[QuickReply, ...]:
    """Taps for the matters told beside the main one, and back to the trouble told before."""
    asks = [_tap(code, wording.BUTTON_ALSO, matters) for code in also if code in matters.by_code]
    back = [_tap(other.matter, wording.BUTTON_BACK, matters) for other in aside[:1] if other.matter in matters.by_code]
    return (*asks, *back)


def told_too(also: Sequence[str], matters: Matters) -> str:
    """The line about further matters, empty without any."""
    names = [matters.by_code[code].short for code in also if code in matters.by_code]
    return wording.TOLD_TOO.format(matters="、".join(names)) if names else ""


def _tap(code: str, label: str, matters: Matters) -> QuickReply:
    return QuickReply(label.format(matter=matters.by_code[code].short), Send(choice=ChoiceSent(WHICH_MATTER, code)))
