"""What signals are worth is read the way understanding reads them."""

from __future__ import annotations

from api.ablation import Signals, matter_figures, matters_as_text
from bot.understand import Combination

MATTERS = frozenset({"divorce_dispute", "wage_arrears", "non_legal_gov"})


def a_row(told: str = "divorce_dispute", **model: float) -> Signals:
    flat = {"divorce_dispute": 0.25, "wage_arrears": 0.25, "non_legal_gov": 0.25, "out_of_scope": 0.25}
    return Signals("q", frozenset({told}), told, {**dict.fromkeys(flat, 0.0), **model}, flat, flat)


ROWS = [
    a_row(divorce_dispute=0.9, wage_arrears=0.1),
    a_row("wage_arrears", wage_arrears=0.8, divorce_dispute=0.2),
    a_row("out_of_scope", out_of_scope=0.9, divorce_dispute=0.1),
    a_row("non_legal_gov", non_legal_gov=0.7, wage_arrears=0.3),
]


def test_figures_with_a_sure_signal() -> None:
    figures = matter_figures(ROWS, lambda row: row.model, MATTERS, unclear=0.2)
    assert figures.top1 == figures.top3 == 1.0
    assert figures.kept_out == 1.0
    assert figures.refused == 0.0


def test_a_signal_that_knows_nothing_is_worth_less() -> None:
    knows, guesses = (matter_figures(ROWS, pick, MATTERS, 0.2) for pick in (lambda r: r.model, lambda r: r.nearest))
    assert guesses.log_loss > knows.log_loss


def test_the_table_names_every_variant() -> None:
    table = matters_as_text(ROWS, MATTERS, Combination())
    for name in (
        "all signals",
        "without the nearest utterances",
        "without the intent model",
        "without words of offices' affairs",
        "with cases' questions as utterances",
    ):
        assert name in table
