"""The job that tells citizens what is new."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from api.notices import contacts, outbox
from api.notices.contacts import NoticeContact
from api.notices.outbox import Notice, Sending
from api.notices.quiet import read_quiet_hours
from api.notices.senders import Message, SendError
from api.wiring import Service

log = logging.getLogger("yibotong.notices")
MOST_AT_ONCE = 50


def send_all(service: Service, is_mine: Callable[[], bool] = lambda: True) -> int:
    """Send what is due; returns how many notices got through. Safe with several workers. After a crash between sending and
    writing it down, a notice goes out again with the same id."""
    now = service.now()
    with service.writing.begin() as connection:
        outbox.collect(connection, service.settings.public_url, now, MOST_AT_ONCE)
    quiet = read_quiet_hours(service.settings.quiet_hours)
    if quiet and quiet.holds(now):
        return 0
    with service.writing.begin() as connection:
        due = outbox.claim(connection, now, MOST_AT_ONCE)
    return sum(_send(service, notice) for notice in due if is_mine())


def _send(service: Service, notice: Notice) -> bool:
    now = service.now()
    with service.writing.begin() as connection:
        known = contacts.contacts_of(connection, service.secrets, notice.ticket)
        contact = next((c for c in known if _can_try(service, c, notice)), None)
        if contact is None:
            # Whoever took all contacts back wants nothing more; where none could be reached, people see to it.
            outbox.finish(connection, notice, "failed" if known else "dropped", now)
            return False
    message = Message(f"yibotong-notice-{notice.id}", notice.ticket, notice.text, service.settings.public_url, now)
    try:
        service.notices[contact.channel].send(contact.address, message)
    except SendError as error:
        log.warning("notice_not_sent", extra={"cause": f"{notice.id} {contact.channel} {error}"})
        _not_sent(service, notice, contact, error, service.now())
        return False
    with service.writing.begin() as connection:
        outbox.record(connection, notice, Sending(contact.channel, now, "sent", ""))
        outbox.finish(connection, notice, "sent", service.now(), contact.channel)
    return True


def _can_try(service: Service, contact: NoticeContact, notice: Notice) -> bool:
    return not contact.failed and contact.channel not in notice.tried and contact.channel in service.notices


def _not_sent(service: Service, notice: Notice, contact: NoticeContact, error: SendError, now: datetime) -> None:
    with service.writing.begin() as connection:
        outcome = "refused" if error.refused else "later"
        outbox.record(connection, notice, Sending(contact.channel, now, outcome, str(error)))
        if error.refused:
            contacts.mark_failed(connection, contact.id, str(error), now)
            outbox.give_up_channel(connection, notice, contact.channel, now)
        elif notice.attempts + 1 >= outbox.MOST_ATTEMPTS:
            outbox.give_up_channel(connection, notice, contact.channel, now)
        else:
            outbox.put_off(connection, notice, now)
