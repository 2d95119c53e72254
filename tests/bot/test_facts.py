"""Putting facts together over several messages."""

from __future__ import annotations

import pytest

from bot.facts import added, merge
from routing.inquiry import Facts


@pytest.mark.parametrize(
    ("old", "new", "largest"), [(20_000, 3_000, 20_000), (3_000, 20_000, 20_000), (None, 5, 5), (5, None, 5)]
)
def test_of_two_sums_that_were_told_the_larger_is_in_dispute(
    old: float | None, new: float | None, largest: float
) -> None:
    assert added(Facts(amount_yuan=old), Facts(amount_yuan=new)).amount_yuan == largest


def test_nothing_told_adds_nothing() -> None:
    assert added(Facts(), Facts()) == Facts()


def test_otherwise_what_is_told_later_replaces_what_was_told_before() -> None:
    assert merge(Facts(amount_yuan=5, age=30), Facts(amount_yuan=3)) == Facts(amount_yuan=3, age=30)
