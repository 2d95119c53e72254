import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numerals import to_count, to_number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("三万五", 35_000),
        ("两千三", 2_300),
        ("一万二千", 12_000),
        ("12,500", 12_500),
        ("1万2", 12_000),
        ("6w2", 62_000),
        ("5k", 5_000),
        ("1.2亿", 120_000_000),
        ("一亿二", 120_000_000),
        ("二十多", 20),
        ("万把", 10_000),
        ("十几万", 100_000),
        ("两三万", 30_000),
        ("一百零五", 105),
        ("二零二四", 2024),
    ],
)
def test_numbers_are_read_as_people_say_them(said: str, value: float) -> None:
    assert to_number(said) == value


@pytest.mark.parametrize("said", ["", "几万", "好几千", "多", "inf", "nan", "1_0", "半", "1" * 40])
def test_what_is_vague_or_no_number_is_none(said: str) -> None:
    assert to_number(said) is None


def test_a_fraction_is_no_count() -> None:
    assert to_count("2.5") is None
    assert to_count("十二") == 12


@given(st.text(alphabet="0123456789.,零一二两三四五六七八九十百千万亿多来把几半wk", max_size=20))
def test_any_run_of_number_characters_is_read_without_an_error(said: str) -> None:
    value = to_number(said)
    assert value is None or value >= 0
