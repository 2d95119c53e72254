"""Sees danger in a message by rules alone: no model, the same answer every time, before anything else is asked.

What people say in danger, and what is said back, stands in `nlu_data/lexicon/danger.yml`. A missed danger is far worse
than a false alarm, so there are two nets. Signs are classes of words found together; they know which danger it is.
Cues are words that weigh a little each; enough of them are an alarm even where nobody foresaw the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import BotError
from bot.numerals import to_count
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
    danger: Danger
    signs: tuple[_Sign, ...]


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
        text = self._lexicon.read(text)
        points, words, hinted = self._cues.weigh(text)
        reading = _Reading(text, self._lexicon.patterns)
        seen = self._by_sign(reading, points)
        if seen is None and points >= self._cues.alarm and words >= self._cues.alarm_words and hinted:
            seen = max(self._rules, key=lambda rule_id: hinted.get(rule_id, 0))
        if seen is None:
            return None
        better = (prefer.rule for prefer in self._preferences if seen in prefer.over and reading.fits(prefer.sign))
        return self._rules[next(better, seen)].danger

    def _by_sign(self, reading: _Reading, points: int) -> str | None:
        """The first rule with a sign that fits. Talk of paperwork must not outweigh it; a time limit is paperwork."""
        for rule_id, rule in self._rules.items():
            for sign in rule.signs:
                if (points >= self._cues.believe or sign.days is not None) and reading.fits(sign):
                    return rule_id
        return None

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


# --- days left of a time limit

_WEEKDAYS = {day: value for value, day in enumerate("一二三四五六", 1)} | {"日": 7, "天": 7, "末": 6}
_UNIT_DAYS = {"天": 1, "日": 1, "个工作日": 1, "个月": 30, "年": 365}
_DAY_WORDS = dict.fromkeys(("今天", "今儿", "今日", "今晚", "下午"), 0) | dict.fromkeys(("明天", "明早", "明日"), 1)
_DAY_WORDS |= {"后天": 2, "大后天": 3}
_PAST_DAYS = {"昨": 1, "前": 2, "大前": 3}
_A_WEEK = 7  # what a weekday, "soon" and "a good week" leave at most

_N = r"(\d{1,3}|[一二两三四五六七八九十百]{1,5})"
_UNIT = "(天|日|个工作日|个月|年)"
_DAYS = "(?:天|日|个工作日)"
_WEEK = "(?:周|星期|礼拜)"
_TODAY = "今(?:天|儿|日)"
_GOT = "(?:收|拿|领|接|寄|签|送|到手|发|下来|知道|受的?伤|判|离职|登)"
_ENDS = (
    "(?:到期|截止|最后|(?<!不)满(?!意)|过期|期限|失效|不受理|不交|要交|之?前(?:必须|要|得|交|申请|起诉|提|补)|到上诉|来不及|来得及"
    "|开拍|就过|(?:刚好|正好)[^，。]{0,4}[天年满]|就没|为止|就生效|就到)"
)
_WHEN = (
    f"(今天|今儿|今日|今晚|下午|明天|明早|明日|大后天|后天|(?:这|本|这个|下|下个){_WEEK}[一二三四五六日末天]?"
    f"|{_WEEK}[一二三四五六日末天]|(?:本|这个)?月底)"
)
_DATE = rf"(?:(\d{{2,4}})年)?(?:{_N}月)?{_N}"

# Somebody says how long is left, or when it ends.
_LEFT = re.compile(
    f"(?:剩|差|再过|再有|不到|最后|还有)[^，。]{{0,4}}?{_N}{_DAYS}|{_N}{_DAYS}(?:后|以后|之后|就)[^，。]{{0,4}}{_ENDS}"
)
_ENDS_WHEN = re.compile(
    f"{_WHEN}[^。]{{0,12}}?{_ENDS}|(?:{_ENDS}|只到|限到|期到|止到|就到|就是|刚好是|正好是)[^。]{{0,4}}?{_WHEN}|去年的?{_WHEN}"
)
_SOON = re.compile(
    "最后(?:一天|期限|关头)|(?:期限?|时效|[一两三]年|半年)[^，。]{0,6}?(?:快|马上|就要|眼看)[^，。]{0,3}(?:到|过|满|完)"
    "|(?:快|马上|就要|眼看)(?:就?要?)?(?:满|过|到)(?:了)?(?:[一两三]年|半年|期|时效)|再拖(?:就|下去)"
    f"|(?:剩|差|再有|再过)(?:个把|一个多?|半个|不到一个){_WEEK}"
)
# Somebody says how long one has, and how much of it has gone.
_LIMIT = re.compile(
    f"(?<!第){_N}{_UNIT}(?:之内|以内|内|里|上诉|复议|起诉|复核|时效|的?期|不|申请|提|去法院|要|，|$)|限{_N}{_UNIT}"
)
_GONE = re.compile(
    f"(?:收到|拿到|到手|送达|签收|过了|过去|已经|知道|领到|下来|接到|压在|放在|到今天)[^，。]{{0,8}}?{_N}多?{_DAYS}(?!之?内|以内|里)"
    f"|(?<!第){_N}多?{_DAYS}了"
)
_IN_HAND = re.compile("收到|拿到|签收|领到|送达|到手")
_NTH_DAY = re.compile(f"第{_N}{_DAYS}")
_GOT_DAYS_AGO = re.compile(f"(大前|前|昨)天[^，。]{{0,6}}{_GOT}")
_GOT_ON_WEEKDAY = re.compile(
    f"(上个?)?{_WEEK}([一二三四五六日天])[^。]{{0,24}}?{_TODAY}(?:是|都)?{_WEEK}([一二三四五六日天])"
)
_TODAY_IS = re.compile(f"(?:{_TODAY}|现在|日历)[^。]{{0,6}}?{_DATE}(?:号|日|了|，|$)")
_ON_DATE = re.compile(f"(到|截止|去年)?(?:本月|这个月|上个月)?{_DATE}(?:号|日)(为止|截止|到期)?")
# What the paper in somebody's hands allows, for those who don't name it: reconsidering an accident report, appeals
# (民事诉讼法、刑事诉讼法), labour awards, payment orders, administrative reconsideration, labour arbitration.
_USUAL_LIMITS = (
    ("认定书|复核", 3),
    ("裁定", 10),
    ("判决|上诉|裁决|支付令|答辩|传票", 15),
    ("复议|处罚|遗赠|股东会", 60),
    ("仲裁|工伤", 365),
)


def days_left(text: str) -> int | None:
    """The fewest days that any reading of `text` leaves of a time limit; None when it speaks of none.

    Weekdays and "soon" count as seven days. Nothing is looked up: a date counts only against a "today" in the text.
    """
    return min((*_said_left(text), *_counted_left(text)), default=None)


def _said_left(text: str) -> list[int]:
    left = [_number(found[1] or found[2]) for found in _LEFT.finditer(text)]
    left += [_DAY_WORDS.get(found[1] or found[2] or found[3], _A_WEEK) for found in _ENDS_WHEN.finditer(text)]
    left += [_A_WEEK for _ in _SOON.finditer(text)]
    # What happened on this day of last year is a year old on the same day.
    left += [date - today for date, today, ends in _dates(text) if ends and date - today >= -1]
    return left


def _counted_left(text: str) -> list[int]:
    gone = [_number(found[1] or found[2]) for found in _GONE.finditer(text)]
    named = [_number(n) * _UNIT_DAYS[unit] for found in _LIMIT.finditer(text) for n, unit in _pairs(found.groups())]
    named = [days for days in named if days not in gone]
    limits = named + [days for papers, days in _USUAL_LIMITS if re.search(papers, text)]
    gone += [_number(found[1]) - 1 for found in _NTH_DAY.finditer(text)]
    gone += [_PAST_DAYS[found[1]] for found in _GOT_DAYS_AGO.finditer(text)]
    for found in _GOT_ON_WEEKDAY.finditer(text):
        gone.append((_WEEKDAYS[found[3]] - _WEEKDAYS[found[2]]) % 7 + (7 if found[1] else 0))
    gone += [today - date for date, today, ends in _dates(text) if not ends]
    # The limit that is meant is the shortest one not used up.
    left = [min(fits) for days in gone if days > 0 and (fits := [limit - days for limit in limits if limit >= days])]
    if _IN_HAND.search(text):
        left += [limit for limit in named if limit <= _A_WEEK]
    return left


def _dates(text: str) -> Iterator[tuple[int, int, bool]]:
    """Dates as (day, today, whether something ends then) on one scale of days, if the text says what day it is."""
    if not (now := _TODAY_IS.search(text)):
        return
    year, month, day = map(_number, now.groups("0"))
    for found in _ON_DATE.finditer(text, 0, now.start()):
        kind, its_year, its_month, its_day, ends = found.groups("0")
        months = (
            month - _number(its_month) if month and its_month != "0" else int(_number(its_day) > day and kind == "0")
        )
        years = (year - int(its_year)) % 100 if year and its_year != "0" else 0
        yield _number(its_day), round(365 * years + 30.4 * months) + day, kind != "0" or ends != "0"


def _pairs(groups: tuple[str | None, ...]) -> list[tuple[str, str]]:
    return [(n, unit) for n, unit in zip(groups[::2], groups[1::2], strict=True) if n and unit]


def _number(text: str) -> int:
    return to_count(text) or 0


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
    row.done()
    return _Rule(danger, signs)


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


def _either(source: str) -> str:
    return "|".join(source.split())


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
