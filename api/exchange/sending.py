"""The job that tells peers what they do not know yet."""

from __future__ import annotations

import logging
from collections.abc import Callable

from api.exchange import links, peers
from api.exchange.links import Link
from api.exchange.messages import message_for
from api.exchange.peers import Peer
from api.exchange.transport import DeliveryError
from api.wiring import Service
from routing import tickets
from routing.ticket_state import ENDED

log = logging.getLogger("yibotong.exchange")
MOST_AT_ONCE = 50


def send_all(service: Service, is_mine: Callable[[], bool] = lambda: True) -> int:
    """Tell every peer what is new; returns how many messages were taken. Safe with several workers and after a crash: what
    was not confirmed is sent again, and carries the same sequence number."""
    now = service.now()
    with service.writing.begin() as connection:
        known = {peer.id: peer for peer in peers.all_peers(connection) if peer.active and peer.url}
        links.add_missing(connection, known.values(), now)
        due = links.claim(connection, known, now, MOST_AT_ONCE)
    return sum(_send(service, known[link.peer], link) for link in due if is_mine())


def _send(service: Service, peer: Peer, link: Link) -> bool:
    now = service.now()
    with service.engine.connect() as connection:
        ticket = tickets.read_ticket(connection, service.secrets, link.ticket or "")
        secret = peers.secret_of(connection, service.secrets, peer.id)
    message = message_for(service, peer, link, ticket, now)
    try:
        service.transport.post(peer.url, secret, message.model_dump_json().encode(), now)
    except DeliveryError as error:
        log.warning("exchange_not_delivered", extra={"cause": f"{peer.id} {error}"})
        with service.writing.begin() as connection:
            links.put_off(connection, link, str(error), service.now(), hopeless=error.hopeless)
        return False
    with service.writing.begin() as connection:
        over = not message.yours or ticket.state in ENDED - {"closed"}  # a closed one can be reopened
        links.confirm(connection, link, message.sequence, service.now(), ended=over)
    return True
