"""A reply as WeChat's plain text: what to do first, numbered taps, a link to the page for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatch

from bot.reply import (
    AnswerCard,
    Card,
    ComplaintCard,
    DangerCard,
    DeadlineCard,
    NoticeCard,
    QuestionCard,
    ReferralCard,
    Reply,
    Send,
    TicketCard,
    TicketFormCard,
)
from bot.reply import ChoiceSent as Choice
from case_library.misses import REASONS, Reason

LONGEST = 600  # characters of one message; WeChat itself takes 2,048 bytes
REGISTER, REGISTER_ENGLISH = "登记", "register"
SEE_ALL = "步骤、材料、法条全文："
WHY_NOT = "哪里不行，也可以回数字告诉我们（不回也行）："
# What must stay whole where a text is cut: a link, a number with its dashes.
_WHOLE = re.compile(r"https?://[^\s，。；、）]+|\d[\d\-,.:]*|.", re.DOTALL)
_GOOD_END = "\n。；！？"


def taps(reply: Reply) -> list[tuple[str, Send]]:
    """What a number sent back means, from 1: the options of its question, then its buttons."""
    options = [
        (option.label, Send(choice=Choice(card.id, option.value)))
        for card in reply.cards
        if isinstance(card, QuestionCard)
        for option in card.options
    ]
    labels = {label for label, _ in options}
    return options + [(tap.label, tap.send) for tap in reply.quick_replies if tap.label not in labels]


def reasons(reply: Reply) -> dict[int, Reason]:
    """What the numbers after the taps mean where an answer was just rejected."""
    return dict(enumerate(REASONS, len(taps(reply)) + 1))


def render(reply: Reply, link: str = "", *, rejected: bool = False) -> list[str]:
    """One message, with `link` for what does not fit; without a link, as many messages as it takes.

    `rejected`: it answers 「没解决」, so the reasons why are offered as further numbers.
    """
    parts = [reply.text, *("\n".join(_lines(card)) for card in reply.cards)]
    if reply.english and any(isinstance(card, TicketFormCard) for card in reply.cards):
        parts.insert(1, f'Here: reply "{REGISTER_ENGLISH}" instead of filling in a form.')
    numbered = _numbered(reply, rejected=rejected)
    if numbered:
        parts.append(numbered)
    whole = "\n\n".join(part for part in parts if part)
    if not link:
        return split(whole)
    ending = f"{SEE_ALL}{link}" if any(isinstance(card, AnswerCard | ReferralCard) for card in reply.cards) else ""
    if len(whole) + len(ending) + 2 <= LONGEST:
        return ["\n\n".join(filter(None, (whole, ending)))]
    ending = "\n\n".join([parts.pop()] * bool(numbered) + [f"{SEE_ALL}{link}"])
    kept = split("\n\n".join(filter(None, parts)), LONGEST - len(ending) - 2)[0]
    return [f"{kept}\n\n{ending}"]


def joined(pieces: list[str], last: str) -> list[str]:
    """The messages with one more at their end: in the last one, where it fits; each costs one of few."""
    if not last:
        return pieces
    if pieces and len(pieces[-1]) + len(last) + 2 <= LONGEST:
        return [*pieces[:-1], f"{pieces[-1]}\n\n{last}"]
    return [*pieces, last]


def _numbered(reply: Reply, *, rejected: bool) -> str:
    offered = "　".join(f"{number} {label}" for number, (label, _) in enumerate(taps(reply), 1))
    lines = [f"回复数字：{offered}"] if offered else []
    if rejected:
        lines.append(WHY_NOT + "　".join(f"{number} {REASONS[code]}" for number, code in reasons(reply).items()))
    return "\n".join(lines)


def split(text: str, limit: int = LONGEST) -> list[str]:
    """Pieces of at most `limit` characters that end with a line or a sentence, and cut no link and no number."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        end = _cut(rest, limit)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pieces, rest] if rest else pieces or [""]


def _cut(text: str, limit: int) -> int:
    best = max(text.rfind(mark, limit // 2, limit) for mark in _GOOD_END) + 1
    if best:
        return best
    end = 0
    for whole in _WHOLE.finditer(text):
        if whole.end() > limit:
            break
        end = whole.end()
    return end or limit


@singledispatch
def _lines(card: Card) -> Iterator[str]:
    raise TypeError(f"no lines for {type(card).__name__}")


@_lines.register
def _(card: DangerCard) -> Iterator[str]:
    yield from card.lines
    yield from (f"{phone.name} {phone.number}" for phone in card.phones)


@_lines.register
def _(card: AnswerCard) -> Iterator[str]:
    yield from (f"{number}. {step}" for number, step in enumerate(card.steps, 1))
    if card.bring:
        yield "带上：" + "、".join(card.bring)
    yield from (limit.text for limit in card.time_limits)
    if card.statutes:
        yield "依据：" + "、".join(statute.id for statute in card.statutes)


@_lines.register
def _(card: QuestionCard) -> Iterator[str]:
    yield f"{card.text}（{card.why}）" if card.why else card.text


@_lines.register
def _(card: ReferralCard) -> Iterator[str]:
    yield f"去哪里：{card.body.name}"
    known = (("地址", card.body.address), ("电话", card.body.phone), ("时间", card.body.hours))
    yield from (f"{name}：{value}" for name, value in known if value)
    if card.body.unknown_note:
        yield card.body.unknown_note
    yield from card.body.remarks
    if card.bring:
        yield "带上：" + "、".join(card.bring)
    yield from (f"{line.name} {line.number}" for line in card.hotlines)


@_lines.register(DeadlineCard)
@_lines.register(NoticeCard)
def _(card: DeadlineCard | NoticeCard) -> Iterator[str]:
    yield card.text


@_lines.register
def _(card: TicketFormCard) -> Iterator[str]:
    yield f"要我们把经过转给{card.for_body}，回复“{REGISTER}”。"


@_lines.register
def _(card: ComplaintCard) -> Iterator[str]:
    said = next((target for target in card.targets if target.id == card.target), None)
    yield said.text if said else "先说清楚投诉谁：律师、公证、鉴定、调解、法律援助、法律服务所，还是我们。"
    yield f"说完了，回复“{REGISTER}”登记投诉。"


@_lines.register
def _(card: TicketCard) -> Iterator[str]:
    yield f"工单号 {card.number}，查询码 {card.query_code}"
    yield card.next
