"""Builders of cases, and a library of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from api import database
from case_library.case import Case, StatuteRef, TimeLimit
from case_library.check import Known
from case_library.statutes import Statutes

_STATUTES = Statutes()


def a_case(id_: str = "wage_arrears.plain", **changes: Any) -> Case:
    fields: dict[str, Any] = {
        "id": id_,
        "matter": "wage_arrears",
        "title": "工资拖着不给",
        "questions": tuple(f"工资不发怎么办，第{n}种问法" for n in range(5)),
        "facts": "小张干了三个月。老板不给钱。",
        "answer": "可以要回来，不用花钱。",
        "settles": "看有没有劳动关系。",
        "steps": ("先去投诉。",),
        "bring": ("身份证",),
        "time_limits": (TimeLimit("一年内申请", "劳动争议调解仲裁法第二十七条"),),
        "statutes": (StatuteRef("劳动争议调解仲裁法", "27"),),
        "other_sources": (),
        "handled_by": ("labor_inspection",),
        "status": "sample",
        "note": "须经审核",
    }
    return Case(**{**fields, **changes})


@pytest.fixture
def make_case() -> Any:
    return a_case


@pytest.fixture
def known() -> Known:
    return Known(frozenset({"wage_arrears"}), frozenset({"labor_inspection"}), _STATUTES)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Engine]:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'library.sqlite3'}")
    database.migrate(engine)
    yield database.for_writing(engine)
    engine.dispose()
