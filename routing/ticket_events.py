"""What can happen to a ticket: the kinds of events, who may cause each, and who sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Audience = Literal["citizen", "body", "agents", "internal"]
Party = Literal["citizen", "body", "agent", "supervisor", "system"]
EventKind = Literal[
    "opened",
    "added",
    "taken",
    "requeued",
    "sent",
    "seen",
    "accepted",
    "returned",
    "referred_onward",
    "decided",
    "note",
    "asked",
    "citizen_wrote",
    "attached",
    "detached",
    "contacted_again",
    "reminder",
    "overdue",
    "extended",
    "answered",
    "confirmed",
    "not_solved",
    "reopened",
    "merged",
    "absorbed",
    "withdrawn",
    "closed",
    "offered",
    "handed",
    "declined",
    "rated",
    "callback_due",
    "called_back",
    "recused",
    "booked",
    "booking_moved",
    "booking_cancelled",
]

# An audience sees what is meant for it and what is meant for the wider ones before it.
_WIDENING: tuple[Audience, ...] = ("citizen", "body", "agents", "internal")

DESK: frozenset[Party] = frozenset({"agent", "supervisor"})
BODY: frozenset[Party] = frozenset({"body", "agent", "supervisor"})  # staff write down what a body told them
CITIZEN: frozenset[Party] = frozenset({"citizen", "agent", "supervisor"})  # staff write down what a citizen told them
SYSTEM: frozenset[Party] = frozenset({"system"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What an event of a kind is called, who may cause it, and who sees it unless the event itself says less."""

    name: str
    by: frozenset[Party]
    visible_to: Audience = "citizen"


KINDS: dict[EventKind, Kind] = {
    "opened": Kind("登记", CITIZEN),
    "added": Kind("补充情况", CITIZEN),
    "taken": Kind("座席接手", DESK, "agents"),
    "requeued": Kind("退回待办", SYSTEM | DESK, "agents"),
    "sent": Kind("转出", DESK),
    "seen": Kind("单位已看", BODY),
    "accepted": Kind("受理", BODY),
    "returned": Kind("退回", BODY),
    "referred_onward": Kind("单位转交", BODY),
    "decided": Kind("督办裁定", frozenset({"supervisor"})),
    "note": Kind("备注", BODY, "body"),
    "asked": Kind("请补充", BODY),
    "citizen_wrote": Kind("市民留言", CITIZEN),
    "attached": Kind("传来文件", CITIZEN | BODY),
    "detached": Kind("收回文件", frozenset({"citizen"})),
    "contacted_again": Kind("重复来访", CITIZEN | SYSTEM, "agents"),
    "reminder": Kind("催办", DESK | SYSTEM),
    "overdue": Kind("超期", SYSTEM, "body"),
    "extended": Kind("延期", BODY),
    "answered": Kind("答复", BODY),
    "confirmed": Kind("确认解决", CITIZEN),
    "not_solved": Kind("没解决", CITIZEN),
    "reopened": Kind("重新办理", DESK),
    "merged": Kind("并入另一件", DESK),
    "absorbed": Kind("并来一件", DESK, "body"),
    "withdrawn": Kind("撤回", CITIZEN),
    "closed": Kind("办结", DESK | SYSTEM),
    "offered": Kind("请人接任首问责任人", DESK, "agents"),
    "handed": Kind("接任首问责任人", DESK, "agents"),
    "declined": Kind("不接任首问责任人", DESK, "agents"),
    "rated": Kind("评价", frozenset({"citizen"}), "agents"),  # nobody rates himself
    "callback_due": Kind("要回访", SYSTEM | DESK, "agents"),
    "called_back": Kind("已回访", DESK),
    "recused": Kind(
        "回避", DESK | SYSTEM | CITIZEN, "agents"
    ),  # a citizen causes it by saying whom the complaint is about
    "booked": Kind("约好时间", CITIZEN),
    "booking_moved": Kind("改了时间", CITIZEN),
    "booking_cancelled": Kind("取消约好的时间", CITIZEN | SYSTEM),
}

# Why a body sends a ticket back. Our own list; a body that needs facts asks for them and does not return.
RETURN_REASONS = {
    "not_competent": "不归本单位管",
    "other_area": "不归本辖区管",
    "already_handled": "同一件事已有单位在办",
    "other_way_by_law": "依法要先走别的程序",
    "other": "其他",
}
RATING_NAMES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}  # GB/T 39735-2020 好差评
DISSATISFIED = 2  # this level and below gets a callback, always
UNKNOWN_BODY = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused an event. `id` is a username, a body's id, or empty; `name` is what others see."""

    party: Party
    id: str = ""
    name: str = ""


CITIZEN_SELF = Actor("citizen", "", "市民")
SYSTEM_SELF = Actor("system", "", "系统")


@dataclass(frozen=True, slots=True)
class Details:
    """The facts of one event; only those of its kind are filled.

    `body` is the body meant: sent to, answering, returning. `better` is the body id a returning body names, or
    'unknown'. `reason` is a code, or words where the kind asks for words. `days` are working days of an extension.
    `person` is a username. `level` is a rating from 1 to 5. `ticket` is another ticket's number. `basis` is the law a
    proposal rests on. `urgent` and `need` are those of the inquiry, on `opened` only. `file` is the id of an attachment,
    `file_hash` the SHA-256 of its content as it is kept. `booking` is what was booked (visit or callback), `starts` and `ends`
    its moments in ISO 8601.
    """

    body: str = ""
    body_name: str = ""
    better: str = ""
    reason: str = ""
    basis: str = ""
    days: int = 0
    person: str = ""
    level: int = 0
    ticket: str = ""
    need: str = ""
    urgent: bool = False
    promise: str = ""
    file: str = ""
    file_hash: str = ""
    booking: str = ""
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened, in plain words for whoever may see it."""

    kind: EventKind
    visible_to: Audience
    text: str
    at: datetime
    by: Actor = CITIZEN_SELF
    details: Details = field(default_factory=Details)


def sees(audience: Audience, event: TicketEvent) -> bool:
    """Whether an audience may see an event; 'internal' sees everything."""
    return _WIDENING.index(event.visible_to) <= _WIDENING.index(audience)


def event(
    kind: EventKind,
    text: str,
    at: datetime,
    by: Actor,
    *,
    visible_to: Audience | None = None,
    **details: str | int | bool,
) -> TicketEvent:
    """An event seen by whom its kind says, or by fewer."""
    return TicketEvent(kind, visible_to or KINDS[kind].visible_to, text, at, by, Details(**details))
