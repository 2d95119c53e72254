"""What is promised to the citizen (服务承诺), in working days by the Chinese calendar."""

from __future__ import annotations

from datetime import date

from routing.calendar import add_working_days

# Promise of this service, not of a statute: a body accepts or returns within two working days.
ACCEPT_WORKING_DAYS = 2


def accepted_by(sent_on: date) -> date:
    """Last day on which the body must have accepted or returned what was sent on `sent_on`."""
    return add_working_days(sent_on, ACCEPT_WORKING_DAYS)
