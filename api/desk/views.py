"""What the desk sees."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection

from api import thread
from api.desk import agents, calls, hands, queue, suggestions
from api.desk.calls import Call, CallState
from api.desk.queue import Waiting
from api.desk.suggestions import Suggested
from api.staff.roles import Staff
from api.wechat import followers
from api.wiring import Service
from bot import conversations, presence
from bot.conversations import Conversation
from bot.suggest import Suggestion
from routing import tickets

EXCERPT = 80  # characters of the last message in a list


class Item(BaseModel):
    """One row of the queue."""

    id: str
    channel: str
    matter: str
    matter_name: str
    skill: str
    skill_name: str
    urgent: str
    owner: str
    agent_id: int | None
    agent_name: str
    waiting_since: datetime | None
    promised_until: datetime | None
    last_text: str
    last_who: str
    last_at: datetime


class AgentView(BaseModel):
    """Somebody at a desk. `holds` counts their conversations."""

    staff_id: int
    name: str
    skills: list[str]
    ready: bool
    holds: int


class CallView(BaseModel):
    """A call at the desk. `phone_shown` is masked; `ticket` was proven by its query code."""

    id: str
    conversation_id: str
    phone_shown: str
    state: CallState
    began_at: datetime
    answered_at: datetime | None
    ticket: str


class QueueView(BaseModel):
    """All a desk lists: calls at it, who waits (those within one's skills first), one's own, those one was asked into,
    colleagues."""

    now: datetime
    calls: list[CallView]
    waiting: list[Item]
    mine: list[Item]
    invited: list[Item]
    agents: list[AgentView]


class Person(BaseModel):
    """Who is at a conversation. Staff id 0 is the citizen."""

    staff_id: int
    name: str
    looking: bool
    typing: bool
    read_id: int


class SuggestedView(BaseModel):
    """The newest suggestion. `for_id` is the client id of the message it answers; `action` what was done with it."""

    id: int
    for_id: str
    matter_name: str
    action: str
    suggestion: Suggestion


class DeskConversation(BaseModel):
    """A conversation at the desk, all but its lines. `wechat_left`: how many messages WeChat still takes until the citizen
    writes again; None where nobody follows it there."""

    item: Item
    mine: bool
    people: list[Person]
    suggested: SuggestedView | None
    tickets: list[str]
    wechat_left: int | None


def queue_view(service: Service, me: Staff, now: datetime) -> QueueView:
    """The lists of one desk."""
    with service.engine.connect() as connection:
        waiting = queue.listed(connection, service.settings, now, owner="waiting")
        held = queue.listed(connection, service.settings, now, owner="agent")
        there = agents.present(connection, now)
        invited = set(hands.invitations(connection, me.id))
        ringing = calls.going_on(connection, me.id)
    waiting.sort(key=lambda row: not _fits(row, me))  # stable: within one's skills the order stays
    return QueueView(
        now=now,
        calls=[call_view(call) for call in ringing],
        waiting=[item(service, row) for row in waiting],
        mine=[item(service, row) for row in held if row.ownership.agent_id == me.id],
        invited=[item(service, row) for row in held if row.id in invited],
        agents=[
            AgentView(
                staff_id=agent.staff_id,
                name=agent.name,
                skills=list(agent.skills),
                ready=agent.ready,
                holds=sum(row.ownership.agent_id == agent.staff_id for row in held),
            )
            for agent in there
        ],
    )


def conversation_view(
    service: Service, connection: Connection, conversation: Conversation, me: Staff, now: datetime
) -> DeskConversation:
    """Everything but the lines."""
    suggested = suggestions.newest(connection, conversation.id)
    follower = followers.follower_of(connection, service.secrets, conversation.id)
    return DeskConversation(
        item=item(service, queue.of_conversation(connection, service.settings, conversation)),
        mine=conversation.ownership.owner == "agent" and conversation.ownership.agent_id == me.id,
        people=people_view(connection, conversation.id, now),
        suggested=suggested_view(service, suggested) if suggested else None,
        tickets=tickets.tickets_of(connection, conversation.id),
        wechat_left=follower.left(now) if follower else None,
    )


def people_view(connection: Connection, conversation_id: str, now: datetime) -> list[Person]:
    """Who is at a conversation."""
    return [
        Person(staff_id=p.staff_id, name=p.name or "群众", looking=p.looking, typing=p.typing, read_id=p.read_id)
        for p in presence.at_conversation(connection, conversation_id, now)
    ]


def call_view(call: Call) -> CallView:
    """A call for the page."""
    return CallView(
        id=call.id,
        conversation_id=call.conversation_id,
        phone_shown=call.phone_shown,
        state=call.state,
        began_at=call.began_at,
        answered_at=call.answered_at,
        ticket=call.ticket,
    )


def suggested_view(service: Service, suggested: Suggested) -> SuggestedView:
    """A suggestion for the page."""
    return SuggestedView(
        id=suggested.id,
        for_id=suggested.client_id,
        matter_name=service.matters.name(suggested.suggestion.matter),
        action=suggested.action,
        suggestion=suggested.suggestion,
    )


def desk_lines(service: Service, connection: Connection, conversation_id: str, after: int = 0) -> list[thread.Line]:
    """What was said, with notes, without query codes."""
    said = conversations.exchanges(connection, conversation_id, after=after, notes=True)
    return thread.lines(service, said, codes=False)


def item(service: Service, row: Waiting) -> Item:
    """A row of the queue for the page."""
    owned = row.ownership
    return Item(
        id=row.id,
        channel=row.channel,
        matter=row.matter or "",
        matter_name=service.matters.name(row.matter) if row.matter else "",
        skill=owned.skill,
        skill_name=service.matters.groups.get(owned.skill, ""),
        urgent=owned.urgent,
        owner=owned.owner,
        agent_id=owned.agent_id,
        agent_name=owned.agent_name,
        waiting_since=owned.waiting_since,
        promised_until=row.promised_until if owned.owner == "waiting" else None,
        last_text=row.last_text[:EXCERPT],
        last_who=row.last_who,
        last_at=row.last_at,
    )


def _fits(row: Waiting, me: Staff) -> bool:
    return not me.skills or not row.ownership.skill or row.ownership.skill in me.skills or bool(row.ownership.urgent)
