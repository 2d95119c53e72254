"""What is shown of a ticket, by who looks: the desk, or a body that has it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter

from api.desk.drafts import facts_in_words
from api.tickets import files
from api.tickets.files import FileLimits, FileView
from api.wiring import Service
from bot import compose
from bot.reply import BodyView
from routing import complaints
from routing.decision import Decision
from routing.inquiry import Facts
from routing.promises import Clock
from routing.rerouting import Proposal, propose
from routing.ticket_events import KINDS, UNKNOWN_BODY, Audience, EventKind, Party, sees
from routing.ticket_state import STATE_NAMES, Progress, allowed
from routing.tickets import Ticket

_DECISION = TypeAdapter(Decision)
_FACTS = TypeAdapter(Facts)


class Choice(BaseModel):
    """Something to choose."""

    id: str
    name: str


class EventView(BaseModel):
    """One event as somebody who may see it sees it."""

    sequence: int
    kind: EventKind
    kind_name: str
    text: str
    at: datetime
    party: Party
    by: str
    visible_to: Audience
    details: dict[str, Any]


class ClockView(BaseModel):
    """One promise on this ticket: until when, and whether it is kept."""

    promise: str
    name: str
    text: str
    source: str
    started_at: datetime
    due_on: date | None
    left_days: int | None
    stopped_at: datetime | None
    paused: bool
    extended: bool
    overdue: bool
    kept: bool | None


class SaidView(BaseModel):
    """One line of the transcript."""

    who: str
    text: str
    at: datetime


class CaseShown(BaseModel):
    """A case that was shown, and its answer."""

    id: str
    title: str
    answer: str


class DeadlineView(BaseModel):
    """A time limit of the law for the citizen."""

    text: str
    basis: str
    last_day: date | None
    days_left: int | None


class ReasonView(BaseModel):
    """Why it was sent there."""

    text: str
    source: str


class ProposalView(BaseModel):
    """A body to send to next, why, and the articles its power rests on."""

    body: BodyView
    why: str
    basis: list[str]


class StoryView(BaseModel):
    """What a referral carries, so that nobody has to tell it again."""

    told: list[SaidView]
    facts: list[str]
    note: str
    cases: list[CaseShown]
    statutes: list[str]
    deadlines: list[DeadlineView]
    decided_for: BodyView
    reasons: list[ReasonView]


class ComplaintView(BaseModel):
    """Whom a complaint is about, what becomes of such a one, and (at the desk) who is kept away and where it arose."""

    target: str
    target_name: str
    about: str
    about_ticket: str
    recused: list[str]


class TicketDetail(BaseModel):
    """A ticket as the desk or its body sees it. `sequence` is to be sent back with an action."""

    number: str
    sequence: int
    state: str
    state_text: str
    waits_for: str | None
    urgent: bool
    need: str
    matter: str
    matter_name: str
    area: str
    opened_at: datetime
    body: BodyView | None
    first_responder: str
    owner: str
    offered_to: str
    returned_by: list[str]
    bound: bool
    rating: int
    callback_due: bool
    merged_into: str
    repeat_of: str | None
    name: str
    phone: str
    story: StoryView
    events: list[EventView]
    clocks: list[ClockView]
    may: list[EventKind]
    files: list[FileView]
    file_limits: FileLimits | None
    complaint: ComplaintView | None
    proposals: list[ProposalView]


def detail(service: Service, ticket: Ticket, audience: Audience, party: Party, now: datetime) -> TicketDetail:
    """The whole ticket. A body sees name and phone only once it has accepted: until then it may still send it back."""
    progress = ticket.progress
    directory = service.parts.directory
    body = directory.by_id(progress.body) if progress.body else None
    with_contact = party != "body" or (bool(progress.body) and progress.state != "sent")
    clocks = service.promises.clocks_of(progress, ticket.events)
    shown, limits = files.views(service, ticket, audience, party)
    return TicketDetail(
        number=ticket.number,
        sequence=progress.sequence,
        state=progress.state,
        state_text=STATE_NAMES[progress.state],
        waits_for=progress.waits_for,
        urgent=progress.urgent,
        need=progress.need,
        matter=ticket.matter,
        matter_name=service.matters.name(ticket.matter),
        area=ticket.area,
        opened_at=ticket.opened_at,
        body=compose.body_view(body) if body else None,
        first_responder=progress.first_responder,
        owner=progress.owner,
        offered_to=progress.offered_to,
        returned_by=list(progress.returned_by),
        bound=progress.bound,
        rating=progress.rating,
        callback_due=progress.callback_due or progress.callback_asked,
        merged_into=progress.merged_into,
        repeat_of=ticket.repeat_of,
        name=ticket.contact.name if with_contact else "",
        phone=ticket.contact.phone if with_contact else "",
        story=_story(service, ticket),
        events=[
            EventView(
                sequence=sequence,
                kind=e.kind,
                kind_name=KINDS[e.kind].name,
                text=e.text,
                at=e.at,
                party=e.by.party,
                by=e.by.name,
                visible_to=e.visible_to,
                details={name: value for name, value in _details(e.details).items() if value},
            )
            for sequence, e in enumerate(ticket.events, 1)
            if sees(audience, e)
        ],
        clocks=[clock_view(clock, now) for clock in clocks],
        may=list(allowed(progress, party)),
        files=shown,
        file_limits=limits,
        complaint=complaint_view(service, ticket, audience),
        proposals=[_proposal(found) for found in proposals(service, ticket, progress)],
    )


def proposals(service: Service, ticket: Ticket, progress: Progress) -> tuple[Proposal, ...]:
    """Where to send it now, best first; only while the desk or the coordinator has to decide."""
    if progress.state not in ("opened", "returned", "disputed"):
        return ()
    decision = _DECISION.validate_python(ticket.story.decision)
    types = (decision.body_type, *decision.alternatives)
    returned = [e for e in ticket.events if e.kind == "returned"]
    better = returned[-1].details.better if returned else UNKNOWN_BODY
    excluded = (*progress.returned_by, *progress.recused_bodies)
    return propose(service.parts.directory, types, ticket.area, excluded, better)


def complaint_view(service: Service, ticket: Ticket, audience: Audience) -> ComplaintView | None:
    """What is told of a complaint; None for another ticket. Who is kept away is for the desk."""
    with service.engine.connect() as connection:
        found = complaints.find(connection, service.secrets, ticket.number)
    if found is None:
        return None
    names = {target.id: target.name for target in service.parts.complaint_targets}
    at_desk = audience in ("agents", "internal")
    recused = [e.text for e in ticket.events if e.kind == "recused"] if at_desk else []
    return ComplaintView(
        target=found.target,
        target_name=names.get(found.target, found.target),
        about=found.about,
        about_ticket=found.about_ticket if at_desk else "",
        recused=recused,
    )


def clock_view(clock: Clock, now: datetime) -> ClockView:
    """A promise as shown."""
    return ClockView(
        promise=clock.promise.id,
        name=clock.promise.name,
        text=clock.promise.text,
        source=clock.promise.source,
        started_at=clock.started_at,
        due_on=clock.due_on,
        left_days=clock.left_days(now),
        stopped_at=clock.stopped_at,
        paused=clock.paused,
        extended=clock.extended,
        overdue=clock.is_overdue(now),
        kept=clock.is_kept(),
    )


def _details(details: Any) -> dict[str, Any]:
    return {name: getattr(details, name) for name in details.__dataclass_fields__}


def _story(service: Service, ticket: Ticket) -> StoryView:
    story = ticket.story
    decision = _DECISION.validate_python(story.decision)
    cases = {case.id: case for case in service.parts.index.cases}
    return StoryView(
        told=[SaidView(who=said.who, text=said.text, at=datetime.fromisoformat(said.at)) for said in story.transcript],
        facts=facts_in_words(_FACTS.validate_python(story.facts)),
        note=story.note,
        cases=[
            CaseShown(id=id_, title=cases[id_].title, answer=cases[id_].answer)
            for id_ in story.cases_shown
            if id_ in cases
        ],
        statutes=list(story.statutes_shown),
        deadlines=[
            DeadlineView(text=d.text, basis=d.basis, last_day=d.last_day, days_left=d.days_left)
            for d in decision.deadlines
        ],
        decided_for=compose.body_view(decision.body),
        reasons=[ReasonView(text=reason.text, source=reason.source) for reason in decision.reasons],
    )


def _proposal(found: Proposal) -> ProposalView:
    return ProposalView(body=compose.body_view(found.body), why=found.why, basis=list(found.basis))
