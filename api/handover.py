"""Making the ticket of a conversation: the one way for the citizen's page, WeChat and the agent's desk."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import phonenumbers
from sqlalchemy import Connection

from api import known_tickets, talk
from api.complaints import Routed, keep_once, of_conversation
from api.errors import ApiError, bad_field
from api.wiring import Service
from bot import compose, conversations, english_reply, wording
from bot.consult import judge
from bot.conversations import Conversation, Exchange
from bot.english import english
from bot.reply import Reply
from case_library.redact import mask
from routing import ledger, tickets
from routing.complaints import is_complaint
from routing.decision import Decision
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR
from routing.ledger import Identity, IdentityKind
from routing.ticket_events import CITIZEN_SELF, Actor, TicketEvent
from routing.tickets import Contact, Relation, Story, Ticket

TRIES = 5  # how often a ticket is made anew when something was said in between


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The ticket, the code that goes with it, and the slip to show."""

    ticket: Ticket
    query_code: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a conversation's ticket will hold; `complaint` where somebody is complained about."""

    story: Story
    decision: Decision
    opened: TicketEvent
    complaint: Routed | None = None

    @property
    def may_be_known(self) -> bool:
        """Whether another ticket of the matter is about the same: not while it is unclear, nor of complaints."""
        return self.complaint is None and self.story.matter not in (UNCLEAR, OUT_OF_SCOPE)


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
        made = _prepare(service, conversation, transcript, mask(note), relation, by, now)
        story, body = made.story, made.decision.body
        with service.writing.begin() as connection:
            phone = "" if relation else contact.phone  # a helper's phone says nothing about whose matter it is
            identities = _identities(service, conversation.id, phone, openid)
            person_id = ledger.join(connection, identities, consent_version, now)
            earlier = None
            if made.may_be_known:
                if again := ledger.same_matters(connection, own, story.matter, now):
                    gone_on = _gone_on(service, connection, again[0], story, person_id, by, now)
                    return replace(gone_on, reply=_in_language(gone_on.reply, conversation))
                earlier = ledger.earlier_ticket(connection, person_id, story.matter, now)
            ticket = tickets.open_ticket(
                connection,
                service.secrets,
                service.promises,
                conversation_id=conversation.id,
                body_id=body.id,
                area=body.area,
                contact=contact,
                consent_version=consent_version,
                story=story,
                event=made.opened,
                now=now,
                person_id=person_id,
                repeat_of=earlier,
                anew=made.complaint is not None and made.complaint.anew,
            )
            if earlier and ticket.repeat_of == earlier:
                known_tickets.count(service, connection, earlier, now, ticket.number)
            if made.complaint:
                keep_once(service, connection, ticket.number, made.complaint, now)
            code = service.secrets.query_code(ticket.number)
            reply = _in_language(compose.ticket_opened(ticket, code, body, service.promises), conversation)
            own_id = f"~{ticket.number}"  # no client can choose such an id
            if conversations.find_exchange(connection, conversation.id, own_id) is None:
                # The code is made anew when it is read.
                stored = _in_language(compose.ticket_opened(ticket, "", body, service.promises), conversation)
                exchange = Exchange(own_id, "", talk.to_json(stored), now)
                if not conversations.save_exchange(connection, conversation, exchange, conversation.dialogue):
                    connection.rollback()
                    continue  # something was said meanwhile: it belongs to the story
            return HandedOver(ticket, code, reply)
    raise ApiError(503, "暂时办不了", "系统正忙，请再点一次提交。")


def _prepare(
    service: Service,
    conversation: Conversation,
    transcript: list[Exchange],
    note: str,
    relation: Relation | None,
    by: Actor,
    now: datetime,
) -> _Prepared:
    inquiry = compose.inquiry_of(conversation.dialogue)
    vector = service.parts.encoder.encode(inquiry.text or wording.BUTTON_HUMAN)
    matches, decision = judge(inquiry, vector, service.parts, now, unresolved=True)
    story = compose.story(conversation.dialogue, transcript, note, matches, decision, relation)
    if not is_complaint(inquiry):
        return _Prepared(story, decision, compose.ticket_event(decision, inquiry.need, now, by))
    with service.engine.connect() as connection:
        complaint = of_conversation(service, connection, conversation.id, inquiry, now)
    return _Prepared(complaint.story(story), complaint.decision, complaint.opened(now, by), complaint)


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


def _in_language(reply: Reply, conversation: Conversation) -> Reply:
    return english_reply.slip(reply, english()) if conversation.dialogue.english else reply


def _identities(service: Service, conversation_id: str, phone: str, openid: str) -> list[Identity]:
    values: list[tuple[IdentityKind, str]] = [("conversation", conversation_id), ("phone", phone), ("openid", openid)]
    return [Identity(kind, service.secrets.fingerprint(f"{kind}:{value}")) for kind, value in values if value]


def _gone_on(
    service: Service, connection: Connection, number: str, story: Story, person_id: str, by: Actor, now: datetime
) -> HandedOver:
    """A new contact about a ticket the person has: counted as our failure, added to it, and told how it stands."""
    known_tickets.count(service, connection, number, now)
    told = "；".join(said.text for said in story.transcript if said.who == "citizen")
    told += f"；{story.note}" if story.note else ""
    ticket = known_tickets.go_on(service, connection, number, told, now, by)
    ledger.give_to(connection, number, person_id)
    code = service.secrets.query_code(number)
    return HandedOver(ticket, code, compose.ticket_again(ticket, code, service.promises, service.parts.directory, now))


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
