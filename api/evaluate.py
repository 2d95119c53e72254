"""Measuring on labelled questions: matter, need, danger, first body, calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

from bot.consult import Parts
from case_library.case import CaseMatch
from routing.decide import decide
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry
from routing.questions import fill

BINS = 10
WORST = 15


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions that a case takes: the mean over all ways to answer, each answer as likely as the others; the most on
    any way; how many of them would change nothing whatever is answered; and how long one decision took."""

    mean: float
    most: int
    idle: int
    decide_ms: float


def expected_questions(inquiry: Inquiry, matches: Sequence[CaseMatch], parts: Parts, now: datetime) -> Asked:
    """How much is asked from here on, following every answer to its end."""
    started = perf_counter()
    decision = decide(inquiry, matches, parts.directory, parts.rules, now)
    took = (perf_counter() - started) * 1000
    ask = decision.ask
    if ask is None:
        return Asked(0, 0, 0, took)
    ways, ends = [], set()
    for option in ask.options:
        facts = fill(inquiry.facts, ask.fact, option.value)
        answered = replace(inquiry, facts=facts, asked=(*inquiry.asked, ask.id))
        then = decide(answered, matches, parts.directory, parts.rules, now)
        ends.add((then.body_type, then.body.id, tuple(deadline.id for deadline in then.deadlines)))
        ways.append(expected_questions(answered, matches, parts, now))
    mean = 1 + sum(way.mean for way in ways) / len(ways)
    idle = (len(ends) == 1) + sum(way.idle for way in ways)
    return Asked(mean, 1 + max(way.most for way in ways), idle, took)


@dataclass(frozen=True, slots=True)
class Result:
    """A labelled row and what `yibotong triage` made of it."""

    row: dict[str, Any]
    found: dict[str, Any]
    asked: Asked

    @property
    def accepted(self) -> frozenset[str]:
        """Matters that count as right."""
        return frozenset((self.row["matter"], *self.row.get("also", ())))

    @property
    def right(self) -> bool:
        """Whether the matter named is an accepted one."""
        return self.found["matter"] in self.accepted

    @property
    def confidence(self) -> float:
        """Confidence of the best guess, 0 to 1."""
        return self.found["ranking"][0]["confidence"]

    def among_first(self, k: int) -> bool:
        """Whether an accepted matter is among the first `k`; the named one always counts as the first."""
        others = [guess["matter"] for guess in self.found["ranking"] if guess["matter"] != self.found["matter"]]
        return bool(self.accepted & {self.found["matter"], *others[: k - 1]})


@dataclass(frozen=True, slots=True)
class Report:
    """Figures: shares 0 to 1, None where no row says what is right."""

    rows: int
    top1: float | None
    top3: float | None
    need: float | None
    danger_recall: float | None
    danger_precision: float | None
    first_body: float | None
    harmful_body: int
    questions: float
    questions_mean: float
    questions_most: int
    questions_idle: int
    decide_ms: float
    first_body_by_group: dict[str, tuple[int, int]]
    calibration_error: float | None
    not_ours_kept_out: float | None
    ours_refused: float | None
    by_matter: dict[str, tuple[int, int]]
    confused_groups: dict[tuple[str, str], int]
    confusion: list[tuple[str, str, int]]
    worst: list[Result]


def report(results: list[Result], groups: Mapping[str, str]) -> Report:
    """All figures over some rows; see the README for their definitions. `groups` are the matters' groups."""
    labelled = [r for r in results if r.row.get("matter")]
    legal = [r for r in labelled if r.row["matter"] not in (UNCLEAR, OUT_OF_SCOPE)]
    bodies = [r for r in results if r.row.get("body")]
    dangers = [r for r in results if "danger" in r.row]
    fired = [r for r in dangers if r.found["danger"] and not _not_counted(r)]
    real = [r for r in dangers if r.row["danger"]]
    wrong = [r for r in labelled if not r.right]
    not_ours = [r for r in labelled if r.row["matter"] in (OUT_OF_SCOPE, "non_legal_gov")]
    ours = [r for r in labelled if r.row["matter"] not in (OUT_OF_SCOPE, "non_legal_gov", UNCLEAR)]
    by_matter = {
        code: (sum(r.right for r in labelled if r.row["matter"] == code), count)
        for code, count in Counter(r.row["matter"] for r in labelled).most_common()
    }
    return Report(
        rows=len(results),
        top1=share(r.right for r in labelled),
        top3=share(r.among_first(3) for r in labelled),
        need=share(r.found["need"] == r.row["need"] for r in results if r.row.get("need")),
        danger_recall=share(r.found["danger"] is not None for r in real),
        danger_precision=share(r.row["danger"] is not None for r in fired),
        first_body=share(r.found["decision"]["body_type"] in r.row["body"] for r in bodies),
        harmful_body=sum(r.found["decision"]["body_type"] in r.row.get("not_body", ()) for r in results),
        questions=sum(r.found["decision"]["ask"] is not None for r in results) / max(len(results), 1),
        questions_mean=sum(r.asked.mean for r in results) / max(len(results), 1),
        questions_most=max((r.asked.most for r in results), default=0),
        questions_idle=sum(r.asked.idle for r in results),
        decide_ms=median([r.asked.decide_ms for r in results] or [0]),
        first_body_by_group=_by_group(bodies, groups),
        calibration_error=expected_calibration_error(
            [(r.confidence, r.found["ranking"][0]["matter"] in r.accepted) for r in legal]
        ),
        not_ours_kept_out=share(
            r.right or r.found["matter"] in (OUT_OF_SCOPE, "non_legal_gov", UNCLEAR) for r in not_ours
        ),
        ours_refused=share(r.found["matter"] == OUT_OF_SCOPE for r in ours),
        by_matter=by_matter,
        confused_groups=_confused_groups(labelled, groups),
        confusion=[
            (told, named, count)
            for (told, named), count in Counter((r.row["matter"], r.found["matter"]) for r in wrong).most_common(15)
        ],
        worst=sorted(wrong, key=lambda r: -r.confidence)[:WORST],
    )


