"""Erlang C: callers who come at random, are served in turn, and wait as long as it takes.

Nobody hangs up in this model, so it asks for a little more seats than people's patience would (`api.seats.erlang_a`).
Written out here: the
packages that have it (pyworkforce) bring optimisers and data frames of 200 MB along for these few lines.
"""

from __future__ import annotations

from math import exp, floor

MOST_SEATS = 2_000


def waiting_share(load: float, seats: int) -> float:
    """Share of contacts that have to wait at all, 0 to 1; 1 when the seats can't keep up. `load` is in erlangs: contacts a
    second times seconds each takes."""
    if load <= 0:
        return 0.0
    if seats <= load:
        return 1.0
    blocked = blocked_share(load, seats)
    return seats * blocked / (seats - load * (1 - blocked))


def blocked_share(load: float, seats: int) -> float:
    """Share of contacts that find every seat taken where nobody waits (Erlang B), by its recursion, which neither overflows
    nor cancels."""
    blocked = 1.0
    for seat in range(1, seats + 1):
        blocked = load * blocked / (seat + load * blocked)
    return blocked


def service_level(load: float, seats: int, handling_s: float, within_s: float) -> float:
    """Share of contacts answered within so many seconds, 0 to 1."""
    if load <= 0:
        return 1.0
    if seats <= load:
        return 0.0
    return 1 - waiting_share(load, seats) * exp(-(seats - load) * within_s / handling_s)


def seats_for(load: float, handling_s: float, within_s: float, level: float) -> int:
    """The fewest seats that answer the share `level` within so many seconds; 0 when nobody comes.

    `ValueError` when more than `MOST_SEATS` would be needed.
    """
    if load <= 0:
        return 0
    for seats in range(floor(load) + 1, MOST_SEATS + 1):
        if service_level(load, seats, handling_s, within_s) >= level:
            return seats
    raise ValueError(f"{load:.0f} erlangs need more than {MOST_SEATS} seats")
