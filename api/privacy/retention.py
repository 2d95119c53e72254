"""How long things are kept, and the job that ends it.

The periods are this service's own (settings). Never deleted: the audit trail, which holds no personal data, and the bare
history of tickets (`api.privacy.erasure`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, or_, select, update

from api.desk.tables import call_table, suggestion_table
from api.notices.tables import contact_table
from api.privacy import erasure
from api.privacy.tables import erasure_table
from api.tickets import files
from api.wechat.tables import follower_table
from api.wiring import Service
from bot.tables import conversation_table
from case_library.tables import miss_table
from routing.tables import identity_table, ticket_status_table, ticket_table
from routing.ticket_state import ENDED

MOST_AT_ONCE = 200  # tickets between two looks at the lease


def enforce(service: Service, is_mine: Callable[[], bool]) -> int:
    """Erase what is past its time; gives how much was. Each ticket in a transaction of its own."""
    now, settings = service.now(), service.settings
    count = _erase_expired_conversations(service, now)
    contacts_until = now - timedelta(days=settings.contact_days)
    contents_until = now - timedelta(days=settings.ticket_days)
    for query, erase in (
        (_with_content(contents_until), erasure.erase_content),
        (_with_contact(contacts_until), erasure.erase_contact),
    ):
        while is_mine() and (numbers := _numbers(service, query)):
            for number in numbers:
                with service.writing.begin() as connection:
                    erase(connection, number, "retention", now)
            count += len(numbers)
    files.sweep(service)
    questions_until = now - timedelta(days=settings.question_days)
    with service.writing.begin() as connection:
        for statement in (
            update(call_table)
            .where(call_table.c.began_at < contacts_until, call_table.c.phone.is_not(None))
            .values(phone=None, phone_shown=""),
            delete(suggestion_table).where(suggestion_table.c.at < questions_until),
            delete(miss_table).where(miss_table.c.at < questions_until),
            delete(identity_table).where(identity_table.c.joined_at < contents_until),
            # Whoever has not written for so long begins anew; one whose ticket is open is still to be told.
            delete(follower_table).where(follower_table.c.wrote_at < contacts_until, ~_has_open_ticket()),
        ):
            count += connection.execute(statement).rowcount
    return count


def _erase_expired_conversations(service: Service, now: datetime) -> int:
    with service.engine.connect() as connection:
        expired = select(conversation_table.c.id).where(conversation_table.c.expires_at <= now)
        ids = list(connection.execute(expired).scalars())
    for start in range(0, len(ids), MOST_AT_ONCE):
        with service.writing.begin() as connection:
            erasure.delete_conversations(connection, ids[start : start + MOST_AT_ONCE])
    return len(ids)


def _with_contact(until: datetime) -> Select:
    """Tickets that ended before and still have a contact."""
    t = ticket_table.c
    told = exists().where(contact_table.c.ticket == t.number)
    return _ended(until).where(or_(t.name.is_not(None), t.phone.is_not(None), told))


def _with_content(until: datetime) -> Select:
    """Tickets that ended before and were not emptied yet."""
    e = erasure_table.c
    done = exists().where(e.ticket == ticket_table.c.number, e.what == "content")
    return _ended(until).where(~done)


def _ended(until: datetime) -> Select:
    t, s = ticket_table.c, ticket_status_table.c
    query = select(t.number).join(ticket_status_table, s.ticket == t.number)
    return query.where(s.state.in_(ENDED), s.changed_at < until).order_by(t.number).limit(MOST_AT_ONCE)


def _numbers(service: Service, query: Select) -> Sequence[str]:
    with service.engine.connect() as connection:
        return connection.execute(query).scalars().all()


def _has_open_ticket():
    t, s = ticket_table.c, ticket_status_table.c
    return exists().where(
        t.conversation_id == follower_table.c.conversation_id, s.ticket == t.number, s.state.not_in(ENDED)
    )
