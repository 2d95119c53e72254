import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.redact import CARD_MASK, ID_MASK, mask

# Made by the checksum rules; they belong to nobody.
ID_NUMBER = "11010519491231002X"
CARD = "4111111111111111"


@pytest.mark.parametrize(
    "said",
    [
        ID_NUMBER,
        ID_NUMBER.lower(),
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105194912310021",
    ],
)
def test_an_id_number_is_hidden_however_it_is_typed(said: str) -> None:
    assert mask(f"我的身份证{said}，查一下") == f"我的身份证{ID_MASK}，查一下"


@pytest.mark.parametrize("said", ["4111－1111－1111－1111", "4111 1111 1111 1111", "4111.1111.1111.1111"])
def test_a_bank_card_is_hidden_however_it_is_grouped(said: str) -> None:
    assert mask(f"卡{said}") == f"卡{CARD_MASK}"


def test_an_id_number_of_fifteen_digits_is_hidden() -> None:
    assert mask("身份证110105491231002") == f"身份证{ID_MASK}"


def test_a_bank_card_is_hidden_and_a_long_number_that_is_none_stays() -> None:
    assert mask(f"卡号{CARD}。") == f"卡号{CARD_MASK}。"
    assert mask("订单号4111111111111112") == "订单号4111111111111112"


def test_a_mobile_number_keeps_its_ends() -> None:
    assert mask("打13800138000找我，或者+86 138 0013 8000") == "打138****8000找我，或者138****8000"


def test_amounts_dates_and_landlines_stay() -> None:
    text = "2024年5月3日借了350000元，电话027-12345，工单WH20261124-000123"
    assert mask(text) == text


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
