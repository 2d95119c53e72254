"""Messages that only make sense after what was said before."""

from __future__ import annotations

import pytest

from api.wiring import Service
from bot import wording
from bot.consult import Consultation, consult
from bot.dialogue import Dialogue, from_json, to_json
from bot.message import Choice, Message

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
    assert safe.reply.outcome != "emergency"
    assert conversation.dialogue.danger is None


def test_a_case_that_was_shown_is_remembered_for_the_ticket(conversation: Conversation) -> None:
    answered = conversation.say(WAGES)
    assert conversation.dialogue.shown == answered.reply.case_ids
    assert conversation.dialogue.shown
