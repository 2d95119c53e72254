"""The hours in which nobody is disturbed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from routing.hours import SHANGHAI

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day to another, in the city; `begins` after `ends` goes over midnight."""

    begins: time
    ends: time

    def holds(self, now: datetime) -> bool:
        """Whether nothing is sent now."""
        at = now.astimezone(SHANGHAI).time()
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def read_quiet_hours(text: str) -> QuietHours | None:
    """`21:00-08:00`; None for none. `ValueError` for anything else."""
    if not text.strip():
        return None
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not like 21:00-08:00")
    numbers = [int(number) for number in found.groups()]
    return QuietHours(time(*numbers[:2]), time(*numbers[2:]))
