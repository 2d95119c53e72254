"""The essentials of an answer in English: which body, its phone, the next step, who can be called. The case stays in Chinese."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TypeVar

from bot import compose, wording
from bot.english import English
from bot.matter_taps import WHICH_MATTER
from bot.reply import (
    AnswerCard,
    Card,
    DangerCard,
    DeadlineCard,
    QuestionCard,
    QuickReply,
    ReferralCard,
    Reply,
    TicketCard,
    TicketFormCard,
)
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR

_Card = TypeVar("_Card")

NUMBERS = "Emergency: 110 police, 120 ambulance. Legal hotline: 12348. City hotline: 12345."
PERSON = "A person will read what you wrote and answer here. You can keep writing; nothing has to be told twice."
_BY_TALK = {
    wording.GREETING: "Tell me your trouble in plain words, in English or Chinese.",
    wording.THANKS: "You are welcome. Ask on if there is more.",
    wording.RESOLVED: "Good. Come back whenever you need to.",
    wording.SAFE_NOW: "Good that you are safe. I will help with the rest.",
    wording.NEW_STORY: "All right, something else. What is the trouble?",
    wording.ASK_TICKET_NUMBER: 'Tap "查工单" and enter your ticket number and query code to see how it stands.',
}
_TALK = "Please tell what happened: who, when, what. Then I can say what to do and who takes it."
_UNSURE = (
    "I am not sure what this is about and do not want to say something wrong. Say a little more, or ask for a person."
)
_OUT_OF_SCOPE = "This is not a legal matter, so I cannot help. For city services call 12345."
_NEXT_FORM = (
    "Next: fill in the form below. An officer reads your story and calls you back; name and phone are optional."
)
_NEXT_REFER = 'Next: tap "Send it for me" and leave a phone number. An officer reads your story and calls you back.'
_PHONE_UNKNOWN = "Its phone is not verified yet: ask 12348."
_WHICH = "I am not sure which of these it is. Which is closest?"
_TICKET = "It is sent: {body}. You need not tell it again."
_KEEP = 'Keep the ticket number and the query code: with both you see under "查工单" how it stands.'
_BY_DAY = "Next step by {day} at the latest. If nothing comes, we chase it; you need not."
CONSENT = (
    "I agree that what I told, with my name and phone if I give them, goes to the body that deals with it. It is used to deal "
    "with it and to call me back, for nothing else. Name and phone can be left out: ticket number and query code are enough."
)
_BELOW = "Below, in Chinese: a typical case with steps and the law."
_OUTSIDE = "This has to be dealt with where it happened, outside Wuhan: call 12348 there."
_OUTSIDE_BEGINS = wording.REFER_OUTSIDE.partition("{")[0]
_LABELS = {
    wording.BUTTON_SOLVED: "Solved",
    wording.BUTTON_UNSOLVED: "Not solved",
    wording.BUTTON_REFER: "Send it for me",
    wording.BUTTON_HUMAN: "A person, please",
    wording.BUTTON_SAFE: "I am safe now",
    wording.BUTTON_STOP_WAITING: "Stop waiting",
    "不知道": "I don't know",
    "不在武汉": "Not in Wuhan",
    wording.NONE_OFFERED: "None of these",
    wording.BUTTON_SAME_TICKET: "Yes, add this to it",
    wording.BUTTON_OTHER_TICKET: "Something else",
}
_ALSO, _BACK = (label.partition("{")[0] for label in (wording.BUTTON_ALSO, wording.BUTTON_BACK))
_DAY = re.compile(r"(\d{1,2}) 月 (\d{1,2}) 日")  # as `wording.day` writes it
_VALUES = {"yes": "Yes", "no": "No"}
_PHONES = {"110": "police", "120": "ambulance", "119": "fire", "122": "traffic accidents", "12348": "legal hotline"}
_PHONES |= {
    "12345": "city hotline",
    "12356": "mental health",
    "12368": "court",
    "96110": "anti-fraud",
    "12308": "consular",
}


def in_english(reply: Reply, matter: str | None, danger: str | None, names: English) -> Reply:
    """The same reply with the essentials in English before it; danger in English only: nothing may stand in the way."""
    taps = tuple(_tap(tap, names) for tap in reply.quick_replies)
    if reply.outcome == "emergency" and danger:
        return replace(_danger(reply, names.dangers[danger]), quick_replies=taps)
    about = _about(matter, names) if reply.outcome != "talk" else []
    lines = [*_first(reply, names), *about, *_next(reply), NUMBERS]
    if _card(reply, AnswerCard):
        lines.append(_BELOW)
    cards = tuple(_card_in_english(card, names) for card in reply.cards)
    return replace(reply, text="\n".join([*lines, "", reply.text]), cards=cards, quick_replies=taps, english=True)


def slip(reply: Reply, names: English) -> Reply:
    """A ticket's slip with what must be known of it in English before it."""
    card = _card(reply, TicketCard)
    if card is None:
        return reply
    body = f"{names.bodies.get(card.body.type, card.body.name)} ({card.body.name})"
    lines = [_TICKET.format(body=body), _KEEP]
    if found := _DAY.search(card.next):
        lines.append(_BY_DAY.format(day=f"{int(found[2])} {date(2000, int(found[1]), 1):%B}"))
    taps = tuple(_tap(tap, names) for tap in reply.quick_replies)
    return replace(reply, text="\n".join([*lines, "", reply.text]), quick_replies=taps, english=True)


