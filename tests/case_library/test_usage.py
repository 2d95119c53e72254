"""How often cases are shown and what came of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from case_library import usage
from case_library.usage import Use

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_counts_add_up_over_days_and_the_last_use_is_kept(engine: Engine) -> None:
    with engine.begin() as connection:
        usage.count(connection, ["a.one", "a.two"], "shown", NOW, date(2026, 11, 23))
        usage.count(connection, ["a.one"], "shown", NOW.replace(hour=5), date(2026, 11, 24))
        usage.count(connection, ["a.one"], "edited", NOW.replace(hour=5), date(2026, 11, 24))
        usage.count(connection, ["a.two"], "unresolved", NOW, date(2026, 11, 22))
    with engine.connect() as connection:
        totals = usage.totals(connection, date(2026, 11, 23))
    assert totals["a.one"] == Use(2, 0, 0, 1, NOW.replace(hour=5))
    assert totals["a.two"] == Use(1, 0, 0, 0, NOW)


def test_a_matter_is_weak_when_more_say_not_solved_than_solved_and_enough_said_anything() -> None:
    used = {
        "bad.one": Use(9, 1, 3, 0, NOW),
        "bad.two": Use(9, 1, 2, 0, NOW),
        "good.one": Use(9, 6, 1, 0, NOW),
        "few.one": Use(9, 0, 4, 0, NOW),
        "retired.one": Use(9, 0, 9, 0, NOW),
    }
    matters = {id_: id_.split(".")[0] for id_ in used if not id_.startswith("retired")}
    ((matter, use),) = usage.weak(used, matters)
    assert matter == "bad"
    assert (use.resolved, use.unresolved) == (2, 5)
