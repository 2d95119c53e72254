"""Sees danger in a message by rules alone: no model, the same answer every time, before anything else is asked.

What people say in danger, and what is said back, stands in `nlu_data/lexicon/danger.yml`. A missed danger is far worse
than a false alarm, so signs are classes of words found together rather than sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import BotError
from routing.datafile import Problems, Row, read_yaml

RULES = tuple(f"E{number:02d}" for number in range(1, 21))
MOST_LINES = 7
LONGEST_LINE = 30  # characters: two rows on a small phone
# In the file `…` stands for a few words between two others, `……` for up to a sentence.
_GAPS = (("……", ".{0,30}?"), ("…", ".{0,10}?"))
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
    """Fires when all patterns of `needs` are found, none of `unless`, and no more than `days` are left.

    Patterns are numbers in `_Lexicon.patterns`: signs share them, and a message is searched for each once at most.
    """

    needs: tuple[int, ...]
    unless: tuple[int, ...]
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
        top.done()
        if problems.found:
            raise BadDangerFileError(tuple(map(str, problems.found)))
        self._lexicon = lexicon
        self._rules = {rule_id: rules[rule_id] for rule_id in order}

    def screen(self, text: str) -> Danger | None:
        """The first danger in the file's order, or None. `text` is normalised (see `bot.normalize`)."""
        reading = _Reading(self._lexicon.read(text), self._lexicon.patterns)
        for rule in self._rules.values():
            if any(map(reading.fits, rule.signs)):
                return rule.danger
        return None

    def rule(self, rule_id: str) -> Danger:
        """What is shown for a rule like "E01"; KeyError for any other id."""
        return self._rules[rule_id].danger


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

    def _has(self, number: int) -> bool:
        found = self._found[number]
        if found is None:
            found = self._found[number] = self._patterns[number].search(self._text) is not None
        return found


# --- days left of a time limit

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "半": 0}
_UNIT_DAYS = {"天": 1, "日": 1, "个工作日": 1, "个月": 30, "月": 30, "年": 365}
_N = r"(\d{1,3}|[一二两三四五六七八九十百]{1,5})"
_DAYS = "(?:天|日|个工作日)"
_ENDING = "(?:到期|截止|最后|满|过期|期限|失效|生效|不交|要交|前交|到了|到上诉|开庭|来不及|来得及|不来得及|开拍|就过|过了|刚好|正好|没了)"
_DAY_WORDS = {"今天": 0, "今日": 0, "今晚": 0, "下午": 0, "明": 1, "大后天": 3, "后天": 2}
_THIS_WEEK = "(?:这|本|这个|下|下个)?(?:周|星期|礼拜)[一二三四五六日末天]|(?:这|本|这个)(?:周|星期|礼拜)|(?:这个)?月底"
_WHEN = f"(今天|今日|今晚|下午|明|大后天|后天|{_THIS_WEEK})"
_WITHIN_A_WEEK = 7  # what a weekday or "soon" leaves at most

# Somebody says how long is left.
_LEFT = re.compile(
    f"(?:剩|差|再过|不到|最后|还有)[^，。]{{0,4}}?{_N}{_DAYS}|{_N}{_DAYS}(?:后|以后|之后|就)[^，。]{{0,4}}{_ENDING}"
)
_ENDS_WHEN = re.compile(f"{_WHEN}[^。]{{0,12}}?{_ENDING}|(?:{_ENDING}|只?到|就是)[^。]{{0,4}}?{_WHEN}")
_SOON = re.compile(
    "最后(?:一天|期限|关头)|(?:期限?|时效|[一两三]年|半年|个月|天)[^，。]{0,6}?(?:快|马上|就要|眼看)[^，。]{0,3}(?:到|过|满|完)"
    "|(?:快|马上|就要|眼看)(?:就?要?)?(?:满|过|到)(?:了)?(?:[一两三]年|半年|期|时效|\\d+天|[一二三四五六七八九十]+天)|再拖(?:就|下去)"
)
# Somebody says how long one has, and how much of it has gone.
_LIMIT = re.compile(
    f"{_N}(天|日|个工作日|个月|年)(?:之内|以内|内|里|上诉|复议|起诉|复核|时效|的?期|不|申请|提|去法院|要|，|$)"
)
_GONE = re.compile(
    f"第{_N}{_DAYS}|(?:收到|拿到|到手|送达|签收|过了|过去|已经|知道|领到|下来|接到)[^，。]{{0,8}}?{_N}(?:多)?{_DAYS}(?!之?内|以内|里)"
    f"|{_N}(?:多)?{_DAYS}了"
)
_DATES = re.compile(f"(?:{_N}月)?{_N}[号日][^。]{{0,24}}?(?:今天|现在)[^。]{{0,4}}?(?:{_N}月)?{_N}[号日]")
# What the paper in somebody's hands allows, for those who don't name it (刑事诉讼法、民事诉讼法、行政复议法 and others);
# the shortest where papers of one name differ.
_USUAL_LIMITS = (
    ("认定书|复核", 3),
    ("裁定", 10),
    ("判决|上诉|裁决|支付令|答辩|传票", 15),
    ("复议|处罚|遗赠|股东会", 60),
    ("仲裁|工伤", 365),
)


