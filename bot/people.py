"""Who a story is about: for whom it is asked, how old that person is, and which protected groups he belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from bot.lexicon import known, optional_pattern, pattern, read_words
from bot.numerals import to_count
from bot.phrases import Phrase, Pipeline
from routing.inquiry import Group

_FILE = "people.yml"
ELDER_FROM = 60  # 老年人权益保障法第二条
MINOR_BELOW = 18  # 未成年人保护法第二条
OLDEST = 120
CONCERNED_REACH = 16  # characters after a kin word in which his trouble is told
AGAINST_REACH = 10
STORY_REACH = 30  # ... of one whom the story begins with

_HIS_STORY_ENDS = re.compile(r"[。！？!?\n]|[，, ]我(?!家|们家|爸|妈|哥|姐|弟|妹)")
_ASKED_FOR = re.compile(r"(?:替|帮|代|为)(?:我们?|俺|一?个)?[^，。！？,]{0,4}$")
_ASKING = re.compile(r"[^，。！？,]{0,4}(?:问|咨询|打听|了解|求助)")
_TAKEN_CARE_OF = re.compile(r"(?:把|送|接)(?:我|我们|我家)?$")
_OWN = re.compile(
    r"(?:我|我们|咱|俺|本人|家里?|屋里|我家?的|我[亲大小]|^|[，。！？,!?；;、\s]|那个|就是|因为|现在|的话|由于)$"
)
_NAMED_OWN = re.compile("我|俺|咱|屋里|家里|那个")
_NO_SUBJECT = re.compile(
    r"[的家们和跟与]|之间|有没有|能不能|可不可以|(?:可以|能|要|叫|让|帮|替)我|[^，。！？,]{0,12}[吗嘛]?$"
)
_WITH_OTHERS = re.compile(r"(?:[和跟与同给对让叫]我?|(?<!听)说我|不是我?|一个|有个)$")
FIRST = 10  # characters before the person a story begins with
EARLY = 50  # characters; later in a story a relative is mentioned by the way

_NUMBER = r"(?P<n>\d{1,3}|[一二三四五六七八九十百]{1,4})"
_AGE = re.compile(rf"{_NUMBER}(?:好几|多|来|几)?(?:个)?周?岁")
_NOT_AN_AGE_BEFORE = re.compile(r"(?:不够|未满|不满|没满|年满|到|至|不到|未到|小于|大于|以前|和|与|或)$")
_NOT_AN_AGE_AFTER = re.compile(r"(?:半)?(?:未满|以[上下前内后]|之[前后]|前|才|的?时候?|那年|起|开始|退休|的?规定)")
_OVER = re.compile(r"(?:[我爸妈亲公婆爷奶爹娘头]|已经?|以|都)(?:超过?|过|满)$")
_BARE_AGE = re.compile(
    rf"(?P<lead>(?:今年|都|已经|也|虚岁|现在|马上|快|就|刚|才|奔|是|[，, ])*){_NUMBER}(?:好几|多)?"
    r"(?:了(?!\d|[个年月天次万千百])|(?=[，。,！!？?；;\s]|$|想|跟|还在))"
)
_THIS_YEAR_AGE = re.compile(rf"今年{_NUMBER}(?:好几|多)?(?:了|(?=[，。,！!？?；;\s]|$))")
_SPEAKER = re.compile("(?<![了给赔要骗差欠罚收扣找借让])我|本人")
_HE = re.compile("[他她](?!们)")
_BORN = re.compile(
    r"(?P<y>(?:19|20)\d\d|\d\d|[一二三四五六七八九零〇]{2}|[一二零〇九]{2}[一二三四五六七八九零〇]{2})年?(?:(?P<m>\d{1,2})月)?(?:\d{1,2}[日号])?份?"
    r"(?:出生|生人|生的|生日|生(?=[，。,的\s]|$))"
)
_BORN_OF = re.compile(
    r"[是我](?P<y>19\d\d|[3-9]\d|0\d|[三四五六七八九零〇][一二三四五六七八九零〇])年的?人?(?=[，。,！!？?；;\s]|$)"
)
_DECADES = re.compile(r"(?:年过|年近|近)?(?P<d>[六七八九])旬|年过(?P<w>花甲|古稀)")
_NEARLY = re.compile(r"(?:快|奔|将近|近|不到)$")
_STRANGER = re.compile(r"(?:有个|一个|一名|一位|对方|司机|那个|碰到|撞了?个?|打|个|的|与|和|跟)$")
_CUSTODY = re.compile("抚养|离婚|探视|探望|离了|争孩子|判给|监护权|赡养|养老送终|不养我|不管我")


@dataclass(frozen=True, slots=True)
class Kin:
    """A word for somebody in the text; `kind` is its list in people.yml."""

    kind: str
    said: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class People:
    """`asked_for` is the word for the person it is asked for, None for the speaker himself."""

    asked_for: Kin | None
    age: int | None
    groups: tuple[Group, ...]
    kin: tuple[Kin, ...]


@dataclass(frozen=True, slots=True)
class _GroupCue:
    group: Group
    cues: re.Pattern[str]
    ignore: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    needs: re.Pattern[str] | None

    def fits(self, text: str) -> bool:
        if self.needs and not self.needs.search(text):
            return False
        if not self.cues.search(text) or (self.unless and self.unless.search(text)):
            return False
        return self.ignore is None or self.cues.search(self.ignore.sub("，", text)) is not None


class PeopleReader:
    """Reads people by the words of `nlu_data/lexicon/people.yml`."""

    def __init__(self, pipeline: Pipeline, lexicon: Path) -> None:
        words = read_words(lexicon / _FILE)
        self._phrases = pipeline.phrases({"not_kin": words["not_kin"], **words["kin"]})
        self._elder_words = frozenset(words["elder_words"])
        self._concerned = pattern(words["concerned"], _FILE)
        self._against = pattern(words["against"], _FILE)
        self._own_quarrel = pattern(words["own_quarrel"], _FILE)
        self._groups = tuple(_group_cue(row, words["kin"], words["husbands"]) for row in words["groups"])

    def read(self, text: str, doc: Any, today: date) -> People:
        kin = tuple(_kin(phrase) for phrase in self._phrases.find(doc) if phrase.label != "not_kin")
        asked_for = self._asked_for(text, kin)
        age = _age(text, kin, asked_for, today)
        return People(asked_for, age, self._read_groups(text, asked_for, age), kin)

    def _asked_for(self, text: str, kin: Sequence[Kin]) -> Kin | None:
        for person in kin:
            if _ASKED_FOR.search(text, max(0, person.start - 8), person.start) and _ASKING.match(text, person.end):
                return person
        return next((person for person in kin if self._is_concerned(text, person, kin)), None)

    def _is_concerned(self, text: str, person: Kin, kin: Sequence[Kin]) -> bool:
        before = text[max(0, person.start - 4) : person.start]
        after = _HIS_STORY_ENDS.split(text[person.end : person.end + CONCERNED_REACH])[0]
        if _TAKEN_CARE_OF.search(before) and after.startswith("从"):
            return True
        if person.kind == "former" or any(other.start == person.end for other in kin):
            return False
        if _WITH_OTHERS.search(before) or not _OWN.search(before):
            return False
        if (person.kind == "other" and "我" not in before) or (person.kind == "child" and _CUSTODY.search(text)):
            return False
        if person.start > EARLY and not _BARE_AGE.match(after):
            return False
        # His trouble is told before the next person comes in: 「我爸不肯跟我弟过，他老骂人」
        end = min((other.start - person.end for other in kin if other.start > person.end), default=len(after))
        if person.start > FIRST and not _NAMED_OWN.search(before):
            return False  # 「……，孩子住院要用钱」: by the way
        if self._against.search(after[:AGAINST_REACH]):
            return False
        return bool(self._concerned.search(after[: max(end, 6)])) or self._begins_story(text, person)

    def _begins_story(self, text: str, person: Kin) -> bool:
        """「表姐在超市做促销，两边都不给交社保」: whoever a story begins with, unless it is the speaker's own quarrel."""
        if person.start > FIRST or _NO_SUBJECT.match(text, person.end) or self._own_quarrel.search(text):
            return False
        trouble = text[person.end : person.end + STORY_REACH]
        return person.kind != "spouse" or self._concerned.search(trouble) is not None

    def _read_groups(self, text: str, asked_for: Kin | None, age: int | None) -> tuple[Group, ...]:
        told = {cue.group for cue in self._groups if cue.fits(text)}
        if age is not None:
            told -= {"elder", "minor"} if age < ELDER_FROM else {"minor"}
            told |= {"elder"} if age >= ELDER_FROM else {"minor"} if age < MINOR_BELOW else set()
        elif asked_for is not None and asked_for.said in self._elder_words:
            told.add("elder")
        return tuple(group for group in get_args(Group) if group in told)


