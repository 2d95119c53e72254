"""What is said of appointments and callbacks at an agreed time."""

from __future__ import annotations

from datetime import datetime

from bot import wording
from routing.appointments import BookingKind
from routing.hours import SHANGHAI

NO_CAPACITY = "{body}一个时段能接待几人，我们还没有核实，现在不能在网上约。可以先打 12348 问。"
NO_HOURS = "{body}的办公时间还没有核实，现在不能在网上约。可以先打 12348 问。"
FULL = "{body}这两周能约的时间都满了，过一两天再来看，或打 12348 问。"
NO_WINDOWS = "现在没有能挑的回电时间。着急请打 12348。"
NO_CALL_HOURS = "热线的工作时间还没有登记，现在不能挑时间回电。着急请打 12348。"
WHAT: dict[BookingKind, str] = {"visit": "到{body}当面办", "callback": "由人工给您回电"}
ENDED = "这件工单已经结束。"
LEFT_BODY = "这件事换了单位办，可以另约时间。"


def when(starts: datetime, ends: datetime) -> str:
    """11 月 27 日（周五）09:00–09:30."""
    starts, ends = starts.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)
    return f"{wording.day(starts.date())}{starts:%H:%M}–{ends:%H:%M}"


def what(kind: BookingKind, body_name: str) -> str:
    """What happens then."""
    return WHAT[kind].format(body=body_name)