def days_left(text: str) -> int | None:
    """The fewest days that any reading of `text` leaves of a time limit; None when it speaks of none.

    Negative when it may be over already. Weekdays and "soon" count as seven days.
    """
    return min((*_said_left(text), *_counted_left(text)), default=None)


def _said_left(text: str) -> list[int]:
    left = [_number(found[1] or found[2]) for found in _LEFT.finditer(text)]
    for found in _ENDS_WHEN.finditer(text):
        when = found[1] or found[2]
        left.append(_DAY_WORDS.get(when, _WITHIN_A_WEEK))
    if _SOON.search(text):
        left.append(_WITHIN_A_WEEK)
    return left


def _counted_left(text: str) -> list[int]:
    limits = [_number(found[1]) * _UNIT_DAYS[found[2]] for found in _LIMIT.finditer(text)]
    limits += [days for papers, days in _USUAL_LIMITS if re.search(papers, text)]
    gone = [_number(found[1] or found[2] or found[3]) for found in _GONE.finditer(text)]
    for found in _DATES.finditer(text):
        then_month, then_day, month, day = (_number(part) if part else None for part in found.groups())
        months = (month - then_month) if month and then_month else int(day < then_day)
        gone.append(day - then_day + 30 * months)
    left = []
    for days in gone:
        # The limit that is meant is the shortest one not used up; "15 天" itself is not time gone.
        fitting = [limit - days for limit in limits if limit > days]
        left += [min(fitting)] if fitting else []
    return left


def _number(text: str) -> int:
    """A number below a thousand in digits or Chinese numerals."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


# --- reading the file


@dataclass
class _Lexicon:
    """The words of the file and every pattern that the signs are made of."""

    top: Row
    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers: dict[str, int] = {}
        spelling = _texts(self.top, "reads_as")
        # One pattern over everything that is read as something else; group n stands for the n-th replacement.
        self._spelling = _compiled(self.top, "|".join(f"({_either(slips)})" for slips in spelling.values()) or "(?!)")
        self._reads_as = tuple(spelling)
        self._words: dict[str, str] = {}
        for name, source in _texts(self.top, "words").items():
            if not _WORD.fullmatch(f"{{{name}}}"):
                self.top.bad(f"word '{name}' must be written in capitals")
            self._words[name] = f"(?:{_either(self._filled(self.top, source))})"
            _compiled(self.top, self._words[name])

    def read(self, text: str) -> str:
        """The text as the signs see it: dialect and slips of speech recognition replaced, pauses turned into commas."""
        return self._spelling.sub(lambda match: self._reads_as[(match.lastindex or 1) - 1], text)

    def number(self, row: Row, source: str) -> int:
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
    unless = tuple(lexicon.number(row, source) for source in row.texts("unless", ()))
    signs = tuple(_read_sign(row, source, unless, lexicon) for source in row.texts("signs"))
    row.done()
    return _Rule(danger, signs)


def _read_sign(row: Row, source: str, unless: tuple[int, ...], lexicon: _Lexicon) -> _Sign:
    """Parts between spaces must all be found, a part after `!` must not; `days_left<=7` asks `days_left`."""
    parts = source.split()
    limits = [int(limit[1]) for part in parts if (limit := _DAYS_LEFT.match(part))]
    parts = [part for part in parts if not _DAYS_LEFT.match(part)]
    needs = tuple(lexicon.number(row, part) for part in parts if not part.startswith("!"))
    if not needs:
        row.bad(f"sign '{source}' asks for nothing")
    taken_back = tuple(lexicon.number(row, part[1:]) for part in parts if part.startswith("!"))
    return _Sign(needs, (*taken_back, *unless), min(limits, default=None))


def _either(source: str) -> str:
    return "|".join(source.split())


def _compiled(row: Row, source: str) -> re.Pattern[str]:
    for sign, gap in _GAPS:
        source = source.replace(sign, gap)
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
