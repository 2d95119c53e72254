"""Danger that is said in a roundabout way is seen; what only sounds like it mostly is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.config import Settings
from api.wiring import NLU_DATA, danger_examples, open_encoder
from bot.consult import consult
from bot.danger_sense import DangerSense, read_examples
from bot.dialogue import Dialogue
from bot.message import Message
from bot.normalize import normalize
from bot.reply import NoticeCard
from bot.safety import RULES, Safety
from bot.utterances import read_utterances
from routing.errors import BadDataFileError

BLIND = read_examples(Path(__file__).parent / "danger_blind.yml")
SECOND = read_examples(Path(__file__).parent / "danger_second.yml")
SAFETY = Safety(NLU_DATA / "lexicon" / "danger.yml")


@pytest.fixture(scope="module")
def encoder(settings: Settings):
    return open_encoder(settings)


@pytest.fixture(scope="module")
def sense(encoder) -> DangerSense:
    ordinary = [text for _, text in read_utterances(NLU_DATA / "train")]
    return DangerSense(SAFETY, danger_examples(), ordinary, encoder)


def alarms(sense, encoder, told):
    texts = [normalize(text) for some in told.values() for text in some]
    return [sense.read(text, vector) for text, vector in zip(texts, encoder.encode_all(texts), strict=True)]


def test_of_messages_never_tuned_on_nine_in_ten_dangers_raise_an_alarm(sense, encoder) -> None:
    found = alarms(sense, encoder, BLIND.in_danger)
    assert sum(alarm.rule is not None for alarm in found) / len(found) >= 0.9
    assert sum(alarm.rule is not None or alarm.uneasy for alarm in found) / len(found) >= 0.93


def test_of_near_misses_never_tuned_on_four_in_five_raise_none(sense, encoder) -> None:
    # All of them sound like danger on purpose; of ordinary questions about three in a hundred raise a false alarm.
    found = alarms(sense, encoder, BLIND.near_misses)
    assert sum(alarm.rule is not None for alarm in found) / len(found) <= 0.2


def test_of_all_alarms_at_least_seven_in_ten_are_right(sense, encoder) -> None:
    right = sum(alarm.rule is not None for alarm in alarms(sense, encoder, BLIND.in_danger))
    wrong = sum(alarm.rule is not None for alarm in alarms(sense, encoder, BLIND.near_misses))
    assert right / (right + wrong) >= 0.7


def test_of_a_second_set_never_tuned_on_nearly_all_dangers_are_seen_and_few_others(sense, encoder) -> None:
    danger, harmless = alarms(sense, encoder, SECOND.in_danger), alarms(sense, encoder, SECOND.near_misses)
    assert sum(alarm.rule is not None for alarm in danger) / len(danger) >= 0.95
    assert sum(alarm.rule is not None for alarm in harmless) / len(harmless) <= 0.15


def test_of_ordinary_utterances_one_in_ten_at_most_raises_an_alarm(sense, encoder) -> None:
    # Some of them do tell of danger: they are labelled by their matter only.
    ordinary = {"any": tuple(text for _, text in read_utterances(NLU_DATA / "held_out"))}
    found = alarms(sense, encoder, ordinary)
    assert sum(alarm.rule is not None for alarm in found) / len(found) <= 0.1
    assert sum(alarm.uneasy for alarm in found) / len(found) <= 0.06


@pytest.mark.parametrize(
    "text",
    [
        "孩子在幼儿园摔断了胳膊，老师没及时送医院，怎么赔偿",
        "鱼塘里被人下了药，草鱼死了一大半，找谁赔",
        "这家店的菜难吃到爆炸，想退钱",
        "三年前他拿刀吓过我一次，现在为停车位又吵，能找调解吗",
        "有人从我们楼顶跳楼，砸坏了一楼的雨棚，谁赔",
        "晚上好，还没睡吧",
        "跟人打架被打了，派出所喊我们自己协商",
        "开车把人碰倒了，家属开口就要五万，能不能少赔",
        "昨天",
    ],
)
def test_what_only_sounds_like_it_raises_none(sense, encoder, text: str) -> None:
    assert sense.read(text, encoder.encode(text)).rule is None


@pytest.mark.parametrize(
    "text", ["我弟弟昨天进了看守所，鉴定是轻伤，什么时候开庭", "孩子他爸已经被关进拘留所了，对方要求赔偿"]
)
def test_words_of_paperwork_do_not_hide_who_was_locked_up(text: str) -> None:
    assert SAFETY.hear(normalize(text)).rule == "E09"


def test_what_a_sign_sees_is_never_taken_back(sense, encoder) -> None:
    for told in (BLIND.in_danger, BLIND.near_misses):
        texts = [normalize(text) for some in told.values() for text in some]
        for text, alarm in zip(texts, alarms(sense, encoder, told), strict=True):
            heard = SAFETY.hear(text)
            assert alarm.rule in heard.seen if heard.by_sign else True


def test_no_blind_sentence_is_learnt_from() -> None:
    learnt = danger_examples()
    known = {normalize(t) for told in (learnt.in_danger, learnt.near_misses) for some in told.values() for t in some}
    sets = (BLIND.in_danger, BLIND.near_misses, SECOND.in_danger, SECOND.near_misses)
    blind = {normalize(t) for told in sets for some in told.values() for t in some}
    assert known & blind == set()


def test_every_rule_has_oblique_examples() -> None:
    oblique = read_examples(NLU_DATA / "danger" / "oblique.yml")
    assert set(oblique.in_danger) == set(RULES)
    assert all(len(texts) >= 10 for texts in oblique.in_danger.values())


def test_the_same_text_always_gets_the_same_answer(sense, encoder) -> None:
    text = "他把门堵了，手里拿着东西"
    vector = encoder.encode(text)
    assert len({sense.opinion(text, vector).tobytes() for _ in range(5)}) == 1


def test_who_may_be_in_danger_is_asked_first(service, sense, encoder) -> None:
    texts = [normalize(text) for some in BLIND.near_misses.values() for text in some]
    vectors = encoder.encode_all(texts)
    uneasy = next(text for text, vector in zip(texts, vectors, strict=True) if sense.read(text, vector).uneasy)
    reply = consult(Message(uneasy), Dialogue(), service.parts, service.now()).reply
    assert isinstance(reply.cards[0], NoticeCard)
    assert "110" in reply.cards[0].text


def test_a_file_with_an_unknown_rule_or_without_sentences_is_refused(tmp_path) -> None:
    path = tmp_path / "danger.yml"
    path.write_text("in_danger:\n  E99: [救命]\n", encoding="utf-8")
    with pytest.raises(BadDataFileError, match=r"E99.*(\n.*)*near_misses"):
        read_examples(path)


@pytest.mark.parametrize(
    "text", ["他刚才又打我，派出所只说调解", "刚撞了人，人躺在地上不动，对方家属开口要五万", "救命", "他打我"]
)
def test_what_goes_on_now_or_is_a_short_cry_raises_it_all_the_same(sense, encoder, text: str) -> None:
    assert sense.read(text, encoder.encode(text)).rule is not None
