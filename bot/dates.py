"""Dates of a story and what happened on them: 「上周五收到判决书」, 「离职快一年了」, 「去年腊月借的」.

`bot.calendar_words` turns words into days; `DateReader` gives each the event whose words stand nearest. Time limits
are counted from these dates, so a vague date is its first possible day: a warning too early does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from bot.calendar_words import When, find_days
from bot.lexicon import known, optional_pattern, pattern, read_words
from routing.inquiry import Event, EventDate

REACH = 12  # characters between a date and the words of its event; tuned on 300 annotated questions
STILL_REACH = 36  # 「钱借走了，催也没用，到现在大半年了」
COUNT_REACH = 45  # 「收到的时候……，今天第十四天」
COMMA = 4  # a comma in between counts like this many characters
AGAINST_ORDER = 3  # 「昨天收到」 is more usual than 「收到昨天」, 「离职一年了」 than 「一年了离职」
SURE_DISTANCE = 6  # for 「刚」, 「今天」: nearer than this or it says nothing
_MAY_LIE_AHEAD = ("payment_due", "received_summons", "unknown")
_COUNTED = tuple(event for event in get_args(Event) if event.startswith(("received", "agreed", "left", "learned")))
_WORTH_A_DAY = (*_COUNTED, "injured", "died", "detained")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_COMMAS = "，,；;、 "
_STILL = re.compile(r"(?:(?:到?现在|至今|到今天|到如今)[^，。]{0,4}|[，,]?(?:都|已经|又|也)?过(?:去)?了?)$")


@dataclass(frozen=True, slots=True)
class _EventCue:
    event: Event
    pattern: re.Pattern[str]
    pull: int
    reach: int
    side: str
    needs: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Mention:
    """Words of an event at a place in the text."""

    cue: _EventCue
    start: int
    end: int


class DateReader:
    """Reads dates with the events of `nlu_data/lexicon/events.yml`."""

    def __init__(self, lexicon: Path) -> None:
        file = "events.yml"
        self._cues = tuple(
            _EventCue(
                event=known(row["event"], get_args(Event), file),
                pattern=pattern(row["cues"], file),
                pull=row.get("pull", 0),
                reach=row.get("reach", REACH),
                side=known(row.get("side", "any"), ("any", "before", "after"), file),
                needs=optional_pattern(row.get("needs"), file),
            )
            for row in read_words(lexicon / file)
        )

    def read(self, text: str, today: date) -> tuple[EventDate, ...]:
        """Dates in the order they are told. A day after `today` is given only when the words say so."""
        days = find_days(text, today)
        if not days:
            return ()
        mentions = tuple(self._mentions(text))
        found = (_with_event(text, when, days, mentions, today) for when in days)
        return tuple(dict.fromkeys(dated for dated in found if dated is not None))

    def _mentions(self, text: str) -> Iterator[_Mention]:
        for cue in self._cues:
            if cue.needs is None or cue.needs.search(text):
                for match in cue.pattern.finditer(text):
                    yield _Mention(cue, match.start(), match.end())


def _with_event(
    text: str, when: When, days: Sequence[When], mentions: Sequence[_Mention], today: date
) -> EventDate | None:
    event, distance = _nearest(text, when, days, mentions)
    if when.day > today and event not in _MAY_LIE_AHEAD:
        event = "unknown"  # 「下周才离职」: what has not happened yet starts no time limit
    if when.kind == "now" and (event not in _WORTH_A_DAY or distance > SURE_DISTANCE):
        return None
    vague = when.kind in ("span", "count", "day_word") or (when.day > today and when.kind == "relative")
    if event == "unknown" and vague:
        return None
    return EventDate(when.day, event, when.precision, said=text[when.start : when.end])


def _nearest(text: str, when: When, days: Sequence[When], mentions: Sequence[_Mention]) -> tuple[Event, int]:
    """The event whose words are nearest, with the distance in characters, or unknown."""
    best: tuple[int, Event, int] | None = None
    for mention in mentions:
        distance = _distance(text, when, mention)
        if distance is None or distance > _reach(text, when, mention.cue):
            continue
        if when.kind != "count" and _is_nearer_to_another(text, mention, distance, days):
            continue
        cost = distance - mention.cue.pull
        if best is None or cost < best[0]:
            best = (cost, mention.cue.event, distance)
    return (best[1], best[2]) if best else ("unknown", COUNT_REACH)


def _is_nearer_to_another(text: str, mention: _Mention, distance: int, days: Sequence[When]) -> bool:
    for other in days:
        rival = _distance(text, other, mention)
        if rival is not None and rival < distance and (other.kind != "now" or rival <= SURE_DISTANCE):
            return True
    return False


def _reach(text: str, when: When, cue: _EventCue) -> int:
    if when.kind == "count":
        return COUNT_REACH if cue.event in _COUNTED else cue.reach
    if when.kind == "span" and _STILL.search(text, max(0, when.start - 8), when.start):
        return STILL_REACH
    return cue.reach


def _distance(text: str, when: When, mention: _Mention) -> int | None:
    """Characters between both, commas weighed; None when they cannot belong together."""
    counted = when.kind in ("span", "count")
    if mention.start >= when.end:
        side, start, end = "after", when.end, mention.start
        extra = AGAINST_ORDER if counted else 0
    elif mention.end <= when.start:
        side, start, end = "before", mention.end, when.start
        extra = 0 if counted else AGAINST_ORDER
    else:
        return 0
    if end - start > COUNT_REACH or mention.cue.side not in ("any", side):
        return None
    between = text[start:end]
    if when.kind == "count":  # it belongs to the story as a whole
        return len(between)
    commas = sum(between.count(mark) for mark in _COMMAS)
    if _SENTENCE_END.search(between) or (when.kind == "span" and side == "after" and commas):
        return None
    return len(between) + extra + COMMA * commas
