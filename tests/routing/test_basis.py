import pytest

from routing.basis import chinese_number, parse_statute, statute_name


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (27, "二十七"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (118, "一百一十八"),
        (276, "二百七十六"),
        (1005, "一千零五"),
        (1079, "一千零七十九"),
        (1123, "一千一百二十三"),
        (1200, "一千二百"),
    ],
)
def test_numbers_are_written_as_laws_write_them(number: int, words: str) -> None:
    assert chinese_number(number) == words


def test_an_inserted_article_is_named_with_its_suffix() -> None:
    assert statute_name("刑法", "276-1") == "刑法第二百七十六条之一"


def test_a_citation_needs_a_law_and_an_article() -> None:
    assert parse_statute("民法典 1079") == ("民法典", "1079")
    assert parse_statute("民法典第1079条") is None
    assert parse_statute("1079") is None
