"""Erlang A: as Erlang C, but whoever waits hangs up after a time of their own, exponential with a known mean (M/M/n+M).

Garnett, Mandelbaum and Reiman, Designing a call center with impatient customers, M&SOM 4(3), 2002; in the integral form of
Zeltyn and Mandelbaum, Call centers with impatient customers, Queueing Systems 51, 2005, which needs no incomplete gamma
function and holds where more come than can be served. Written out here: of the packages that have it, `ErlangCCmath` asks a
server on the internet, and `pyqueueing` (0.1) only approximates the share answered in time.

Times are in units of a mean contact, so `load` is both arrivals and erlangs.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import exp, log

import numpy as np

from api.seats.erlang import MOST_SEATS, blocked_share

# Where the density has fallen to e^-40 of its peak nothing is left to be counted; 2,000 steps of Simpson's rule up to there
# agree with the sum over all states within 1e-6 (tests).
DEPTH = 40.0
STEPS = 2_000


@dataclass(frozen=True, slots=True)
class Patient:
    """What becomes of contacts, as shares of all that come: answered within the time asked for, and gone before an answer."""

    in_time: float
    left: float


def shares(load: float, seats: int, handling_s: float, patience_s: float, within_s: float) -> Patient:
    """What becomes of contacts when so many seats answer them and people wait `patience_s` on average.

    Whoever hangs up counts as not answered in time, however soon they did.
    """
    if load <= 0:
        return Patient(1.0, 0.0)
    if seats <= 0:
        return Patient(0.0, 1.0)
    impatience, within = handling_s / patience_s, within_s / handling_s
    end, peak = _reach(load, seats, impatience)
    idle = blocked_share(load, seats - 1)
    if not idle:  # so many seats that the share is too small for a number: nobody waits
        return Patient(1.0, 0.0)
    # The weight of "answered at once", and that of each wait, both divided by e^peak.
    at_once = exp(-peak) / idle
    waits = _area(load, seats, impatience, peak, end, still_there=False)
    answered = _area(load, seats, impatience, peak, min(within, end), still_there=True)
    whole = at_once + load * waits
    left = (exp(-peak) + (load - seats) * waits) / whole
    return Patient(min((at_once + load * answered) / whole, 1.0), min(max(left, 0.0), 1.0))


def seats_for(load: float, handling_s: float, patience_s: float, within_s: float, level: float) -> int:
    """The fewest seats that answer the share `level` of all who come within so many seconds; 0 when nobody comes.

    `ValueError` when more than `MOST_SEATS` would be needed.
    """
    if load <= 0:
        return 0
    seats = bisect_left(
        range(MOST_SEATS + 1), level, key=lambda n: shares(load, n, handling_s, patience_s, within_s).in_time
    )
    if seats > MOST_SEATS:
        raise ValueError(f"{load:.0f} erlangs need more than {MOST_SEATS} seats")
    return seats


def mean_patience(waited_s: float, left: int) -> float | None:
    """How long people wait on average before they hang up, from all waiting together and how many hung up; None without any.

    Who was answered would have waited on: so their waiting counts, but not they (the estimator of an exponential time that
    is cut off; Mandelbaum and Zeltyn 2013, Data-stories about (im)patient customers in tele-queues).
    """
    return waited_s / left if left and waited_s > 0 else None


def _exponent(load: float, seats: int, impatience: float, at: np.ndarray | float) -> np.ndarray | float:
    return -load * np.expm1(-impatience * at) / impatience - seats * at


def _reach(load: float, seats: int, impatience: float) -> tuple[float, float]:
    """From where on nothing is left to be counted, and the exponent's peak before. It is concave."""
    top = max(log(load / seats) / impatience, 0.0)
    peak = float(_exponent(load, seats, impatience, top))
    step = 1 / seats
    while _exponent(load, seats, impatience, top + step) > peak - DEPTH:
        step *= 2
    return top + step, peak


def _area(load: float, seats: int, impatience: float, peak: float, end: float, *, still_there: bool) -> float:
    at = np.linspace(0.0, end, STEPS + 1)
    height = np.exp(_exponent(load, seats, impatience, at) - peak - (impatience * at if still_there else 0.0))
    weights = np.ones_like(at)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return float(weights @ height) * end / STEPS / 3
