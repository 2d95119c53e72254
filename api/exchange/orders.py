"""A work order from another hotline becomes a ticket, once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api import talk
from api.exchange import links
from api.exchange.links import Link
from api.exchange.peers import Peer
from api.handover import hand_over
from api.wiring import Service
from bot import compose, conversations, wording
from bot.conversations import Conversation
from routing.inquiry import OUT_OF_SCOPE
from routing.tickets import Contact, Ticket

BELONGS_THERE = frozenset({OUT_OF_SCOPE, "non_legal_gov"})  # what a hotline keeps: no legal matter
ORDER = "~order"  # client_id of the order's text in its conversation


@dataclass(frozen=True, slots=True)
class Order:
    """What another hotline hands us; `external_id` is its own number. The citizen agreed there."""

    external_id: str
    text: str
    contact: Contact


@dataclass(frozen=True, slots=True)
class TakenOrder:
    """`ticket` is None for what is no legal matter: it stays where it came from."""

    ticket: Ticket | None
    query_code: str = ""


def take_order(service: Service, peer: Peer, order: Order) -> TakenOrder:
    """Read the order as if the citizen had written it here, and open its ticket."""
    link = _link(service, peer, order)

    def find(connection: Connection, now: datetime) -> Conversation:
        return conversations.conversation_by_id(connection, link.conversation_id or "", now)

    talk.answer(service, find, ORDER, talk.hear(service, text=order.text))
    with service.engine.connect() as connection:
        matter = compose.inquiry_of(find(connection, service.now()).dialogue).matter
    if matter in BELONGS_THERE and link.ticket is None:
        return TakenOrder(None)
    made = hand_over(service, find, contact=order.contact, consent_version=wording.CONSENT.version)
    with service.writing.begin() as connection:
        links.set_ticket(connection, link, made.ticket.number)
    return TakenOrder(made.ticket, made.query_code)


def _link(service: Service, peer: Peer, order: Order) -> Link:
    now = service.now()
    lifetime = timedelta(days=service.settings.conversation_days)
    with service.writing.begin() as connection:
        if links.of_order(connection, peer.id, order.external_id) is None:
            opened, _ = conversations.open_conversation(connection, "exchange", now, lifetime)
            external = {"external_id": order.external_id, "conversation_id": opened.id}
            if not links.add(connection, peer.id, "origin", now, **external):
                connection.rollback()  # the same order came in twice at once: the other one made the link
    with service.engine.connect() as connection:
        link = links.of_order(connection, peer.id, order.external_id)
    assert link is not None
    return link
