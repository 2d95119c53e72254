from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar_words import find_days

TODAY = date(2026, 11, 24)  # a Tuesday


def read(text: str) -> list[tuple[str, str]]:
    return [(when.day.isoformat(), when.precision) for when in find_days(text, TODAY)]


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2024年5月3号", "2024-05-03", "day"),
        ("24年5月", "2024-05-01", "month"),
        ("二零二三年八月十五日", "2023-08-15", "day"),
        ("2024-05-03", "2024-05-03", "day"),
        ("2025.3.1", "2025-03-01", "day"),
        ("8.16日", "2026-08-16", "day"),
        ("5月8号", "2026-05-08", "day"),
        ("12月8号", "2025-12-08", "day"),
        ("今年三月", "2026-03-01", "month"),
        ("去年9月底", "2025-09-21", "month"),
        ("前年", "2024-01-01", "year"),
        ("九八年", "1998-01-01", "year"),
        ("昨天", "2026-11-23", "day"),
        ("大前天", "2026-11-21", "day"),
        ("上周五", "2026-11-20", "day"),
        ("上上个礼拜三", "2026-11-11", "day"),
        ("上个月", "2026-10-01", "month"),
        ("上个月15号", "2026-10-15", "day"),
        ("15天前", "2026-11-09", "day"),
        ("半年前", "2026-05-01", "month"),
        ("裁决下来过了一个月", "2026-10-01", "month"),
        ("一年半前", "2025-05-01", "month"),
        ("三年前", "2023-01-01", "year"),
        ("两年零三个月前", "2024-08-01", "month"),
        ("去年国庆", "2025-10-01", "month"),
        ("大年初八", "2026-02-24", "day"),
        ("除夕", "2026-02-16", "day"),
        ("去年腊月", "2026-01-19", "month"),
        ("去年农历八月", "2025-08-01", "month"),
        ("年初", "2026-01-01", "month"),
        ("快一年了", "2025-11-25", "month"),
        ("三个多月了", "2026-07-25", "month"),
        ("十二天了", "2026-11-12", "day"),
        ("今天第十四天", "2026-11-10", "day"),
        ("再过五天就满一年", "2025-11-29", "day"),
    ],
)
def test_words_and_figures_become_days(text: str, day: str, precision: str) -> None:
    assert read(text) == [(day, precision)]


@pytest.mark.parametrize(
    "text",
    [
        "13月45日",
        "2月30号",
        "0月",
        "在厂里干了13年",
        "结婚七八年",
        "欠我三个月工资",
        "三天内交",
        "超过一年",
        "每月15号",
        "贷款30年",
        "以后年纪大了",
    ],
)
def test_what_is_no_date_is_passed_over(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["98年10月出生", "76年3月生的", "5月份的工资", "工资只发到六月"])
def test_births_and_months_of_pay_are_no_dates_of_the_story(text: str) -> None:
    assert read(text) == []


def test_a_day_without_a_year_lies_ahead_only_when_the_words_say_so() -> None:
    assert read("12月20号写的") == [("2025-12-20", "day")]
    assert read("约定12月20号还") == [("2026-12-20", "day")]


def test_a_year_holds_for_the_days_after_it() -> None:
    assert read("2019年4月2号动工，6月9号停的") == [("2019-04-02", "day"), ("2019-06-09", "day")]


@given(st.text(alphabet="0123456789年月日号上个周天前去今明后快半两三十初底了第满/-. ", max_size=40))
def test_any_text_is_read_without_an_error_and_in_order(text: str) -> None:
    starts = [when.start for when in find_days(text, TODAY)]
    assert starts == sorted(starts)
