"""What must not be shown: the faults of a case, in words for the one who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from case_library.case import Case
from case_library.statutes import Statutes

LEAST_QUESTIONS = 5
LONGEST_TITLE = 60  # characters
LONGEST_TEXT = 2_000
MOST_ITEMS = 40


@dataclass(frozen=True, slots=True)
class Known:
    """What a case may name: matters, body types, statutes in force."""

    matters: frozenset[str]
    body_types: frozenset[str]
    statutes: Statutes


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of `Case`, in plain Chinese."""

    field: str
    text: str


def shown_text(case: Case) -> dict[str, str]:
    """The texts of a case that citizens read, by field."""
    return {
        "title": case.title,
        "facts": case.facts,
        "answer": case.answer,
        "settles": case.settles,
        "steps": "\n".join(case.steps),
        "bring": "\n".join(case.bring),
        "time_limits": "\n".join(f"{limit.text}\n{limit.basis}" for limit in case.time_limits),
    }


def faults_of(case: Case, known: Known, today: date) -> list[Fault]:
    """Everything that keeps a case from being published; empty when nothing does."""
    return [*_content_faults(case, known), *_length_faults(case), *_statute_faults(case, known.statutes, today)]


def _content_faults(case: Case, known: Known) -> list[Fault]:
    faults = []
    if case.matter not in known.matters:
        faults.append(Fault("matter", f"没有“{case.matter}”这个事项（matters.yml）"))
    different = len(set(case.questions))
    if different < LEAST_QUESTIONS:
        faults.append(Fault("questions", f"只有 {different} 种不同的问法，至少要 {LEAST_QUESTIONS} 种"))
    faults += [Fault(name, "不能空着") for name in ("title", "facts", "answer", "settles") if not getattr(case, name)]
    faults += [Fault(name, "至少写一条") for name in ("steps", "handled_by") if not getattr(case, name)]
    if not case.statutes and not case.other_sources:
        faults.append(Fault("statutes", "没有法条，也没有其他依据"))
    faults += [Fault("handled_by", f"没有“{code}”这类单位") for code in case.handled_by if code not in known.body_types]
    faults += [Fault("time_limits", f"期限“{limit.text}”没写依据") for limit in case.time_limits if not limit.basis]
    return faults


def _length_faults(case: Case) -> list[Fault]:
    faults = []
    if len(case.title) > LONGEST_TITLE:
        faults.append(Fault("title", f"有 {len(case.title)} 个字，最多 {LONGEST_TITLE} 个"))
    faults += [
        Fault(name, f"有 {len(getattr(case, name))} 个字，最多 {LONGEST_TEXT} 个")
        for name in ("facts", "answer", "settles")
        if len(getattr(case, name)) > LONGEST_TEXT
    ]
    faults += [
        Fault(name, f"有 {len(getattr(case, name))} 条，最多 {MOST_ITEMS} 条")
        for name in ("questions", "steps", "bring", "time_limits", "statutes", "other_sources", "handled_by")
        if len(getattr(case, name)) > MOST_ITEMS
    ]
    return faults


def _statute_faults(case: Case, statutes: Statutes, today: date) -> list[Fault]:
    faults = [
        Fault("statutes", f"{ref.law}第{ref.article}条查不到，或者现在没有效力（{today}）")
        for ref in case.statutes
        if statutes.article(ref.law, ref.article, today) is None
    ]
    faults += [
        Fault(field, f"“{problem.said}”{problem.text}")
        for field, text in shown_text(case).items()
        for problem in statutes.checked(text, today).problems
    ]
    return faults
