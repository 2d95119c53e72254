"""The queue of those who wait for a person: who is next, for how long, until when somebody should be there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from api.config import Settings
from api.desk import agents
from api.staff import site_settings
from bot.conversations import Conversation, Ownership, ownership_of_row
from bot.persons import Queue
from bot.tables import conversation_table, message_table

PHONE = "phone"  # channel of calls
# Until when somebody should be there: 15 s, as GB/T 33358 asks of hotlines. For texts it is a site setting.
CALL_WITHIN = timedelta(seconds=15)
MOST = 200  # rows of a queue shown at once


@dataclass(frozen=True, slots=True)
class Waiting:
    """One conversation in the queue or with an agent. `last_text` is masked; `text_within` is promised to who writes."""

    id: str
    channel: str
    matter: str | None
    ownership: Ownership
    created_at: datetime
    last_text: str
    last_at: datetime
    last_who: str
    text_within: timedelta

    @property
    def promised_until(self) -> datetime | None:
        """Until when somebody should be there; None for who does not wait."""
        since = self.ownership.waiting_since
        if since is None:
            return None
        return since + (CALL_WITHIN if self.channel == PHONE else self.text_within)


def standing(connection: Connection, ownership: Ownership, now: datetime, hours: str) -> Queue:
    """How many wait before this one, and how many agents are there."""
    c = conversation_table.c
    since = ownership.waiting_since or now
    earlier = c.waiting_since < since
    before = and_(c.urgent != "", earlier) if ownership.urgent else or_(c.urgent != "", earlier)
    where = (c.owner == "waiting", c.expires_at > now, before)
    ahead = connection.execute(select(func.count()).select_from(conversation_table).where(*where)).scalar_one()
    return Queue(ahead, agents.count_ready(connection, now), hours)


def listed(connection: Connection, settings: Settings, now: datetime, *, owner: str) -> list[Waiting]:
    """Those in one state: danger and near dates first, then by time waited."""
    c = conversation_table.c
    query = (
        _with_last_message()
        .where(c.owner == owner, c.expires_at > now)
        .order_by(c.urgent == "", c.waiting_since)
        .limit(MOST)
    )
    within = site_settings.current(connection, settings).text_within
    return [_waiting(row, within) for row in connection.execute(query)]


def of_conversation(connection: Connection, settings: Settings, conversation: Conversation) -> Waiting:
    """One conversation as a row."""
    row = connection.execute(_with_last_message().where(conversation_table.c.id == conversation.id)).one()
    return _waiting(row, site_settings.current(connection, settings).text_within)


def _with_last_message() -> Select:
    c, m = conversation_table.c, message_table.c
    said = message_table.alias()
    # The newest of one conversation, not of all: the table of messages grows without end.
    newest = select(func.max(said.c.id)).where(said.c.conversation_id == c.id, said.c.who != "note", said.c.text != "")
    newest_id = newest.correlate(conversation_table).scalar_subquery()
    with_newest = conversation_table.outerjoin(message_table, m.id == newest_id)
    return select(conversation_table, m.text, m.at, m.who).select_from(with_newest)


def _waiting(row: Row, text_within: timedelta) -> Waiting:
    return Waiting(
        id=row.id,
        channel=row.channel,
        matter=row.state.get("matter"),
        ownership=ownership_of_row(row),
        created_at=row.created_at,
        last_text=row.text or "",
        last_at=row.at or row.created_at,
        last_who=row.who or "citizen",
        text_within=text_within,
    )
