"""Taking one's own data along and having it erased, once it is proved whose it is: one way for page, WeChat and administrators.

Callers commit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection

from api.errors import ApiError
from api.privacy import persons
from api.privacy.persons import Erased, Holdings
from api.staff import audit
from api.staff.roles import Staff
from api.wiring import Service
from bot.conversations import Conversation

KEPT = "工单号、事项、承办单位、办理的时间和结果会留着，里面没有您的姓名、电话和说过的话：这是我们要负责的记录。"
SENT_ON = "已经交给承办单位的那一份，由承办单位依法保管，要删请找它。"
STILL_OPEN = "还在办的先不删，不然单位没法接着办。办完或者撤回以后再来删。"
WITH_AGENT = "座席正在看这段对话。说完以后再删。"
PARTLY_SHOWN = "姓名和电话只显示一部分：捡到单子的人也有查询码。要完整的一份，请带身份证到服务中心。"
NOT_YET = "还不能删"


class DataCopy(BaseModel):
    """All that is kept, for taking along."""

    tickets: list[dict[str, Any]]
    conversations: list[dict[str, Any]]
    remarks: list[str]


class ErasedView(BaseModel):
    """What was erased: tickets emptied, tickets kept because they are open, conversations deleted; and what stays, in words."""

    tickets: list[str]
    kept: list[str]
    conversations: int
    remarks: list[str]


def copy(connection: Connection, service: Service, held: Holdings, *, full: bool) -> DataCopy:
    """A copy of it; without `full` name and phone are masked."""
    made = persons.copy_of(connection, service.secrets, service.matters, held, full=full)
    return DataCopy(**made, remarks=[SENT_ON] if full else [PARTLY_SHOWN, SENT_ON])


def erase(connection: Connection, service: Service, held: Holdings, me: Staff | None, reason: str) -> ErasedView:
    """Erase it but for open tickets, on record; `me` is None when the citizen asked."""
    now = service.now()
    erased = persons.erase(connection, held, "administrator" if me else "citizen", now)
    _record(connection, me, erased, held, reason, now)
    remarks = [KEPT, SENT_ON] if erased.tickets else []
    return ErasedView(
        tickets=list(erased.tickets),
        kept=list(erased.kept),
        conversations=erased.conversations,
        remarks=[*remarks, *([STILL_OPEN] if erased.kept else [])],
    )


def erase_of_ticket(connection: Connection, service: Service, number: str, reason: str) -> ErasedView:
    """Erase a ticket and its conversation for its citizen; 409 while it is open."""
    held = persons.of_ticket(connection, number)
    if held.open_tickets:
        raise ApiError(409, NOT_YET, STILL_OPEN)
    return erase(connection, service, held, None, reason)


def erase_of_conversation(
    connection: Connection, service: Service, conversation: Conversation, reason: str
) -> ErasedView:
    """Erase a conversation and its tickets for whoever holds it; 409 while one is open or a person has the conversation."""
    if conversation.ownership.owner != "bot":
        raise ApiError(409, NOT_YET, WITH_AGENT)
    held = persons.of_conversation(connection, conversation.id)
    if held.open_tickets:
        raise ApiError(409, NOT_YET, STILL_OPEN)
    return erase(connection, service, held, None, reason)


def _record(
    connection: Connection, me: Staff | None, erased: Erased, held: Holdings, reason: str, now: datetime
) -> None:
    about = held.tickets[0] if held.tickets else "conversation"
    after = {"tickets": list(erased.tickets), "kept": list(erased.kept), "conversations": erased.conversations}
    audit.record(connection, me, "person.erase", "person", about, now, after=after, reason=reason)
