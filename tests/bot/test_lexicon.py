import shutil
from pathlib import Path

import pytest

from bot.dates import DateReader
from bot.entities import LEXICON
from bot.lexicon import BadLexiconError, pattern, read_words
from bot.stages import StageReader


def test_a_broken_pattern_is_named() -> None:
    with pytest.raises(BadLexiconError, match=r"stages\.yml: '\(没' is no regular expression"):
        pattern(["好", "(没"], "stages.yml")


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.yml").write_text("kin: [爸", encoding="utf-8")
    with pytest.raises(BadLexiconError, match=r"people\.yml"):
        read_words(tmp_path / "people.yml")


def test_an_unknown_event_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.yml").write_text("- {event: fell_asleep, cues: [睡着]}", encoding="utf-8")
    with pytest.raises(BadLexiconError, match="unknown name 'fell_asleep'"):
        DateReader(tmp_path)


def test_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    shutil.copy(LEXICON / "stages.yml", tmp_path)
    file = tmp_path / "stages.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("stage: suing", "stage: sueing"), encoding="utf-8")
    with pytest.raises(BadLexiconError, match="unknown name 'sueing'"):
        StageReader(tmp_path)
