"""The channel's rules: a delivery is answered once, in time or by a message of its own; at most five messages in 48 hours."""

from __future__ import annotations

import logging
import re
import time
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import known_tickets, talk
from api.errors import ApiError
from api.handover import hand_over, phone_number
from api.notices.contacts import register as keep_notice_contact
from api.staff import site_settings
from api.wechat import followers, outgoing, own_data, texts
from api.wechat.client import WeChat, WeChatError
from api.wechat.followers import Follower
from api.wechat.incoming import Incoming
from api.wiring import Service
from bot import conversations, english_reply, wording
from bot.conversations import Conversation, Exchange
from bot.errors import BotError
from bot.message import Choice
from bot.reply import Reply, Send
from case_library import misses
from routing import tickets
from routing.tickets import Contact, UnknownTicketError

log = logging.getLogger("yibotong.wechat")
POLL_S = 0.1
ANSWER_LIMIT = timedelta(seconds=10)  # a worker that has not answered by then is lost
MENU_ACTIONS = frozenset(wording.ACTION_TEXT)
_TICKET = re.compile(r"^\s*(WH\d{8}-\d{6})[\s,，]*([0-9A-Za-z]{6})\s*$", re.IGNORECASE)
_AGREED = re.compile(r"^(?:同意|agree)[\s,，:：]*([\d\s\-+()（）]*)[.。]?$", re.IGNORECASE)
_NUMBER = re.compile(r"^\s*(\d{1,2})\s*[.。、]?\s*$")


