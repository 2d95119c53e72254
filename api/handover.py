"""Making the ticket of a conversation: the one way for the citizen's page, WeChat and the agent's desk."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from sqlalchemy import Connection

from api import talk
from api.errors import ApiError, bad_field
from api.wiring import Service
from bot import compose, conversations, ticket_wording, wording
from bot.consult import judge
from bot.conversations import Exchange
from bot.reply import Reply
from case_library.redact import mask
from routing import ledger, ticket_thread, tickets
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR
from routing.ledger import Identity, IdentityKind
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, EventKind, event
from routing.tickets import Contact, Relation, Story, Ticket

TRIES = 5  # how often a ticket is made anew when something was said in between


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The ticket, the code that goes with it, and the slip to show."""

    ticket: Ticket
    query_code: str
    reply: Reply


def hand_over(
    service: Service,
    find: talk.Find,
    *,
    contact: Contact,
    note: str = "",
    consent_version: str,
    by: Actor = CITIZEN_SELF,
    relation: Relation | None = None,
    openid: str = "",
    own: Sequence[str] = (),
) -> HandedOver:
    """Hand the whole story of a conversation over. The same matter again gives the same ticket with what is new.

    `note` is kept masked. `relation` is that of a helper, whose contact it then is. An agent who opens it (`by`) becomes its
    first responder. `openid` is that of a WeChat follower. `own` are numbers of tickets that were shown to be this person's
    (by their codes): when one of them is about the same matter, it is that ticket which is gone on with. 422 when the
    consent is not the present one or nothing was told yet, 503 when messages came in between again and again.
    """
    if consent_version != wording.CONSENT.version:
        raise bad_field("consent", "同意书更新过，请重新看一遍再点同意。")
    for _ in range(TRIES):
        now = service.now()
        with service.engine.connect() as connection:
            conversation = find(connection, now)
            transcript = conversations.exchanges(connection, conversation.id)
        if not any(exchange.text for exchange in transcript):
            raise bad_field("conversation_id", "还没有说是什么事，请先把事情说一说。")
        inquiry = compose.inquiry_of(conversation.dialogue)
        vector = service.parts.encoder.encode(inquiry.text or wording.BUTTON_HUMAN)
        matches, decision = judge(inquiry, vector, service.parts, now, unresolved=True)
        story = compose.story(conversation.dialogue, transcript, mask(note), matches, decision, relation)
        with service.writing.begin() as connection:
            phone = "" if relation else contact.phone  # a helper's phone says nothing about whose matter it is
            identities = _identities(service, conversation.id, phone, openid)
            person_id = ledger.join(connection, identities, consent_version, now)
            earlier = None
            if story.matter not in (UNCLEAR, OUT_OF_SCOPE):  # what is not known cannot be the same
                if again := ledger.same_matter(connection, own, story.matter, now):
                    return _gone_on(service, connection, again, story, person_id, by, now)
                earlier = ledger.earlier_ticket(connection, person_id, story.matter, now)
            ticket = tickets.open_ticket(
                connection,
                service.secrets,
                service.promises,
                conversation_id=conversation.id,
                body_id=decision.body.id,
                area=decision.body.area,
                contact=contact,
                consent_version=consent_version,
                story=story,
                event=compose.ticket_event(decision, inquiry.need, now, by),
                now=now,
                person_id=person_id,
                repeat_of=earlier,
            )
            if earlier and ticket.repeat_of == earlier:
                _count_again(service, connection, earlier, ticket.number, now)
            code = service.secrets.query_code(ticket.number)
            reply = compose.ticket_opened(ticket, code, decision.body, service.promises)
            own_id = f"~{ticket.number}"  # no client can choose such an id
            if conversations.find_exchange(connection, conversation.id, own_id) is None:
                stored = compose.ticket_opened(
                    ticket, "", decision.body, service.promises
                )  # the code is made anew when it is read
                exchange = Exchange(own_id, "", talk.to_json(stored), now)
                if not conversations.save_exchange(connection, conversation, exchange, conversation.dialogue):
                    connection.rollback()
                    continue  # something was said meanwhile: it belongs to the story
            return HandedOver(ticket, code, reply)
    raise ApiError(503, "暂时办不了", "系统正忙，请再点一次提交。")


def own_tickets(service: Service, keys: Sequence[tuple[str, str]], address: str) -> list[str]:
    """The numbers of those number-and-code pairs that are right. A wrong one counts as a try from this address."""
    found = []
    for number, code in keys:
        if not (service.code_tries.test(address) and service.code_tries.test(number)):
            continue
        if service.secrets.is_code(number, code):
            found.append(number)
        else:
            service.code_tries.hit(address)
            service.code_tries.hit(number)
    return found


def _identities(service: Service, conversation_id: str, phone: str, openid: str) -> list[Identity]:
    values: list[tuple[IdentityKind, str]] = [("conversation", conversation_id), ("phone", phone), ("openid", openid)]
    return [Identity(kind, service.secrets.fingerprint(f"{kind}:{value}")) for kind, value in values if value]


def _gone_on(
    service: Service, connection: Connection, number: str, story: Story, person_id: str, by: Actor, now: datetime
) -> HandedOver:
    """A new contact about a ticket the person has: counted as our failure, added to it, and told how it stands."""
    _count_again(service, connection, number, "", now)
    told = "；".join(said.text for said in story.transcript if said.who == "citizen")
    told += f"；{story.note}" if story.note else ""
    # Whoever comes again after the end is not helped by it.
    ended = ticket_thread.progress_of(connection, number).state == "closed"
    kind: EventKind = "not_solved" if ended else "citizen_wrote"
    text = ticket_wording.EVENT_TEXT[kind].format(text=told)
    ticket_thread.append(connection, service.promises, number, event(kind, text, now, by))
    ledger.give_to(connection, number, person_id)
    ticket = tickets.read_ticket(connection, service.secrets, number)
    code = service.secrets.query_code(number)
    return HandedOver(ticket, code, compose.ticket_again(ticket, code, service.promises, service.parts.directory, now))


def _count_again(service: Service, connection: Connection, number: str, by_ticket: str, now: datetime) -> None:
    text = ticket_wording.EVENT_TEXT["contacted_again"].format(text=f"新工单 {by_ticket}。" if by_ticket else "")
    again = event("contacted_again", text, now, SYSTEM_SELF, ticket=by_ticket)
    ticket_thread.append(connection, service.promises, number, again)


def phone_number(said: str) -> str:
    """The number in one form (E.164); empty stays empty. A wrong one is refused with what is expected."""
    if not said.strip():
        return ""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", said), "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise bad_field("phone", "电话号码不对：手机号是 11 位，座机请加区号，比如 027 开头。")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
