"""Sees danger in a message by rules alone: no model, the same answer every time, before anything else is asked.

What people say in danger, and what is said back, stands in `nlu_data/lexicon/danger.yml`. A missed danger is far worse
than a false alarm, so there are two nets. Signs are classes of words found together; they know which danger it is.
Cues are words that weigh a little each; enough of them are an alarm even where nobody foresaw the story.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.days_left import days_left
from bot.errors import BotError
from routing.datafile import Problems, Row, read_yaml

RULES = tuple(f"E{number:02d}" for number in range(1, 21))
MOST_LINES = 7
LONGEST_LINE = 30  # characters: two rows on a small phone
# In the file `…` stands for a few words between two others, `……` for up to a sentence.
_GAPS = (("……", ".{0,30}?"), ("…", ".{0,10}?"))
_PAUSE = re.compile(r"[\s~～、…]+")
_WORD = re.compile(r"\{([A-Z][A-Z_]*)\}")
_DAYS_LEFT = re.compile(r"days_left<=(\d+)$")


class BadDangerFileError(BotError):
    """The danger file can't be used. Lists every problem found, so that a curator repairs them in one go."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Danger:
    """What is shown to somebody in danger.

    `lines`: number first, one instruction a line. `phones`: (number, name, note). `after`: what comes when the person
    is safe. `basis`: statutes like `反家庭暴力法第十五条`.
    """

    rule: str
    lines: tuple[str, ...]
    phones: tuple[tuple[str, str, str], ...]
    after: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sign:
    """Fires when each of `needs` is found, none of `unless`, and no more than `days` are left.

    A need is any of several patterns. Patterns are numbers in `_Lexicon.patterns`: signs share them, and a message is
    searched for each once at most.
    """

    needs: tuple[tuple[int, ...], ...]
    unless: tuple[tuple[int, ...], ...]
    days: int | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """`among_papers`: it is told in words of paperwork (「拘留」, 「开庭」), so that these must not outweigh its signs."""

    danger: Danger
    signs: tuple[_Sign, ...]
    among_papers: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A rule, if any; whether a sign saw it or only the cues; the points of the cues; and every rule that a sign saw."""

    rule: str | None
    by_sign: bool
    points: int
    seen: tuple[str, ...] = ()


class Safety:
    """The rules of `danger.yml`, compiled once. Immutable; safe for several threads.

    Raises `BadDangerFileError` when the file has unknown keys or words, a pattern that does not compile, a missing
    rule, or lines that break the form.
    """

    def __init__(self, path: Path) -> None:
        problems = Problems()
        top = read_yaml(path, problems)
        lexicon = _Lexicon(top)
        cues = _read_cues(top)
        rules = {}
        for row in top.rows("rules"):
            rule = _read_rule(row, lexicon)
            if rule.danger.rule in rules:
                row.bad(f"rule {rule.danger.rule} appears twice")
            rules[rule.danger.rule] = rule
        order = top.codes("order", RULES, "rule")
        for rule_id in RULES:
            if rule_id not in rules:
                top.bad(f"rule {rule_id} is missing")
            if rule_id not in order:
                top.bad(f"'order' lacks {rule_id}")
        preferences = tuple(_read_preference(row, lexicon) for row in top.rows("prefer"))
        top.done()
        if problems.found:
            raise BadDangerFileError(tuple(map(str, problems.found)))
        self._lexicon = lexicon
        self._cues = cues
        self._preferences = preferences
        self._rules = {rule_id: rules[rule_id] for rule_id in order}

    def screen(self, text: str) -> Danger | None:
        """The first danger in the file's order, or None. `text` is normalised (see `bot.normalize`)."""
        rule_id = self.hear(text).rule
        return self._rules[rule_id].danger if rule_id else None

    def hear(self, text: str) -> Heard:
        """What signs and cues make of a normalised text."""
        text = self._lexicon.read(text)
        points, words, hinted = self._cues.weigh(text)
        reading = _Reading(text, self._lexicon.patterns)
        all_seen = self._by_sign(reading, points)
        seen = all_seen[0] if all_seen else None
        by_sign = seen is not None
        if seen is None and points >= self._cues.alarm and words >= self._cues.alarm_words and hinted:
            seen = max(self._rules, key=lambda rule_id: hinted.get(rule_id, 0))
        if seen is None:
            return Heard(None, by_sign=False, points=points)
        better = (prefer.rule for prefer in self._preferences if seen in prefer.over and reading.fits(prefer.sign))
        rule = next(better, seen)
        return Heard(rule, by_sign, points, tuple(dict.fromkeys((rule, *all_seen))) if by_sign else ())

    def _by_sign(self, reading: _Reading, points: int) -> list[str]:
        """The rules with a sign that fits, in order. Talk of paperwork must not outweigh one; a time limit is paperwork."""
        return [
            rule_id
            for rule_id, rule in self._rules.items()
            if any(
                (rule.among_papers or sign.days is not None or points >= self._cues.believe) and reading.fits(sign)
                for sign in rule.signs
            )
        ]

    def rule(self, rule_id: str) -> Danger:
        """What is shown for a rule like "E01"; KeyError for any other id."""
        return self._rules[rule_id].danger


