from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import DateReader
from bot.entities import LEXICON

TODAY = date(2026, 11, 24)
READER = DateReader(LEXICON)


def read(text: str) -> list[tuple[str, str]]:
    return [(dated.event, dated.day.isoformat()) for dated in READER.read(text, TODAY)]


@pytest.mark.parametrize(
    ("text", "event", "day"),
    [
        ("判决书11月18号送到我手上", "received_judgment", "2026-11-18"),
        ("仲裁裁决书收到有十天了已经十天了", "received_award", "2026-11-14"),
        ("上周三拿到交警的事故认定书", "received_accident_report", "2026-11-18"),
        ("城管的处罚决定书是前天给我的", "received_decision", "2026-11-22"),
        ("昨天法院寄来一张传票", "received_summons", "2026-11-23"),
        ("10月9号伤残鉴定报告出来了", "received_appraisal", "2026-10-09"),
        ("去年8月被公司辞退", "left_job", "2025-08-01"),
        ("离职快一年了才想起来", "left_job", "2025-11-25"),
        ("9月2日在车间把手压断了", "injured", "2026-09-02"),
        ("前年五月借给表哥四万", "lent", "2024-05-01"),
        ("说好去年年底还钱", "payment_due", "2025-12-01"),
        ("上个月在商场买的冰箱", "bought", "2026-10-01"),
        ("今年二月交了定金", "paid", "2026-02-01"),
        ("我爷爷三年前去世的", "died", "2023-01-01"),
        ("我家老头年初走的", "died", "2026-01-01"),
        ("10月30号被派出所拘留", "detained", "2026-10-30"),
        ("上周在司法所签了调解协议", "agreed_in_mediation", "2026-11-16"),
    ],
)
def test_the_event_is_that_whose_words_stand_nearest(text: str, event: str, day: str) -> None:
    assert (event, day) in read(text)


def test_each_date_gets_its_own_event() -> None:
    told = "2021年3月借的钱，去年6月法院判了，今年4月他走了以后没人认账"
    assert read(told)[:2] == [("lent", "2021-03-01"), ("received_judgment", "2025-06-01")]


def test_days_counted_since_the_event_start_it_that_many_days_back() -> None:
    assert read("裁决书上写十五天，我拿到以后放抽屉里了，今天第十三天") == [("received_award", "2026-11-11")]


def test_a_deadline_told_by_its_last_day_gives_the_first() -> None:
    assert read("公司把我辞退，再过四天就满一年了") == [("left_job", "2025-11-28")]


def test_what_lies_ahead_starts_no_time_limit() -> None:
    assert read("下周五开庭") == [("received_summons", "2026-12-04")]
    assert read("明天我就去办离职") == []


def test_a_length_of_time_without_an_event_is_no_date() -> None:
    assert read("我们吵了三年了") == []
    assert read("在这家公司八年了") == []


def test_a_date_without_an_event_is_kept_as_unknown() -> None:
    assert read("2018年5月厂里改制") == [("unknown", "2018-05-01")]


def test_today_counts_only_with_an_event() -> None:
    assert read("今天收到法院判决书") == [("received_judgment", "2026-11-24")]
    assert read("今天想问个事") == []


@given(st.text(alphabet="收到判决书离职受伤借买付0123456789年月号昨天去年前了，。", max_size=60))
def test_no_past_event_lies_in_the_future(text: str) -> None:
    for dated in READER.read(text, TODAY):
        assert dated.day <= TODAY or dated.event in ("payment_due", "received_summons", "unknown")
