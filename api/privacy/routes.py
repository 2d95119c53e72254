"""Taking one's own data along, and having it erased: by the citizen, or by an administrator for somebody who came in person."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.dependencies import ServiceIn, TokenIn, requires
from api.errors import ApiError, Problem
from api.privacy import persons
from api.privacy.persons import Erased, Holdings
from api.staff import audit
from api.staff.roles import Role, Staff
from api.tickets.citizen import find_own
from api.wiring import Service
from bot import conversations

router = APIRouter(
    prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 403, 404, 409, 410, 422, 429)}
)
Administrator = Annotated[Staff, requires(Role.ADMINISTRATOR)]
Number = Annotated[str, Path(max_length=30)]
CodeHeader = Annotated[str, Header(alias="X-Query-Code", max_length=20)]
ConversationId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]

KEPT = "工单号、事项、承办单位、办理的时间和结果会留着，里面没有您的姓名、电话和说过的话：这是我们要负责的记录。"
SENT_ON = "已经交给承办单位的那一份，由承办单位依法保管，要删请找它。"
STILL_OPEN = "还在办的先不删，不然单位没法接着办。办完或者撤回以后再来删。"


class Input(BaseModel):
    """Base of what clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class EraseInput(Input):
    """It can't be undone, so it has to be said."""

    agreed: Literal[True]


class PersonInput(Input):
    """Whose data: the person of this ticket, or this ticket alone. `reason` says how the person was identified."""

    ticket: str = Field(max_length=30)
    whole_person: bool = False
    reason: str = Field(min_length=2, max_length=300)


class ErasePersonInput(PersonInput):
    """It can't be undone, so it has to be said."""

    agreed: Literal[True]


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


@router.get("/tickets/{number}/my-data")
def copy_by_code(number: Number, request: Request, service: ServiceIn, x_query_code: CodeHeader = "") -> DataCopy:
    """A copy of what a ticket and its conversation hold; needs its query code. Name and phone are masked."""
    ticket = find_own(service, request, number, x_query_code)
    with service.engine.connect() as connection:
        return _copy(connection, service, persons.of_ticket(connection, ticket.number), full=False)


@router.post("/tickets/{number}/erase")
def erase_by_code(
    number: Number, _agreed: EraseInput, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> ErasedView:
    """Erase what a ticket and its conversation hold; needs its query code. 409 while it is open."""
    ticket = find_own(service, request, number, x_query_code)
    with service.writing.begin() as connection:
        held = persons.of_ticket(connection, ticket.number)
        if held.open_tickets:
            raise ApiError(409, "还不能删", STILL_OPEN)
        return _erase(connection, service, held, None, "持查询码的市民要求")


@router.get("/conversations/{conversation_id}/my-data")
def copy_of_conversation(conversation_id: ConversationId, token: TokenIn, service: ServiceIn) -> DataCopy:
    """A copy of a conversation and of the tickets made in it; needs its token. Name and phone are masked."""
    with service.engine.connect() as connection:
        conversations.find_conversation(connection, conversation_id, token, service.now())
        return _copy(connection, service, persons.of_conversation(connection, conversation_id), full=False)


@router.post("/conversations/{conversation_id}/erase")
def erase_conversation(
    conversation_id: ConversationId, _agreed: EraseInput, token: TokenIn, service: ServiceIn
) -> ErasedView:
    """Erase a conversation and its tickets that have ended; needs its token. 409 while one is open or a person has it."""
    with service.writing.begin() as connection:
        conversation = conversations.find_conversation(connection, conversation_id, token, service.now())
        if conversation.ownership.owner != "bot":
            raise ApiError(409, "还不能删", "座席正在看这段对话。说完以后再删。")
        held = persons.of_conversation(connection, conversation_id)
        if held.open_tickets:
            raise ApiError(409, "还不能删", STILL_OPEN)
        return _erase(connection, service, held, None, "持对话凭证的市民要求")


@router.post("/admin/persons/copy")
def copy_for_person(input_: PersonInput, me: Administrator, service: ServiceIn) -> DataCopy:
    """A full copy for somebody who was identified; needs an administrator. Recorded in the audit trail."""
    with service.writing.begin() as connection:
        held = persons.of_ticket(connection, input_.ticket, whole_person=input_.whole_person)
        after = {"tickets": list(held.tickets), "conversations": len(held.conversations)}
        audit.record(
            connection, me, "person.copy", "person", input_.ticket, service.now(), after=after, reason=input_.reason
        )
        return _copy(connection, service, held, full=True)


@router.post("/admin/persons/erase")
def erase_person(input_: ErasePersonInput, me: Administrator, service: ServiceIn) -> ErasedView:
    """Erase what is kept of somebody who was identified; needs an administrator. Open tickets stay. Recorded in the audit trail."""
    with service.writing.begin() as connection:
        held = persons.of_ticket(connection, input_.ticket, whole_person=input_.whole_person)
        return _erase(connection, service, held, me, input_.reason)


def _copy(connection: Connection, service: Service, held: Holdings, *, full: bool) -> DataCopy:
    made = persons.copy_of(connection, service.secrets, held, full=full)
    remarks = [] if full else ["姓名和电话只显示一部分：捡到单子的人也有查询码。要完整的一份，请带身份证到服务中心。"]
    return DataCopy(**made, remarks=[*remarks, SENT_ON])


def _erase(connection: Connection, service: Service, held: Holdings, me: Staff | None, reason: str) -> ErasedView:
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


def _record(connection: Connection, me: Staff | None, erased: Erased, held: Holdings, reason: str, now: Any) -> None:
    about = held.tickets[0] if held.tickets else "conversation"
    after = {"tickets": list(erased.tickets), "kept": list(erased.kept), "conversations": erased.conversations}
    audit.record(connection, me, "person.erase", "person", about, now, after=after, reason=reason)
