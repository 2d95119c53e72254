"""Questions in English, read as the Chinese key phrases that stand for them.

There is no translation model: `nlu_data/lexicon/english.yml` says which English words stand for which Chinese phrase, about
people, troubles, dangers, times and places. What comes out goes the same way as any other question; what stands nowhere in the
lexicon is left out. A text in which nothing is recognised stays as it is: the embeddings know a little English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.errors import BotError
from routing.datafile import Problems, Row, read_yaml

LEXICON = Path(__file__).parents[1] / "nlu_data" / "lexicon" / "english.yml"
LEAST_WORDS = 2  # one word alone says nothing of the language, unless it is known
MOST_CHINESE = 0.15  # of the letters: a Chinese word or two inside an English question are no Chinese question
WHOLE = "answers"  # phrases that must be the whole message
PLACES = "places"
GAP = 4  # words that `…` may stand for

_MASKED = re.compile(r"〔[^〕]*〕")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_CONTRACTIONS = tuple(
    (re.compile(source), target)
    for source, target in (
        (r"\b(?:can't|cant|cannot)\b", "can not"),
        (r"\b(?:won't|wont)\b", "will not"),
        (r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should)n'?t\b", r"\1 not"),
        (r"\b(i)'?m\b", r"\1 am"),
        (r"\b(he|she|it|who|that|there|what|where|here)'s\b", r"\1 is"),
        (r"'(?:re)\b", " are"),
        (r"'(?:ve)\b", " have"),
        (r"'(?:ll)\b", " will"),
        (r"'(?:d)\b", " would"),
        (r"'s\b", ""),
        (r"\bgonna\b", "going to"),
        (r"\bwanna\b", "want to"),
        (r"(?<=\d),(?=\d{3})", ""),
        (r"\b(\d+)k\b", r"\g<1>000"),
    )
)
# Words that carry nothing here; without them a phrase need not foresee them.
_DROPPED = frozenset("a an the my our your their his its really very so also still".split())  # noqa: SIM905
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[¥￥]|[\u3400-\u9fff]+|[,.;:!?\n]")
_NUMBER_NAMES = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety""".split()  # noqa: SIM905
_NUMBERS = dict(zip(_NUMBER_NAMES, [*range(1, 21), *range(30, 100, 10)], strict=True))
_MONTH_NAMES = """january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep
october|oct november|nov december|dec""".split()  # noqa: SIM905
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names.split("|")}
_UNITS = {"minute": "分钟", "hour": "小时", "day": "天", "week": "周", "month": "个月", "year": "年"}
_CLAUSE_END = frozenset(",.;:!?\n")
_CLASS = re.compile(r"\{([A-Z_]+)\}")


