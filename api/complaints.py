"""Opening a complaint: the one way for the chat, a ticket's page, WeChat and the desk."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection

from api.errors import bad_field
from api.wiring import Service
from bot import wording
from routing import complaints, ledger, ticket_thread, tickets
from routing.complaints import AUTHORITY, MATTER, NEED, SERVICE, Complaint, Target
from routing.decide import decide
from routing.decision import Decision, Reason
from routing.directory import Body
from routing.inquiry import Facts, Inquiry
from routing.ledger import Identity
from routing.ticket_events import SYSTEM_SELF, Actor, TicketEvent, event
from routing.tickets import Contact, Story, Ticket, Utterance

_DECISION = TypeAdapter(Decision)
_FACTS = TypeAdapter(Facts)
DESK: frozenset[str] = frozenset({"agent", "supervisor"})


@dataclass(frozen=True, slots=True)
class Told:
    """A complaint as it is told. `about` names the person or institution, `area` its district; both may be empty.

    `arose_from` is the ticket it is about, where there is one. `bodies` and `staff` (username and name) are kept away from it
    beside those that follow from the rest. `key` names the sending.
    """

    target: str
    about: str
    text: str
    area: str
    contact: Contact
    key: str
    arose_from: Ticket | None = None
    conversation_id: str = ""
    before: tuple[Utterance, ...] = ()
    bodies: tuple[str, ...] = ()
    staff: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a complaint goes and who is kept away from it: bodies, and staff with their names.

    `anew` says that no complaint about the same is known in the conversation.
    """

    target: Target
    decision: Decision
    bodies: tuple[str, ...]
    staff: tuple[tuple[str, str], ...]
    anew: bool = True

    @property
    def body(self) -> Body:
        """Where it goes."""
        return self.decision.body

    def opened(self, now: datetime, by: Actor) -> TicketEvent:
        """The first event of its ticket."""
        return event("opened", wording.COMPLAINT_OPENED_EVENT.format(body=self.body.name), now, by, need=NEED)

    def story(self, story: Story) -> Story:
        """The story with this decision in it."""
        decision = _DECISION.dump_python(self.decision, mode="json")
        return replace(story, matter=MATTER, need=NEED, decision=decision, statutes_shown=self.target.basis)


def route(
    service: Service,
    inquiry: Inquiry,
    target: Target,
    area: str,
    now: datetime,
    bodies: Sequence[str] = (),
    staff: Sequence[tuple[str, str]] = (),
) -> Routed:
    """The competent authority that is not complained about itself."""
    found = complaints.competent(target, area, service.parts.directory, bodies)
    decision = decide(inquiry, (), service.parts.directory, service.parts.rules, now)
    reason = Reason(f"complaint.{target.id}", target.text, target.source)
    kinds = tuple(dict.fromkeys(body.type for body in found))
    decision = replace(
        decision,
        outcome="refer",
        body=found[0],
        body_type=found[0].type,
        alternatives=kinds[1:],
        ask=None,
        reasons=(reason,),
        deadlines=(),
        legal_aid=None,
        opening=None,
        passed=(),
        remarks=(),
        otherwise=None,
    )
    return Routed(target, decision, tuple(bodies), tuple(staff))


