"""Near-duplicates and doubtful labels among training utterances."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config import PROJECT, Settings
from api.training_data import as_text, doubtful, near_pairs, read_settled
from api.wiring import open_encoder
from bot.utterances import read_utterances

ROWS = [row for row in read_utterances(PROJECT / "nlu_data" / "train") if row[0] in ("wage_arrears", "divorce_dispute")]


@pytest.fixture(scope="module")
def encoder(settings: Settings):
    return open_encoder(settings)


def test_a_reworded_copy_is_found_and_told_when_its_intent_differs(encoder) -> None:
    rows = [("wage_arrears", "公司拖欠我三个月工资"), ("work_injury", "公司拖欠我三个月的工资"), ("thanks", "谢谢")]
    pairs = near_pairs(rows, encoder)
    assert [(pair.first, pair.second, pair.differs) for pair in pairs] == [(rows[0], rows[1], True)]


def test_a_wrong_label_is_the_most_doubtful_unless_it_was_judged(encoder) -> None:
    wrong = ("divorce_dispute", "老板欠我半年工资一直不发，我该找谁要")
    rows = [*ROWS, wrong]
    doubts = doubtful(rows, encoder, {})
    assert (doubts[0].text, doubts[0].rival) == (wrong[1], "wage_arrears")
    assert wrong[1] not in {doubt.text for doubt in doubtful(rows, encoder, {wrong[1]: wrong[0]})}
    assert wrong[1] in {doubt.text for doubt in doubtful(rows, encoder, {wrong[1]: "wage_arrears"})}


def test_judged_labels_that_were_not_changed_yet_are_listed() -> None:
    report = as_text([("thanks", "谢了")], [], [], {"谢了": "yes"})
    assert "1 labels judged by hand, 1 of them still to be changed\nthanks > yes  谢了" in report


def test_every_judged_utterance_has_a_label_that_exists() -> None:
    settled = read_settled(PROJECT / "nlu_data" / "measure" / "settled_labels.tsv")
    intents = {intent for intent, _ in read_utterances(PROJECT / "nlu_data" / "train")}
    assert len(settled) >= 50
    assert set(settled.values()) <= intents


def test_the_file_of_judged_labels_may_hold_comments(tmp_path: Path) -> None:
    path = tmp_path / "settled.tsv"
    path.write_text("# why\nutterance\tlabel\twhy\n谢了\tthanks\t道谢\n", encoding="utf-8")
    assert read_settled(path) == {"谢了": "thanks"}
