"""The training data hold what they promise."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from api import counterpart_weights
from api.config import PROJECT, READY_VECTORS
from bot.counterpart_weights import read as read_weights
from bot.utterances import read_utterances
from case_library.embed import DEFAULT_MODEL, _key
from case_library.matters import load_matters

MATTERS = load_matters(PROJECT / "nlu_data" / "matters.yml")
TRAIN = read_utterances(PROJECT / "nlu_data" / "train")
HELD_OUT = read_utterances(PROJECT / "nlu_data" / "held_out")


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def test_every_intent_is_a_matter_or_a_dialogue_act() -> None:
    known = {*MATTERS.by_code, *MATTERS.dialogue_acts}
    assert {intent for intent, _ in (*TRAIN, *HELD_OUT)} == known


def test_every_matter_has_forty_utterances_and_six_held_out() -> None:
    train, held_out = Counter(i for i, _ in TRAIN), Counter(i for i, _ in HELD_OUT)
    assert {c: train[c] for c in MATTERS.by_code if train[c] < 40} == {}
    assert {c: held_out[c] for c in MATTERS.by_code if held_out[c] < 6} == {}


def test_no_sentence_stands_twice_and_none_held_out_is_trained_on() -> None:
    counts = Counter(plain(text) for _, text in (*TRAIN, *HELD_OUT))
    assert [text for text, count in counts.items() if count > 1] == []


def test_a_matter_file_holds_the_matters_of_its_group() -> None:
    for path in sorted((PROJECT / "nlu_data" / "train").glob("*.yml")):
        intents = {block["intent"] for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]}
        if path.stem == "dialogue_acts":
            assert intents == set(MATTERS.dialogue_acts)
        else:
            assert {MATTERS.by_code[intent].group for intent in intents} == {path.stem}


def test_no_labelled_question_was_copied_in(shared: Path) -> None:
    ours = {plain(text) for _, text in (*TRAIN, *HELD_OUT)}
    for name in ("dev", "safety_dev", "tricky_dev", "stard_dev"):
        lines = (shared / "eval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if plain(json.loads(line)["text"]) in ours] == []


def test_the_matters_are_those_agreed_on(shared: Path) -> None:
    agreed = json.loads((shared / "domain" / "matters.json").read_text(encoding="utf-8"))["matters"]
    assert [(m["code"], m["group"], m["name_zh"]) for m in agreed] == [
        (m.code, m.group, m.name) for m in MATTERS.by_code.values()
    ]


@pytest.mark.parametrize("code", MATTERS.by_code)
def test_every_matter_says_what_it_covers_and_what_not(code: str) -> None:
    matter = MATTERS.by_code[code]
    assert matter.scope
    assert matter.excludes
    assert len(matter.short) <= 8


def test_nearly_every_utterance_has_its_vector_ready() -> None:
    with np.load(READY_VECTORS, allow_pickle=False) as ready:
        keys = {key.tobytes() for key in ready["keys"]}
    missing = [text for _, text in TRAIN if _key(DEFAULT_MODEL, text) not in keys]
    assert len(missing) <= len(TRAIN) / 50, "run `yibotong vectors`"


def test_what_is_known_of_counterparts_was_learnt_from_these_utterances_cases_and_words(tmp_path: Path) -> None:
    counterpart_weights.make(tmp_path / "weights.npz")
    made, kept = read_weights(tmp_path / "weights.npz"), read_weights()
    assert made.ngrams.vocabulary_ == kept.ngrams.vocabulary_, "run `yibotong vectors`"
    assert np.allclose(made.of_ngrams, kept.of_ngrams, atol=0.02)
    assert np.allclose(made.of_points, kept.of_points, atol=0.02)
