from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entities import LEXICON
from bot.people import OLDEST, People, PeopleReader
from bot.phrases import Pipeline

TODAY = date(2026, 11, 24)
PIPELINE = Pipeline()
READER = PeopleReader(PIPELINE, LEXICON)


def read(text: str) -> People:
    return READER.read(text, PIPELINE.read(text), TODAY)


def asked_for(text: str) -> str | None:
    person = read(text).asked_for
    return person.said if person else None


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("我今年七十二岁了", 72),
        ("我68了还要去打官司", 68),
        ("本人今年六十三", 63),
        ("我是53年的，退休早", 73),
        ("我1961年5月出生", 65),
        ("我妈八十一，走不动路", 81),
        ("我快七十了", 69),
        ("七十多岁还在做保洁", 70),
        ("年过八旬没人管", 80),
        ("我十六岁，老板不给工钱", 16),
    ],
)
def test_the_age_of_the_person_concerned_is_read(text: str, age: int) -> None:
    assert read(text).age == age


@pytest.mark.parametrize(
    "text",
    [
        "他今年都300岁了",
        "对方是个二十多岁的小伙子撞的我",
        "离婚了，孩子三岁归谁",
        "抚养费给到十八岁吗",
        "未满16周岁能打工吗",
        "退休要满60周岁",
        "收了我六十多，太黑了",
        "工作了30年",
    ],
)
def test_ages_of_others_limits_and_other_numbers_are_left_out(text: str) -> None:
    assert read(text).age is None


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("我今年66岁，儿子不给生活费", {"elder"}),
        ("我爹爹在超市滑倒摔断了腿", {"elder"}),
        ("养老院不退押金", {"elder"}),
        ("我儿子上三年级，被同学推下楼", {"minor"}),
        ("我是残疾人，坐轮椅", {"disabled"}),
        ("在工地扎钢筋，包工头跑了", {"migrant_worker"}),
        ("我当过兵，退伍证丢了", {"veteran"}),
        ("我老公是现役军人", {"military_family", "woman"}),
        ("家里吃低保的", {"low_income"}),
        ("怀孕五个月被劝退", {"pregnant", "woman"}),
        ("老公喝醉了就打我", {"violence_victim"}),
        ("我是越南人，嫁到这边的", {"foreigner"}),
    ],
)
def test_protected_groups_are_read(text: str, groups: set[str]) -> None:
    assert groups <= set(read(text).groups)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("我骑车撞到一个老人", "elder"),
        ("伤残鉴定怎么做", "disabled"),
        ("我们家不是低保户", "low_income"),
        ("他嘴上凶，从来没打过我", "violence_victim"),
        ("没怀孕也要验孕吗", "pregnant"),
        ("公司聘请外籍教师要什么手续", "foreigner"),
        ("我公司带了二十个农民工", "migrant_worker"),
    ],
)
def test_negations_and_other_people_s_groups_are_left_out(text: str, group: str) -> None:
    assert group not in read(text).groups


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("替我工友问一下，他手被压了", "工友"),
        ("帮我表姐咨询个事", "表姐"),
        ("我爸上个月工地上摔断了腿", "爸"),
        ("我妈被人骗了八万", "妈"),
        ("儿子被刑拘了怎么办", "儿子"),
        ("我老公的手被机器夹断了", "老公"),
        ("我奶奶七十九了想立遗嘱", "奶奶"),
        ("我姐夫酒驾被抓了", "姐夫"),
    ],
)
def test_for_whom_it_is_asked_is_read(text: str, said: str) -> None:
    assert asked_for(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "我老公打我",
        "我哥把我赶出来了",
        "我老婆要跟我离婚",
        "婆婆不让我进门",
        "朋友借了我三万不还",
        "我爸去世了房子怎么分",
        "我弟弟的房子漏水到我家",
        "前夫不给抚养费",
        "公司欠我工资",
    ],
)
def test_who_acts_against_the_speaker_is_not_asked_for(text: str) -> None:
    assert asked_for(text) is None


@given(st.text(alphabet="我爸妈今年0123456789一二三七八十岁了出生年月，。老人孩子", max_size=50))
def test_an_age_is_always_within_a_human_life(text: str) -> None:
    age = read(text).age
    assert age is None or 0 <= age <= OLDEST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我姑是重度肢残，补贴被停了", "姑"),
        ("堂哥在公司开大巴二十年，突然不让开了", "堂哥"),
        ("丈夫保外就医在家养病，要不要报到", "丈夫"),
        ("我婆婆在商场踩空了，脚踝骨头碎了", "婆婆"),
    ],
)
def test_whose_trouble_it_is_is_read_from_what_happened_to_him(text: str, said: str) -> None:
    assert asked_for(text) == said


def test_who_is_only_said_to_owe_is_not_the_one_asked_for() -> None:
    assert asked_for("银行划走我的养老金，说我儿子欠人家的钱") is None


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("我和我前夫协议离婚了，他不让我看孩子", "woman"),
        ("老头子是空军退下来的，补助没有", "veteran"),
        ("奶奶是烈士的遗孀，抚恤停了", "military_family"),
        ("导盲犬被商场赶出来", "disabled"),
    ],
)
def test_groups_are_read_from_more_words(text: str, group: str) -> None:
    assert group in read(text).groups


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("表姐在商场做导购，两边都不给她交社保", "表姐"),
        ("我弟弟是理发师，老板不准他两年内自己开店", "弟弟"),
        ("老公在酒吧让人用瓶子打伤了头，住院花了三万", "老公"),
    ],
)
def test_whoever_a_story_begins_with_is_asked_for(text: str, said: str) -> None:
    assert asked_for(text) == said


@pytest.mark.parametrize(
    "text", ["哥哥种了我的三亩地不还，我不同意", "店关门了，钱退不出来，孩子住院等钱用", "女儿要离婚分我的房子"]
)
def test_an_own_quarrel_or_a_relative_by_the_way_is_not_asked_for(text: str) -> None:
    assert asked_for(text) is None


def test_the_age_of_him_it_is_asked_for_is_read() -> None:
    assert read("替我老乡问，他六十八了，扫地摔伤了").age == 68
    assert read("他六十八了，不还我钱").age is None
