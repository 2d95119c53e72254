"""The public routes of GeoReport v2 (JSON), and the supervisor's that say what is public.

Source: the GeoReport v2 specification; `detailed_status` uses the words FixMyStreet adds to `open` and `closed`.
New requests are not taken here: a legal trouble is told in a conversation, where danger is seen and consent is asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem
from api.open311 import publications
from api.open311.publications import Publication
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import SHANGHAI, Service
from routing import tickets
from routing.ticket_state import ENDED, OPEN, STATE_NAMES, State

LONGEST_SPAN = timedelta(days=90)  # as the specification says
DetailedStatus = Literal[
    "open", "investigating", "in progress", "action scheduled", "internal referral", "fixed", "closed", "duplicate"
]
DETAILED: dict[State, DetailedStatus] = {
    "new": "open",
    "opened": "open",
    "sent": "investigating",
    "accepted": "in progress",
    "asked": "investigating",
    "returned": "internal referral",
    "disputed": "internal referral",
    "answered": "action scheduled",
    "reopened": "in progress",
    "closed": "fixed",
    "withdrawn": "closed",
    "merged": "duplicate",
}

router = APIRouter(responses={404: {"model": Problem}, 422: {"model": Problem}})
Supervisor = Annotated[Staff, requires(Role.SUPERVISOR)]
Number = Annotated[str, Path(max_length=30)]


class ServiceEntry(BaseModel):
    service_code: str
    service_name: str
    description: str
    metadata: bool = False
    type: Literal["batch"] = "batch"
    keywords: str
    group: str


class Attributes(BaseModel):
    detailed_status: DetailedStatus


class RequestEntry(BaseModel):
    """A public ticket. There is no place in it: where somebody lives or works is nobody's business."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str
    agency_responsible: str
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    extended_attributes: Attributes


class PublicationInput(BaseModel):
    """What may be read of a ticket, in the supervisor's words."""

    model_config = ConfigDict(extra="forbid")

    summary: str = Field(min_length=4, max_length=500)


@router.get("/open311/v2/services.json")
def list_services(service: ServiceIn) -> list[ServiceEntry]:
    """The matters. Open to everyone."""
    groups = service.matters.groups
    return [
        ServiceEntry(
            service_code=matter.code,
            service_name=matter.name,
            description=matter.scope,
            keywords=matter.short,
            group=groups[matter.group],
        )
        for matter in service.matters.by_code.values()
    ]


@router.get("/open311/v2/requests.json")
def list_requests(
    service: ServiceIn,
    service_request_id: Annotated[str, Query(max_length=2000)] = "",
    service_code: Annotated[str, Query(max_length=2000)] = "",
    status: Annotated[str, Query(pattern="^(open|closed)(,(open|closed))?$")] = "open,closed",
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[RequestEntry]:
    """Public tickets of at most 90 days, newest first. Open to everyone."""
    until = _aware(end_date) or service.now()
    since = max(_aware(start_date) or until - LONGEST_SPAN, until - LONGEST_SPAN)
    numbers = [number for number in service_request_id.split(",") if number]
    states = [*(OPEN if "open" in status else ()), *(ENDED if "closed" in status else ())]
    with service.engine.connect() as connection:
        found = publications.published(
            connection,
            numbers=numbers,
            matters=[code for code in service_code.split(",") if code],
            states=states,
            since=None if numbers else since,  # as the specification says: ids make the dates void
            until=None if numbers else until,
            limit=page_size,
            offset=(page - 1) * page_size,
        )
    return [_entry(service, publication) for publication in found]


@router.get("/open311/v2/requests/{number}.json")
def read_request(number: Number, service: ServiceIn) -> list[RequestEntry]:
    """One public ticket, as a list of one. Open to everyone."""
    with service.engine.connect() as connection:
        found = publications.published(connection, numbers=[number])
    if not found:
        raise ApiError(404, "没有找到", "没有这件公开的工单。")
    return [_entry(service, found[0])]


@router.put("/api/v1/desk/tickets/{number}/publication", status_code=204)
def publish(number: Number, input_: PublicationInput, me: Supervisor, service: ServiceIn) -> None:
    """Make a ticket public in one's own words; needs a supervisor."""
    with service.writing.begin() as connection:
        tickets.read_ticket(connection, service.secrets, number)
        publications.publish(connection, number, input_.summary, me.name, service.now())
        audit.record(connection, me, "ticket.publish", "ticket", number, service.now(), after=input_.summary)


@router.delete("/api/v1/desk/tickets/{number}/publication", status_code=204)
def take_back(number: Number, me: Supervisor, service: ServiceIn) -> None:
    """Make a ticket private again; needs a supervisor."""
    with service.writing.begin() as connection:
        if publications.take_back(connection, number):
            audit.record(connection, me, "ticket.take_back", "ticket", number, service.now())


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=SHANGHAI) if moment and moment.tzinfo is None else moment


def _entry(service: Service, publication: Publication) -> RequestEntry:
    body = service.parts.directory.by_id(publication.body_id)
    return RequestEntry(
        service_request_id=publication.ticket,
        status="open" if publication.state in OPEN else "closed",
        status_notes=STATE_NAMES[publication.state],
        service_name=service.matters.name(publication.matter),
        service_code=publication.matter,
        description=publication.summary,
        agency_responsible=body.name if body else "",
        requested_datetime=publication.opened_at,
        updated_datetime=publication.changed_at,
        expected_datetime=_end_of(publication.due_on),
        extended_attributes=Attributes(detailed_status=DETAILED[publication.state]),
    )


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day, datetime.max.time(), SHANGHAI).replace(microsecond=0).astimezone(UTC) if day else None
