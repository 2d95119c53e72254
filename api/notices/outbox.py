"""The outbox in the database. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from api.notices.rules import notice_text
from api.notices.senders import Channel
from api.notices.tables import notice_table, sending_table, watch_table
from routing import ticket_thread
from routing.tables import ticket_status_table

LEASE = timedelta(
    minutes=2
)  # a worker that has not said what came of it by then is lost: it is sent again, with its id
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
MOST_ATTEMPTS = 6  # by one channel, over about half an hour; then the next contact
State = Literal["waiting", "sent", "failed", "dropped"]
Outcome = Literal[
    "sent", "later", "refused", "delivered", "undelivered"
]  # the last two are told by the gateway afterwards

_n = notice_table.c


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be told. `tried` are the channels given up for it, `attempts` those made by the present one."""

    id: int
    ticket: str
    kind: str
    text: str
    state: State
    channel: Channel | None
    tried: tuple[str, ...]
    attempts: int
    next_at: datetime
    made_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt."""

    channel: str
    at: datetime
    outcome: Outcome
    error: str


def collect(connection: Connection, link: str, now: datetime, most: int) -> int:
    """Put into the outbox what happened on watched tickets since they were last looked at; how many notices that is.

    Each event leads to one notice at most, however often and by however many workers this is called.
    """
    status, watch = ticket_status_table.c, watch_table.c
    behind = (
        select(watch.ticket, watch.sequence)
        .join(ticket_status_table, status.ticket == watch.ticket)
        .where(status.sequence > watch.sequence)
        .limit(most)
    )
    made = 0
    for row in connection.execute(behind).all():
        thread = ticket_thread.events_of(connection, row.ticket)
        mine = update(watch_table).where(watch.ticket == row.ticket, watch.sequence == row.sequence)
        if connection.execute(mine.values(sequence=len(thread))).rowcount != 1:
            continue  # another worker was first
        for sequence, event in enumerate(thread[row.sequence :], row.sequence + 1):
            if text := notice_text(row.ticket, event, link):
                values = {"ticket": row.ticket, "sequence": sequence, "kind": event.kind, "text": text}
                fresh = {"state": "waiting", "tried": [], "attempts": 0, "next_at": now, "made_at": now}
                connection.execute(insert(notice_table).values(**values, **fresh))
                made += 1
    return made


def claim(connection: Connection, now: datetime, most: int) -> list[Notice]:
    """Notices that are due, leased to the caller so that no other worker sends the same."""
    query = select(notice_table).where(_n.state == "waiting", _n.next_at <= now).order_by(_n.next_at, _n.id).limit(most)
    found = []
    for row in connection.execute(query).all():
        mine = update(notice_table).where(_n.id == row.id, _n.next_at == row.next_at, _n.state == "waiting")
        if connection.execute(mine.values(next_at=now + LEASE)).rowcount == 1:
            found.append(notice_of(row))
    return found


def record(connection: Connection, notice: Notice, sending: Sending) -> None:
    """Keep that it was tried, and what came of it."""
    values = {"channel": sending.channel, "at": sending.at, "outcome": sending.outcome, "error": sending.error[:200]}
    connection.execute(insert(sending_table).values(notice=notice.id, **values))


def finish(connection: Connection, notice: Notice, state: State, now: datetime, channel: Channel | None = None) -> None:
    """It got through by `channel`, cannot, or is not wanted any more."""
    values = {"state": state, "channel": channel, "sent_at": now if state == "sent" else None}
    connection.execute(update(notice_table).where(_n.id == notice.id).values(**values))


def put_off(connection: Connection, notice: Notice, now: datetime) -> None:
    """Later by the same channel, each time twice as late."""
    delay = min(FIRST_DELAY * 2**notice.attempts, LONGEST_DELAY)
    later = {"attempts": notice.attempts + 1, "next_at": now + delay}
    connection.execute(update(notice_table).where(_n.id == notice.id).values(**later))


def give_up_channel(connection: Connection, notice: Notice, channel: Channel, now: datetime) -> None:
    """By the next contact now, also where it was taken to have got through."""
    values = {"tried": [*notice.tried, channel], "attempts": 0, "next_at": now}
    values |= {"state": "waiting", "channel": None, "sent_at": None}
    connection.execute(update(notice_table).where(_n.id == notice.id).values(**values))


def revive(connection: Connection, notice_id: int, now: datetime) -> bool:
    """Try a failed one again by every contact; False when there is none of this id."""
    failed = update(notice_table).where(_n.id == notice_id, _n.state == "failed")
    again = {"state": "waiting", "tried": [], "attempts": 0, "next_at": now}
    return connection.execute(failed.values(**again)).rowcount == 1


def list_notices(
    connection: Connection, state: State | None, ticket: str, offset: int, size: int
) -> tuple[list[Notice], int]:
    """Newest first, and how many in all. `ticket` empty: of all tickets."""
    where = []
    if state:
        where.append(_n.state == state)
    if ticket:
        where.append(_n.ticket == ticket)
    total = connection.execute(select(func.count()).select_from(notice_table).where(*where)).scalar_one()
    rows = connection.execute(select(notice_table).where(*where).order_by(_n.id.desc()).offset(offset).limit(size))
    return [notice_of(row) for row in rows], total


def sendings(connection: Connection, notice_ids: list[int]) -> dict[int, list[Sending]]:
    """Every attempt of these notices, oldest first."""
    found: dict[int, list[Sending]] = {notice_id: [] for notice_id in notice_ids}
    query = select(sending_table).where(sending_table.c.notice.in_(notice_ids)).order_by(sending_table.c.id)
    for row in connection.execute(query):
        found[row.notice].append(Sending(row.channel, row.at, row.outcome, row.error))
    return found


def notice_of(row: Row) -> Notice:
    """The notice a row holds."""
    return Notice(
        id=row.id,
        ticket=row.ticket,
        kind=row.kind,
        text=row.text,
        state=row.state,
        channel=row.channel,
        tried=tuple(row.tried),
        attempts=row.attempts,
        next_at=row.next_at,
        made_at=row.made_at,
        sent_at=row.sent_at,
    )
