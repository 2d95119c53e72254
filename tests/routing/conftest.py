"""Builders with every field defaulted, and the packaged data, loaded once."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from case_library.case import Case, CaseMatch
from routing.areas import Areas
from routing.cues import Cues
from routing.decide import decide
from routing.decision import Decision
from routing.directory import Directory
from routing.inquiry import Facts, Inquiry
from routing.load import load_areas, load_cues, load_directory, load_rules
from routing.rules import Rules

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def matters() -> tuple[str, ...]:
    listed = yaml.safe_load((ROOT / "nlu_data" / "matters.yml").read_text(encoding="utf-8"))
    return tuple(matter["code"] for matter in listed["matters"])


@pytest.fixture(scope="session")
def rules(matters: tuple[str, ...]) -> Rules:
    return load_rules(matters)


@pytest.fixture(scope="session")
def directory() -> Directory:
    return load_directory()


@pytest.fixture(scope="session")
def areas() -> Areas:
    return load_areas()


@pytest.fixture(scope="session")
def cues() -> Cues:
    return load_cues()


def make_inquiry(
    matter: str = "wage_arrears", text: str = "老板不发工资", need: str = "consult", **fields: Any
) -> Inquiry:
    """An inquiry; everything that is not a field of `Inquiry` goes into its facts."""
    own = {name: fields.pop(name) for name in ("danger", "asked", "also", "ranking") if name in fields}
    flags = fields.pop("flags", ())
    told = tuple(flags.items()) if isinstance(flags, dict) else tuple((name, True) for name in flags)
    return Inquiry(text=text, matter=matter, need=need, facts=Facts(flags=told, **fields), **own)


def make_match(matter: str = "wage_arrears", similarity: float = 0.95) -> CaseMatch:
    case = Case(
        id=f"{matter}.example",
        matter=matter,
        title="例子",
        questions=("问",),
        facts="事",
        answer="答",
        settles="看",
        steps=("做",),
        bring=("带",),
        time_limits=(),
        statutes=(),
        other_sources=(),
        handled_by=("court",),
        status="sample",
        note="示例",
    )
    return CaseMatch(case=case, score=0.9, similarity=similarity, why=())


@pytest.fixture
def a_inquiry() -> Callable[..., Inquiry]:
    return make_inquiry


@pytest.fixture
def a_match() -> Callable[..., CaseMatch]:
    return make_match


@pytest.fixture
def decided(rules: Rules, directory: Directory) -> Callable[..., Decision]:
    """The decision for an inquiry built from keywords."""

    def build(*, matches: tuple[CaseMatch, ...] = (), unresolved: bool = False, **fields: Any) -> Decision:
        return decide(make_inquiry(**fields), matches, directory, rules, NOW, unresolved=unresolved)

    return build
