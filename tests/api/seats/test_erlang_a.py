"""Erlang A against its own sum over states, Erlang C where nobody loses patience, and callers who are simulated one by one."""

from __future__ import annotations

import heapq
import random

import pytest

from api.seats import erlang
from api.seats.erlang_a import mean_patience, seats_for, shares

HANDLING_S = 300.0


def as_a_sum(load: float, seats: int, patience_s: float) -> float:
    """The share that hangs up, from the weight of every number of people in the system, as a chain of births and deaths."""
    impatience = HANDLING_S / patience_s
    weight, weights, waiting = 1.0, [1.0], 0.0
    for people in range(1, 5_000):
        weight *= load / (min(people, seats) + max(people - seats, 0) * impatience)
        weights.append(weight)
        waiting += max(people - seats, 0) * weight
        if people > load and weight < 1e-18 * max(weights):
            break
    return impatience * waiting / sum(weights) / load


def simulated(load: float, seats: int, patience_s: float, within_s: float, callers: int) -> tuple[float, float]:
    """Shares answered in time and gone: random arrivals, talks and patience, first come first served."""
    chance = random.Random(7)
    free = [0.0] * seats
    now, quick, gone = 0.0, 0, 0
    for _ in range(callers):
        now += chance.expovariate(load / HANDLING_S)
        begun = max(now, free[0])
        if begun - now > chance.expovariate(1 / patience_s):
            gone += 1  # whoever is ahead has a seat sooner, so nobody behind is held up by them
            continue
        heapq.heapreplace(free, begun + chance.expovariate(1 / HANDLING_S))
        quick += begun - now <= within_s
    return quick / callers, gone / callers


@pytest.mark.parametrize(
    ("load", "seats", "patience_s"),
    [(0.5, 1, 60), (3.0, 4, 120), (10.0, 10, 180), (10.0, 7, 600), (40.0, 44, 30), (300.0, 250, 900)],
)
def test_as_many_hang_up_as_the_sum_over_all_states_says(load: float, seats: int, patience_s: float) -> None:
    found = shares(load, seats, HANDLING_S, patience_s, 15)
    assert found.left == pytest.approx(as_a_sum(load, seats, patience_s), rel=1e-6, abs=1e-9)
    for_ever = shares(load, seats, HANDLING_S, patience_s, 1e6)
    assert for_ever.in_time == pytest.approx(1 - found.left, abs=1e-6)  # who does not hang up is answered at last


@pytest.mark.parametrize(("load", "seats"), [(0.5, 1), (3.0, 4), (10.0, 14), (40.0, 44)])
def test_without_end_to_patience_it_is_erlang_c(load: float, seats: int) -> None:
    endless = shares(load, seats, HANDLING_S, 1e9, 15)
    assert endless.in_time == pytest.approx(erlang.service_level(load, seats, HANDLING_S, 15), abs=1e-5)
    assert endless.left == pytest.approx(0, abs=1e-5)
    assert seats_for(load, HANDLING_S, 1e9, 15, 0.9) == erlang.seats_for(load, HANDLING_S, 15, 0.9)


@pytest.mark.parametrize(("load", "seats"), [(0.5, 1), (10.0, 9), (40.0, 44)])
def test_without_any_patience_it_is_erlang_b(load: float, seats: int) -> None:
    assert shares(load, seats, HANDLING_S, 1e-4, 15).left == pytest.approx(erlang.blocked_share(load, seats), rel=1e-3)


@pytest.mark.parametrize(
    ("load", "seats", "patience_s", "within_s"),
    [(0.4, 1, 90, 15), (8.0, 10, 120, 15), (8.0, 7, 240, 60), (25.0, 24, 60, 30)],
)
def test_simulated_callers_are_answered_and_hang_up_as_promised(
    load: float, seats: int, patience_s: float, within_s: float
) -> None:
    found = shares(load, seats, HANDLING_S, patience_s, within_s)
    in_time, left = simulated(load, seats, patience_s, within_s, 60_000)
    assert in_time == pytest.approx(found.in_time, abs=0.015)
    assert left == pytest.approx(found.left, abs=0.015)


def test_the_fewest_seats_hold_and_one_less_does_not() -> None:
    seats = seats_for(10, HANDLING_S, 120, 15, 0.95)
    assert seats <= erlang.seats_for(10, HANDLING_S, 15, 0.95)
    in_time = [shares(10, count, HANDLING_S, 120, 15).in_time for count in (seats - 1, seats)]
    assert in_time[0] < 0.95 <= in_time[1]


def test_more_seats_never_serve_worse() -> None:
    found = [shares(7.3, seats, HANDLING_S, 90, 15) for seats in range(40)]
    assert [one.in_time for one in found] == sorted(one.in_time for one in found)
    assert [one.left for one in found] == sorted((one.left for one in found), reverse=True)


def test_the_ends() -> None:
    assert seats_for(0, HANDLING_S, 60, 15, 0.95) == 0
    assert (shares(5, 0, HANDLING_S, 60, 15).in_time, shares(5, 0, HANDLING_S, 60, 15).left) == (0, 1)
    assert shares(0.01, 500, HANDLING_S, 60, 15).in_time == 1  # a share too small for a number
    crowded = shares(1_500, 100, HANDLING_S, 3_600, 15)  # fifteen times as many as can be served
    assert crowded.left == pytest.approx(1 - 100 / 1_500, abs=1e-3)
    assert crowded.in_time < 1e-6
    with pytest.raises(ValueError, match="seats"):
        seats_for(2_500, HANDLING_S, 60, 15, 0.95)


def test_patience_is_estimated_from_everybody_s_waiting_not_that_of_those_who_left_alone() -> None:
    chance = random.Random(3)
    waited, left = 0.0, 0
    for _ in range(20_000):
        patience, wait = chance.expovariate(1 / 120), chance.expovariate(1 / 30)
        waited += min(patience, wait)
        left += patience < wait
    assert mean_patience(waited, left) == pytest.approx(120, rel=0.05)
    assert mean_patience(100, 0) is None
