import pytest

from bot.entities import LEXICON
from bot.stages import StageReader

READER = StageReader(LEXICON)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("一直没报过警", "nothing_yet"),
        ("已经报警了，民警登记了", "reported"),
        ("社区正在调解", "mediating"),
        ("在街道签了调解协议他又反悔", "mediated"),
        ("申请了劳动仲裁，还没排到", "arbitrating"),
        ("仲裁裁决下来了，没支持我", "arbitrated"),
        ("已经起诉了，下个月开庭", "suing"),
        ("一审判了，我输了", "judged_first"),
        ("二审维持原判", "judged_final"),
        ("申请执行了半年没动静", "enforcing"),
        ("城管下了处罚决定书", "decided_by_organ"),
        ("申请了复议，在等结果", "reconsidering"),
        ("复议决定下来了，维持", "reconsidered"),
        ("弟弟被刑拘了", "detained"),
        ("老公被派出所叫去，到半夜还没出来", "detained"),
        ("房东现在起诉我要赔装修", "suing"),
        ("庭审笔录记错了一句", "suing"),
        ("法院的执行公告贴到门上了", "enforcing"),
        ("交警凭什么定我三成责任", "decided_by_organ"),
        ("开民宿被罚，别家都没人管", "decided_by_organ"),
    ],
)
def test_the_stage_reached_is_read(text: str, stage: str) -> None:
    assert READER.read(text) == stage


@pytest.mark.parametrize(
    "text",
    [
        "我想起诉他",
        "能申请执行吗",
        "要不要报警",
        "准备去仲裁",
        "如果起诉了要多久",
        "店门关了老板不见了",
        "他以前被拘留过",
        "判决还没下来",
        "邻居太吵了",
        "我怕他起诉我",
    ],
)
def test_plans_questions_and_lookalikes_are_no_stage(text: str) -> None:
    assert READER.read(text) is None


def test_the_furthest_stage_wins() -> None:
    assert READER.read("调解过没用，起诉了，上个月一审判了") == "judged_first"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("收到仲裁委的仲裁通知，几天内答辩", "arbitrating"),
        ("报警三四次了，他还是天天闹", "reported"),
        ("执行款到了法院账上，一直不打给我", "enforcing"),
        ("复议确认违法以后，镇里还是不赔", "reconsidered"),
        ("判决准予离婚，他又来闹", "judged_first"),
        ("伤者把我也告了，说车是我的", "suing"),
        ("文化局罚一万二，还要停业", "decided_by_organ"),
    ],
)
def test_stages_told_in_passing_are_read(text: str, stage: str) -> None:
    assert READER.read(text) == stage


@pytest.mark.parametrize("text", ["店门都关了，人也找不到", "厂子关了，工资没人给", "老板听说被抓了，我的钱怎么办"])
def test_a_shop_shut_or_the_other_side_taken_is_nobody_s_detention(text: str) -> None:
    assert READER.read(text) != "detained"
