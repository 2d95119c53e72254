"""A person instead of the machine: who asks for one, and what is said while waiting and when hands change."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot import compose, wording
from bot.consult import Consultation
from bot.message import Message
from bot.reply import Card, DangerCard, NoticeCard, QuickReply, Reply, Send, TicketFormCard

STOP_WAITING = QuickReply(wording.BUTTON_STOP_WAITING, Send(action="stop_waiting"))
LONGEST_ASKING = 24  # characters; longer ones tell of something and are for the understanding

_POLITE = r"(我|要|想|请|帮我?|给我?|快|直接|还是|能不能|可以|能|一下|你们?|麻烦|就|的)*"
_ASKS = re.compile(
    rf"^\W*{_POLITE}((转|找|接|换|叫|有)+(个|一个|到|一下)*)?{_POLITE}(人工|真人|活人)(客服|座席|坐席|服务|接听|来|说|谈|讲)*"
    r"(人工|有没有|行吗|吧|呀|啊|吗|嘛|谢谢|\W)*$"
)


@dataclass(frozen=True, slots=True)
class Queue:
    """Where somebody stands in the queue, for what they are told. `ahead` counts those before them; `hours` may be empty."""

    ahead: int
    agents: int
    hours: str


def asks_for_person(message: Message, outcome: Consultation | None = None) -> bool:
    """Whether a person is asked for: the button, the bare words, or what the understanding made of a sentence."""
    if message.action == "human" or (len(message.text) <= LONGEST_ASKING and _ASKS.search(message.text)):
        return True
    return outcome is not None and outcome.inquiry is not None and outcome.inquiry.need == "human"


def queued(outcome: Consultation, queue: Queue, *, again: bool = False) -> Reply:
    """What happens now: place in the queue, or when agents work, with a callback offered. Danger stays in front."""
    lines = [wording.STILL_QUEUED if again else wording.HANDOFF, *_where(queue)]
    kept: tuple[Card, ...] = ()
    if not again:
        # What the way to a person showed already (dates, the slip); in danger nothing but what to do at once.
        kept = tuple(card for card in outcome.reply.cards if not isinstance(card, TicketFormCard))
    danger = tuple(card for card in kept if isinstance(card, DangerCard))
    if danger:
        text = "\n".join((*danger[0].lines, *lines))
        cards: tuple[Card, ...] = (*danger, NoticeCard("\n".join(lines)))
        return Reply(compose.reply_id(), "emergency", text, cards, (compose.SAFE, STOP_WAITING))
    forms = tuple(card for card in outcome.reply.cards if isinstance(card, TicketFormCard))
    return Reply(compose.reply_id(), "handoff", "\n".join(lines), (*kept, *forms), (STOP_WAITING,))


def nobody(queue: Queue) -> Reply:
    """To whoever goes on writing while no agent is there."""
    return Reply(compose.reply_id(), "handoff", "\n".join(_where(queue)), (), (STOP_WAITING,))


def agent_here(agent: str) -> Reply:
    """To whoever asks for a person while one is there."""
    return Reply(compose.reply_id(), "talk", wording.AGENT_HERE.format(agent=agent))


def said(text: str, *quick_replies: QuickReply) -> Reply:
    """A line about hands that changed."""
    return Reply(compose.reply_id(), "talk", text, (), quick_replies)


def alarm(outcome: Consultation) -> Reply | None:
    """Danger in a message while the machine is otherwise silent: what to do at once, and nothing else."""
    if outcome.reply.outcome != "emergency":
        return None
    return replace(outcome.reply, quick_replies=(compose.SAFE,))


def _where(queue: Queue) -> list[str]:
    if not queue.agents:
        hours = wording.QUEUED_HOURS.format(hours=queue.hours) if queue.hours else ""
        return [wording.QUEUED_NOBODY.format(hours=hours), wording.QUEUED_CALLBACK]
    place = wording.QUEUED_BEHIND.format(ahead=queue.ahead) if queue.ahead else wording.QUEUED_NEXT
    return [place, wording.QUEUED_CALLBACK]
