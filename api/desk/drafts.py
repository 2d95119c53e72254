"""The one-key ticket: everything that is known filled in, only what is missing asked."""

from __future__ import annotations

from pydantic import BaseModel
from sqlalchemy import select

from api.desk.tables import call_table
from api.wiring import Service
from bot import compose, suggest, wording
from bot.conversations import Conversation
from bot.reply import BodyView, ConsentText, DeadlineCard, QuestionCard
from routing.inquiry import Facts


class TicketDraft(BaseModel):
    """What the ticket of a conversation will hold. `missing` are questions whose answers could change the body."""

    matter_name: str
    need: str
    story: list[str]
    facts: list[str]
    body: BodyView | None
    deadlines: list[DeadlineCard]
    missing: list[QuestionCard]
    phone_shown: str
    consent: ConsentText


NEEDS = {"consult": "咨询", "apply": "办事", "complain": "投诉", "status": "查进度", "human": "找人工", "other": "其他"}


def draft(service: Service, conversation: Conversation) -> TicketDraft:
    """The ticket as it would be made now."""
    dialogue = conversation.dialogue
    suggestion = suggest.suggest(dialogue, service.parts, service.now())
    inquiry = compose.inquiry_of(dialogue)
    question = suggestion.question if suggestion else None
    with service.engine.connect() as connection:
        shown = connection.execute(
            select(call_table.c.phone_shown).where(call_table.c.conversation_id == conversation.id)
        ).scalar_one_or_none()
    return TicketDraft(
        matter_name=service.matters.name(inquiry.matter) if dialogue.matter else "",
        need=NEEDS[dialogue.need],
        story=list(dialogue.story),
        facts=facts_in_words(dialogue.facts),
        body=suggestion.referral.body if suggestion else None,
        deadlines=list(suggestion.deadlines) if suggestion else [],
        missing=[question] if question else [],
        phone_shown=shown or "",
        consent=wording.CONSENT,
    )


def caller(service: Service, conversation_id: str) -> str:
    """The number a call came from, for its ticket; empty for what is no call or has none."""
    with service.engine.connect() as connection:
        hidden = connection.execute(
            select(call_table.c.phone).where(call_table.c.conversation_id == conversation_id)
        ).scalar_one_or_none()
    return service.secrets.show(hidden)


def facts_in_words(facts: Facts) -> list[str]:
    """What was told, one fact a line; nothing for what was not."""
    lines = [f"地点：{place.said or '或'.join(place.options)}" for place in facts.places]
    if facts.outside:
        lines.append(f"外地：{facts.outside}")
    if facts.amount_yuan is not None:
        lines.append(f"金额：{facts.amount_yuan:,.0f} 元")
    if facts.age is not None:
        lines.append(f"年龄：{facts.age} 岁")
    if facts.on_behalf_of:
        lines.append(f"替谁问：{facts.on_behalf_of}")
    lines += [f"时间：{date.said or date.day.isoformat()}" for date in facts.dates]
    return lines
