"""From what somebody wants done with a ticket to the event that says it: the one way for desk, bodies and citizens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.appointments.booking import settle
from api.errors import bad_field
from api.wiring import Service
from bot import ticket_wording, wording
from routing import body_links, ticket_thread
from routing.promises import running
from routing.ticket_events import (
    DISSATISFIED,
    RATING_NAMES,
    RETURN_REASONS,
    SYSTEM_SELF,
    UNKNOWN_BODY,
    Actor,
    Audience,
    Details,
    EventKind,
    TicketEvent,
    event,
)
from routing.ticket_state import Progress

TO_A_BODY: frozenset[EventKind] = frozenset({"sent", "referred_onward", "decided"})
BY_A_BODY: frozenset[EventKind] = frozenset(
    {"seen", "accepted", "returned", "referred_onward", "asked", "extended", "answered"}
)
BY_A_CITIZEN: frozenset[EventKind] = frozenset({"citizen_wrote", "confirmed", "not_solved", "withdrawn", "rated"})
NEEDS_TEXT: frozenset[EventKind] = frozenset({"note", "asked", "citizen_wrote", "extended", "answered", "called_back"})


@dataclass(frozen=True, slots=True)
class Action:
    """What is wanted. Only what its kind needs is filled; `expected` is the sequence number the actor has seen, `key` names
    the action so that sending it again changes nothing."""

    kind: EventKind
    text: str = ""
    body_id: str = ""
    better: str = ""
    reason: str = ""
    days: int = 0
    person: str = ""
    level: int = 0
    ticket: str = ""
    visible_to: Audience | None = None
    expected: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """How the ticket stands now, and the token of the link that was made, if one was."""

    progress: Progress
    link_token: str | None = None


def act(service: Service, connection: Connection, number: str, action: Action, by: Actor, now: datetime) -> Done:
    """Do it, in the caller's transaction. Errors are those of `ticket_thread.append`, and 422 for what is not filled."""
    ticket_thread.hold(connection, *sorted({number, action.ticket} - {""}))
    before = ticket_thread.progress_of(connection, number)
    happened = _event(service, connection, number, action, by, before, now)
    progress = ticket_thread.append(
        connection, service.promises, number, happened, expected=action.expected, key=action.key
    )
    if progress.sequence == before.sequence:
        return Done(progress)  # it was done before
    match action.kind:
        case "merged":
            progress = _merge(service, connection, number, action, by, now, progress)
        case "rated" if action.level <= DISSATISFIED and not progress.callback_due:
            reason = ticket_wording.DISSATISFIED.format(level=RATING_NAMES[action.level])
            text = ticket_wording.EVENT_TEXT["callback_due"].format(text=reason)
            callback = event("callback_due", text, now, SYSTEM_SELF, reason="dissatisfied")
            progress = ticket_thread.append(connection, service.promises, number, callback)
    progress = settle(service, connection, number, action.kind, progress, now)
    token = None
    if action.kind in TO_A_BODY:
        token = body_links.make(connection, number, progress.body, progress.body_name, by.name, now)
    return Done(progress, token if by.party != "body" else None)  # a body gets no link to another body


def _event(
    service: Service,
    connection: Connection,
    number: str,
    action: Action,
    by: Actor,
    progress: Progress,
    now: datetime,
) -> TicketEvent:
    text = action.text.strip()
    if action.kind in NEEDS_TEXT and not text:
        raise bad_field("text", "请写明内容。")
    body_id, body_name = progress.body, progress.body_name
    if action.kind in TO_A_BODY:
        body_id, body_name = _body(service, action.body_id, "body_id")
    if action.kind == "returned":
        if action.reason not in RETURN_REASONS:
            raise bad_field("reason", "请选退回的原因。")
        if action.better != UNKNOWN_BODY:
            _body(service, action.better, "better")
    if action.kind == "extended":
        _check_extension(service, connection, number, action, progress)
    told = ticket_wording.EVENT_TEXT[action.kind].format(
        body=body_name or wording.SERVICE_NAME,
        text=text,
        person=_name(action, by),
        days=action.days,
        reason=RATING_NAMES.get(action.level) or RETURN_REASONS.get(action.reason, action.reason),
        ticket=action.ticket,
        day="",
    )
    on_behalf = BY_A_BODY if progress.body else frozenset()
    if by.party in ("agent", "supervisor") and action.kind in on_behalf | BY_A_CITIZEN:
        told += ticket_wording.WRITTEN_DOWN.format(person=by.name)
    details = Details(
        body=body_id,
        body_name=body_name,
        better=action.better,
        reason=text if action.kind == "extended" else action.reason,
        days=action.days,
        person=action.person,
        level=action.level,
        ticket=action.ticket,
    )
    happened = event(action.kind, told, now, by, visible_to=action.visible_to)
    return TicketEvent(happened.kind, happened.visible_to, happened.text, now, by, details)


def _name(action: Action, by: Actor) -> str:
    return action.person if action.kind == "offered" else by.name


def _body(service: Service, body_id: str, field: str) -> tuple[str, str]:
    body = service.parts.directory.by_id(body_id)
    if body is None or body.state == "inactive":
        raise bad_field(field, "信息库里没有这个单位，或者它已经停用。")
    return body.id, body.name


def _check_extension(service: Service, connection: Connection, number: str, action: Action, progress: Progress) -> None:
    clocks = running(service.promises.clocks_of(progress, ticket_thread.events_of(connection, number)))
    most = max((clock.promise.extension_days for clock in clocks), default=0)
    if not 1 <= action.days <= most:
        raise bad_field("days", f"最多延期 {most} 个工作日。" if most else "这一步不能延期。")


def _merge(
    service: Service,
    connection: Connection,
    number: str,
    action: Action,
    by: Actor,
    now: datetime,
    progress: Progress,
) -> Progress:
    """The other ticket learns of it in the same transaction; links to this one end."""
    if action.ticket == number:
        raise bad_field("ticket", "不能并入自己。")
    if not ticket_thread.events_of(connection, action.ticket):
        raise bad_field("ticket", "没有这个工单号。")
    text = ticket_wording.EVENT_TEXT["absorbed"].format(ticket=number)
    ticket_thread.append(connection, service.promises, action.ticket, event("absorbed", text, now, by, ticket=number))
    body_links.revoke(connection, number, now)
    return progress
