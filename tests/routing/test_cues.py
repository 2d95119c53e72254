import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cues import Cues, read_cues


@pytest.mark.parametrize(
    ("text", "flag", "value"),
    [
        ("合同里写明有纠纷去仲裁委", "arbitration_clause", True),
        ("我要申请劳动仲裁", "arbitration_clause", None),
        ("合同没有约定仲裁", "arbitration_clause", False),
        ("老板给我打了张工资欠条", "wage_iou", True),
        ("老板连欠条都不肯打，没有欠条", "wage_iou", False),
        ("复议决定书维持原处罚", "review_decided", True),
        ("我还没有申请复议", "review_decided", False),
        ("对事故认定不服，想复议", "review_decided", None),
        ("他天天打我", "violence", True),
        ("他天天打电话", "violence", None),
        ("怕派出所不立案，还没去报案", "police_refused_case", False),
        ("派出所说不够立案", "police_refused_case", True),
        ("我妈已经老年痴呆了", "incapacity", True),
        ("判不离才两个月", "divorce_refused_recent", True),
        ("判不离已经过了一年", "divorce_refused_recent", False),
        ("交警当场罚了我五十", "on_the_spot_fine", True),
        ("同意离婚，什么都谈好了，两个人都愿意", "divorce_agreed", True),
        ("他不同意离", "divorce_agreed", False),
        ("想做公证，遗嘱是公证遗嘱", "wants_notary", True),
        ("他做了公证遗嘱", "wants_notary", None),
        ("电动车被偷了", "railway", None),
        ("家里的猫抓伤了人", "was_beaten", None),
    ],
)
def test_a_cue_says_what_the_words_say(cues: Cues, text: str, flag: str, value: bool | None) -> None:
    assert dict(read_cues(text, cues)).get(flag) is value


def test_blanks_of_speech_recognition_do_not_hide_words(cues: Cues) -> None:
    assert dict(cues.read("他 天天 打 我"))["violence"] is True


def test_a_greeting_tells_nothing(cues: Cues) -> None:
    assert cues.read("您好，请问在吗") == ()


def test_the_packaged_cues_are_used_when_none_are_given(cues: Cues) -> None:
    assert read_cues("强制隔离戒毒") == cues.read("强制隔离戒毒")


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_gives_the_same_twice(cues: Cues, text: str) -> None:
    found = cues.read(text)
    assert found == cues.read(text)
    assert len({name for name, _ in found}) == len(found)
