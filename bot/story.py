"""The story of a conversation with one more message in it: a new one, a piece that is added, a correction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bot.compose import inquiry_of
from bot.corrections import Correction, amended, corrected
from bot.dialogue import Dialogue
from bot.facts import added
from bot.understand import Reading
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Facts, MatterGuess

if TYPE_CHECKING:
    from bot.consult import Parts

LONGEST_STORY = 30  # messages kept of one story; the first is always among them
MOST_ASIDE = 3  # stories that can be gone back to
MOST_BESIDE = 3  # further matters; more taps would bury the answer
# A piece that surely (by its reading alone) tells of something else makes the whole story be read once more. Chosen, as
# the two below, on tests/conversations/choosing.txt.
SURE_OF_OTHER = 0.5
SURE_OF_WHOLE = 0.5
UNSURE_BEFORE = 0.4
AT_LEAST_POSSIBLE = 0.1
LONGEST_FACT = 5  # characters; longer words put in the place of others tell what it is about
_FIRST_BESIDE = ("domestic_violence", "minor_protection", "crime_victim")  # may put somebody in danger


@dataclass(frozen=True, slots=True)
class Told:
    """The dialogue after a message, and the vector of its whole story."""

    dialogue: Dialogue
    vector: np.ndarray


def begun(reading: Reading, dialogue: Dialogue, text: str, vector: np.ndarray) -> Told:
    """A trouble told anew; the one before is set aside."""
    inquiry = reading.inquiry
    fresh = Dialogue(
        story=(text,),
        matter=inquiry.matter,
        ranking=inquiry.ranking,
        also=_beside(inquiry.also, inquiry.matter, ()),
        need=inquiry.need,
        facts=inquiry.facts,
        danger=inquiry.danger,
        aside=set_aside(dialogue),
    )
    return Told(fresh, vector)


def continued(reading: Reading, dialogue: Dialogue, text: str, parts: Parts) -> Told:
    """More about the same trouble: nothing that was told is lost, and the matter may become clearer, or more than one."""
    inquiry = reading.inquiry
    told = replace(
        dialogue,
        story=_kept((*dialogue.story, text)),
        facts=added(dialogue.facts, inquiry.facts),
        need=inquiry.need if inquiry.need not in ("consult", "other") else dialogue.need,
        pending=None,
        danger=inquiry.danger or dialogue.danger,
    )
    return _considered(told, reading, text, parts)


def put_right(change: Correction, reading: Reading, dialogue: Dialogue, parts: Parts, today: date) -> Told:
    """What was told with this correction in it. `reading` is that of what is so instead."""
    denied_facts = parts.understanding.facts(change.denied, today)
    told = replace(
        dialogue,
        story=_kept(amended(dialogue.story, change)),
        facts=corrected(dialogue.facts, denied_facts, reading.inquiry.facts),
        pending=None,
    )
    best = reading.inquiry.ranking[0]
    surely = best.confidence >= SURE_OF_OTHER and reading.inquiry.matter not in (UNCLEAR, OUT_OF_SCOPE)
    if dialogue.matter in (None, UNCLEAR):
        return _considered(told, reading, change.told, parts)
    about_matter = surely and _is_about_matter(change, denied_facts, best.matter, parts)
    if about_matter and best.matter != dialogue.matter:
        right = _replaced(told, best.matter, reading.inquiry.ranking, reading.inquiry.also)
        return Told(right, parts.encoder.encode(inquiry_of(right).text))
    if change.told not in told.story:  # it stands inside what was told before: that reads otherwise now
        whole = inquiry_of(told).text
        vector = parts.encoder.encode(whole)
        read = parts.understanding.ranking(whole, vector)
        if read[0].matter != told.matter and read[0].confidence >= SURE_OF_WHOLE:
            told = _replaced(told, read[0].matter, read, parts.understanding.also(read, read[0].matter))
        return Told(told, vector)
    return _considered(told, reading, change.told, parts)


def _replaced(told: Dialogue, matter: str, ranking: Sequence[MatterGuess], also: Sequence[str]) -> Dialogue:
    """The same story about this matter, and no longer about what was thought before."""
    denied = (*(code for code in told.denied if code != matter), told.matter)
    return replace(
        told,
        matter=matter,
        ranking=_allowed(ranking, denied),
        also=_beside((*also, *told.also), matter, denied),
        denied=denied,
    )


def _is_about_matter(change: Correction, denied: Facts, matter: str, parts: Parts) -> bool:
    """「是交通事故」 puts the matter right; 「是三万」「是我女儿」 a fact, whatever matter such words are likest to."""
    known = parts.matters.by_code[matter]
    if matter in parts.understanding.named(change.told) or change.told in known.short or change.told in known.name:
        return True
    fact = denied.places or denied.dates or denied.amount_yuan or not change.denied
    return not fact and len(change.told) > LONGEST_FACT


def set_aside(dialogue: Dialogue) -> tuple[Dialogue, ...]:
    """The stories to keep when another one begins: this one first, if it came to a matter."""
    others = tuple(other for other in dialogue.aside if other.matter != dialogue.matter)
    if dialogue.matter in (None, UNCLEAR, OUT_OF_SCOPE):
        return others
    return (replace(dialogue, aside=(), pending=None, danger=None), *others)[:MOST_ASIDE]


def resumed(dialogue: Dialogue, matter: str) -> Dialogue | None:
    """The story about this matter that was set aside, with the present one set aside for it."""
    found = next((other for other in dialogue.aside if other.matter == matter), None)
    if found is None:
        return None
    others = tuple(other for other in set_aside(dialogue) if other.matter != matter)
    return replace(found, aside=others)


def focused(dialogue: Dialogue, matter: str) -> Dialogue | None:
    """The same story with another of its matters as the main one; None when it is none of them."""
    if matter not in (*dialogue.also, *(guess.matter for guess in dialogue.ranking)):
        return None
    before = () if dialogue.matter in (None, UNCLEAR) else (dialogue.matter,)
    return replace(
        dialogue,
        matter=matter,
        ranking=(MatterGuess(matter, 1.0),),  # the citizen said so
        also=_beside((*before, *dialogue.also), matter, dialogue.denied),
        denied=tuple(code for code in dialogue.denied if code != matter),
        pending=None,
        unresolved=False,
    )


def _considered(told: Dialogue, reading: Reading, text: str, parts: Parts) -> Told:
    """Which matters the story is about now. The whole of it is read again only where the piece alone surely says
    another, or nothing was sure before."""
    understanding = parts.understanding
    whole = inquiry_of(told).text
    vector = parts.encoder.encode(whole)
    named = understanding.named(text)
    best, before = reading.inquiry.ranking[0], told.matter
    if before in (None, UNCLEAR):
        ranking = _allowed(understanding.ranking(whole, vector), told.denied)
        matter = understanding.matter_of(ranking)
        also = (*understanding.also(ranking, matter), *named)
        return Told(replace(told, matter=matter, ranking=ranking, also=_beside(also, matter, told.denied)), vector)
    says_nothing_else = reading.inquiry.matter in (UNCLEAR, OUT_OF_SCOPE) or best.confidence < SURE_OF_OTHER
    if _share(told, before) >= SURE_OF_WHOLE and (says_nothing_else or best.matter == before):
        return Told(replace(told, also=_beside((*told.also, *named), before, told.denied)), vector)
    read = _allowed(understanding.ranking(whole, vector), told.denied)
    matter = _main(told, read, parts)
    possible = next((guess.confidence for guess in read if guess.matter == best.matter), 0.0) >= AT_LEAST_POSSIBLE
    # A service is asked for because of something: 「请免费律师，是离婚的事」.
    for_it = before in parts.matters.by_code and parts.matters.by_code[before].kind == "service"
    further = (best.matter,) if not says_nothing_else and (possible or for_it) else ()
    also = _beside((before, *further, *told.also, *named), matter, told.denied)
    return Told(replace(told, matter=matter, ranking=_blended(told.ranking, read), also=also), vector)


def _main(told: Dialogue, read: Sequence[MatterGuess], parts: Parts) -> str:
    """The main matter by the reading of the whole: it moves within its group, or where it was never sure."""
    first = read[0]
    if first.matter == told.matter or first.confidence < SURE_OF_WHOLE:
        return told.matter
    known = parts.matters.by_code
    same_group = told.matter in known and known[first.matter].group == known[told.matter].group
    return first.matter if same_group or _share(told, told.matter) < UNSURE_BEFORE else told.matter


def _share(told: Dialogue, matter: str) -> float:
    return next((guess.confidence for guess in told.ranking if guess.matter == matter), 0.0)


def _blended(before: Sequence[MatterGuess], now: Sequence[MatterGuess]) -> tuple[MatterGuess, ...]:
    """Half what was thought before, half the reading of the whole."""
    shares: dict[str, float] = {}
    for guess in (*before, *now):
        shares[guess.matter] = shares.get(guess.matter, 0.0) + guess.confidence / 2
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(MatterGuess(code, share) for code, share in ranked[: len(now)])


def _allowed(ranking: Sequence[MatterGuess], denied: Sequence[str]) -> tuple[MatterGuess, ...]:
    """Without what the citizen said it is not; all of it where that would leave nothing."""
    left = [guess for guess in ranking if guess.matter not in denied]
    total = sum(guess.confidence for guess in left)
    if not total:
        return tuple(ranking)
    return tuple(replace(guess, confidence=guess.confidence / total) for guess in left)


def _beside(also: Iterable[str], matter: str, denied: Sequence[str]) -> tuple[str, ...]:
    """Further matters, each once, those first that may put somebody in danger."""
    told = dict.fromkeys(code for code in also if code not in (matter, UNCLEAR, OUT_OF_SCOPE, *denied))
    return tuple(sorted(told, key=lambda code: code not in _FIRST_BESIDE))[:MOST_BESIDE]


def _kept(story: tuple[str, ...]) -> tuple[str, ...]:
    return story if len(story) <= LONGEST_STORY else (story[0], *story[1 - LONGEST_STORY :])
