"""`kill -9` at random moments under load; `make bench PART=kill` does it two hundred times."""

from __future__ import annotations

import shutil
from pathlib import Path

from api.config import Settings
from tests.installation import Installation
from tests.killing import kill_under_load


def test_nothing_acknowledged_is_lost_and_nothing_doubled(settings: Settings, intent_model, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copytree(settings.data_dir / "models", folder / "models")
    installation = Installation(folder, conversations_per_hour=100_000, proof_above_per_minute_from_one=0)
    try:
        found = kill_under_load(installation, ["model", "api", "model", "both", "model"], limit_s=600)
    finally:
        installation.kill_everything()
    assert found.sound, found
    assert found.rounds.total() == 5
    assert found.events > 0
