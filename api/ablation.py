"""What each signal is worth: figures with it and without, over labelled questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from api.evaluate import expected_calibration_error, share
from bot.danger_sense import Alarm, DangerSense
from bot.office_words import OfficeWords
from bot.safety import Safety
from bot.understand import Combination, combine
from case_library.tuning import Tuning
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR

NOT_LEGAL = (OUT_OF_SCOPE, "non_legal_gov")
# Exponents tried for a signal that is left alone: the one with the least log loss is taken, as for the pair in use.
ALONE = tuple(np.arange(0.2, 4.01, 0.1))


@dataclass(frozen=True, slots=True)
class Signals:
    """What the signals say of one labelled question: probabilities of every intent.

    `nearest_with_cases` has the questions of the library's cases among the utterances.
    """

    text: str
    accepted: frozenset[str]
    matter: str
    model: Mapping[str, float]
    nearest: Mapping[str, float]
    nearest_with_cases: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares 0 to 1 over some questions; `calibration_error` over the legal ones."""

    top1: float
    top3: float
    calibration_error: float
    log_loss: float
    kept_out: float | None
    refused: float | None


def matter_figures(
    rows: Sequence[Signals], mixed: Callable[[Signals], Mapping[str, float]], matters: frozenset[str], unclear: float
) -> Figures:
    """The figures when `mixed` makes one distribution of the signals, read as `bot.understand` reads it."""
    top1, top3, sure, losses, kept, refused = [], [], [], [], [], []
    for row in rows:
        probabilities = mixed(row)
        of_matters = {code: p for code, p in probabilities.items() if code in matters}
        total = sum(of_matters.values())
        ranking = sorted(of_matters, key=lambda code: -of_matters[code])
        act = max((p for code, p in probabilities.items() if code not in matters), default=0.0)
        confidence = of_matters[ranking[0]] / total
        named = OUT_OF_SCOPE if act > total else ranking[0] if confidence >= unclear else UNCLEAR
        top1.append(named in row.accepted)
        top3.append(bool(row.accepted & {named, *[code for code in ranking if code != named][:2]}))
        if row.matter in matters:
            sure.append((confidence, ranking[0] in row.accepted))
            losses.append(-math.log(max(max(of_matters.get(code, 0.0) for code in row.accepted) / total, 1e-9)))
        if row.matter in NOT_LEGAL:
            kept.append(named in row.accepted or named in (*NOT_LEGAL, UNCLEAR))
        elif row.matter != UNCLEAR:
            refused.append(named == OUT_OF_SCOPE)
    return Figures(
        share(top1), share(top3), expected_calibration_error(sure), float(np.mean(losses)), share(kept), share(refused)
    )


def matters_as_text(rows: Sequence[Signals], matters: frozenset[str], weights: Combination) -> str:
    """The table over the signals that name the matter."""

    offices = OfficeWords()

    def figures(mixed: Callable[[Signals], dict[str, float]], *, weighed: bool = True) -> Figures:
        def read(row: Signals) -> Mapping[str, float]:
            return offices.weigh(row.text, mixed(row)) if weighed else mixed(row)

        return matter_figures(rows, read, matters, Tuning().unclear_below)

    def alone(pick: Callable[[Signals], Mapping[str, float]]) -> Figures:
        tried = (
            figures(lambda row, e=exponent: combine(dict(pick(row)), None, replace(weights, alone=e)))
            for exponent in ALONE
        )
        return min(tried, key=lambda one: one.log_loss)

    def all_signals(row: Signals) -> dict[str, float]:
        return combine(dict(row.nearest), dict(row.model), weights)

    variants = {
        "all signals": figures(all_signals),
        "without the nearest utterances": alone(lambda row: row.model),
        "without the intent model": alone(lambda row: row.nearest),
        "without words of offices' affairs": figures(all_signals, weighed=False),
        "with cases' questions as utterances": figures(
            lambda row: combine(dict(row.nearest_with_cases), dict(row.model), weights)
        ),
    }
    lines = [f"{'':36}{'top 1':>7}{'top 3':>7}{'ECE':>7}{'loss':>7}{'kept out':>10}{'refused':>9}"]
    for name, f in variants.items():
        kept, refused = (f"{value:.3f}" if value is not None else "–" for value in (f.kept_out, f.refused))
        lines.append(
            f"{name:36}{f.top1:7.3f}{f.top3:7.3f}{f.calibration_error:7.3f}{f.log_loss:7.3f}{kept:>10}{refused:>9}"
        )
    return "\n".join(lines)


def danger_as_text(
    texts: Sequence[str], vectors: np.ndarray, in_danger: Sequence[bool], safety: Safety, sense: DangerSense
) -> str:
    """The table over the nets that see danger. Signs, cues and the learnt opinion as in `bot.danger_sense`."""
    nets: dict[str, list[Alarm]] = {"signs alone": [], "signs and cues": [], "all, with what was learnt": []}
    for text, vector in zip(texts, vectors, strict=True):
        heard = safety.hear(text)
        nets["signs alone"].append(Alarm(heard.rule if heard.by_sign else None))
        nets["signs and cues"].append(Alarm(heard.rule))
        nets["all, with what was learnt"].append(sense.read(text, vector))
    lines = [f"{'':34}{'recall':>8}{'precision':>11}{'asked first':>13}"]
    for name, alarms in nets.items():
        seen = sum(alarm.rule is not None and told for alarm, told in zip(alarms, in_danger, strict=True))
        raised = sum(alarm.rule is not None for alarm in alarms)
        recall = f"{seen / sum(in_danger):.3f}" if any(in_danger) else "–"
        precision = f"{seen / raised:.3f}" if raised else "–"
        lines.append(f"{name:34}{recall:>8}{precision:>11}{sum(alarm.uneasy for alarm in alarms):13}")
    return "\n".join(lines)
