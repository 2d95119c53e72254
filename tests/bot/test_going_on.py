"""Whether a message goes on with the story: on conversations that nothing was chosen on, and each signal by itself."""

from __future__ import annotations

import pytest

from api.wiring import NLU_DATA, Service
from bot.going_on import TOOLS, announces_another, chance, signals
from bot.turns import GOES_ON
from case_library.matters import Matters, load_matters
from routing.inquiry import MatterGuess
from tests.benchmarks.going_on import ANY, CHOOSING, KEPT, crossed, read, replay

LEAST_RIGHT = 0.85  # 0.9 with the model the weights were fitted on; a model trained anew moves it by a point or two
STORY = ("老板三个月没发工资了",)


@pytest.fixture(scope="module")
def matters() -> Matters:
    return load_matters(NLU_DATA / "matters.yml")


def a_chance(
    text: str,
    matters: Matters,
    *,
    read_as: str = "construction_project",
    story: tuple[str, ...] = STORY,
    closeness: float = 0.93,
) -> float:
    groups = {code: matter.group for code, matter in matters.by_code.items()}
    surely = (MatterGuess(read_as, 1.0),)
    return chance(signals(text, surely, story, "wage_arrears", (MatterGuess("wage_arrears", 1.0),), groups, closeness))


def test_both_halves_name_matters_that_exist_and_share_no_sentence(matters: Matters) -> None:
    halves = [read(CHOOSING), read(KEPT)]
    told = [{line.text for one in half for line in one if len(line.text) > 6} for half in halves]
    assert sum(map(len, halves)) >= 150
    assert not told[0] & told[1]
    named = {code for half in halves for one in half for line in one for code in (*line.matters, *line.named)}
    assert named - {ANY} <= set(matters.by_code)
    groups = {matters.by_code[code].group for code in named - {ANY}}
    assert groups == set(matters.groups)
    assert set(matters.by_code) >= TOOLS


def test_of_conversations_kept_apart_most_messages_are_taken_rightly(service: Service) -> None:
    today = service.now().date()
    taken = [t for one in read(KEPT) for t in replay(one, service.parts, today) if t.line.mark != ">"]
    wrong = [(t.line.mark, t.line.text, t.dialogue.matter) for t in taken if not t.right]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(taken), wrong


def test_a_second_trouble_told_without_a_word_between_is_a_story_of_its_own(service: Service) -> None:
    groups = {code: matter.group for code, matter in service.matters.by_code.items()}
    today = service.now().date()
    pairs = crossed(read(KEPT), groups)[::3]
    taken = [list(replay((one[0], one[-1]), service.parts, today))[-1] for one in pairs]
    wrong = [(t.line.text, t.dialogue.story) for t in taken if not t.way]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(taken), wrong


@pytest.mark.parametrize("text", ["他还垫了三千块材料费", "那这个要多少钱", "而且对方还骂人", "保险公司说不归他们赔"])
def test_what_refers_back_goes_on_though_it_sounds_like_something_else(text: str, matters: Matters) -> None:
    assert a_chance(text, matters) > GOES_ON


def test_a_lawyer_is_asked_for_in_the_trouble_that_was_told(matters: Matters) -> None:
    assert a_chance("请免费律师怎么申请", matters, read_as="legal_aid_application") > GOES_ON


def test_what_is_of_the_same_group_goes_on(matters: Matters) -> None:
    assert a_chance("公司昨天又把我辞了，一分钱都不给", matters, read_as="labor_contract_termination") > GOES_ON


def test_a_long_story_of_another_group_is_another_trouble(matters: Matters) -> None:
    assert a_chance("邻居家的狗把我咬了，打针花了一千八他不认", matters, read_as="personal_injury_general") < 0.1


def test_what_is_told_like_an_opening_is_rather_another_trouble(matters: Matters) -> None:
    assert a_chance("房东不退押金", matters, closeness=0.97) < 0.1 < a_chance("房东不退押金", matters, closeness=0.9)


def test_somebody_new_speaks_for_another_trouble(matters: Matters) -> None:
    known = (*STORY, "我弟弟也在那里")
    assert a_chance("我弟弟手断了", matters) < a_chance("我弟弟手断了", matters, story=known)


@pytest.mark.parametrize(
    ("text", "code", "confidence", "announced"),
    [
        ("还有一件事，我弟弟手被轧伤了", "work_injury", 0.9, True),
        ("另外一个事，房东不退押金", "house_rental", 0.9, True),
        ("重新问一个，我爸撞了人", "traffic_accident", 0.9, True),
        ("还有一件事，就是加班费", "wage_arrears", 0.9, False),
        ("还有个问题，要多久", "non_legal_gov", 0.3, False),
        ("再问一下，要带什么", "notary_service", 0.9, False),
        ("他还有一套房子", "house_sale", 0.9, False),
    ],
)
def test_another_trouble_is_announced_only_where_one_follows(
    text: str, code: str, confidence: float, announced: bool
) -> None:
    ranking = (MatterGuess(code, confidence), MatterGuess("divorce_dispute", 1 - confidence))
    assert announces_another(text, ranking, "wage_arrears") is announced


def test_empty_words_and_an_unknown_matter_have_a_chance_too() -> None:
    seen = signals("", (), (), "no_such_matter", (), {}, 0.0)
    assert 0 <= chance(seen) <= 1
