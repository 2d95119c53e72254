"""Three-way: somebody of a body joins a conversation that an agent has, reads it and speaks with the citizen.

The agent asks them in once the citizen agreed; what they may see ends with the agent's part. On the telephone the switchboard
connects the three, and what the officer writes is a note for the agent.
"""

from __future__ import annotations

import contextlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError

from api.desk import citations, hands
from api.desk.hands import Change
from api.desk.queue import PHONE
from api.desk.tables import invitation_table
from api.errors import ApiError, bad_field
from api.staff import audit
from api.staff.accounts import Account
from api.staff.roles import Role, Staff
from api.wiring import Service
from bot import conversations, presence, wording
from bot.conversations import Conversation, Exchange
from bot.normalize import normalize
from case_library.redact import mask

NOT_HERE = "座席没有请您进来，或者已经谈完了。"


def is_officer(account: Account) -> bool:
    """Whether an account can be asked in for its bodies."""
    return account.active and account.staff.may(Role.BODY_OFFICER) and bool(account.staff.bodies)


def body_of(service: Service, officer: Staff) -> str:
    """For whom an officer speaks, by name."""
    found = (service.parts.directory.by_id(body) for body in sorted(officer.bodies))
    return "、".join(body.name for body in found if body)


def ask_in(service: Service, conversation_id: str, me: Staff, officer: Staff) -> None:
    """Ask an officer in and tell the citizen who it is. Asking again changes nothing; 409 when it is not one's own."""
    told = wording.BODY_JOINED.format(agent=me.name, body=body_of(service, officer), name=officer.name)

    def decide(conversation: Conversation, now: datetime) -> Change:
        hands.owned_by(conversation, me)
        return Change(hands.machine_says(told, now))

    def also(connection: Connection, conversation: Conversation, now: datetime) -> None:
        row = {"staff_id": officer.id, "name": officer.name, "invited_by": me.name, "at": now}
        connection.execute(insert(invitation_table).values(conversation_id=conversation.id, **row))
        action, after = "conversation.ask_body_in", {"officer": officer.username, "citizen_agreed": True}
        audit.record(connection, me, action, "conversation", conversation.id, now, after=after)

    with contextlib.suppress(IntegrityError):  # there already
        hands.change(service, conversation_id, decide, also)


def seen_by(connection: Connection, conversation_id: str, officer: Staff, now: datetime) -> Conversation:
    """The conversation, while the officer is asked in and an agent has it; 409 otherwise."""
    conversation = conversations.conversation_by_id(connection, conversation_id, now)
    if conversation.ownership.owner != "agent" or not hands.is_invited(connection, conversation_id, officer.id):
        raise ApiError(409, "不在这次对话里", NOT_HERE)
    return conversation


def exchanges(connection: Connection, conversation_id: str, officer: Staff, after: int = 0) -> list[Exchange]:
    """What was said; of notes only the officer's own, which on the telephone is what they say."""
    said = conversations.exchanges(connection, conversation_id, after=after, notes=True)
    return [one for one in said if one.who != "note" or one.client_id.startswith(_own(officer))]


def speak(service: Service, conversation_id: str, officer: Staff, client_id: str, text: str) -> None:
    """Say something as the body: to the citizen, on the telephone to the agent. The same `client_id` again changes nothing.

    422 for a citation of an article that is not in force.
    """
    clean = mask(normalize(text)).strip()
    if not clean:
        raise bad_field("text", "还没有写内容。")
    if faults := citations.faults(service, clean):
        raise bad_field("text", "有法条没查到或已失效：" + "、".join(fault.said for fault in faults) + "。请改正。")
    name = f"{officer.name}（{body_of(service, officer)}）"[:60]
    _check(service, conversation_id, officer)

    def decide(conversation: Conversation, now: datetime) -> Change:
        who = "note" if conversation.channel == PHONE else "agent"
        return Change(Exchange(f"{_own(officer)}{client_id}"[:64], clean, None, now, who, name))

    with contextlib.suppress(IntegrityError):  # the same key was pressed twice: it is there
        hands.change(service, conversation_id, decide)


def leave(service: Service, conversation_id: str, officer: Staff) -> None:
    """Go; the citizen is told. Going again changes nothing."""
    told = wording.BODY_LEFT.format(body=body_of(service, officer), name=officer.name)
    _check(service, conversation_id, officer)

    def also(connection: Connection, conversation: Conversation, now: datetime) -> None:
        i = invitation_table.c
        where = (i.conversation_id == conversation.id, i.staff_id == officer.id)
        connection.execute(delete(invitation_table).where(*where))
        presence.leave(connection, conversation.id, officer.id, now)
        audit.record(connection, officer, "conversation.body_left", "conversation", conversation.id, now)

    hands.change(service, conversation_id, lambda _, now: Change(hands.machine_says(told, now)), also)


def _own(officer: Staff) -> str:
    return f"body:{officer.id}:"


def _check(service: Service, conversation_id: str, officer: Staff) -> None:
    with service.engine.connect() as connection:
        seen_by(connection, conversation_id, officer, service.now())
