"""No sentence the system says by itself cites an article that is not in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from api.config import PROJECT
from api.wiring import local_now
from bot import wording
from case_library.statutes import Statutes

# Files whose texts are shown or sent as they stand.
FILES = [
    *sorted((PROJECT / "api").rglob("phrases.yml")),
    *sorted((PROJECT / "nlu_data" / "lexicon").glob("*.yml")),
    *sorted((PROJECT / "routing" / "data").rglob("*.yml")),
]


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


@pytest.fixture(scope="module")
def statutes() -> Statutes:
    return Statutes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_article_a_data_file_cites_is_in_force(path: Path, statutes: Statutes) -> None:
    said = "\n".join(texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert statutes.checked(said, local_now().date()).problems == ()


def test_every_article_the_wording_cites_is_in_force(statutes: Statutes) -> None:
    said = "\n".join(texts({name: value for name, value in vars(wording).items() if name.isupper()}))
    assert len(said) > 1000
    assert statutes.checked(said, local_now().date()).problems == ()
