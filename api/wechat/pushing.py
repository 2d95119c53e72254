"""What comes up without the follower having written: lines of an agent, hands that change, news of a ticket."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Row, or_, select, update

from api import talk
from api.wechat import outgoing
from api.wechat.channel import Channel
from api.wechat.tables import follower_table
from api.wiring import Service
from bot.tables import message_table

MOST_AT_ONCE = 200


def push_lines(service: Service, is_mine: Callable[[], bool] = lambda: True) -> int:
    """Send on what followers have not got; returns how many lines went out. A line is sent once: it counts as delivered
    before it is sent, since the page shows it in any case."""
    channel = Channel(service, service.wechat, service.settings.public_url)
    with service.engine.connect() as connection:
        waiting = _waiting(connection)
    sent = 0
    for row in waiting:
        if not is_mine():
            break
        with service.writing.begin() as connection:
            if not _count_as_delivered(connection, row):
                continue
        if text := _text(row):
            sent += channel.deliver(row.conversation_id, text)
    return sent


def _waiting(connection: Connection) -> list[Row]:
    m, f = message_table.c, follower_table.c
    query = (
        select(m.id, m.client_id, m.conversation_id, m.text, m.reply, m.who, m.name, f.key, f.delivered)
        .join(follower_table, f.conversation_id == m.conversation_id)
        .where(m.id > f.delivered, or_(m.who == "agent", m.text == ""))
        .order_by(m.id)
        .limit(MOST_AT_ONCE)
    )
    return list(connection.execute(query))


def _count_as_delivered(connection: Connection, row: Row) -> bool:
    further = update(follower_table).where(
        follower_table.c.key == row.key,
        follower_table.c.conversation_id == row.conversation_id,
        follower_table.c.delivered < row.id,
    )
    return connection.execute(further.values(delivered=row.id)).rowcount == 1


def _text(row: Row) -> str:
    if row.who == "agent":
        return f"{row.name}：{row.text}" if row.name else row.text
    if row.who != "citizen" or row.client_id.startswith("~WH"):  # a note; a slip that was the answer itself
        return ""
    reply = talk.from_json(row.reply)
    return "\n\n".join(outgoing.render(reply)) if reply else ""