@dataclass(frozen=True, slots=True)
class _Preference:
    """`rule` fits better than those of `over` when its sign fits: the same blow needs other words from a neighbour."""

    rule: str
    over: tuple[str, ...]
    sign: _Sign


@dataclass(frozen=True, slots=True)
class _Cue:
    """A word with its points and the rules it hints at."""

    points: int
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cues:
    """Words that weigh a little each. They catch what no sign foresees, and stop signs in messages about paperwork."""

    literal: Mapping[str, _Cue]
    lengths: tuple[int, ...]
    patterns: tuple[tuple[re.Pattern[str], _Cue], ...]
    alarm: int
    alarm_words: int
    believe: int

    def weigh(self, text: str) -> tuple[int, int, dict[str, int]]:
        """Points of the whole text, how many words speak for danger, and the points that hint at each rule.

        A word counts once, however often it stands, and not at all inside a longer one that counts.
        """
        # Looking up every piece of the text is ten times faster than looking for every word in the text.
        pieces = {text[start : start + length] for length in self.lengths for start in range(len(text) - length + 1)}
        found = pieces & self.literal.keys()
        together = "\n".join(found)
        cues = [self.literal[word] for word in found if together.count(word) == 1]
        cues += [cue for pattern, cue in self.patterns if pattern.search(text)]
        hinted: dict[str, int] = {}
        for cue in cues:
            for rule_id in cue.hints:
                hinted[rule_id] = hinted.get(rule_id, 0) + cue.points
        return sum(cue.points for cue in cues), sum(cue.points > 0 for cue in cues), hinted


class _Reading:
    """One message while it is screened."""

    def __init__(self, text: str, patterns: list[re.Pattern[str]]) -> None:
        self._text = text
        self._patterns = patterns
        self._found: list[bool | None] = [None] * len(patterns)

    def fits(self, sign: _Sign) -> bool:
        if not all(map(self._has, sign.needs)) or any(map(self._has, sign.unless)):
            return False
        if sign.days is None:
            return True
        left = days_left(self._text)
        return left is not None and left <= sign.days

    def _has(self, any_of: tuple[int, ...]) -> bool:
        for number in any_of:
            found = self._found[number]
            if found is None:
                found = self._found[number] = self._patterns[number].search(self._text) is not None
            if found:
                return True
        return False


# --- reading the file


@dataclass
class _Lexicon:
    """The words of the file and every pattern that the signs are made of."""

    top: Row
    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers: dict[str, int] = {}
        slips = [
            (_compiled(self.top, slip), standard)
            for standard, some in _texts(self.top, "reads_as").items()
            for slip in some.split()
        ]
        self._slips = tuple(slips)
        # Without groups in it, the pattern lets `re` skip to characters that can begin a slip.
        self._any_slip = _compiled(self.top, "|".join(slip.pattern for slip, _ in slips) or "(?!)")
        self._words: dict[str, str] = {}
        for name, source in _texts(self.top, "words").items():
            if not _WORD.fullmatch(f"{{{name}}}"):
                self.top.bad(f"word '{name}' must be written in capitals")
            # Each alternative must stand alone: a space inside brackets would silently make two of one.
            alternatives = [_compiled(self.top, self._filled(self.top, part)).pattern for part in source.split()]
            self._words[name] = f"(?:{'|'.join(alternatives)})"

    def read(self, text: str) -> str:
        """The text as the signs see it: dialect and slips of speech recognition replaced, pauses turned into commas."""
        return self._any_slip.sub(self._standard, _PAUSE.sub("，", text))

    def _standard(self, found: re.Match[str]) -> str:
        return next(standard for slip, standard in self._slips if slip.match(found.string, found.start()))

    def any_of(self, row: Row, source: str) -> tuple[int, ...]:
        """The numbers of patterns of which one must be found. Classes of words stand alone: many signs ask for them."""
        alternatives = _top_alternatives(source)
        classes = [part for part in alternatives if _WORD.fullmatch(part)]
        rest = "|".join(part for part in alternatives if not _WORD.fullmatch(part))
        return tuple(self._number(row, part) for part in (*classes, rest) if part)

    def _number(self, row: Row, source: str) -> int:
        """The number of a pattern, compiled when it is new."""
        if source not in self._numbers:
            self._numbers[source] = len(self.patterns)
            self.patterns.append(_compiled(row, self._filled(row, source)))
        return self._numbers[source]

    def _filled(self, row: Row, source: str) -> str:
        """`source` with its `{WORDS}` put in; a class may use those above it."""
        for name in _WORD.findall(source):
            if name not in self._words:
                row.bad(f"unknown word {{{name}}}: it must stand in 'words', above the words that use it")
        for sign, gap in _GAPS:
            source = source.replace(sign, gap)
        return _WORD.sub(lambda match: self._words.get(match[1], "(?!)"), source)


