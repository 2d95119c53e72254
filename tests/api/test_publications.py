"""A model that was in use before comes back by one command, and stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config import Settings
from api.failure import Failure
from api.publications import Publication, go_back, history, model_path, models_folder, publish, published, refused_data


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path)
    models_folder(settings).mkdir()
    return settings


def a_publication(settings: Settings, name: str, accuracy: float = 0.7) -> Publication:
    publication = Publication(f"{name}.tar.gz", f"hash of {name}", accuracy, "2026-11-24T08:00:00+00:00")
    model_path(settings, publication).write_bytes(b"")
    publish(settings, publication)
    return publication


def test_the_last_publication_is_in_use_and_all_are_recorded(fresh: Settings) -> None:
    made = [a_publication(fresh, name) for name in ("one", "two", "three")]
    assert published(fresh) == made[-1]
    assert history(fresh) == made


def test_each_step_back_goes_one_publication_further(fresh: Settings) -> None:
    for name in ("one", "two", "three"):
        a_publication(fresh, name)
    assert [go_back(fresh, "now").model for _ in range(2)] == ["two.tar.gz", "one.tar.gz"]
    assert published(fresh).model == "one.tar.gz"
    assert [entry.model for entry in history(fresh)[3:]] == ["two.tar.gz", "one.tar.gz"]


def test_the_data_that_were_gone_back_from_are_not_trained_again(fresh: Settings) -> None:
    a_publication(fresh, "one")
    a_publication(fresh, "two")
    go_back(fresh, "hash of the present data")
    assert refused_data(fresh) == "hash of the present data"


def test_a_model_whose_file_is_gone_is_passed_over(fresh: Settings) -> None:
    a_publication(fresh, "one")
    lost = a_publication(fresh, "two")
    a_publication(fresh, "three")
    model_path(fresh, lost).unlink()
    assert go_back(fresh, "now").model == "one.tar.gz"


@pytest.mark.parametrize("names", [(), ("one",)])
def test_without_an_earlier_publication_there_is_no_way_back(fresh: Settings, names: tuple[str, ...]) -> None:
    for name in names:
        a_publication(fresh, name)
    with pytest.raises(Failure, match="no earlier publication"):
        go_back(fresh, "now")
