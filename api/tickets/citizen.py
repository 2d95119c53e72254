"""The citizen's side of a ticket. Who may call these: whoever holds its query code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from api.dependencies import ServiceIn
from api.errors import ApiError, Problem, bad_field
from api.tickets import files
from api.tickets.actions import BY_A_CITIZEN, Action, act
from api.tickets.files import FileLimits, FileView
from api.tickets.views import complaint_view
from api.wiring import Service
from bot import compose, wording
from bot.normalize import has_words, normalize
from bot.reply import BodyView
from routing import tickets
from routing.directory import Body
from routing.ticket_events import CITIZEN_SELF, RATING_NAMES, sees
from routing.ticket_state import allowed
from routing.tickets import Ticket

router = APIRouter(
    prefix="/api/v1", responses={code: {"model": Problem} for code in (401, 404, 409, 410, 422, 429, 503)}
)
_BODY = TypeAdapter(Body)
MOST_WRITTEN_PER_HOUR = 30  # by the citizen on one ticket; nobody writes more in earnest

Number = Annotated[str, Path(max_length=30)]
CodeHeader = Annotated[str, Header(alias="X-Query-Code", max_length=20)]


class Input(BaseModel):
    """Base of what clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class TicketActionInput(Input):
    """What the citizen does. `key` names it, so that sending it again does nothing more. `level` (1 to 5) for `rated` only."""

    kind: Literal["citizen_wrote", "confirmed", "not_solved", "withdrawn", "rated"]
    key: str = Field(min_length=8, max_length=64, pattern=r"^[\w\-]+$")
    text: str = Field("", max_length=1000)
    level: int = Field(0, ge=0, le=5)


class TicketEventView(BaseModel):
    at: datetime
    text: str
    mine: bool


class RatingChoice(BaseModel):
    """One of the five levels."""

    level: int
    name: str


class TicketView(BaseModel):
    """A ticket as its citizen sees it. `may` says what can be done now; `question` is what the body asked last."""

    number: str
    state: str
    state_text: str
    opened_at: datetime
    matter_name: str
    body: BodyView
    next_step: str
    events: list[TicketEventView]
    may: list[str]
    question: str
    answer: str
    rating: int
    ratings: list[RatingChoice]
    files: list[FileView]
    file_limits: FileLimits | None
    complaint: str  # whom it is about, empty for another ticket


@router.get("/tickets/{number}")
def read_ticket(number: Number, request: Request, service: ServiceIn, x_query_code: CodeHeader = "") -> TicketView:
    """How far a ticket is; needs its query code (header `X-Query-Code`). Wrong code and unknown number look the same."""
    return view(service, find_own(service, request, number, x_query_code))


@router.post("/tickets/{number}/actions")
def do(
    number: Number, input_: TicketActionInput, request: Request, service: ServiceIn, x_query_code: CodeHeader = ""
) -> TicketView:
    """Add something, say that it is or is not solved, withdraw, rate; needs the query code. 409 when it can't be done now."""
    text = normalize(input_.text)
    if input_.kind == "citizen_wrote" and not has_words(text):
        raise bad_field("text", "请写一两句话。")
    ticket = find_own(service, request, number, x_query_code)
    check_pace(service, ticket)
    action = Action(kind=input_.kind, text=text, level=input_.level, key=f"citizen:{input_.key}")
    with service.writing.begin() as connection:
        act(service, connection, ticket.number, action, CITIZEN_SELF, service.now())
        ticket = tickets.read_ticket(connection, service.secrets, ticket.number)
    return view(service, ticket)


def find_own(service: Service, request: Request, number: str, code: str) -> Ticket:
    """The ticket, when the code is its own; wrong tries are counted by address and by number."""
    address = request.client.host if request.client else ""
    number = number.strip().upper()
    if not (service.code_tries.test(address) and service.code_tries.test(number)):
        raise ApiError(429, "太频繁了", "试得太多了，请过一小时再查，或拨打 12348。")
    try:
        with service.engine.connect() as connection:
            return tickets.find_ticket(connection, service.secrets, number, code)
    except tickets.UnknownTicketError:
        service.code_tries.hit(address)
        service.code_tries.hit(number)
        raise


def check_pace(service: Service, ticket: Ticket) -> None:
    """429 when the citizen did more on this ticket within the hour than anybody does in earnest."""
    since = service.now() - timedelta(hours=1)
    if sum(e.by.party == "citizen" and e.at > since for e in ticket.events) >= MOST_WRITTEN_PER_HOUR:
        raise ApiError(429, "太频繁了", "您写得太多了，请过一小时再写。着急的话请打 12348。")


def view(service: Service, ticket: Ticket) -> TicketView:
    """The ticket as its citizen sees it."""
    progress = ticket.progress
    current = service.parts.directory.by_id(progress.body) if progress.body else None
    body = current or _BODY.validate_python(ticket.story.decision["body"])
    latest = {e.kind: e.text for e in ticket.events}
    may = [kind for kind in allowed(progress, "citizen") if kind in BY_A_CITIZEN]
    if progress.rating and "rated" in may:
        may.remove("rated")
    shown, limits = files.views(service, ticket, "citizen", "citizen")
    told = complaint_view(service, ticket, "citizen")
    return TicketView(
        number=ticket.number,
        state=progress.state,
        state_text=wording.STATE_TEXT[progress.state],
        opened_at=ticket.opened_at,
        matter_name=service.matters.name(ticket.matter),
        body=compose.body_view(body),
        next_step=compose.next_step(ticket, service.promises, service.now()),
        events=[
            TicketEventView(at=e.at, text=e.text, mine=e.by.party == "citizen")
            for e in ticket.events
            if sees("citizen", e)
        ],
        may=may,
        question=latest.get("asked", "") if progress.state == "asked" else "",
        answer=latest.get("answered", "") if progress.state in ("answered", "closed") else "",
        rating=progress.rating,
        ratings=[RatingChoice(level=level, name=name) for level, name in RATING_NAMES.items()],
        files=shown,
        file_limits=limits,
        complaint=told.target_name if told else "",
    )
