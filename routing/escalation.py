"""What happens to a ticket by itself when a promise comes near or is over. Callers commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from routing import ticket_thread
from routing.promises import Clock, Promises, running
from routing.ticket_events import SYSTEM_SELF, Audience, EventKind, TicketEvent, event
from routing.ticket_state import Progress, follow

REMINDED = "离承诺的{day}不远了，请抓紧。"
OVERDUE = "已经过了承诺的{day}（{promise}），交督办。"
SILENT_OWNER = "接手的人没有动静，退回待办。"
SILENCE = "答复后没有收到回音，按办结处理。没解决随时可以再办。"


def escalate(connection: Connection, promises: Promises, number: str, now: datetime) -> list[EventKind]:
    """Add what is due on one ticket: a reminder, the end of a promise, an owner's silence, closing after the citizen's.

    Running it again adds nothing: each event is named by the promise and the moment its clock started.
    """
    ticket_thread.hold(connection, number)
    thread = ticket_thread.events_of(connection, number)
    progress = follow(thread)
    added: list[EventKind] = []
    for clock in running(promises.clocks_of(progress, thread))[:1]:
        for happened in _due(progress, clock, now):
            key = f"{happened.kind}:{clock.promise.clock}:{clock.started_at.isoformat()}"
            after = ticket_thread.append(connection, promises, number, happened, key=key)
            if after.sequence > progress.sequence:
                added.append(happened.kind)
                progress = after
    return added


def _due(progress: Progress, clock: Clock, now: datetime) -> list[TicketEvent]:
    if clock.due_on is None:
        return []
    day = f"{clock.due_on.month} 月 {clock.due_on.day} 日"
    name = clock.promise.clock
    if clock.is_overdue(now):
        if name == "confirmation":
            return [event("closed", SILENCE, now, SYSTEM_SELF, reason="silence")]
        told = OVERDUE.format(day=day, promise=clock.promise.name)
        # A callback is between the citizen and the desk.
        seen_by: Audience = "agents" if name in ("callback", "callback_window") else "body"
        found = [event("overdue", told, now, SYSTEM_SELF, visible_to=seen_by, promise=name)]
        if progress.owner and progress.waits_for == "agent":
            found.append(event("requeued", SILENT_OWNER, now, SYSTEM_SELF, promise=name))
        return found
    if clock.is_due_soon(now) and name != "confirmation":  # nobody is pressed to say that it is solved
        seen_by = "body" if progress.waits_for == "body" else "agents"
        return [event("reminder", REMINDED.format(day=day), now, SYSTEM_SELF, visible_to=seen_by, promise=name)]
    return []
