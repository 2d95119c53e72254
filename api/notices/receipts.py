"""What the SMS gateway reports later: whether a message reached its number. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from api.notices import contacts, outbox
from api.notices.outbox import Sending
from api.notices.tables import notice_table
from routing.tickets import Secrets

Report = Literal["delivered", "undelivered"]
Taken = Literal["taken", "unknown", "early"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """`notice` and `to` (E.164) are those of the message that was sent."""

    notice: int
    to: str
    report: Report
    error: str


def take(connection: Connection, secrets: Secrets, receipt: Receipt, now: datetime) -> Taken:
    """Keep a report, and act on one that says 'undelivered': the contact is marked and the notice goes by the next one.

    However late, often and in whatever order reports of one message come, it is the same: 'delivered' outweighs 'undelivered'.
    'early' is a report on what is not written down as sent yet: it has to be reported again.
    """
    query = select(notice_table).where(notice_table.c.id == receipt.notice).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        return "unknown"
    notice = outbox.notice_of(row)
    by_sms = [one for one in outbox.sendings(connection, [notice.id])[notice.id] if one.channel == "sms"]
    sent = [place for place, one in enumerate(by_sms) if one.outcome == "sent"]
    if not sent:
        return "early"
    reported = {one.outcome for one in by_sms[sent[-1] :]}
    if receipt.report in reported:
        return "taken"
    outbox.record(connection, notice, Sending("sms", now, receipt.report, receipt.error))
    known = contacts.contacts_of(connection, secrets, notice.ticket)
    contact = next((c for c in known if c.channel == "sms" and c.address == receipt.to), None)
    if receipt.report == "delivered":
        if contact and "undelivered" in reported:
            contacts.mark_reached(connection, contact.id)
        return "taken"
    if "delivered" in reported:
        return "taken"
    if contact:
        contacts.mark_failed(connection, contact.id, receipt.error or "undelivered", now)
    if notice.state == "sent" and notice.channel == "sms":
        outbox.give_up_channel(connection, notice, "sms", now)
    return "taken"
