"""Where a ticket stands: derived from its events by one table of transitions, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from routing.errors import RoutingError
from routing.ticket_events import KINDS, RETURN_REASONS, EventKind, Party, TicketEvent

State = Literal[
    "new",
    "opened",
    "sent",
    "accepted",
    "asked",
    "returned",
    "disputed",
    "answered",
    "reopened",
    "closed",
    "withdrawn",
    "merged",
]

STATE_NAMES: dict[State, str] = {
    "new": "还没有",
    "opened": "已登记，等座席转出",
    "sent": "已转出，等单位受理",
    "accepted": "单位已受理，正在办",
    "asked": "单位在等补充情况",
    "returned": "单位退回，等座席改派",
    "disputed": "再次退回，等督办裁定",
    "answered": "单位已答复，等市民确认",
    "reopened": "没解决，重新办理",
    "closed": "已办结",
    "withdrawn": "已撤回",
    "merged": "已并入另一件",
}

# Who must act next in each state; None when nobody has to. In `reopened` it is the desk when no body ever had it.
WAITS_FOR: dict[State, Party | None] = {
    "new": "citizen",
    "opened": "agent",
    "sent": "body",
    "accepted": "body",
    "asked": "citizen",
    "returned": "agent",
    "disputed": "supervisor",
    "answered": "citizen",
    "reopened": "body",
    "closed": None,
    "withdrawn": None,
    "merged": None,
}
ENDED: frozenset[State] = frozenset({"closed", "withdrawn", "merged"})
WITH_BODY: frozenset[State] = frozenset({"sent", "accepted", "asked", "reopened", "answered"})
OPEN: frozenset[State] = frozenset(STATE_NAMES) - ENDED - {"new"}
_ONCE_OPENED: frozenset[State] = frozenset(STATE_NAMES) - {"new"}
_UNDECIDED: frozenset[State] = OPEN - {"answered"}
MOST_RETURNS = 1  # the return after this many goes to the coordinator, whose decision binds


class OutOfOrderError(RoutingError):
    """An event that can't happen now. `why` is for people: what was tried and how the ticket stands."""

    def __init__(self, kind: EventKind, state: State, why: str) -> None:
        super().__init__(f"{kind} in state {state}: {why}")
        self.kind, self.state, self.why = kind, state, why


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: an event of `kind` in one of `from_` leads to `to`, or leaves the state as it is (None).

    `when` names a condition of `_CONDITIONS`; of several rows for a kind and state, the first whose condition holds is
    taken.
    """

    kind: EventKind
    from_: frozenset[State]
    to: State | None
    when: str = ""


def _row(kind: EventKind, from_: Iterable[State], to: State | None, when: str = "") -> Transition:
    return Transition(kind, frozenset(from_), to, when)


TRANSITIONS: tuple[Transition, ...] = (
    _row("opened", ("new",), "opened"),
    _row("sent", ("opened", "returned"), "sent"),
    _row("sent", ("reopened",), "sent", "no body has it"),
    _row("seen", ("sent", "accepted", "reopened"), None, "first look"),
    _row("accepted", ("sent",), "accepted"),
    _row("returned", ("sent",), "returned", "first return"),
    _row("returned", ("sent",), "disputed", "further return"),
    _row("referred_onward", ("sent", "accepted", "reopened"), "sent", "not bound"),
    _row("decided", _UNDECIDED - {"opened"}, "sent"),
    _row("asked", ("accepted", "reopened"), "asked"),
    _row("citizen_wrote", ("asked",), "accepted", "a body has it"),
    _row("citizen_wrote", ("asked",), "reopened"),
    _row("citizen_wrote", _ONCE_OPENED - {"asked"}, None),
    _row("attached", ("asked",), None, "not by the citizen"),
    _row("attached", ("asked",), "accepted", "a body has it"),
    _row("attached", ("asked",), "reopened"),
    _row("attached", OPEN - {"asked"}, None),
    _row("detached", _ONCE_OPENED, None),
    _row("added", ("asked",), "accepted", "a body has it"),
    _row("added", ("asked",), "reopened"),
    _row("added", OPEN - {"asked"}, None),
    _row("extended", ("accepted", "reopened"), None, "not extended yet"),
    _row("answered", ("opened", "sent", "accepted", "asked", "returned", "reopened"), "answered"),
    _row("confirmed", ("answered",), "closed"),
    _row("not_solved", ("answered", "closed"), "reopened"),
    _row("reopened", ("answered", "closed"), "reopened"),
    _row("closed", ("answered",), "closed"),
    _row("closed", _UNDECIDED, "closed", "by a supervisor"),
    _row("withdrawn", OPEN, "withdrawn"),
    _row("merged", OPEN, "merged"),
    _row("absorbed", OPEN, None),
    _row("rated", ("closed",), None, "not rated since"),
    _row("note", _ONCE_OPENED, None),
    _row("recused", WITH_BODY, "returned", "it has it"),
    _row("recused", _ONCE_OPENED, None),
    _row("contacted_again", _ONCE_OPENED, None),
    _row("reminder", _ONCE_OPENED, None),
    _row("overdue", _ONCE_OPENED, None),
    _row("taken", OPEN, None, "nobody else has it"),
    _row("requeued", OPEN, None, "somebody has it"),
    _row("offered", _ONCE_OPENED, None, "by the first responder"),
    _row("handed", _ONCE_OPENED, None, "by the one who was asked"),
    _row("declined", _ONCE_OPENED, None, "by the one who was asked"),
    _row("callback_due", _ONCE_OPENED, None, "no callback is due"),
    _row("called_back", _ONCE_OPENED, None),
    _row("booked", OPEN, None),
    _row("booking_moved", OPEN, None),
    _row("booking_cancelled", _ONCE_OPENED, None),
)


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time in one state; `began_by` is the kind that began or renewed it, `until` None while it lasts."""

    state: State
    began_by: EventKind
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How a ticket stands after some events.

    `body` has it now (empty before it was sent and after a return), `owner` is the agent who works on it (empty: in
    the queue), `first_responder` the one who stays answerable (首问责任人; empty until an agent touched it). `bound` says
    that the coordinator decided: the body can neither return nor pass on. `callback_due` is a callback that was promised,
    `callback_asked` one at a time that was agreed.
    """

    state: State = "new"
    sequence: int = 0
    body: str = ""
    body_name: str = ""
    owner: str = ""
    first_responder: str = ""
    offered_to: str = ""
    returned_by: tuple[str, ...] = ()
    had_by: tuple[str, ...] = ()
    bound: bool = False
    seen: bool = False
    extension_days: int = 0
    rating: int = 0
    callback_due: bool = False
    callback_asked: bool = False
    need: str = ""
    urgent: bool = False
    merged_into: str = ""
    recused_bodies: tuple[str, ...] = ()
    recused_staff: tuple[str, ...] = ()
    changed_at: datetime | None = None
    spells: tuple[Spell, ...] = ()

    @property
    def waits_for(self) -> Party | None:
        """Who must act next."""
        return "agent" if self.state == "reopened" and not self.body else WAITS_FOR[self.state]

    @property
    def is_open(self) -> bool:
        """Whether anybody still has to do anything, the citizen's answer included."""
        return self.state in OPEN