def _kin(phrase: Phrase) -> Kin:
    return Kin(phrase.label, phrase.said, phrase.start, phrase.end)


def _age(text: str, kin: Sequence[Kin], asked_for: Kin | None, today: date) -> int | None:
    """The age of the person concerned; ages of the other side and of children in custody matters are left out."""
    for years, start in sorted(_ages(text, kin, asked_for, today), key=lambda found: found[1]):
        if not 0 <= years <= OLDEST:
            continue
        owner = _owner(text, kin, start)
        if owner is None:
            if not _STRANGER.search(text, max(0, start - 3), start):
                return years
        elif asked_for and owner.said == asked_for.said and not (owner.kind == "child" and _CUSTODY.search(text)):
            return years
    return None


def _owner(text: str, kin: Sequence[Kin], start: int) -> Kin | None:
    """The last person named before an age in the same clause, unless the speaker is named after him."""
    clause = max(text.rfind(mark, 0, start) for mark in "。！？；，,\n")
    people = [person for person in kin if max(clause, start - 10) < person.end <= start]
    own = text.rfind("我", max(0, start - 3), start)
    return people[-1] if people and own < people[-1].end else None


def _ages(text: str, kin: Sequence[Kin], asked_for: Kin | None, today: date) -> Iterator[tuple[int, int]]:
    """Ages with the place where each stands."""
    for match in _AGE.finditer(text):
        before = text[max(0, match.start() - 3) : match.start()]
        is_limit = _NOT_AN_AGE_BEFORE.search(before) or _NOT_AN_AGE_AFTER.match(text, match.end())
        if not is_limit and (_OVER.search(before) or not before.endswith(("满", "超", "过"))):
            yield from _number(match, before)
    ends = [person.end for person in kin] + [match.end() for match in _SPEAKER.finditer(text)]
    if asked_for is not None:  # 「替老乡问，他六十六了」
        ends += [match.end() for match in _HE.finditer(text)]
    for person_end in ends:
        bare = _BARE_AGE.match(text, person_end)
        if bare and (to_count(bare["n"]) or 0) >= 10:
            yield from _number(bare, bare["lead"])
    for match in _THIS_YEAR_AGE.finditer(text):
        yield from _number(match, "")
    for match in (*_BORN.finditer(text), *_BORN_OF.finditer(text)):
        year = _birth_year(match["y"], today)
        if year is not None:
            month = int(match.groupdict().get("m") or 0)
            yield today.year - year - (1 if month > today.month else 0), match.start()
    for match in _DECADES.finditer(text):
        yield (to_count(match["d"]) or 0) * 10 if match["d"] else {"花甲": 60, "古稀": 70}[match["w"]], match.start()


