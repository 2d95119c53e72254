import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.amounts import LEAST_YUAN, MOST_YUAN, read_amount


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("老表找我借了三万五千块钱", 35_000),
        ("货款还差3.5万", 35_000),
        ("卖家收了35000块", 35_000),
        ("中介扣了我两千三", 2_300),
        ("一共打过去20w", 200_000),
        ("押金5k不退", 5_000),
        ("修车花了八千多", 8_000),
        ("就万把块的事", 10_000),
        ("彩礼要了六七万", 70_000),
        ("充了¥ 1980的卡", 1_980),
        ("工程款一百二十余万没结", 1_200_000),
        ("先借两万，后来又借八万", 80_000),
        ("借了他6万两年不还", 60_000),
        ("车位卖16万一个", 160_000),
        ("合同金额：12,500元", 12_500),
        ("标价三千二，打完折两千一", 3_200),
    ],
)
def test_the_largest_sum_is_read(text: str, yuan: float) -> None:
    assert read_amount(text) == yuan


@pytest.mark.parametrize(
    "text",
    [
        "2023年借的钱",
        "打13800001234没人接",
        "打12345也没得用",
        "房子120平米漏水",
        "我今年72岁了",
        "6月15号出的事",
        "利息百分之三十六",
        "罚息20%",
        "一共三十几个工友",
        "开了两万多公里就坏了",
        "尾号5566的卡",
        "欠了好几万",
        "打了十几年官司",
        "一分钱没给",
        "物业费涨到两块四一平",
        "十级伤残",
        "送了五十桶水",
        "交了二十六年社保",
    ],
)
def test_years_phones_areas_ages_and_counts_are_no_money(text: str) -> None:
    assert read_amount(text) is None


@pytest.mark.parametrize("text", ["我月薪6500，公司说辞就辞", "每个月退休金3200", "底薪两千八"])
def test_a_rate_of_pay_is_not_in_dispute(text: str) -> None:
    assert read_amount(text) is None


def test_a_rate_that_is_owed_is_in_dispute() -> None:
    assert read_amount("一个月工资欠了我4800") == 4_800


def test_what_the_speaker_takes_back_does_not_count() -> None:
    assert read_amount("大概五万块，不对是三万八") == 38_000
    assert read_amount("两万六不是两万四千五") == 24_500


@given(st.text(alphabet="借欠赔了我块元钱万千百十一二两三0123456789.,年月号岁 ", max_size=60))
def test_an_amount_is_always_within_its_range(text: str) -> None:
    amount = read_amount(text)
    assert amount is None or LEAST_YUAN <= amount <= MOST_YUAN