def follow(events: Iterable[TicketEvent]) -> Progress:
    """The progress after these events, in their order; `OutOfOrderError` at the first that can't be."""
    progress = Progress()
    for event in events:
        progress = step(progress, event)
    return progress


def step(progress: Progress, event: TicketEvent) -> Progress:
    """One event further; `OutOfOrderError` when it can't happen now or its causer may not cause it."""
    _check(progress, event)
    to = _target(progress, event)
    spells = progress.spells
    if to is not None:
        if spells:
            spells = (*spells[:-1], replace(spells[-1], until=event.at))
        spells = (*spells, Spell(to, event.kind, event.at))
    after = replace(
        progress, state=to or progress.state, sequence=progress.sequence + 1, changed_at=event.at, spells=spells
    )
    change = _CHANGES.get(event.kind)
    return change(after, event) if change else after


def allowed(progress: Progress, party: Party) -> tuple[EventKind, ...]:
    """What a party may do now, conditions on persons left aside."""
    return tuple(
        dict.fromkeys(row.kind for row in TRANSITIONS if progress.state in row.from_ and party in KINDS[row.kind].by)
    )


def _target(progress: Progress, event: TicketEvent) -> State | None:
    rows = [row for row in TRANSITIONS if row.kind == event.kind and progress.state in row.from_]
    if not rows:
        raise OutOfOrderError(event.kind, progress.state, f"现在是“{STATE_NAMES[progress.state]}”，不能这样做。")
    for row in rows:
        if not row.when or _CONDITIONS[row.when](progress, event):
            return row.to
    raise OutOfOrderError(event.kind, progress.state, _REFUSALS[rows[0].when])


