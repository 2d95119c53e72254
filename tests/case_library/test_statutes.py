from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_library.statutes import Statutes, article_id, chinese_number, read_number

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def statutes() -> Statutes:
    return Statutes()


def cited(statutes: Statutes, text: str, on: date = TODAY) -> list[tuple[str, str, bool]]:
    return [(c.law, c.number, c.in_force) for c in statutes.cite(text, on)]


@given(st.integers(1, 9999))
def test_an_article_number_written_in_chinese_reads_back(number: int) -> None:
    assert read_number(chinese_number(number)) == number


def test_ids_are_written_as_lawyers_write_them() -> None:
    assert article_id("民法典", "1076") == "民法典第一千零七十六条"
    assert article_id("刑法", "293-1") == "刑法第二百九十三条之一"


def test_a_version_counts_from_its_first_day_and_not_by_the_status_column(statutes: Statutes) -> None:
    # The database calls the trademark law of 2027 '现行有效' already; today its predecessor holds.
    assert statutes.article("商标法", "74", TODAY) is None
    today = statutes.article("商标法", "60", TODAY)
    next_year = statutes.article("商标法", "60", date(2027, 1, 1))
    assert today is not None
    assert next_year is not None
    assert today.text != next_year.text
    assert statutes.article("商标法", "74", date(2027, 1, 1)) is not None


def test_a_law_that_was_replaced_is_known_but_not_in_force(statutes: Statutes) -> None:
    assert cited(statutes, "《噪声污染防治法》第五条") == [("噪声污染防治法", "5", False)]
    assert statutes.cite("《噪声污染防治法》第五条", TODAY)[0].found


def test_the_new_arbitration_law_holds_since_march(statutes: Statutes) -> None:
    assert "三个月" in statutes.article("仲裁法", "72", TODAY).text
    assert statutes.article("仲裁法", "96", date(2026, 2, 28)) is None


def test_short_names_lists_and_paragraphs_are_found(statutes: Statutes) -> None:
    text = "依照刑诉法第八十五条第二款、第91条和《中华人民共和国民法典》第一千零七十九条"
    assert cited(statutes, text) == [
        ("刑事诉讼法", "85", True),
        ("刑事诉讼法", "91", True),
        ("民法典", "1079", True),
    ]


def test_an_unknown_law_and_an_article_beyond_the_last_are_told_apart_from_real_ones(statutes: Statutes) -> None:
    unknown, beyond = statutes.cite("《星际航行法》第九条，民法典第九千条", TODAY)
    assert (unknown.found, beyond.found) == (False, False)
    assert unknown.article is None


def test_a_number_with_an_article_word_but_no_law_is_no_citation(statutes: Statutes) -> None:
    assert statutes.cite("他第三条短信说第二天还钱，还有三条狗", TODAY) == []


@given(st.text(alphabet="《》民法典劳动合同第条之一二十百千、和至0123456789 款项", max_size=60))
def test_citing_never_fails(statutes: Statutes, text: str) -> None:
    statutes.cite(text, TODAY)
