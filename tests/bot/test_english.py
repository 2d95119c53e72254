from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from api import talk, triage
from api.wiring import Service
from bot.consult import Consultation, consult
from bot.dialogue import Dialogue
from bot.english import LEXICON, BadEnglishFileError, English, as_read, canonical_form, english, is_english
from bot.english_reply import NUMBERS
from bot.normalize import normalize, readable
from bot.reply import DangerCard
from bot.safety import LONGEST_LINE, MOST_LINES, RULES
from routing.inquiry import Inquiry

QUESTIONS = yaml.safe_load(Path(__file__).with_name("english_questions.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Said:
    wanted: list[str]
    bodies: list[str]
    text: str


def said(name: str) -> list[Said]:
    lines = [[part.strip() for part in line.split("|")] for line in QUESTIONS[name]]
    return [Said(parts[0].split(), parts[1].split(), parts[-1]) for parts in lines]


def read(service: Service, text: str) -> tuple[Inquiry, str]:
    inquiry, _, decision = triage.understand(text, {}, service.parts, service.now())
    return inquiry, decision.body_type


def answered(service: Service, *texts: str) -> Consultation:
    dialogue = Dialogue()
    for text in texts:
        outcome = consult(talk.hear(service, text=text).message, dialogue, service.parts, service.now())
        dialogue = outcome.dialogue
    return outcome


@pytest.mark.parametrize(
    "text",
    ["My boss didn't pay me", "I want to kill myself", "help", "Is 房东 allowed to keep my deposit?", "how much is it"],
)
def test_english_is_seen(text: str):
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "房东不退押金",
        "WH20261124-000123 7K4M",
        "wo yao li hun",
        "iPhone 15 Pro",
        "我买的 iPhone 是假的 how to do",
        "OK",
        "。。。",
        "138****5678",
        "〔身份证号〕",
        "Huawei",
    ],
)
def test_chinese_codes_and_names_are_not_english(text: str):
    assert not is_english(text)


@given(st.text(alphabet="房东不退押金怎么办我他的，。1234 ", max_size=60))
def test_a_chinese_text_is_read_as_it_is(text: str):
    assert as_read(text) == text


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str):
    assert isinstance(readable(normalize(text)), str)


def test_contractions_and_numbers_are_written_out():
    assert canonical_form("I haven’t been paid 5,000 yuan for three months!") == (
        " i have not been paid 5000 yuan for 3 months ! "
    )


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("My landlord won't give back my deposit", "房东不退押金"),
        ("She is six years old", "6岁"),
        ("he owes me 12,000 yuan", "12000元"),
        ("I was fired two weeks ago", "2周前"),
        ("the flat is in Hongshan", "房子在洪山区"),
        ("on November 12th", "11月12日"),
    ],
)
def test_words_become_chinese_phrases(text: str, chinese: str):
    assert chinese in as_read(text)


def test_what_is_not_known_stays_english():
    assert as_read("who won the football match") == "who won the football match"


def test_the_lexicon_covers_every_matter_body_question_and_danger(service: Service):
    lexicon = english()
    assert len(lexicon) >= 150
    assert lexicon.matters.keys() == service.matters.by_code.keys()
    assert lexicon.bodies.keys() == service.parts.directory.types.keys()
    assert lexicon.questions.keys() == service.parts.rules.questions.keys()
    assert set(lexicon.dangers) == set(RULES)


def test_danger_is_told_in_short_lines_with_the_number_first(service: Service):
    for rule, lines in english().dangers.items():
        assert len(lines) <= MOST_LINES
        assert all(len(line) <= 1.5 * LONGEST_LINE for line in lines), rule  # Latin letters are half as wide
        numbers = {number for number, *_ in service.parts.safety.rule(rule).phones}
        assert any(number in line for number in numbers for line in lines[:2]), rule


def test_a_bad_file_is_told_with_every_problem(tmp_path: Path):
    broken = LEXICON.read_text(encoding="utf-8").replace("    丈夫: ", '    坏: "{NOBODY} (a b)"\n    丈夫: ', 1)
    path = tmp_path / "english.yml"
    path.write_text(broken.replace("\nquestions:", "\nquestion:"), encoding="utf-8")
    with pytest.raises(BadEnglishFileError) as caught:
        English(path)
    assert len(caught.value.problems) == 5  # the class, two halves of a bracket, a section missing, one nobody reads


@pytest.mark.parametrize(("name", "matters", "bodies"), [("chosen", 0.95, 0.95), ("apart", 0.9, 0.86)])
def test_questions_reach_their_matter_and_body(service: Service, name: str, matters: float, bodies: float):
    questions = said(name)
    found = [read(service, question.text) for question in questions]
    right = [inquiry.matter in q.wanted for q, (inquiry, _) in zip(questions, found, strict=True)]
    sent = [body in q.bodies for q, (_, body) in zip(questions, found, strict=True)]
    alarms = [inquiry.danger for inquiry, _ in found if inquiry.danger]
    assert sum(right) / len(questions) >= matters
    assert sum(sent) / len(questions) >= bodies
    assert len(alarms) <= 0.12 * len(questions)


@pytest.mark.parametrize("name", ["danger_chosen", "danger_apart"])
def test_danger_in_english_raises_the_alarm(service: Service, name: str):
    questions = said(name)
    found = [read(service, question.text)[0].danger for question in questions]
    assert [question.text for question, rule in zip(questions, found, strict=True) if rule is None] == []
    of_rule = [rule in question.wanted for question, rule in zip(questions, found, strict=True)]
    assert sum(of_rule) / len(questions) >= 0.9


def test_what_only_sounds_like_danger_raises_none(service: Service):
    alarms = [text for text in QUESTIONS["safe"] if read(service, text)[0].danger]
    assert len(alarms) <= 1, alarms


def test_an_answer_has_the_essentials_in_english_and_the_case_in_chinese(service: Service):
    reply = answered(service, "My landlord won't give back my deposit, the flat is in Hongshan").reply
    first, _, chinese = reply.text.partition("\n\n")
    assert "I read your question as: renting a home." in first
    assert "Who takes it: " in first
    assert NUMBERS in first
    assert "calls you back" in first
    assert "退" in chinese
    assert "Not solved 没解决" in [tap.label for tap in reply.quick_replies]


def test_danger_is_answered_in_english_alone(service: Service):
    reply = answered(service, "he is beating me").reply
    assert reply.outcome == "emergency"
    assert reply.text.startswith("Call 110")
    card = next(card for card in reply.cards if isinstance(card, DangerCard))
    assert card.lines == english().dangers["E01"]
    assert ("110", "police") in [(phone.number, phone.name) for phone in card.phones]


def test_the_language_follows_the_last_words(service: Service):
    assert answered(service, "房东不退押金", "thank you").reply.text.startswith("You are welcome")
    back = answered(service, "My landlord won't give back my deposit", "谢谢").reply
    assert "Emergency" not in back.text


def test_a_person_can_be_asked_for_in_english(service: Service):
    outcome = answered(service, "I want to talk to a human")
    assert outcome.inquiry
    assert outcome.inquiry.need == "human"