_Test = Callable[[Progress, TicketEvent], bool]
_CONDITIONS: dict[str, _Test] = {
    "no body has it": lambda p, _: not p.body,
    "a body has it": lambda p, _: bool(p.body),
    "not by the citizen": lambda _, e: e.by.party != "citizen",
    "it has it": lambda p, e: bool(e.details.body) and p.body == e.details.body,
    "first look": lambda p, _: not p.seen,
    "first return": lambda p, _: not p.bound and len(p.returned_by) < MOST_RETURNS,
    "further return": lambda p, _: not p.bound,
    "not bound": lambda p, _: not p.bound,
    "not extended yet": lambda p, _: p.extension_days == 0,
    "by a supervisor": lambda _, e: e.by.party == "supervisor",
    "not rated since": lambda p, _: p.rating == 0,
    "nobody else has it": lambda p, e: p.owner in ("", e.details.person) or e.by.party == "supervisor",
    "somebody has it": lambda p, _: bool(p.owner),
    "by the first responder": lambda p, e: p.first_responder in ("", e.by.id) or e.by.party == "supervisor",
    "by the one who was asked": lambda p, e: bool(p.offered_to) and p.offered_to == e.by.id,
    "no callback is due": lambda p, _: not p.callback_due,
}
_REFUSALS = {
    "no body has it": "已经有单位在办。",
    "first look": "已经看过了。",
    "first return": "督办已经裁定由本单位办，不能再退回。",
    "not bound": "督办已经裁定由本单位办，不能再转交。",
    "not extended yet": "已经延期过一次，不能再延。",
    "by a supervisor": "单位还没有答复，只有督办可以直接办结。",
    "not rated since": "已经评价过了。",
    "nobody else has it": "另一位座席已经接手。",
    "somebody has it": "现在没有人接手。",
    "by the first responder": "只有首问责任人可以请别人接任。",
    "by the one who was asked": "没有请您接任首问责任人。",
    "no callback is due": "已经排了回访。",
}


# What an event must carry to mean anything: kinds, what is wrong, and how that is said.
_FAULTS: tuple[tuple[frozenset[EventKind], _Test, str], ...] = (
    (frozenset({"sent", "referred_onward", "decided"}), lambda _, e: not e.details.body, "没有写转给哪个单位。"),
    (
        frozenset({"sent"}),
        lambda p, e: e.details.body in p.returned_by,
        "这个单位已经退回过，要再给它只能由督办裁定。",
    ),
    (
        frozenset({"referred_onward"}),
        lambda p, e: e.details.body in p.had_by,
        "这个单位已经办过，要再给它只能由督办裁定。",
    ),
    (
        frozenset({"returned"}),
        lambda _, e: not (e.details.reason in RETURN_REASONS and e.details.better),
        "退回要写明原因，并写明应由哪个单位办（不知道就写“不清楚”）。",
    ),
    (
        frozenset({"extended"}),
        lambda _, e: not (e.details.days > 0 and e.details.reason),
        "延期要写明几个工作日和原因。",
    ),
    (frozenset({"rated"}), lambda _, e: not 1 <= e.details.level <= 5, "评价分五级，1 到 5。"),
    (frozenset({"merged", "absorbed"}), lambda _, e: not e.details.ticket, "没有写是哪一件。"),
    (frozenset({"attached", "detached"}), lambda _, e: not (e.details.file and e.details.file_hash), "没有文件。"),
    (frozenset({"recused"}), lambda _, e: not (e.details.body or e.details.person), "没有写谁要回避。"),
    (
        frozenset({"sent", "referred_onward", "decided"}),
        lambda p, e: e.details.body in p.recused_bodies,
        "投诉的就是这个单位，不能由它来办。",
    ),
    (
        frozenset({"taken", "offered"}),
        lambda p, e: e.details.person in p.recused_staff,
        "投诉的就是这位同事，不能由他来办。",
    ),
    (frozenset({"taken", "offered"}), lambda _, e: not e.details.person, "没有写是谁。"),
    (
        frozenset({"booked", "booking_moved"}),
        lambda _, e: not (e.details.booking and e.details.ends),
        "没有写约的什么时间。",
    ),
)