class Channel:
    """What a follower writes in, texts out. `page` is the address of the citizen's page, or empty."""

    def __init__(self, service: Service, wechat: WeChat, page: str) -> None:
        self._service = service
        self._wechat = wechat
        self._page = page

    def answer(self, incoming: Incoming) -> tuple[str, ...]:
        """The texts for a delivery; made once, however often and wherever it comes in. Empty: nothing to say."""
        if self._take(incoming.key):
            return self._make(incoming)
        give_up = time.monotonic() + 2 * ANSWER_LIMIT.total_seconds()
        while time.monotonic() < give_up:
            now = self._service.now()
            with self._service.engine.connect() as connection:
                delivery = followers.find_delivery(connection, incoming.key)
            if delivery.answer is not None:
                return delivery.answer
            if delivery.taken_at + ANSWER_LIMIT < now and self._take_over(incoming.key, delivery.taken_at, now):
                return self._make(incoming)
            time.sleep(POLL_S)
        return ()

    def answer_at_once(self, incoming: Incoming, answer: tuple[str, ...]) -> str | None:
        """The first text as the answer to the delivery; None when there is none, or it went out by itself already."""
        if not answer:
            return None
        with self._service.writing.begin() as connection:
            followers.claim(connection, incoming.key, 0, by_service=False)
            return None if followers.find_delivery(connection, incoming.key).by_service else answer[0]

    def send_rest(self, incoming: Incoming, answer: tuple[str, ...]) -> None:
        """Send what has not gone out, as customer-service messages."""
        for number, text in enumerate(answer):
            with self._service.writing.begin() as connection:
                if not followers.claim(connection, incoming.key, number, by_service=True if number == 0 else None):
                    continue
                follower = followers.find_follower(connection, self._service.secrets, incoming.follower)
            if follower and not self._send(follower, text):
                return

    def deliver(self, conversation_id: str, text: str) -> bool:
        """Send a line of a person, or news of a ticket, to whoever follows this conversation; False when it can't be."""
        with self._service.engine.connect() as connection:
            follower = followers.follower_of(connection, self._service.secrets, conversation_id)
        return follower is not None and all(self._send(follower, piece) for piece in outgoing.split(text))

    def _send(self, follower: Follower, text: str) -> bool:
        with self._service.writing.begin() as connection:
            if not followers.count_sent(connection, follower, self._service.now()):
                return False
        try:
            self._wechat.send_text(follower.openid, text)
        except WeChatError as error:
            log.warning("wechat_not_sent", extra={"cause": f"{type(error).__name__} {error}"})
            return False
        return True

    def _take(self, key: str) -> bool:
        try:
            with self._service.writing.begin() as connection:
                followers.take_delivery(connection, key, self._service.now())
        except IntegrityError:
            return False
        return True

    def _take_over(self, key: str, seen: datetime, now: datetime) -> bool:
        with self._service.writing.begin() as connection:
            return followers.take_over(connection, key, seen, now)

    def _make(self, incoming: Incoming) -> tuple[str, ...]:
        try:
            made = self._texts(incoming)
        except ApiError as error:
            made = [texts.TOO_FAST if error.status == 429 else texts.FAILED]
        with self._service.writing.begin() as connection:
            followers.save_answer(connection, incoming.key, made)
        return tuple(made)

    def _texts(self, incoming: Incoming) -> list[str]:
        if incoming.event == "subscribe":
            return outgoing.joined([texts.WELCOME.format(example=wording.EXAMPLES[0])], self._opening())
        if incoming.event == "click" and incoming.event_key in MENU_ACTIONS:
            return self._say(incoming, talk.hear(self._service, action=incoming.event_key))
        if incoming.kind == "event":
            return []
        if incoming.kind in ("image", "video", "shortvideo", "link"):
            return [texts.NO_PICTURE]
        if not incoming.text:
            return [texts.NO_VOICE]
        if incoming.kind == "location":
            return self._say(incoming, talk.hear(self._service, text=texts.PLACE.format(place=incoming.text)))
        return self._text(incoming)

    def _text(self, incoming: Incoming) -> list[str]:
        if found := _TICKET.match(incoming.text):
            return self._join(incoming, found[1].upper(), found[2])
        if asked := own_data.asked_for(incoming.text):
            return [own_data.answer(self._service, incoming.follower, asked, self._page)]
        follower = self._follower(incoming)
        if incoming.text.strip().lower() in (outgoing.REGISTER, outgoing.REGISTER_ENGLISH):
            return self._ask_consent(follower)
        if follower.asked_consent and (agreed := _AGREED.match(incoming.text)):
            return self._register(follower, agreed[1])
        if number := _NUMBER.match(incoming.text):
            last = self._last(follower)
            if send := _tap(last, int(number[1])):
                if send.text is not None:
                    return self._say(incoming, talk.hear(self._service, text=send.text))
                choice = Choice(send.choice.question, send.choice.value) if send.choice else None
                return self._say(incoming, talk.hear(self._service, choice=choice, action=send.action))
            if (reason := _reason(last, int(number[1]))) and self._keep_reason(follower, reason):
                return [texts.REASON_KEPT.format(reason=misses.REASONS[reason])]
        return self._say(incoming, talk.hear(self._service, text=incoming.text))

    def _say(self, incoming: Incoming, heard: talk.Heard) -> list[str]:
        follower = self._follower(incoming)
        before = self._last(follower)
        with self._service.engine.connect() as connection:
            own = known_tickets.of_account(self._service, connection, follower.openid)
        reply = talk.answer(self._service, _by_id(follower), f"wx-{incoming.key}"[:64], heard, own=own)
        rejected = heard.message.action == "unresolved"
        if not reply:
            return []  # a person has the conversation
        said = self._render(reply, follower, rejected=rejected)
        if reply.outcome == "emergency":
            return said
        with self._service.engine.connect() as connection:
            told = conversations.conversation_by_id(connection, follower.conversation_id, self._service.now()).dialogue
        return outgoing.joined(said, self._opening(before.at if before else None, english=told.english))

    def _opening(self, last: datetime | None = None, *, english: bool = False) -> str:
        """The notice that the page shows at its top, for whoever was last told something before it was put there."""
        with self._service.engine.connect() as connection:
            notice = site_settings.opening(connection, self._service.settings)
        text = (english and notice.english) or notice.text
        is_new = last is None or (notice.since is not None and last < notice.since)
        return texts.OPENING.format(text=text) if text and is_new else ""

    def _render(self, reply: Reply, follower: Follower, *, rejected: bool = False) -> list[str]:
        link = texts.resume_link(self._page, follower.conversation_id, follower.token)
        return [text for text in outgoing.render(reply, link, rejected=rejected) if text]

    def _follower(self, incoming: Incoming) -> Follower:
        """The sender with a conversation that can be gone on with; their 48 hours begin anew."""
        service, now = self._service, self._service.now()
        with service.writing.begin() as connection:
            follower = followers.find_follower(connection, service.secrets, incoming.follower)
            if follower is None or not _is_open(connection, follower.conversation_id, now):
                lifetime = timedelta(days=service.settings.conversation_days)
                conversation, token = conversations.open_conversation(connection, "wechat", now, lifetime)
                followers.save_follower(connection, service.secrets, incoming.follower, conversation.id, token, now)
            else:
                followers.change_follower(connection, follower, wrote_at=now, sent=0)
            follower = followers.find_follower(connection, service.secrets, incoming.follower)
        assert follower is not None
        return follower

    def _last(self, follower: Follower) -> Exchange | None:
        with self._service.engine.connect() as connection:
            thread = conversations.exchanges(connection, follower.conversation_id)
        return thread[-1] if thread else None

    def _keep_reason(self, follower: Follower, reason: misses.Reason) -> bool:
        with self._service.writing.begin() as connection:
            return misses.give_reason(connection, follower.conversation_id, reason)

    def _ask_consent(self, follower: Follower) -> list[str]:
        with self._service.writing.begin() as connection:
            if not any(line.text for line in conversations.exchanges(connection, follower.conversation_id)):
                return [texts.NO_STORY]
            followers.change_follower(connection, follower, asked_consent=wording.CONSENT.version)
            conversation = conversations.conversation_by_id(connection, follower.conversation_id, self._service.now())
        asked = texts.CONSENT.format(text=wording.CONSENT.text)
        if conversation.dialogue.english:
            asked = f"{texts.CONSENT_ENGLISH.format(text=english_reply.CONSENT)}\n\n{asked}"
        return [asked]

    def _register(self, follower: Follower, phone: str) -> list[str]:
        try:
            contact = Contact(phone=phone_number(phone))
        except ApiError:
            return [texts.BAD_PHONE]
        made = hand_over(
            self._service,
            _by_id(follower),
            contact=contact,
            consent_version=follower.asked_consent,
            openid=follower.openid,
        )
        with self._service.writing.begin() as connection:
            followers.change_follower(connection, follower, asked_consent="")
            if "wechat" in self._service.notices:  # who handed it over here is told of its news here
                keep_notice_contact(
                    connection,
                    self._service.secrets,
                    made.ticket.number,
                    "wechat",
                    follower.openid,
                    follower.asked_consent,
                    self._service.now(),
                )
        return self._render(made.reply, follower)

    def _join(self, incoming: Incoming, number: str, code: str) -> list[str]:
        """Go on with the conversation of a ticket, whose query code proves the right to it."""
        service = self._service
        if not all(service.code_tries.test(key) for key in (incoming.follower, number)):
            return [texts.TOO_MANY_TRIES]
        try:
            with service.writing.begin() as connection:
                ticket = tickets.find_ticket(connection, service.secrets, number, code)
                if _is_open(connection, ticket.conversation_id, service.now()):
                    followers.save_follower(
                        connection, service.secrets, incoming.follower, ticket.conversation_id, "", service.now()
                    )
        except UnknownTicketError:
            for key in (incoming.follower, number):
                service.code_tries.hit(key)
            return [texts.WRONG_CODE]
        return [texts.JOINED.format(number=number, state=wording.STATE_TEXT[ticket.state])]


def _tap(last: Exchange | None, number: int) -> Send | None:
    """What a number means by what was said last."""
    reply = talk.from_json(last.reply) if last else None
    offered = outgoing.taps(reply) if reply else []
    return offered[number - 1][1] if 0 < number <= len(offered) else None


def _reason(last: Exchange | None, number: int) -> misses.Reason | None:
    """Why the answer did not help, where it was rejected just now and the number is beyond the taps."""
    reply = talk.from_json(last.reply) if last and last.text == wording.ACTION_TEXT["unresolved"] else None
    return outgoing.reasons(reply).get(number) if reply else None


def _is_open(connection: Connection, conversation_id: str, now: datetime) -> bool:
    try:
        conversations.conversation_by_id(connection, conversation_id, now)
    except BotError:
        return False
    return True


def _by_id(follower: Follower) -> talk.Find:
    def find(connection: Connection, now: datetime) -> Conversation:
        return conversations.conversation_by_id(connection, follower.conversation_id, now)

    return find
