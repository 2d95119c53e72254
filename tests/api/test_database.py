"""Writers of one process on SQLite go in turn; whatever becomes of one, the next gets in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from api import database
from api.database import for_writing, open_engine

WRITERS = 24


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 60_000)
    engine = for_writing(open_engine(f"sqlite:///{tmp_path / 'turns.sqlite3'}"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE written (number INTEGER)"))
    return engine


def write(engine: Engine, number: int) -> int:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO written VALUES (:number)"), {"number": number})
        return connection.execute(text("SELECT count(*) FROM written")).scalar_one()


def test_every_one_of_many_writers_gets_in(writing: Engine) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        counts = list(pool.map(lambda number: write(writing, number), range(WRITERS * 10)))
    assert sorted(counts) == list(range(1, WRITERS * 10 + 1))


def _fail(engine: Engine) -> None:
    with pytest.raises(OperationalError), engine.begin() as connection:
        connection.execute(text("no SQL"))


def _roll_back(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO written VALUES (0)"))
        connection.rollback()


def _lose(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.begin()
        connection.invalidate()


def _twice(engine: Engine) -> None:
    with engine.connect() as connection:
        for _ in range(2):
            with connection.begin():
                connection.execute(text("SELECT 1"))


@pytest.mark.parametrize("happened", [_fail, _roll_back, _lose, _twice])
def test_whatever_becomes_of_a_writer_the_next_gets_in(
    writing: Engine, monkeypatch: pytest.MonkeyPatch, happened: Callable[[Engine], None]
) -> None:
    happened(writing)
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 1)
    assert write(writing, 1) == 1


def test_the_planner_learns_how_tables_have_grown_in_every_connection(writing: Engine) -> None:
    with writing.begin() as connection:
        connection.execute(text("CREATE INDEX by_number ON written (number)"))
    with writing.execution_options(writing=False).connect() as other:  # a reader, there before and after
        other.execute(text("SELECT 1"))
        other.rollback()
        write(writing, 1)
        database.count_rows(writing)
        assert other.execute(text("SELECT stat FROM sqlite_stat1 WHERE idx = 'by_number'")).scalar_one() == "1 1"
