"""LawBench 2-4 as an outside yardstick: our matters taken for its 20 topics by a stated crosswalk, nothing trained on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.datafile import Problems, read_yaml

OTHER = "综合咨询"
_ITEM = re.compile(r"lb24-(\d+)")


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The topics in LawBench's order, how many items each has, and the topic of each of our matters."""

    topics: tuple[str, ...]
    items_a_topic: int
    topic_of: Mapping[str, str]

    def told(self, question_id: str) -> str | None:
        """The topic that LawBench gives to the item of this id; None for other questions."""
        item = _ITEM.fullmatch(question_id)
        return self.topics[int(item[1]) // self.items_a_topic] if item else None

    def named(self, ranking: Sequence[Mapping[str, Any]]) -> str:
        """The topic whose matters have the most confidence together."""
        sums: Counter[str] = Counter()
        for guess in ranking:
            sums[self.topic_of.get(guess["matter"], OTHER)] += guess["confidence"]
        return max(sums, key=lambda topic: sums[topic])


def read_crosswalk(path: Path) -> Crosswalk:
    """The crosswalk of a file; `BadDataFileError` names what is wrong in it."""
    problems = Problems()
    top = read_yaml(path, problems)
    topics, topic_of = [], {}
    for row in top.rows("labels"):
        topics.append(row.text("name"))
        topic_of |= dict.fromkeys(row.texts("matters"), topics[-1])
        row.done()
    items = top.number("items_a_label") or 1
    top.done()
    problems.check()
    return Crosswalk(tuple(topics), items, topic_of)


def as_text(found: Iterable[tuple[str, Mapping[str, Any]]], crosswalk: Crosswalk) -> str:
    """Accuracy over (id, record of `yibotong triage`), with the topics most often taken for others."""
    pairs = [
        (told, crosswalk.named(record["ranking"]))
        for key, record in found
        if (told := crosswalk.told(key)) is not None and record["ranking"]
    ]
    if not pairs:
        return "LawBench 2-4: not measured, none of its items is among these questions"
    right = sum(told == named for told, named in pairs)
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1]).most_common(5)
    lines = [f"LawBench 2-4, its topics by our matters, untrained: {right / len(pairs):.3f} ({right} of {len(pairs)})"]
    return "\n".join([*lines, *(f"{count:4}  {told} > {named}" for (told, named), count in wrong)])
