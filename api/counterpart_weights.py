"""Learn who stands on the other side from everything that is labelled; a part of `yibotong vectors`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from api.evaluate_facts import in_second_half, read_annotations
from bot.counterpart_weights import NOBODY, WEIGHTS, learn, write
from bot.counterparts import CounterpartReader
from bot.entities import LEXICON
from bot.normalize import normalize
from bot.utterances import read_utterance_files, read_utterances

NLU_DATA = LEXICON.parent
CASE_DATA = NLU_DATA.parent / "case_library" / "data"
ONE_BY_ONE, BY_CASE, BY_MATTER = 3.0, 1.0, 0.5  # how much each kind of label is trusted


def labelled() -> Iterator[tuple[str, list[str], float]]:
    """Every text with the kinds that are right and how much that is trusted; the better label of a text comes first."""
    with (NLU_DATA / "counterparts" / "utterances.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"):
            yield row["text"], row["counterpart"].split("|"), ONE_BY_ONE
    for text, told in read_annotations(NLU_DATA / "measure" / "facts_held_out.tsv").items():
        kinds = sorted(told.get("counterpart", [frozenset((NOBODY,))])[0])
        if not in_second_half(text) and "?" not in kinds:
            yield normalize(text), kinds, ONE_BY_ONE
    usual = yaml.safe_load((NLU_DATA / "counterparts" / "usual.yml").read_text(encoding="utf-8"))
    for path in sorted(CASE_DATA.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
            kinds = usual["cases"].get(case["id"]) or usual["matters"].get(case["matter"])
            for question in case["questions"] if kinds else ():
                yield normalize(str(question)), kinds, BY_CASE
    acts = {intent for intent, _ in read_utterance_files([NLU_DATA / "train" / "dialogue_acts.yml"])}
    for intent, text in read_utterances(NLU_DATA / "train"):
        kinds = [NOBODY] if intent in acts else usual["matters"].get(intent)
        if kinds:
            yield normalize(text), kinds, BY_MATTER


def make(path: Path = WEIGHTS) -> str:
    """Write the weights; takes ten seconds."""
    known: dict[str, tuple[list[str], float]] = {}
    for text, kinds, trust in labelled():
        known.setdefault(text, (kinds, trust))
    reader = CounterpartReader(LEXICON, weights=None)
    points = np.stack([reader.features(text) for text in known])
    weights = learn(list(known), points, [kinds for kinds, _ in known.values()], [trust for _, trust in known.values()])
    write(weights, path)
    return f"{path.name}: {len(known)} texts, {len(weights.ngrams.vocabulary_)} n-grams"