def beside_person(reply: Reply, names: English) -> Reply:
    """What is said while a person has the conversation, or is waited for."""
    taps = tuple(_tap(tap, names) for tap in reply.quick_replies)
    if reply.outcome == "emergency":
        return replace(reply, quick_replies=taps, english=True)  # already, where it was written in English
    return replace(reply, text="\n".join([PERSON, NUMBERS, "", reply.text]), quick_replies=taps, english=True)


def _danger(reply: Reply, lines: tuple[str, ...]) -> Reply:
    cards = tuple(
        replace(
            card,
            lines=lines,
            phones=tuple(replace(phone, name=_PHONES.get(phone.number, phone.name), note="") for phone in card.phones),
        )
        if isinstance(card, DangerCard)
        else card
        for card in reply.cards
    )
    return replace(reply, text="\n".join(lines), cards=cards, english=True)


def _first(reply: Reply, names: English) -> list[str]:
    question, slip = _card(reply, QuestionCard), _card(reply, ReferralCard)
    match reply.outcome:
        case "talk":
            return [_BY_TALK.get(reply.text, _TALK)]
        case "ask" if question:
            return [_question_text(question, names)]
        case "unsure":
            return [_UNSURE]
        case "out_of_scope":
            return [_OUT_OF_SCOPE]
    lines = [PERSON] if reply.outcome == "handoff" else []
    if slip is None:
        return lines
    if reply.text.startswith(_OUTSIDE_BEGINS):
        return [*lines, _OUTSIDE]
    area = names.places.get(slip.body.area, "")
    where = f", {area}" if area else ""
    lines.append(f"Who takes it: {names.bodies.get(slip.body.type, slip.body.name)}{where} ({slip.body.name}).")
    lines.append(f"Phone: {slip.body.phone}." if slip.body.phone else _PHONE_UNKNOWN)
    return lines


def _about(matter: str | None, names: English) -> list[str]:
    if matter in (None, UNCLEAR, OUT_OF_SCOPE):
        return []
    return [f"I read your question as: {names.matters.get(matter, matter)}."]


def _next(reply: Reply) -> list[str]:
    lines = []
    for card in reply.cards:
        if isinstance(card, DeadlineCard) and card.last_day is not None and card.days_left is not None:
            left = (
                f"{card.days_left} days left"
                if card.days_left >= 0
                else "it may have passed; do not give up, ask a person"
            )
            lines.append(
                f"Time limit: the last day is {card.last_day:%d} {card.last_day:%B} {card.last_day.year} ({left})."
            )
    if _card(reply, TicketFormCard):
        lines.append(_NEXT_FORM)
    elif compose.REFER in reply.quick_replies:
        lines.append(_NEXT_REFER)
    return lines


def _card_in_english(card: Card, names: English) -> Card:
    if isinstance(card, QuestionCard):
        asked = _question_text(card, names)
        text = card.text if asked == card.text else f"{asked}\n{card.text}"
        options = tuple(replace(option, label=_label(option.label, option.value, names)) for option in card.options)
        return replace(card, text=text, options=options)
    if isinstance(card, TicketFormCard):  # nobody can agree to what they can't read
        return replace(card, consent=replace(card.consent, text=f"{CONSENT}\n{card.consent.text}"))
    return card


def _question_text(card: QuestionCard, names: English) -> str:
    return _WHICH if card.id == WHICH_MATTER else names.questions.get(card.id, card.text)


def _tap(tap: QuickReply, names: English) -> QuickReply:
    return replace(tap, label=_label(tap.label, tap.send.choice.value if tap.send.choice else "", names))


def _label(label: str, value: str, names: English) -> str:
    english = _LABELS.get(label) or _VALUES.get(value) or names.places.get(label) or names.places.get(value)
    if not english and value in names.matters:
        before = "Also: " if label.startswith(_ALSO) else "Back to: " if label.startswith(_BACK) else ""
        english = before + names.matters[value]
    return f"{english} {label}" if english else label


def _card(reply: Reply, kind: type[_Card]) -> _Card | None:
    return next((card for card in reply.cards if isinstance(card, kind)), None)
