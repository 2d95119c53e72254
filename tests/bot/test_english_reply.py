"""What an English speaker must be able to read before tapping, agreeing, or keeping a slip."""

from __future__ import annotations

import pytest

from bot import english_reply, wording
from bot.english import english
from bot.matter_taps import NONE_OF_THESE, WHICH_MATTER
from bot.reply import (
    BodyView,
    ChoiceSent,
    QuestionCard,
    QuickReply,
    Reply,
    Send,
    TicketCard,
    TicketFormCard,
)
from routing.decision import Option

BODY = BodyView("b", "labor_inspection", "洪山区劳动监察", "洪山区", None, None, None, None, "unconfirmed", "")


def in_english(*cards, outcome="refer", taps=(), text="这件事由劳动监察来办。") -> Reply:
    return english_reply.in_english(Reply("r", outcome, text, cards, tuple(taps)), "wage_arrears", None, english())


def a_tap(label: str, matter: str = "wage_arrears") -> QuickReply:
    return QuickReply(label, Send(choice=ChoiceSent(WHICH_MATTER, matter)))


def test_which_matter_is_asked_and_every_tap_named_in_english() -> None:
    options = (
        Option("wage_arrears", "欠薪"),
        Option("work_injury", "工伤"),
        Option(NONE_OF_THESE, wording.NONE_OFFERED),
    )
    reply = in_english(QuestionCard(WHICH_MATTER, wording.WHICH_MATTER, wording.WHICH_WHY, options), outcome="ask")
    assert reply.text.startswith("I am not sure which of these it is.")
    (card,) = reply.cards
    assert card.text.startswith("I am not sure which of these it is.")
    assert [option.label for option in card.options] == [
        "unpaid wages 欠薪",
        "work injury or occupational disease 工伤",
        f"None of these {wording.NONE_OFFERED}",
    ]


@pytest.mark.parametrize(
    ("label", "read"), [(wording.BUTTON_ALSO, "Also: unpaid wages"), (wording.BUTTON_BACK, "Back to: unpaid wages")]
)
def test_taps_to_other_matters_are_named_in_english(label: str, read: str) -> None:
    (tap,) = in_english(taps=[a_tap(label.format(matter="欠薪"))]).quick_replies
    assert tap.label == f"{read} {label.format(matter='欠薪')}"


def test_every_fixed_button_has_an_english_label() -> None:
    labels = [value for name, value in vars(wording).items() if name.startswith("BUTTON_") and "{" not in value]
    taps = in_english(taps=[QuickReply(label, Send(text=label)) for label in labels]).quick_replies
    assert [tap.label for tap in taps if tap.label[0] > "z"] == []


def test_what_is_agreed_to_can_be_read_in_english() -> None:
    reply = in_english(TicketFormCard("洪山区劳动监察", wording.CONSENT))
    (card,) = reply.cards
    assert card.consent.version == wording.CONSENT.version
    assert card.consent.text == f"{english_reply.CONSENT}\n{wording.CONSENT.text}"


@pytest.mark.parametrize(
    ("next_", "day"),
    [
        ("最晚11 月 26 日（周四）有单位受理；没消息由我们去催，不用您催。", "26 November"),
        ("请看答复。1 月 2 日（周五）前没有回音，先按办结处理。", "2 January"),
    ],
)
def test_the_slip_says_where_it_went_what_to_keep_and_by_when(next_: str, day: str) -> None:
    opened = Reply(
        "r", "ticket", "已转给洪山区劳动监察。", (TicketCard("WH20261124-000123", "7K4M2P", BODY, (), next_),)
    )
    slip = english_reply.slip(opened, english())
    first, _, chinese = slip.text.partition("\n\n")
    assert "labour inspection (洪山区劳动监察)" in first
    assert "query code" in first
    assert day in first
    assert "7K4M2P" not in slip.text  # the text is kept, the code is not
    assert chinese == opened.text
    assert slip.english


def test_without_a_day_none_is_said() -> None:
    opened = Reply("r", "ticket", "好。", (TicketCard("WH20261124-000123", "", BODY, (), wording.NEXT_STEP["asked"]),))
    assert "Next step" not in english_reply.slip(opened, english()).text


def test_the_page_is_told_the_language() -> None:
    assert in_english().english
    assert not Reply("r", "talk", "好。").english
    assert english_reply.beside_person(Reply("r", "talk", "好。"), english()).english
