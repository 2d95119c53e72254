"""The essentials of an answer in English: which body, its phone, the next step, who can be called. The case stays in Chinese."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from bot import compose, wording
from bot.english import English
from bot.reply import (
    AnswerCard,
    DangerCard,
    DeadlineCard,
    QuestionCard,
    QuickReply,
    ReferralCard,
    Reply,
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
    wording.ASK_TICKET_NUMBER: "Tap “查工单” and enter your ticket number and query code to see how it stands.",
}
_TALK = "Please tell what happened: who, when, what. Then I can say what to do and who takes it."
_UNSURE = (
    "I am not sure what this is about and do not want to say something wrong. Say a little more, or ask for a person."
)
_OUT_OF_SCOPE = "This is not a legal matter, so I cannot help. For city services call 12345."
_NEXT_FORM = (
    "Next: fill in the form below. An officer reads your story and calls you back; name and phone are optional."
)
_NEXT_REFER = "Next: tap “Send it for me” and leave a phone number. An officer reads your story and calls you back."
_PHONE_UNKNOWN = "Its phone is not verified yet: ask 12348."
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
}
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
    cards = tuple(_question(card, names) if isinstance(card, QuestionCard) else card for card in reply.cards)
    return replace(reply, text="\n".join([*lines, "", reply.text]), cards=cards, quick_replies=taps)


def beside_person(reply: Reply, names: English) -> Reply:
    """What is said while a person has the conversation, or is waited for."""
    taps = tuple(_tap(tap, names) for tap in reply.quick_replies)
    if reply.outcome == "emergency":
        return replace(reply, quick_replies=taps)  # in English already, where it was written in English
    return replace(reply, text="\n".join([PERSON, NUMBERS, "", reply.text]), quick_replies=taps)


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
    return replace(reply, text="\n".join(lines), cards=cards)


def _first(reply: Reply, names: English) -> list[str]:
    question, slip = _card(reply, QuestionCard), _card(reply, ReferralCard)
    match reply.outcome:
        case "talk":
            return [_BY_TALK.get(reply.text, _TALK)]
        case "ask" if question:
            return [names.questions.get(question.id, question.text)]
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


def _question(card: QuestionCard, names: English) -> QuestionCard:
    text = f"{names.questions[card.id]}\n{card.text}" if card.id in names.questions else card.text
    options = tuple(replace(option, label=_label(option.label, option.value, names)) for option in card.options)
    return replace(card, text=text, options=options)


def _tap(tap: QuickReply, names: English) -> QuickReply:
    return replace(tap, label=_label(tap.label, tap.send.choice.value if tap.send.choice else "", names))


def _label(label: str, value: str, names: English) -> str:
    english = _LABELS.get(label) or _VALUES.get(value) or names.places.get(label) or names.places.get(value)
    return f"{english} {label}" if english else label


def _card(reply: Reply, kind: type[_Card]) -> _Card | None:
    return next((card for card in reply.cards if isinstance(card, kind)), None)