def _number(match: re.Match[str], before: str) -> Iterator[tuple[int, int]]:
    years = to_count(match["n"])
    if years is not None:
        yield years - (1 if _NEARLY.search(before) else 0), match.start()


def _birth_year(said: str, today: date) -> int | None:
    digits = "".join(str(to_count(char) or 0) for char in said)
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year <= today.year % 100 else 1900
    return year if 0 <= today.year - year <= OLDEST else None


def _group_cue(row: Mapping[str, Any], kin: Mapping[str, Sequence[str]], husbands: Sequence[str]) -> _GroupCue:
    lists = {"{CHILD}": kin["child"], "{HUSBAND}": husbands, "{SPOUSE}": kin["spouse"]}

    def filled(key: str) -> str | None:
        joined = "|".join([row[key]] if isinstance(row.get(key), str) else row.get(key, ()))
        for name, words in lists.items():
            joined = joined.replace(name, f"(?:{'|'.join(words)})")
        return joined or None

    return _GroupCue(
        group=known(row["group"], get_args(Group), _FILE),
        cues=pattern(filled("cues") or "", _FILE),
        ignore=optional_pattern(filled("ignore"), _FILE),
        unless=optional_pattern(filled("unless"), _FILE),
        needs=optional_pattern(filled("needs"), _FILE),
    )