class BadEnglishFileError(BotError):
    """The file can't be used. Lists every problem found."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    chinese: str


class English:
    """The lexicon, compiled once; safe for several threads. Raises `BadEnglishFileError`."""

    def __init__(self, path: Path = LEXICON) -> None:
        problems = Problems()
        top = read_yaml(path, problems)
        classes = _texts(top, "words")
        groups = top.row("phrases")
        phrases: list[tuple[str, re.Pattern[str]]] = []
        for group in groups.data if groups else ():
            begin, end = ("^ ", "$") if group == WHOLE else ("(?<= )", "")
            for chinese, source in _texts(groups, group).items():
                pattern = "|".join(_pattern(top, one, classes) for one in source.split(" / "))
                phrases.append((chinese, _compiled(top, f"{begin}(?:{pattern}){end}")))
                if group == PLACES:
                    phrases.append((f"在{chinese}", _compiled(top, f"{begin}(?:in|at|near) (?:{pattern}){end}")))
        self.matters, self.bodies, self.questions = (_texts(top, key) for key in ("matters", "bodies", "questions"))
        self.dangers = {rule: row.texts(rule) for rule in row.data} if (row := top.row("dangers")) else {}
        # How areas are written: the first word for each.
        self.places = {
            chinese: source.partition(" / ")[0].title()
            for chinese, source in (_texts(groups, PLACES) if groups else {}).items()
        }
        top.done()
        if problems.found:
            raise BadEnglishFileError(map(str, problems.found))
        self._phrases = phrases

    def __len__(self) -> int:
        return len(self._phrases)

    def chinese_of(self, text: str) -> str:
        """The Chinese key phrases of an English text, in its order; empty when nothing was recognised."""
        canonical = canonical_form(text)
        found = [
            _Found(match.start(), match.end(), chinese)
            for chinese, pattern in self._phrases
            for match in pattern.finditer(canonical)
        ]
        found += _counted(canonical)
        kept = [one for one in found if not any(_covers(other, one) for other in found)]
        ends = [_Found(at, at + 1, "，") for at, char in enumerate(canonical) if char in _CLAUSE_END]
        parts: list[str] = []
        for one in sorted([*kept, *ends], key=lambda one: (one.start, one.end)):
            is_repeated = bool(parts) and one.chinese == parts[-1]
            if one.chinese and not is_repeated and (parts or one.chinese != "，"):
                parts.append(one.chinese)
        return "".join(parts).strip("，")


def is_english(text: str) -> bool:
    """Whether a normalised, masked text is English: Latin words and hardly anything Chinese."""
    text = _MASKED.sub("", text)
    words = [word for word in _WORDS.findall(text) if len(word) > 1 or word in "aIi"]
    letters = sum(map(len, words))
    chinese = len(_CHINESE.findall(text))
    if not words or chinese > MOST_CHINESE * (letters + chinese):
        return False
    if len(words) < LEAST_WORDS:  # an answer, a place, a cry for help; not a name or a code
        return bool(english().chinese_of(text))
    return not _COMMON.isdisjoint(word.lower().partition("'")[0] for word in words)


def as_read(text: str) -> str:
    """An English text in Chinese key phrases; any other text, and one of which nothing is known, as it is."""
    return (english().chinese_of(text) or text) if is_english(text) else text


@lru_cache(maxsize=1)
def english() -> English:
    """The lexicon of the package."""
    return English()


def canonical_form(text: str) -> str:
    """Lower case, contractions written out, numbers in digits, words and signs between single spaces."""
    text = text.lower().translate(_APOSTROPHES)
    for pattern, target in _CONTRACTIONS:
        text = pattern.sub(target, text)
    tokens = (str(_NUMBERS.get(token, token)) for token in _TOKEN.findall(text) if token not in _DROPPED)
    return f" {' '.join(tokens)} "


# --- numbers, money, times


def _counted(canonical: str) -> Iterator[_Found]:
    for match in _MONEY.finditer(canonical):
        yield _Found(match.start(), match.end(), f"{match[1] or match[2]}元")
    for match in _AGE.finditer(canonical):
        yield _Found(match.start(), match.end(), f"{match[1]}岁")
    for match in _SPAN.finditer(canonical):
        number, unit, before = match[1], _UNITS[match[2]], match[3]
        yield _Found(match.start(), match.end(), f"{number}{unit}{'前' if before else ''}")
    for match in _DATE.finditer(canonical):
        month, day = (match[1], match[2]) if match[1] else (match[4], match[3])
        yield _Found(match.start(), match.end(), f"{_MONTHS[month]}月{day}日")


_MONEY = re.compile(r"(?<= )(?:(?:[¥￥]|rmb|cny) (\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) (?:yuan|rmb|cny|kuai|renminbi)) ")
_AGE = re.compile(r"(?<= )(\d+) years? old ")
_SPAN = re.compile(rf"(?<= )(\d+) ({'|'.join(_UNITS)})s? (ago )?")
_DATE = re.compile(
    rf"(?<= )(?:({'|'.join(_MONTHS)}) (\d{{1,2}}) (?:st |nd |rd |th )?|(\d{{1,2}}) (?:st |nd |rd |th )?(?:of )?({'|'.join(_MONTHS)}) )"
)


# --- reading the file


def _texts(top: Row, key: str) -> dict[str, str]:
    row = top.row(key)
    if row is None:
        top.bad(f"'{key}' is missing")
        return {}
    return {name: row.text(name) for name in row.data}


def _pattern(row: Row, source: str, classes: dict[str, str]) -> str:
    """One phrase: words between spaces. `…` stands for up to four words, `(a|b)` for one of several (`_` joins the words of
    one), `?` behind it makes it optional, `{NAME}` is a class of words. A word also stands for its inflected forms."""
    parts = []
    for token in source.split():
        if token == "…":  # noqa: S105  (a word of a pattern)
            parts.append(rf"(?:[^ ,.;:!?\n]+ ){{0,{GAP}}}?")
            continue
        optional = token.endswith("?")
        word = token.removesuffix("?")
        if (name := _CLASS.fullmatch(word)) and name[1] not in classes:
            row.bad(f"unknown word {word} in '{source}'")
            continue
        if word.startswith("(") != word.endswith(")"):
            row.bad(f"'{word}' in '{source}': join the words inside brackets by '_'")
            continue
        word = classes[name[1]] if name else word.strip("()")
        forms = "|".join(_forms(one) for one in word.replace(" ", "|").split("|"))
        parts.append(f"(?:(?:{forms}) ){'?' if optional else ''}")
    return "".join(parts)


def _forms(words: str) -> str:
    """Words joined by `_`, each with its regular inflections; short words and digits as they are."""
    forms = []
    for word in words.split("_"):
        if not re.fullmatch(r"[a-z]{3,}", word):
            forms.append(word)
        elif word.endswith("e"):
            forms.append(f"{word[:-1]}(?:e|es|ed|ing)")
        elif re.search(r"[^aeiou]y$", word):
            forms.append(f"{word[:-1]}(?:y|ies|ied|ying)")
        else:
            forms.append(f"{word}(?:s|es|{word[-1]}?ed|{word[-1]}?ing)?")
    return " ".join(forms)


def _compiled(row: Row, source: str) -> re.Pattern[str]:
    try:
        return re.compile(source)
    except re.error as error:
        row.bad(f"bad pattern '{source}': {error}")
        return re.compile("(?!)")


def _covers(other: _Found, one: _Found) -> bool:
    """Whether a longer phrase says it already."""
    if other is one:
        return False
    longer = other.end - other.start > one.end - one.start
    return longer and other.start <= one.start and one.end <= other.end


# One of these stands in nearly every English sentence, and in hardly any name, code or pinyin.
_COMMON = frozenset(
    """i am is are was my the this that it he she they we you your his their and or not no to of in on for from with at by
    do does did don doesn didn can could cannot how what where who when which why have has had will would should may must
    help please need want there isn wasn won haven if about been be get got because after before me him our""".split()  # noqa: SIM905
)
