"""Erlang C against its own sum, and against callers who are simulated one by one."""

from __future__ import annotations

import heapq
import random
from math import factorial

import pytest

from api.seats.erlang import seats_for, service_level, waiting_share


def as_a_sum(load: float, seats: int) -> float:
    """The formula as textbooks print it."""
    waiting = load**seats / factorial(seats) * seats / (seats - load)
    return waiting / (sum(load**k / factorial(k) for k in range(seats)) + waiting)


def simulated(load: float, handling_s: float, seats: int, within_s: float, callers: int = 60_000) -> float:
    """Share of callers answered in time: random arrivals and talks, first come first served."""
    chance = random.Random(11)
    free = [0.0] * seats
    now, quick = 0.0, 0
    for _ in range(callers):
        now += chance.expovariate(load / handling_s)
        begun = max(now, heapq.heappop(free))
        quick += begun - now <= within_s
        heapq.heappush(free, begun + chance.expovariate(1 / handling_s))
    return quick / callers


@pytest.mark.parametrize(("load", "seats"), [(0.5, 1), (3.0, 4), (10.0, 14), (40.0, 44)])
def test_the_share_that_waits_is_that_of_the_textbook(load: float, seats: int) -> None:
    assert waiting_share(load, seats) == pytest.approx(as_a_sum(load, seats), rel=1e-9)


@pytest.mark.parametrize(
    ("load", "handling_s", "within_s"),
    [(0.4, 300, 15), (2.5, 240, 15), (8.0, 420, 15), (8.0, 420, 180), (25.0, 300, 30)],
)
def test_simulated_callers_are_answered_as_promised(load: float, handling_s: float, within_s: float) -> None:
    seats = seats_for(load, handling_s, within_s, 0.9)
    for count in (seats, seats + 1):
        expected = service_level(load, count, handling_s, within_s)
        assert simulated(load, handling_s, count, within_s) == pytest.approx(expected, abs=0.015)
    assert (
        service_level(load, seats - 1, handling_s, within_s) < 0.9 <= service_level(load, seats, handling_s, within_s)
    )


def test_the_ends() -> None:
    assert seats_for(0, 300, 15, 0.95) == 0
    assert waiting_share(0, 1) == 0
    assert waiting_share(5, 5) == waiting_share(5, 0) == 1  # the queue would grow without end
    assert service_level(5, 5, 300, 15) == 0
    assert service_level(0, 0, 300, 15) == 1
    assert 0 < waiting_share(900, 910) < 1  # large numbers neither overflow nor vanish
    with pytest.raises(ValueError, match="seats"):
        seats_for(2_500, 300, 15, 0.95)


def test_more_seats_never_serve_worse() -> None:
    levels = [service_level(7.3, seats, 300, 15) for seats in range(8, 30)]
    assert levels == sorted(levels)
