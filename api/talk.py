"""Answering one message of a citizen: the one way for web page, WeChat and the desk's calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import curation_notes, known_tickets
from api.desk import queue, suggestions
from api.errors import ApiError
from api.staff import site_settings
from api.wiring import Service
from bot import compose, conversations, english_reply, persons, suggest, wording
from bot.consult import Consultation, Parts, consult
from bot.conversations import Conversation, Exchange, Ownership
from bot.dialogue import Dialogue
from bot.english import english, is_english
from bot.message import Action, Choice, Message
from bot.normalize import has_words, normalize, readable
from bot.reply import Reply
from bot.suggest import Suggestion
from case_library.redact import mask
from routing import tickets

TRIES = 5  # how often a message is answered anew when another message of the conversation came in between
NO_WORDS = "〔没有文字〕"

# Gives the conversation that is meant, or raises what `conversations.find_conversation` raises.
Find = Callable[[Connection, datetime], Conversation]
# How a message is answered: `bot.consult.consult`.
Ask = Callable[[Message, Dialogue, Parts, datetime], Consultation]
_REPLY: TypeAdapter[Reply | None] = TypeAdapter(Reply | None)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as the bot reads it, and as it is kept and shown again (masked)."""

    message: Message
    shown: str

    @property
    def is_empty(self) -> bool:
        """Whether a text came without a word to read."""
        return self.message.choice is None and self.message.action is None and not has_words(self.message.text)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What comes of one message; `ownership` is None where it stays as it is."""

    reply: Reply | None
    dialogue: Dialogue
    ownership: Ownership | None = None
    suggestion: Suggestion | None = None
    outcome: Consultation | None = None  # where the machine answered
    happened: Callable[[Connection], object] | None = None  # what is written beside it, in the same transaction


def hear(
    service: Service, *, text: str | None = None, choice: Choice | None = None, action: Action | None = None
) -> Heard:
    """What came in, normalised and masked; exactly one of the three is given."""
    if text is not None:
        clean = mask(normalize(text))
        return Heard(Message(text=readable(clean), english=is_english(clean)), clean or NO_WORDS)
    if choice is not None:
        return Heard(Message(choice=choice), service.option_label(choice))
    return Heard(Message(action=action), wording.ACTION_TEXT[action])


def answer(
    service: Service, find: Find, client_id: str, heard: Heard, *, ask: Ask = consult, own: Sequence[str] = ()
) -> Reply | None:
    """The machine's reply to one message, stored with it; None where a person has the conversation and it is silent.

    `own` are numbers of tickets that are shown to be this person's: what is said about one of them again is told how it
    stands, and counted. The same `client_id` again gives the same reply. 429 when the conversation sends too fast, 503 when other messages
    came in between again and again.
    """
    for _ in range(TRIES):
        now = service.now()
        with service.engine.connect() as connection:
            conversation = find(connection, now)
            if known := conversations.find_exchange(connection, conversation.id, client_id):
                return from_json(known.reply)
            recent = conversations.messages_since(connection, conversation.id, now - timedelta(minutes=1))
        # Speech comes in many short pieces, and an agent is listening to them.
        if conversation.channel != queue.PHONE and recent >= service.settings.messages_per_minute:
            raise ApiError(429, "太频繁了", "您发得太快了，请歇一分钟再发。着急的话请打 12348。")
        turn = _with_tickets(service, conversation, heard, _turn(service, conversation, heard, now, ask), own, now)
        exchange = Exchange(client_id, heard.shown, to_json(turn.reply), now)
        noted = curation_notes.noted(
            conversation.id,
            heard.message,
            conversation.dialogue,
            turn.dialogue,
            turn.outcome,
            turn.reply,
            service.parts.rules.tuning.unsure_below,
        )
        try:
            with service.writing.begin() as connection:
                if conversations.save_exchange(connection, conversation, exchange, turn.dialogue, turn.ownership):
                    if turn.happened:
                        turn.happened(connection)
                    if turn.suggestion:
                        suggestions.save(connection, conversation.id, client_id, heard.shown, turn.suggestion, now)
                    curation_notes.keep(connection, noted, now)
                    saved = True
                else:
                    saved = False  # something was said or the owner changed meanwhile: answer anew, or be silent
        except IntegrityError:
            continue  # the same message was answered meanwhile: the next turn of the loop finds that answer
        if saved:
            service.live.nudge()
            return turn.reply
    raise ApiError(503, "暂时办不了", "系统正忙，您的话没有丢，请过一会儿再发一次。")


def _with_tickets(
    service: Service, conversation: Conversation, heard: Heard, turn: _Turn, own: Sequence[str], now: datetime
) -> _Turn:
    """The same, or how a ticket stands that the person has already for what is said now."""
    if heard.message.action == "same_ticket" and (number := conversation.dialogue.known_ticket):
        return _same_ticket(service, conversation, number, now)
    if not (heard.message.text and turn.outcome and turn.reply) or turn.dialogue.english:
        return turn
    with service.engine.connect() as connection:
        ticket = known_tickets.find(service, connection, conversation.id, turn.outcome, own, now)
    if ticket is None or ticket.number == turn.dialogue.known_ticket:
        return turn
    key = f"again:{conversation.id}"
    return replace(
        turn,
        reply=known_tickets.told(service, ticket, now),
        dialogue=replace(turn.dialogue, known_ticket=ticket.number),
        happened=lambda connection: known_tickets.count(service, connection, ticket.number, now, key=key),
    )


def _same_ticket(service: Service, conversation: Conversation, number: str, now: datetime) -> _Turn:
    """What was told goes to the ticket the person has."""
    words = "；".join(conversation.dialogue.story)
    with service.engine.connect() as connection:
        ticket = tickets.read_ticket(connection, service.secrets, number)
    ticket = replace(ticket, events=(*ticket.events, known_tickets.added(ticket, words, now)))  # as it will stand
    code = service.secrets.query_code(number)
    return _Turn(
        compose.ticket_again(ticket, code, service.promises, service.parts.directory, now),
        replace(conversation.dialogue, known_ticket="", pending=None),
        happened=lambda connection: known_tickets.go_on(service, connection, number, words, now),
    )


def _turn(service: Service, conversation: Conversation, heard: Heard, now: datetime, ask: Ask) -> _Turn:
    """What comes of one message, by who owns the conversation."""
    dialogue, ownership = conversation.dialogue, conversation.ownership
    by_machine = ownership.owner == "bot"
    if heard.is_empty:
        return _Turn(compose.say(wording.EMPTY) if by_machine else None, dialogue)
    if ownership.owner == "waiting" and heard.message.action == "stop_waiting":
        return _Turn(compose.say(wording.STOPPED_WAITING), dialogue, Ownership())
    outcome = ask(heard.message, dialogue, service.parts, now)
    wants_person = persons.asks_for_person(heard.message, outcome)
    if by_machine and not wants_person:
        return _Turn(outcome.reply, outcome.dialogue, outcome=outcome)
    # From here on a person answers: the machine follows the story, shows danger, and suggests to the agent.
    told = outcome.dialogue
    if not by_machine:
        told = replace(told, asked=dialogue.asked, shown=dialogue.shown)  # the citizen saw none of it
    suggestion = suggest.suggest(told, service.parts, now, outcome)
    matter = service.matters.by_code.get(told.matter or "")
    danger = told.danger or dialogue.danger or ""
    near = suggestion is not None and any(d.days_left is not None for d in suggestion.deadlines)
    after = replace(
        ownership,
        skill=matter.group if matter else ownership.skill,
        urgent=danger or ("deadline" if near else ownership.urgent),
    )
    if by_machine:
        after = replace(after, owner="waiting", waiting_since=now, agent_id=None, agent_name="", taken_at=None)
    reply = _reply_beside_person(service, outcome, after, heard, now, wants_person=wants_person, first=by_machine)
    if reply and told.english:
        reply = english_reply.beside_person(reply, english())
    return _Turn(reply, told, after, suggestion)


def _reply_beside_person(
    service: Service,
    outcome: Consultation,
    ownership: Ownership,
    heard: Heard,
    now: datetime,
    *,
    wants_person: bool,
    first: bool,
) -> Reply | None:
    with service.engine.connect() as connection:
        hours = site_settings.current(connection, service.settings).agent_hours
        standing = queue.standing(connection, ownership, now, hours)
    if first:
        return persons.queued(outcome, standing)
    if heard.message.text and service.parts.safety.screen(heard.message.text):
        return persons.alarm(outcome)
    if ownership.owner == "agent":
        return persons.agent_here(ownership.agent_name) if wants_person else None
    if wants_person:
        return persons.queued(outcome, standing, again=True)
    return None if standing.agents else persons.nobody(standing)


def to_json(reply: Reply | None) -> dict[str, Any] | None:
    """A reply for storing; None where the machine is silent."""
    return _REPLY.dump_python(reply, mode="json")


def from_json(stored: dict[str, Any] | None) -> Reply | None:
    """As stored by `to_json`."""
    return _REPLY.validate_python(stored)
