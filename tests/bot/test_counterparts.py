import pytest

from bot.counterparts import CounterpartReader
from bot.entities import LEXICON

READER = CounterpartReader(LEXICON)


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
