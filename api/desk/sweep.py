"""Conversations whose agent is gone or silent go back to the queue, at their old place."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from api.desk import agents, hands
from api.desk.hands import Change
from api.desk.queue import PHONE
from api.staff import site_settings
from api.wiring import Service
from bot import conversations, presence, wording
from bot.conversations import Conversation
from bot.errors import BotError
from bot.tables import conversation_table, message_table

log = logging.getLogger("yibotong.api")
EVERY_S = 5


def sweep(service: Service) -> int:
    """Look once; returns how many went back."""
    now = service.now()
    with service.engine.connect() as connection:
        # A citizen's message unanswered for so long, and the agent not typing: a colleague should have it.
        silent_after = site_settings.current(connection, service.settings).silent_after
        gone = [(row.id, _reason(connection, row, silent_after, now)) for row in _held(connection)]
    count = 0
    for conversation_id, reason in gone:
        if reason and _return(service, conversation_id, reason):
            count += 1
    return count


class Sweeper:
    """Sweeps every few seconds in a thread of its own; with several workers each does, and one of them wins."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                sweep(self._service)
            except SQLAlchemyError as error:  # locked or away: the next round
                log.warning("sweep_failed", extra={"cause": type(error).__name__})


def _held(connection: Connection) -> list:
    c = conversation_table.c
    # The caller on the telephone hears for themselves; the switchboard tells when the line breaks.
    where = (c.owner == "agent", c.channel != PHONE)
    return list(connection.execute(select(c.id, c.agent_id, c.agent_name, c.taken_at).where(*where)))


def _reason(connection: Connection, row, silent_after: timedelta, now: datetime) -> str:
    if not agents.is_present(connection, row.agent_id, now):
        return "" if row.taken_at > now - agents.AWAY_AFTER else wording.AGENT_LOST.format(agent=row.agent_name)
    m = message_table.c
    where = (m.conversation_id == row.id, m.who.in_(("citizen", "agent")), m.text != "")
    newest = connection.execute(select(m.who, m.at).where(*where).order_by(m.id.desc()).limit(1)).one_or_none()
    if newest is None or newest.who == "agent":
        return ""
    answered = connection.execute(select(func.max(m.id)).where(*where, m.who == "agent")).scalar_one() or 0
    first = connection.execute(select(func.min(m.at)).where(*where, m.id > answered)).scalar_one()
    since = max(first, row.taken_at)
    people = presence.at_conversation(connection, row.id, now)
    if since > now - silent_after or any(p.staff_id == row.agent_id and p.typing for p in people):
        return ""
    return wording.AGENT_SILENT.format(agent=row.agent_name)


def _return(service: Service, conversation_id: str, text: str) -> bool:
    def decide(conversation: Conversation, now: datetime) -> Change:
        owned = conversation.ownership
        if owned.owner != "agent":
            raise conversations.UnknownConversationError(conversation.id)  # somebody was quicker
        since = owned.waiting_since or now
        after = replace(owned, owner="waiting", agent_id=None, agent_name="", waiting_since=since)
        return Change(hands.machine_says(text, now), after)

    try:
        hands.change(service, conversation_id, decide)
    except BotError:
        return False
    return True
