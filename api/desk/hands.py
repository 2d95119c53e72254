"""Whose conversation it is: taking, releasing, transferring, handing back, and speaking in it.

Every change is a compare-and-set on the conversation's version, together with the line the citizen reads about it. So of
two agents who take at once one is told who has it, and a reply of the machine that was under way is dropped.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import IntegrityError

from api import talk
from api.desk import citations
from api.desk.queue import PHONE
from api.desk.tables import invitation_table
from api.errors import ApiError, bad_field
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wechat.channel import Channel
from api.wiring import Service
from bot import conversations, persons, wording
from bot.conversations import Conversation, Exchange, Ownership
from bot.dialogue import Dialogue
from bot.normalize import normalize
from case_library.redact import mask
from case_library.store import upsert

TRIES = 20  # a citizen who types fast changes the version again and again; the agent must get through


@dataclass(frozen=True, slots=True)
class Change:
    """What is written in one step; parts that are None stay as they are."""

    exchange: Exchange
    ownership: Ownership | None = None
    dialogue: Dialogue | None = None


Decide = Callable[[Conversation, datetime], Change]
Also = Callable[[Connection, Conversation, datetime], None]


def change(
    service: Service,
    conversation_id: str,
    decide: Decide,
    also: Also | None = None,
) -> Conversation:
    """Read, decide, write if nobody wrote meanwhile; again otherwise. `also` writes more in the same transaction."""
    for _ in range(TRIES):
        now = service.now()
        with service.engine.connect() as connection:
            conversation = conversations.conversation_by_id(connection, conversation_id, now)
        made = decide(conversation, now)
        dialogue = made.dialogue or conversation.dialogue
        with service.writing.begin() as connection:
            if conversations.save_exchange(connection, conversation, made.exchange, dialogue, made.ownership):
                if also:
                    also(connection, conversation, now)
                saved = True
            else:
                saved = False
        if saved:
            service.live.nudge()
            _deliver(service, conversation, made.exchange)
            return replace(conversation, ownership=made.ownership or conversation.ownership, dialogue=dialogue)
    raise ApiError(503, "暂时办不了", "这边写的人太多，请再按一次。")


def take(service: Service, conversation_id: str, me: Staff) -> None:
    """Take what waits. The second agent is told who has it; taking one's own again changes nothing."""

    def decide(conversation: Conversation, now: datetime) -> Change:
        owned = conversation.ownership
        if owned.owner == "agent":
            raise _taken(owned)
        if conversation.channel == PHONE:
            raise ApiError(409, "电话在响", "电话由话机接，接起来就到您手上。")
        if owned.owner == "bot":
            raise ApiError(409, "没有在排队", "这次对话没有在等人工，可能对方已经不等了。")
        mine = replace(owned, owner="agent", agent_id=me.id, agent_name=me.name, taken_at=now)
        first = owned.taken_at is None
        text = (wording.AGENT_TOOK if first else wording.AGENT_CHANGED).format(agent=me.name)
        return Change(machine_says(text, now), mine)

    with service.engine.connect() as connection:
        owned = conversations.conversation_by_id(connection, conversation_id, service.now()).ownership
    if owned.owner == "agent" and owned.agent_id == me.id:
        return
    change(service, conversation_id, decide, _audited(me, "conversation.take"))


def release(service: Service, conversation_id: str, me: Staff, note: str) -> None:
    """Back to the queue, at the old place; `note` is for the colleague who takes it."""

    def decide(conversation: Conversation, now: datetime) -> Change:
        owned = owned_by(conversation, me)
        since = owned.waiting_since or now
        after = replace(owned, owner="waiting", agent_id=None, agent_name="", waiting_since=since)
        return Change(machine_says(wording.AGENT_RELEASED, now), after)

    if note:
        leave_note(service, conversation_id, me, secrets.token_hex(8), note)
    change(service, conversation_id, decide, _audited(me, "conversation.release"))


def transfer(service: Service, conversation_id: str, me: Staff, to: Staff, summary: str) -> None:
    """Give it to a colleague, with a summary only staff sees."""

    def decide(conversation: Conversation, now: datetime) -> Change:
        owned = owned_by(conversation, me)
        after = replace(owned, owner="agent", agent_id=to.id, agent_name=to.name, taken_at=now)
        return Change(machine_says(wording.AGENT_CHANGED.format(agent=to.name), now), after)

    leave_note(service, conversation_id, me, secrets.token_hex(8), f"转给{to.name}：{summary}")
    change(service, conversation_id, decide, _audited(me, "conversation.transfer"))


def hand_back(service: Service, conversation_id: str, me: Staff, wrap_up: Also) -> None:
    """Back to the machine: the only way it speaks again, and the agent's own act."""

    def decide(conversation: Conversation, now: datetime) -> Change:
        owned_by(conversation, me)
        reply = persons.said(wording.AGENT_LEFT.format(agent=me.name))
        return Change(Exchange(_own_id(), "", talk.to_json(reply), now), Ownership())

    def also(connection: Connection, conversation: Conversation, now: datetime) -> None:
        connection.execute(delete(invitation_table).where(invitation_table.c.conversation_id == conversation.id))
        audit.record(connection, me, "conversation.hand_back", "conversation", conversation.id, now)
        wrap_up(connection, conversation, now)

    change(service, conversation_id, decide, also)


