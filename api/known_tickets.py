"""A new contact about a ticket the person has already: found by identity, matter and meaning, and told instead of asked again.

Only for tickets that are known to be this person's: by their codes, or by the WeChat account that opened them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from api.wiring import Service
from bot import compose, ticket_wording
from bot.consult import Consultation
from bot.reply import Reply
from routing import ledger, ticket_thread, tickets
from routing.complaints import is_complaint
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, EventKind, TicketEvent, event
from routing.tickets import Ticket

# Cosine, by the default encoder, between what is said now and what was said for the ticket, from which both can be the same
# trouble. Measured over pairs of questions of the 472 seed cases: 0.96 of pairs of one case reach it, 0.89 of pairs of two
# cases of one matter, 0.65 of pairs of two matters. It tells little by itself, and is asked last: the person and the matter are
# the same already, and the citizen can say that it is another thing.
NEAR = 0.86
SHORTEST_TOLD = 6  # characters: 「在洪山」 says nothing of what it is about
MOST_LINES = 6  # of what was told for a ticket, embedded to compare


def of_account(service: Service, connection: Connection, openid: str) -> list[str]:
    """The tickets of the person behind a WeChat account."""
    identity = ledger.Identity("openid", service.secrets.fingerprint(f"openid:{openid}"))
    return ledger.tickets_of_identity(connection, identity)


def find(
    service: Service,
    connection: Connection,
    conversation_id: str,
    outcome: Consultation,
    own: Sequence[str],
    now: datetime,
) -> Ticket | None:
    """Of the person's own tickets the one this message is about; None when it is about something new, or about danger.

    Not one of this very conversation, which shows it, nor one the citizen said it is not.
    """
    inquiry, vector = outcome.inquiry, outcome.vector
    if not own or inquiry is None or vector is None or inquiry.danger or inquiry.matter in (UNCLEAR, OUT_OF_SCOPE):
        return None
    if is_complaint(inquiry):  # may be about somebody else
        return None
    left_out = {*tickets.tickets_of(connection, conversation_id), *outcome.dialogue.other_than}
    candidates = [number for number in own if number not in left_out]
    for number in ledger.same_matters(connection, candidates, inquiry.matter, now):
        ticket = tickets.read_ticket(connection, service.secrets, number)
        if _near(service, ticket, vector):
            return ticket
    return None


def told(service: Service, ticket: Ticket, now: datetime) -> Reply:
    """How the ticket stands, and whether it is that."""
    code = service.secrets.query_code(ticket.number)
    return compose.ticket_known(ticket, code, service.promises, service.parts.directory, now)


def count(
    service: Service, connection: Connection, number: str, now: datetime, by_ticket: str = "", key: str = ""
) -> None:
    """The person came again for the same: our failure, not theirs. The same `key` again counts once."""
    text = ticket_wording.EVENT_TEXT["contacted_again"].format(text=f"新工单 {by_ticket}。" if by_ticket else "")
    again = event("contacted_again", text, now, SYSTEM_SELF, ticket=by_ticket)
    ticket_thread.append(connection, service.promises, number, again, key=key)


def go_on(
    service: Service, connection: Connection, number: str, words: str, now: datetime, by: Actor = CITIZEN_SELF
) -> Ticket:
    """What was said now is added to the ticket; one that ended is opened again, for whoever comes again is not helped."""
    ticket_thread.hold(connection, number)
    happened = added(tickets.read_ticket(connection, service.secrets, number), words, now, by)
    ticket_thread.append(connection, service.promises, number, happened)
    return tickets.read_ticket(connection, service.secrets, number)


def added(ticket: Ticket, words: str, now: datetime, by: Actor = CITIZEN_SELF) -> TicketEvent:
    """The event by which words are added to a ticket."""
    kind: EventKind = "not_solved" if ticket.state == "closed" else "citizen_wrote"
    return event(kind, ticket_wording.EVENT_TEXT[kind].format(text=words), now, by)


def _near(service: Service, ticket: Ticket, vector: np.ndarray) -> bool:
    said = [line.text for line in ticket.story.transcript if line.who == "citizen" and len(line.text) >= SHORTEST_TOLD]
    if not said:  # a ticket of which nothing but taps is kept: identity and matter must do
        return True
    vectors = np.asarray(service.parts.encoder.encode_all(said[:MOST_LINES]))
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    return bool((vectors @ vector / np.maximum(lengths, 1e-9)).max() >= NEAR)
