from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from api.wechat.outgoing import LONGEST, joined, render, split, taps
from bot.reply import AnswerCard, ChoiceSent, NoticeCard, QuestionCard, QuickReply, Reply, Send
from routing.decision import Option

LINK = "https://legal.example/#resume=abc.def"


def a_reply(text: str = "可以要回来。", **parts) -> Reply:
    return Reply("1", "answered", text, **parts)


def an_answer(steps: int = 3) -> AnswerCard:
    return AnswerCard(
        "c", "案例", "", "", tuple(["先把证据留好，再去窗口。"] * steps), ("身份证",), (), (), (), "", sample=True
    )


@given(st.lists(st.sampled_from(["老板不发工资。", "13800138000", LINK, "一千二百三十四", "\n", "，"]), max_size=300))
def test_pieces_are_short_lose_nothing_and_cut_no_link_and_no_number(words: list[str]) -> None:
    text = " ".join(words)
    pieces = split(text)
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    for whole in (LINK, "13800138000"):
        assert sum(piece.count(whole) for piece in pieces) == text.count(whole)


def test_a_word_longer_than_a_message_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in split("9" * 1300)] == [600, 600, 100]


def test_a_short_reply_is_one_message_with_its_taps_numbered() -> None:
    question = QuestionCard(
        "area", "在哪个区？", "由上班的区受理", (Option("hongshan", "洪山"), Option("other", "不清楚"))
    )
    reply = a_reply(cards=(question,), quick_replies=(QuickReply("转人工", Send(action="human")),))
    assert render(reply, LINK) == [
        "可以要回来。\n\n在哪个区？（由上班的区受理）\n\n回复数字：1 洪山　2 不清楚　3 转人工"
    ]
    assert [send for _, send in taps(reply)] == [
        Send(choice=ChoiceSent("area", "hongshan")),
        Send(choice=ChoiceSent("area", "other")),
        Send(action="human"),
    ]


def test_a_long_reply_keeps_its_first_lines_its_taps_and_a_link_to_the_rest() -> None:
    reply = a_reply(cards=(an_answer(80),), quick_replies=(QuickReply("没解决", Send(action="unresolved")),))
    (text,) = render(reply, LINK)
    assert len(text) <= LONGEST
    assert text.startswith("可以要回来。")
    assert "1 没解决" in text
    assert text.endswith(LINK)


def test_without_a_page_a_long_reply_is_several_messages() -> None:
    pieces = render(a_reply(cards=(an_answer(80),)))
    assert len(pieces) > 1
    assert "80. 先把证据留好" in pieces[-1]


def test_a_reply_that_says_nothing_gives_no_link() -> None:
    assert render(a_reply("", cards=(NoticeCard(""),)), LINK) == [""]


def test_one_text_more_goes_into_the_last_message_where_it_fits() -> None:
    assert joined(["甲"], "") == ["甲"]
    assert joined([], "乙") == ["乙"]
    assert joined(["甲", "乙"], "丙") == ["甲", "乙\n\n丙"]
    full = "字" * LONGEST
    assert joined([full], "丙") == [full, "丙"]
