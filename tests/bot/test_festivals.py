from datetime import date

from bot.festivals import EXACT, FESTIVALS, festival, lunar_day, lunar_month


def test_every_festival_has_a_day_in_the_years_of_the_table() -> None:
    for year in range(2014, 2036):
        for name in FESTIVALS:
            day = festival(name, year)
            assert day is not None
            assert date(year, 1, 1) <= day <= date(year + 1, 2, 28)


def test_the_last_month_ends_with_the_new_year() -> None:
    assert festival("腊月", 2025) == date(2026, 1, 19)
    assert festival("春节", 2026) == date(2026, 2, 17)
    assert festival("除夕", 2026) == date(2026, 2, 16)
    assert "除夕" in EXACT


def test_days_of_the_first_month_count_from_the_new_year() -> None:
    assert lunar_day("初一", 2024) == date(2024, 2, 10)
    assert lunar_day("十五", 2024) == date(2024, 2, 24)
    assert lunar_day("三十", 2024) == date(2024, 2, 9)


def test_a_lunar_month_is_known_to_the_month() -> None:
    assert lunar_month(8, 2025) == date(2025, 8, 1)


def test_beyond_the_table_there_is_no_day() -> None:
    assert festival("春节", 1990) is None
    assert lunar_day("初五", 2090) is None