def say(
    service: Service,
    conversation_id: str,
    me: Staff,
    client_id: str,
    text: str,
    *,
    leave_out: bool = False,
    also: Also | None = None,
    shown: str = "",
) -> Exchange:
    """Speak to the citizen as the agent. The same `client_id` again changes nothing.

    422 for a citation of an article that is not in force, unless `leave_out`: then it is cut out. `shown` is a case id that
    the text tells of. 409 when somebody else has the conversation.
    """
    clean = _clean(text)
    if faults := citations.faults(service, clean):
        if not leave_out:
            raise bad_field(
                "text",
                "有法条没查到或已失效：" + "、".join(fault.said for fault in faults) + "。请改正，或者去掉再发。",
            )
        clean = _clean(citations.without(clean, faults))
    own = f"agent:{me.id}:{client_id}"[:64]
    with service.engine.connect() as connection:
        if known := conversations.find_exchange(connection, conversation_id, own):
            return known

    def decide(conversation: Conversation, now: datetime) -> Change:
        owned = owned_by(conversation, me, or_supervisor=False)
        told = conversation.dialogue
        if shown and shown not in told.shown:
            told = replace(told, shown=(*told.shown, shown))
        exchange = Exchange(own, clean, None, now, "agent", owned.agent_name)
        return Change(exchange, dialogue=told)

    with contextlib.suppress(IntegrityError):  # the same key was pressed twice: it is there
        change(service, conversation_id, decide, also)
    with service.engine.connect() as connection:
        said = conversations.find_exchange(connection, conversation_id, own)
    assert said is not None
    return said


def leave_note(service: Service, conversation_id: str, me: Staff, client_id: str, text: str) -> None:
    """A line for colleagues; the citizen never sees it."""
    clean = _clean(text)
    own = f"note:{me.id}:{client_id}"[:64]

    def decide(_: Conversation, now: datetime) -> Change:
        return Change(Exchange(own, clean, None, now, "note", me.name))

    with contextlib.suppress(IntegrityError):  # the same note twice
        change(service, conversation_id, decide)


def invite(service: Service, conversation_id: str, me: Staff, colleague: Staff) -> None:
    """Ask a colleague in: they see the conversation and write notes; the owner stays the same."""
    now = service.now()
    with service.writing.begin() as connection:
        conversation = conversations.conversation_by_id(connection, conversation_id, now)
        owned_by(conversation, me)
        if not is_invited(connection, conversation_id, colleague.id):
            invited = {"staff_id": colleague.id, "name": colleague.name, "invited_by": me.name, "at": now}
            upsert(connection, invitation_table, {"conversation_id": conversation_id, **invited})
            audit.record(
                connection, me, "conversation.invite", "conversation", conversation_id, now, after=colleague.username
            )
    service.live.nudge()


def is_invited(connection: Connection, conversation_id: str, staff_id: int) -> bool:
    """Whether somebody was asked in."""
    c = invitation_table.c
    where = (c.conversation_id == conversation_id, c.staff_id == staff_id)
    return connection.execute(select(c.staff_id).where(*where)).first() is not None


def invitations(connection: Connection, staff_id: int) -> list[str]:
    """Ids of the conversations somebody was asked into, newest first."""
    c = invitation_table.c
    return list(
        connection.execute(select(c.conversation_id).where(c.staff_id == staff_id).order_by(c.at.desc())).scalars()
    )


def may_see(connection: Connection, conversation: Conversation, me: Staff) -> bool:
    """What colleagues see, and all of it for supervisors."""
    return me.may(Role.SUPERVISOR) or sees_as_colleague(connection, conversation, me)


def sees_as_colleague(connection: Connection, conversation: Conversation, me: Staff) -> bool:
    """Whoever waits is seen by every agent; what somebody has, by them and those asked in."""
    owned = conversation.ownership
    if owned.owner == "waiting" or (owned.owner == "agent" and owned.agent_id == me.id):
        return True
    return owned.owner == "agent" and is_invited(connection, conversation.id, me.id)


def machine_says(text: str, now: datetime) -> Exchange:
    """A line about hands that changed, for the citizen."""
    return Exchange(_own_id(), "", talk.to_json(persons.said(text)), now)


def _deliver(service: Service, conversation: Conversation, exchange: Exchange) -> None:
    """To WeChat, for whoever follows the conversation there; pages read the thread by themselves."""
    text = (exchange.reply or {}).get("text") or exchange.text
    if exchange.who != "note" and conversation.channel != PHONE and text:
        Channel(service, service.wechat, service.settings.public_url).deliver(conversation.id, text)


def owned_by(conversation: Conversation, me: Staff, *, or_supervisor: bool = True) -> Ownership:
    """Its ownership, where it is one's own (or one is a supervisor); 409 otherwise."""
    owned = conversation.ownership
    if owned.owner == "agent" and (owned.agent_id == me.id or (or_supervisor and me.may(Role.SUPERVISOR))):
        return owned
    if owned.owner == "agent":
        raise _taken(owned)
    raise ApiError(409, "不在您手上", "这次对话现在不在您手上，请先接起来。")


def _taken(owned: Ownership) -> ApiError:
    return ApiError(409, "已经有人接了", f"{owned.agent_name}已经接了这次对话。")


def _audited(me: Staff, action: str) -> Also:
    def also(connection: Connection, conversation: Conversation, now: datetime) -> None:
        before = conversation.ownership
        audit.record(
            connection, me, action, "conversation", conversation.id, now, before=[before.owner, before.agent_name]
        )

    return also


def _clean(text: str) -> str:
    clean = mask(normalize(text)).strip()
    if not clean:
        raise bad_field("text", "还没有写内容。")
    return clean


def _own_id() -> str:
    return f"~{secrets.token_hex(8)}"  # no client can choose such an id
