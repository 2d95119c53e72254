"""Taking one's own data along, and having it erased: by the citizen, or by an administrator for somebody who came in person."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ServiceIn, TokenIn, requires
from api.errors import Problem
from api.privacy import own_data, persons
from api.privacy.own_data import DataCopy, ErasedView
from api.staff import audit
from api.staff.roles import Role, Staff
from api.tickets.citizen import find_own
from bot import conversations

router = APIRouter(
    prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 403, 404, 409, 410, 422, 429)}
)
Administrator = Annotated[Staff, requires(Role.ADMINISTRATOR)]
Number = Annotated[str, Path(max_length=30)]
CodeHeader = Annotated[str, Header(alias="X-Query-Code", max_length=20)]
ConversationId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]


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


@router.get("/tickets/{number}/my-data")
def copy_by_code(number: Number, request: Request, service: ServiceIn, x_query_code: CodeHeader = "") -> DataCopy:
    """A copy of what a ticket and its conversation hold; needs its query code. Name and phone are masked."""
    ticket = find_own(service, request, number, x_query_code)
    with service.engine.connect() as connection:
        return own_data.copy(connection, service, persons.of_ticket(connection, ticket.number), full=False)


@router.post("/tickets/{number}/erase")
def erase_by_code(
    number: Number, _agreed: EraseInput, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> ErasedView:
    """Erase what a ticket and its conversation hold; needs its query code. 409 while it is open."""
    ticket = find_own(service, request, number, x_query_code)
    with service.writing.begin() as connection:
        return own_data.erase_of_ticket(connection, service, ticket.number, "持查询码的市民要求")


@router.get("/conversations/{conversation_id}/my-data")
def copy_of_conversation(conversation_id: ConversationId, token: TokenIn, service: ServiceIn) -> DataCopy:
    """A copy of a conversation and of the tickets made in it; needs its token. Name and phone are masked."""
    with service.engine.connect() as connection:
        conversations.find_conversation(connection, conversation_id, token, service.now())
        return own_data.copy(connection, service, persons.of_conversation(connection, conversation_id), full=False)


@router.post("/conversations/{conversation_id}/erase")
def erase_conversation(
    conversation_id: ConversationId, _agreed: EraseInput, token: TokenIn, service: ServiceIn
) -> ErasedView:
    """Erase a conversation and its tickets that have ended; needs its token. 409 while one is open or a person has it."""
    with service.writing.begin() as connection:
        conversation = conversations.find_conversation(connection, conversation_id, token, service.now())
        return own_data.erase_of_conversation(connection, service, conversation, "持对话凭证的市民要求")


@router.post("/admin/persons/copy")
def copy_for_person(input_: PersonInput, me: Administrator, service: ServiceIn) -> DataCopy:
    """A full copy for somebody who was identified; needs an administrator. Recorded in the audit trail."""
    with service.writing.begin() as connection:
        held = persons.of_ticket(connection, input_.ticket, whole_person=input_.whole_person)
        after = {"tickets": list(held.tickets), "conversations": len(held.conversations)}
        audit.record(
            connection, me, "person.copy", "person", input_.ticket, service.now(), after=after, reason=input_.reason
        )
        return own_data.copy(connection, service, held, full=True)


@router.post("/admin/persons/erase")
def erase_person(input_: ErasePersonInput, me: Administrator, service: ServiceIn) -> ErasedView:
    """Erase what is kept of somebody who was identified; needs an administrator. Open tickets stay. Recorded in the audit trail."""
    with service.writing.begin() as connection:
        held = persons.of_ticket(connection, input_.ticket, whole_person=input_.whole_person)
        return own_data.erase(connection, service, held, me, input_.reason)
