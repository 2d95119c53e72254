"""What a follower can ask of their own data in words: what is kept, how to get a copy, and having it erased.

Whose it is, is proved by the openid of the delivery. It stands for the conversation that is tied to it and the tickets made
there, not for all tickets of a person: those are joined by phones too, which prove nothing about who writes.
"""

from __future__ import annotations

from sqlalchemy import Connection

from api.errors import ApiError
from api.privacy import own_data
from api.wechat import followers, texts
from api.wiring import Service
from bot import conversations, wording
from bot.conversations import Conversation
from bot.errors import BotError
from routing import tickets

_AROUND = " 　“”\"「」'‘’。.！!"  # as people send what they were told to send


def asked_for(text: str) -> str | None:
    """Which of the channel's words about one's own data this is; None when it is none."""
    bare = text.strip(_AROUND)
    return bare if bare in (texts.MY_DATA, texts.ERASE_MY_DATA, texts.ERASE_FOR_SURE) else None


def answer(service: Service, openid: str, asked: str, page: str) -> str:
    """The answer to `asked`. Erased only by words that nobody writes by accident and that are told with what they do.

    `page` is the address of the citizen's page, or empty.
    """
    with service.writing.begin() as connection:
        follower = followers.find_follower(connection, service.secrets, openid)
        conversation = _find(connection, service, follower.conversation_id) if follower else None
        if follower is None or conversation is None:
            return texts.NOTHING_HELD
        if asked == texts.MY_DATA:
            link = texts.resume_link(page, follower.conversation_id, follower.token)
            copy = texts.COPY_ON_PAGE.format(link=link) if link else texts.COPY_BY_CODE
            return "\n".join((_held(connection, service, conversation), copy, texts.TO_ERASE))
        if asked == texts.ERASE_MY_DATA:
            stays = (own_data.STILL_OPEN, own_data.KEPT, own_data.SENT_ON)
            return "\n".join((texts.WHAT_IS_ERASED, *stays, texts.SURE_TO_ERASE))
        try:
            erased = own_data.erase_of_conversation(connection, service, conversation, "持微信号的市民要求")
        except ApiError as error:  # still open, or a person has it
            return error.detail
    return "\n".join((texts.ERASED, *erased.remarks))


def _find(connection: Connection, service: Service, conversation_id: str) -> Conversation | None:
    try:
        return conversations.conversation_by_id(connection, conversation_id, service.now())
    except BotError:
        return None


def _held(connection: Connection, service: Service, conversation: Conversation) -> str:
    thread = conversations.exchanges(connection, conversation.id)
    said = sum(1 for line in thread if line.who == "citizen" and line.text)
    numbers = tickets.tickets_of(connection, conversation.id)
    states = [tickets.read_ticket(connection, service.secrets, number).state for number in numbers]
    listed = (
        texts.HELD_TICKET.format(number=number, state=wording.STATE_TEXT[state])
        for number, state in zip(numbers, states, strict=True)
    )
    return texts.HELD.format(said=said, tickets="".join(listed))
