from pathlib import Path

import numpy as np
import pytest

from bot import counterpart_weights
from bot.counterparts import CounterpartReader
from bot.entities import LEXICON

READER = CounterpartReader(LEXICON, weights=None)
LEARNT = CounterpartReader(LEXICON, counterpart_weights.read())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("厂里拖欠三个月工资，老板电话打不通", "employer"),
        ("公司把我辞退，一分补偿冇得", "employer"),
        ("住院做手术，医生把纱布落肚子里了", "hospital"),
        ("孩子在学校被同学推倒，老师说不关他们的事", "school"),
        ("信用卡逾期，银行天天催收", "bank"),
        ("村委会不给我分征地款", "village"),
        ("城管开了处罚决定书", "government"),
        ("健身房关门，办的卡不给退", "merchant"),
        ("开发商逾期两年不交房", "company"),
        ("老公出轨，我要离婚", "family"),
        ("隔壁邻居装修把我家墙打裂了，漏水", "person"),
        ("朋友借钱打了借条不还", "person"),
        ("竞争对手照抄我们的包装和商标", "company"),
        ("保险公司说同一组的病只赔一次", "company"),
        ("带班的把生活费当工资算", "employer"),
        ("景区的骆驼把我孩子咬了，园方只赔门票", "merchant"),
        ("司法所说我的假条不批，护照也收着", "government"),
        ("渔政把我的船收了，要罚五千", "government"),
        ("房东晚退押金还骂人", "person"),
        ("大姑说奶奶归我家养", "family"),
    ],
)
def test_the_other_side_is_read(text: str, kind: str) -> None:
    assert READER.read(text) == kind


@pytest.mark.parametrize("text", ["你好", "明天天气怎么样", "公证处几点开门", "居住证怎么办"])
def test_nobody_is_guessed_when_nobody_is_told(text: str) -> None:
    assert READER.read(text) is None


def test_one_s_own_side_does_not_count() -> None:
    text = "我姐离婚想问问财产"
    assert READER.read(text, [(1, 2)]) == "family"
    assert READER.read("我姐", [(1, 2)]) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("楼上晾衣服滴水，把我晒的棉絮都打湿了", "person"),
        ("存的定期到期去取，柜台说是理财，利息少了一大半", "bank"),
        ("共享自习室包年的座位，开了两个月就倒闭了", "merchant"),
        ("儿子天天伸手要钱，不给就砸东西", "family"),
        ("干满十年了，非要跟我再签一年的合同", "employer"),
        ("申请材料交上去半年，窗口一直不给答复", "government"),
    ],
)
def test_the_wording_tells_where_nobody_is_named(text: str, kind: str) -> None:
    assert LEARNT.read(text) == kind


@pytest.mark.parametrize("text", ["你好", "法律援助怎么申请", "公证处周末开门不开门"])
def test_the_wording_makes_nobody_up(text: str) -> None:
    assert LEARNT.read(text) is None


def test_weights_are_kept_as_they_were_learnt(tmp_path: Path) -> None:
    texts = ["老板不发工资", "公司欠工资", "工资没发", "离婚孩子归谁", "离婚财产怎么分", "离婚他不肯"] * 2
    told = [["employer"]] * 3 + [["family"]] * 3
    points = np.stack([READER.features(text) for text in texts])
    learnt = counterpart_weights.learn(texts, points, told * 2, [1.0] * len(texts))
    counterpart_weights.write(learnt, tmp_path / "weights.npz")
    kept = CounterpartReader(LEXICON, counterpart_weights.read(tmp_path / "weights.npz"))
    assert kept.read("工资一直不发给我") == "employer"
    assert kept.read("要离婚，他不同意") == "family"