def open_complaint(service: Service, connection: Connection, told: Told, consent_version: str, by: Actor) -> Ticket:
    """A complaint's ticket; the same `key` again gives the same one. In the caller's transaction; 422 for what is not filled."""
    if consent_version != wording.CONSENT.version:
        raise bad_field("consent", "同意书更新过，请重新看一遍再点同意。")
    if known := complaints.ticket_of_key(connection, told.key):
        return tickets.read_ticket(connection, service.secrets, known)
    target = next((t for t in service.parts.complaint_targets if t.id == told.target), None)
    if target is None:
        raise bad_field("target", "请选一下投诉谁。")
    now = service.now()
    inquiry = Inquiry(text=told.text, matter=MATTER, need="complain")
    routed = route(service, inquiry, target, told.area, now, _bodies(service, told), _staff(told))
    said = Utterance("citizen", told.text, now.isoformat())
    story = Story((*told.before, said), _FACTS.dump_python(Facts(), mode="json"), MATTER, (), NEED, (), (), {}, "")
    person_id = (
        ledger.join(connection, _identities(service, told), consent_version, now) if told.contact.phone else None
    )
    ticket = tickets.open_ticket(
        connection,
        service.secrets,
        service.promises,
        conversation_id=told.conversation_id or f"complaint-{secrets.token_hex(12)}",
        body_id=routed.body.id,
        area=routed.body.area,
        contact=told.contact,
        consent_version=consent_version,
        story=routed.story(story),
        event=routed.opened(now, by),
        now=now,
        person_id=person_id,
        anew=True,
    )
    number = told.arose_from.number if told.arose_from else ""
    keep(service, connection, ticket.number, routed, Complaint(target.id, told.about, number), told.key, now)
    return tickets.read_ticket(connection, service.secrets, ticket.number)


def keep(
    service: Service, connection: Connection, number: str, routed: Routed, complaint: Complaint, key: str, now: datetime
) -> None:
    """What makes a ticket a complaint: whom it is about, and who is kept away from it."""
    complaints.save(connection, service.secrets, number, complaint, key)
    for body_id in routed.bodies:
        body = service.parts.directory.by_id(body_id)
        who = (body_id, body.name if body else body_id)
        complaints.recuse(connection, service.promises, number, "body", who, SYSTEM_SELF, now)
    for who in routed.staff:
        complaints.recuse(connection, service.promises, number, "staff", who, SYSTEM_SELF, now)


def keep_once(service: Service, connection: Connection, number: str, routed: Routed, now: datetime) -> None:
    """The same for a complaint told in a conversation, unless this ticket is one already."""
    ticket_thread.hold(connection, number)
    if complaints.find(connection, service.secrets, number) is None:
        keep(service, connection, number, routed, Complaint(routed.target.id, "", ""), "", now)


def of_conversation(
    service: Service, connection: Connection, conversation_id: str, inquiry: Inquiry, now: datetime
) -> Routed:
    """Where a complaint told in a conversation goes: whom it is about is read from its words."""
    target = complaints.target_of(inquiry.text, service.parts.complaint_targets)
    places = [place.options[0] for place in inquiry.facts.places if len(place.options) == 1]
    staff: dict[str, str] = {}
    anew = True
    for number in tickets.tickets_of(connection, conversation_id):
        known = complaints.find(connection, service.secrets, number)
        anew = anew and (known is None or known.target != target.id)
        if target.id == SERVICE and known is None:
            staff |= acted_on(tickets.read_ticket(connection, service.secrets, number))
    bodies = complaints.named_bodies(inquiry.text, service.parts.directory)
    area = places[0] if places else ""
    return replace(route(service, inquiry, target, area, now, bodies, tuple(staff.items())), anew=anew)


def acted_on(ticket: Ticket) -> dict[str, str]:
    """The staff of this service who acted on a ticket: usernames and names."""
    return {e.by.id: e.by.name for e in ticket.events if e.by.party in DESK and e.by.id}


def _staff(told: Told) -> tuple[tuple[str, str], ...]:
    """Who is complained about among the staff: for a complaint about this service all who acted on the ticket."""
    of_ticket = acted_on(told.arose_from) if told.arose_from and told.target == SERVICE else {}
    return tuple({**of_ticket, **dict(told.staff)}.items())


def _bodies(service: Service, told: Told) -> tuple[str, ...]:
    """Bodies complained about: those named, and those that had the ticket, unless they are the authority itself."""
    directory = service.parts.directory
    had = told.arose_from.progress.had_by if told.arose_from else ()
    had = [id_ for id_ in had if (body := directory.by_id(id_)) is None or body.type != AUTHORITY]
    return tuple(dict.fromkeys((*told.bodies, *complaints.named_bodies(told.about, directory), *had)))


def _identities(service: Service, told: Told) -> list[Identity]:
    return [Identity("phone", service.secrets.fingerprint(f"phone:{told.contact.phone}"))]