def as_text(figures: Report) -> str:
    """The report for a terminal and for the README's table."""
    lines = [f"{'questions':34}{figures.rows:8}"]
    names = {
        "top1": "matter, first guess right",
        "top3": "matter among the first three",
        "need": "need right",
        "danger_recall": "danger seen (recall)",
        "danger_precision": "danger rightly raised (precision)",
        "first_body": "first body right",
        "calibration_error": "expected calibration error",
        "not_ours_kept_out": "not legal: sent on or refused",
        "ours_refused": "legal, but refused",
    }
    for field, name in names.items():
        value = getattr(figures, field)
        if value is not None:
            lines.append(f"{name:34}{value:8.3f}")
    lines.append(f"{'body that would do harm':34}{figures.harmful_body:8}")
    lines.append(f"{'questions asked at the first turn':34}{figures.questions:8.3f}")
    lines.append(f"{'questions a case, mean':34}{figures.questions_mean:8.3f}")
    lines.append(f"{'questions a case, most':34}{figures.questions_most:8}")
    lines.append(f"{'questions that change nothing':34}{figures.questions_idle:8}")
    lines.append(f"{'one decision, median in ms':34}{figures.decide_ms:8.3f}")
    if figures.first_body_by_group:
        lines += ["", "first body right, by group of matters"]
        lines += [
            f"{right / total:8.3f}  {right:3} of {total:3}  {group}"
            for group, (right, total) in figures.first_body_by_group.items()
        ]
    if figures.confusion:
        lines += ["", "most frequent confusions (labelled > named)"]
        lines += [f"{count:4}  {told} > {named}" for told, named, count in figures.confusion]
    if figures.worst:
        lines += ["", "wrong with the highest confidence"]
        lines += [
            f"{r.confidence:6.2f}  {r.row['matter']} > {r.found['matter']}  {r.row.get('id', '')}"
            for r in figures.worst
        ]
    return "\n".join(lines)


def _by_group(results: list[Result], groups: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for result in results:
        group = groups.get(result.row.get("matter", ""), result.row.get("matter") or "")
        right, total = found.get(group, (0, 0))
        found[group] = (right + (result.found["decision"]["body_type"] in result.row["body"]), total + 1)
    return dict(sorted(found.items()))


def _confused_groups(results: list[Result], groups: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """How often questions of the first group were given to the second; what is accepted counts as labelled."""

    def group(matter: str) -> str:
        return groups.get(matter, matter)

    told = Counter((group(r.row["matter"]), group(r.row["matter"] if r.right else r.found["matter"])) for r in results)
    return dict(sorted(told.items()))


def _not_counted(result: Result) -> bool:
    return result.row["danger"] is None and result.found["danger"] in result.row.get("danger_maybe", ())


def share(values: Iterable[bool]) -> float | None:
    """The share that is true, None of none."""
    values = list(values)
    return sum(values) / len(values) if values else None


def expected_calibration_error(guesses: Sequence[tuple[float, bool]]) -> float | None:
    """Mean gap between confidence and accuracy over ten equal bins, weighted by their size; None of no guess."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for guess in guesses:
        bins.setdefault(min(int(guess[0] * BINS), BINS - 1), []).append(guess)
    gaps = (abs(sum(right for _, right in part) - sum(sure for sure, _ in part)) for part in bins.values())
    return sum(gaps) / len(guesses) if guesses else None