def _read_rule(row: Row, lexicon: _Lexicon) -> _Rule:
    rule_id = row.choice("id", RULES)
    row.text("name")
    lines = row.texts("lines")
    if not 1 <= len(lines) <= MOST_LINES:
        row.bad(f"{rule_id}: {len(lines)} lines, at most {MOST_LINES} can be read in a hurry")
    for line in lines:
        if len(line) > LONGEST_LINE:
            row.bad(f"{rule_id}: a line of {len(line)} characters, at most {LONGEST_LINE} fit: {line}")
    phones = []
    for phone in row.rows("phones"):
        phones.append((phone.text("number"), phone.text("name"), phone.text("note", "")))
        phone.done()
    if not phones:
        row.bad(f"{rule_id}: no phone number")
    danger = Danger(rule_id, lines, tuple(phones), row.text("after"), row.texts("basis"))
    unless = tuple(lexicon.any_of(row, source) for source in row.texts("unless", ()))
    signs = tuple(_read_sign(row, source, unless, lexicon) for source in row.texts("signs"))
    among_papers = row.flag("among_papers", default=False)
    row.done()
    return _Rule(danger, signs, among_papers)


def _read_preference(row: Row, lexicon: _Lexicon) -> _Preference:
    preference = _Preference(
        row.choice("rule", RULES), row.codes("over", RULES, "rule"), _read_sign(row, row.text("when"), (), lexicon)
    )
    row.done()
    return preference


def _read_sign(row: Row, source: str, unless: tuple[tuple[int, ...], ...], lexicon: _Lexicon) -> _Sign:
    """Parts between spaces must all be found, a part after `!` must not; `days_left<=7` asks `days_left`."""
    parts = source.split()
    limits = [int(limit[1]) for part in parts if (limit := _DAYS_LEFT.match(part))]
    parts = [part for part in parts if not _DAYS_LEFT.match(part)]
    needs = tuple(lexicon.any_of(row, part) for part in parts if not part.startswith("!"))
    if not needs:
        row.bad(f"sign '{source}' asks for nothing")
    taken_back = tuple(lexicon.any_of(row, part[1:]) for part in parts if part.startswith("!"))
    return _Sign(needs, (*taken_back, *unless), min(limits, default=None))


def _read_cues(top: Row) -> _Cues:
    row = top.row("cues")
    if row is None:
        top.bad("'cues' is missing")
        return _Cues({}, (), (), 0, 0, 0)
    cues: dict[str, _Cue] = {}
    for group in row.rows("classes"):
        group.text("name")
        points = group.number("points", 0) or 0
        hints = group.codes("hints", RULES, "rule", ())
        for word in group.text("words").split():
            # A word of two classes counts once, with the weightier points, and hints at the rules of both.
            known = cues.get(word, _Cue(0, ()))
            weightier = max(points, known.points, key=abs)
            cues[word] = _Cue(weightier, tuple(dict.fromkeys((*known.hints, *hints))))
        group.done()
    limits = {key: row.number(key, 0) or 0 for key in ("alarm", "alarm_words", "believe")}
    row.done()
    patterns = tuple((_compiled(row, word), cue) for word, cue in cues.items() if re.escape(word) != word)
    literal = {word: cue for word, cue in cues.items() if re.escape(word) == word}
    return _Cues(literal, tuple(sorted(set(map(len, literal)))), patterns, **limits)


def _top_alternatives(source: str) -> list[str]:
    """The alternatives of a pattern at its top level: `a|(b|c)` has two."""
    parts, depth = [""], 0
    for char in source:
        depth += (char in "([") - (char in ")]")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _compiled(row: Row, source: str) -> re.Pattern[str]:
    try:
        return re.compile(source)
    except re.error as error:
        row.bad(f"bad pattern '{source}': {error}")
        return re.compile("(?!)")


def _texts(top: Row, key: str) -> dict[str, str]:
    """A mapping of texts to texts."""
    row = top.row(key)
    if row is None:
        top.bad(f"'{key}' is missing")
        return {}
    return {name: row.text(name) for name in row.data}
