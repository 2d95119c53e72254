"""Messages that only make sense after what was said before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.wiring import Service
from bot import wording
from bot.consult import Consultation, consult
from bot.dialogue import Dialogue, from_json, to_json
from bot.matter_taps import NONE_OF_THESE, WHICH_MATTER
from bot.message import Choice, Message
from bot.story import LONGEST_STORY

WAGES = "我在一家餐馆打工，老板三个月没发工资了"


class Conversation:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.dialogue = Dialogue()

    def say(self, text: str) -> Consultation:
        return self.send(Message(text))

    def send(self, message: Message) -> Consultation:
        outcome = consult(message, self.dialogue, self.service.parts, self.service.now())
        # What is stored is all that the next message may rely on.
        self.dialogue = from_json(to_json(outcome.dialogue))
        return outcome


def _asked_which(conversation: Conversation) -> list[str]:
    """Say what could be several things, until it is asked which; the matters offered."""
    for text in (
        "饭店老板拖了我四个月工钱",
        "给人做事钱没给全",
        "他俩分开了娃怎么办",
        "房子的手续有问题",
        "单位欠我的",
    ):
        conversation.dialogue = Dialogue()
        reply = conversation.say(text).reply
        if conversation.dialogue.pending == WHICH_MATTER:
            assert reply.outcome == "ask"
            return [tap.send.choice.value for tap in reply.quick_replies if tap.send.choice]
    raise AssertionError("nothing was unsure enough to ask")


@pytest.fixture
def conversation(service: Service) -> Conversation:
    return Conversation(service)


def test_a_place_alone_goes_on_with_the_matter(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.send(Message(action="unresolved"))
    assert conversation.dialogue.pending == "area_work"
    told = conversation.say("在洪山")
    assert told.inquiry.matter == "wage_arrears"
    assert told.decision.body.area == "洪山区"


def test_a_tap_answers_the_question_and_changes_the_decision(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.send(Message(action="unresolved"))
    tapped = conversation.send(Message(choice=Choice("area_work", "武昌区")))
    assert tapped.decision.outcome == "refer"
    assert tapped.decision.body.area == "武昌区"


def test_not_knowing_is_an_answer(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.send(Message(action="unresolved"))
    tapped = conversation.send(Message(choice=Choice("area_work", "unknown")))
    assert tapped.decision.outcome == "refer"
    assert tapped.decision.ask is None


@pytest.mark.parametrize("value", ["<script>", "火星区", ""])
def test_an_answer_that_was_not_offered_changes_nothing(conversation: Conversation, value: str) -> None:
    conversation.say(WAGES)
    before = conversation.dialogue
    conversation.send(Message(choice=Choice("area_work", value)))
    assert conversation.dialogue == before


def test_another_trouble_starts_a_new_story(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.send(Message(action="unresolved"))
    other = conversation.say("还想问一下，退租了房东不肯退押金怎么办")
    assert other.inquiry.matter == "house_rental"
    assert not conversation.dialogue.unresolved
    assert WAGES not in conversation.dialogue.story


def test_asking_for_another_subject_forgets_the_first(conversation: Conversation) -> None:
    conversation.say(WAGES)
    assert conversation.say("换个问题").reply.text == wording.NEW_STORY
    assert conversation.dialogue == Dialogue()


def test_thanks_and_greetings_change_nothing(conversation: Conversation) -> None:
    conversation.say(WAGES)
    before = conversation.dialogue
    assert conversation.say("谢谢你").reply.text == wording.THANKS
    assert conversation.dialogue == before


def test_buttons_before_any_story_ask_for_one(conversation: Conversation) -> None:
    for action in ("unresolved", "refer"):
        assert conversation.send(Message(action=action)).reply.text == wording.NOT_ABOUT_A_QUESTION


@pytest.mark.parametrize("text", ["重新开始打我了，救命", "他又重新来找我，拿刀要砍我"])
def test_danger_is_seen_in_words_that_begin_like_a_new_story(conversation: Conversation, text: str) -> None:
    assert conversation.say(text).reply.outcome == "emergency"


def test_yes_is_no_answer_to_which_district(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.send(Message(action="unresolved"))
    conversation.say("是的")
    assert all("yes" not in place.options for place in conversation.dialogue.facts.places)


def test_asking_for_a_person_once_does_not_stick(conversation: Conversation) -> None:
    conversation.say(WAGES)
    assert conversation.say("转人工").reply.outcome == "handoff"
    assert conversation.say("退租了房东不肯退押金怎么办").reply.outcome != "handoff"


def test_danger_in_the_middle_of_a_story_comes_first(conversation: Conversation) -> None:
    conversation.say("想离婚，对方不同意")
    danger = conversation.say("他拿着刀在砸门，我躲在厕所里")
    assert danger.reply.outcome == "emergency"
    safe = conversation.send(Message(action="safe_now"))
    assert safe.reply.outcome in ("answered", "ask", "refer")  # what was asked is answered now
    assert safe.reply.text.startswith(wording.SAFE_NOW)
    assert conversation.dialogue.danger is None
    assert "想离婚，对方不同意" in conversation.dialogue.story


def test_pieces_are_added_and_nothing_told_before_is_lost(conversation: Conversation) -> None:
    conversation.say("我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同")
    for piece in ("他还垫了三千块材料费", "他在那里干了两年", "一共欠我一万八", "那要多少钱"):
        told = conversation.say(piece)
        assert told.inquiry.matter == "wage_arrears"
    assert len(conversation.dialogue.story) == 5
    assert conversation.dialogue.facts.amount_yuan == 18_000
    assert told.decision.body.area == "洪山区"


def test_an_added_piece_is_noted_and_the_whole_answer_is_not_said_again(conversation: Conversation) -> None:
    first = conversation.say(WAGES)
    more = conversation.say("他还垫了三千块材料费")
    assert more.reply.text.startswith("记下了：他还垫了三千块材料费")
    assert first.reply.case_ids
    assert not more.reply.case_ids


def test_a_second_trouble_of_the_same_story_is_kept_beside_the_first(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.say("公司昨天又把我辞了")
    assert {conversation.dialogue.matter, *conversation.dialogue.also} >= {"wage_arrears", "labor_contract_termination"}


def test_several_matters_in_one_message_are_all_kept_with_violence_first(conversation: Conversation) -> None:
    told = conversation.say("离婚，孩子归谁，他还打我")
    named = (conversation.dialogue.matter, *conversation.dialogue.also)
    assert set(named) == {"domestic_violence", "divorce_dispute", "child_custody_support"}
    assert "domestic_violence" in named[:2]
    assert any(tap.label.startswith("也看看") for tap in told.reply.quick_replies)


def test_a_tap_goes_to_another_matter_of_the_same_story(conversation: Conversation) -> None:
    conversation.say("离婚，孩子归谁，他还打我")
    story, main = conversation.dialogue.story, conversation.dialogue.matter
    other = conversation.dialogue.also[0]
    tapped = conversation.send(Message(choice=Choice(WHICH_MATTER, other)))
    assert tapped.inquiry.matter == other
    assert conversation.dialogue.story == story
    assert main in conversation.dialogue.also


def test_a_tapped_matter_is_shown_by_its_plain_name(service: Service) -> None:
    assert service.option_label(Choice(WHICH_MATTER, "wage_arrears")) == "讨工资"


def test_where_only_the_group_is_sure_one_question_is_asked_and_its_tap_is_believed(conversation: Conversation) -> None:
    offered = _asked_which(conversation)
    tapped = conversation.send(Message(choice=Choice(WHICH_MATTER, offered[1])))
    assert tapped.inquiry.matter == offered[1]
    assert conversation.dialogue.pending != WHICH_MATTER


def test_none_of_the_matters_offered_asks_to_tell_more_and_keeps_the_story(conversation: Conversation) -> None:
    offered = _asked_which(conversation)
    assert offered[-1] == NONE_OF_THESE
    story = conversation.dialogue.story
    told = conversation.send(Message(choice=Choice(WHICH_MATTER, NONE_OF_THESE)))
    assert told.reply.text == wording.NONE_OF_THESE
    assert conversation.dialogue.story == story


@pytest.mark.parametrize("value", ["intellectual_property", "no_such_matter", "", "<script>"])
def test_a_matter_that_was_not_told_cannot_be_tapped(conversation: Conversation, value: str) -> None:
    conversation.say("离婚，孩子归谁，他还打我")
    before = conversation.dialogue
    conversation.send(Message(choice=Choice(WHICH_MATTER, value)))
    assert conversation.dialogue == before


def test_a_new_trouble_sets_the_first_aside_and_one_tap_goes_back(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.say("他还垫了三千块材料费")
    told = conversation.say("还有一件事，我租的房子到期了房东不退押金")
    assert told.inquiry.matter == "house_rental"
    assert conversation.dialogue.story == ("还有一件事，我租的房子到期了房东不退押金",)
    back = next(tap for tap in told.reply.quick_replies if tap.label.startswith("回到"))
    again = conversation.send(Message(choice=Choice(back.send.choice.question, back.send.choice.value)))
    assert again.inquiry.matter == "wage_arrears"
    assert conversation.dialogue.story == (WAGES, "他还垫了三千块材料费")
    assert conversation.dialogue.aside[0].matter == "house_rental"


def test_words_about_the_trouble_set_aside_go_back_to_it(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.say("还有一件事，我租的房子到期了房东不退押金")
    conversation.say("老板欠我的工资他说年底才发")
    assert conversation.dialogue.matter == "wage_arrears"
    assert conversation.dialogue.story[0] == WAGES


def test_a_correction_replaces_the_matter_and_it_does_not_come_back(conversation: Conversation) -> None:
    conversation.say("我上班路上受伤了，想认定工伤")
    assert conversation.dialogue.matter == "work_injury"
    told = conversation.say("不是工伤，是交通事故")
    assert told.inquiry.matter == "traffic_accident"
    assert "work_injury" not in conversation.dialogue.also
    conversation.say("对方说不赔")
    assert conversation.dialogue.matter == "traffic_accident"


def test_a_correction_of_a_sum_replaces_it_and_keeps_the_matter(conversation: Conversation) -> None:
    conversation.say("朋友借我五万块钱不还")
    told = conversation.say("我说错了，是三万")
    assert told.inquiry.matter == "private_lending"
    assert told.inquiry.facts.amount_yuan == 30_000
    assert "改过来了" in told.reply.text + "".join(card.text for card in told.reply.cards if card.kind == "notice")


def test_a_correction_of_a_place_replaces_it(conversation: Conversation) -> None:
    conversation.say("我在武昌租的房子漏水，房东不修")
    told = conversation.say("不是武昌，是洪山")
    assert [place.options for place in told.inquiry.facts.places] == [("洪山区",)]
    assert told.inquiry.matter == "house_rental"


@pytest.mark.parametrize("text", ["现在他人不接电话", "我没有报警", "一直没回我"])
def test_a_piece_that_sounds_like_talk_is_part_of_the_story(conversation: Conversation, text: str) -> None:
    conversation.say("朋友借我五万块钱两年了不还")
    conversation.say(text)
    assert conversation.dialogue.story[-1] == text


def test_a_person_is_still_had_by_asking_in_the_middle_of_a_story(conversation: Conversation) -> None:
    conversation.say(WAGES)
    assert conversation.say("我想找个真人说").reply.outcome == "handoff"


def test_a_few_harmless_words_in_a_story_raise_no_alarm(conversation: Conversation) -> None:
    conversation.say(WAGES)
    for piece in ("截图我都留着", "他们还把我的车锁了", "现在我躺在医院里"):
        assert conversation.say(piece).reply.outcome != "emergency"


def test_the_first_words_of_a_long_story_are_never_dropped(conversation: Conversation) -> None:
    conversation.say(WAGES)
    conversation.dialogue = replace(conversation.dialogue, story=(WAGES, *["他说等等"] * (LONGEST_STORY - 1)))
    conversation.say("他还垫了三千块材料费")
    assert conversation.dialogue.story[0] == WAGES
    assert conversation.dialogue.story[-1] == "他还垫了三千块材料费"
    assert len(conversation.dialogue.story) == LONGEST_STORY


def test_a_case_that_was_shown_is_remembered_for_the_ticket(conversation: Conversation) -> None:
    answered = conversation.say(WAGES)
    assert conversation.dialogue.shown == answered.reply.case_ids
    assert conversation.dialogue.shown