def _check(progress: Progress, event: TicketEvent) -> None:
    if event.by.party not in KINDS[event.kind].by:
        raise OutOfOrderError(event.kind, progress.state, "这一步不能由这一方来做。")
    if event.by.party in ("agent", "supervisor") and event.by.id in progress.recused_staff:
        raise OutOfOrderError(event.kind, progress.state, "投诉的就是您，不能由您来办。")
    if event.by.party == "body" and event.by.id != progress.body:
        raise OutOfOrderError(event.kind, progress.state, "这件工单现在不在您的单位。")
    if progress.changed_at is not None and event.at < progress.changed_at:
        raise OutOfOrderError(event.kind, progress.state, "时间比上一步还早。")
    for kinds, is_wrong, why in _FAULTS:
        if event.kind in kinds and is_wrong(progress, event):
            raise OutOfOrderError(event.kind, progress.state, why)


def _person(event: TicketEvent) -> str:
    """The member of staff who caused it, or nobody."""
    return event.by.id if event.by.party in ("agent", "supervisor") else ""


def _with_body(progress: Progress, event: TicketEvent) -> Progress:
    return replace(
        progress,
        body=event.details.body,
        body_name=event.details.body_name,
        had_by=tuple(dict.fromkeys((*progress.had_by, event.details.body))),
        bound=event.kind == "decided",
        seen=False,
        extension_days=0,
        first_responder=progress.first_responder or (_person(event) if event.kind == "sent" else ""),
    )


def _recused(progress: Progress, event: TicketEvent) -> Progress:
    """Whoever is kept away loses what they had of it."""
    body, person = event.details.body, event.details.person
    if body:
        progress = replace(progress, recused_bodies=(*progress.recused_bodies, body))
        return replace(progress, body="", body_name="", bound=False) if progress.body == body else progress
    return replace(
        progress,
        recused_staff=(*progress.recused_staff, person),
        owner="" if progress.owner == person else progress.owner,
        first_responder="" if progress.first_responder == person else progress.first_responder,
        offered_to="" if progress.offered_to == person else progress.offered_to,
    )


def _begun_anew(progress: Progress, _: TicketEvent) -> Progress:
    return replace(progress, rating=0, extension_days=0, owner=progress.first_responder)


# What an event changes beside the state.
_CHANGES: dict[EventKind, Callable[[Progress, TicketEvent], Progress]] = {
    "opened": lambda p, e: replace(
        p, need=e.details.need, urgent=e.details.urgent, owner=_person(e), first_responder=_person(e)
    ),
    "sent": _with_body,
    "referred_onward": _with_body,
    "decided": _with_body,
    "seen": lambda p, _: replace(p, seen=True),
    "returned": lambda p, _: replace(p, returned_by=(*p.returned_by, p.body), body="", body_name=""),
    "extended": lambda p, e: replace(p, extension_days=e.details.days),
    "not_solved": _begun_anew,
    "reopened": _begun_anew,
    "taken": lambda p, e: replace(p, owner=e.details.person, first_responder=p.first_responder or e.details.person),
    "requeued": lambda p, _: replace(p, owner=""),
    "offered": lambda p, e: replace(p, offered_to=e.details.person),
    "handed": lambda p, e: replace(p, first_responder=e.by.id, offered_to=""),
    "declined": lambda p, _: replace(p, offered_to=""),
    "rated": lambda p, e: replace(p, rating=e.details.level),
    "callback_due": lambda p, _: replace(p, callback_due=True),
    "called_back": lambda p, _: replace(p, callback_due=False, callback_asked=False),
    "booked": lambda p, e: replace(p, callback_asked=p.callback_asked or e.details.booking == "callback"),
    "booking_cancelled": lambda p, e: replace(p, callback_asked=p.callback_asked and e.details.booking != "callback"),
    "recused": _recused,
    "merged": lambda p, e: replace(p, merged_into=e.details.ticket),
}
