from hypothesis import given
from hypothesis import strategies as st

from bot.normalize import LONGEST, has_words, normalize, readable


def test_traditional_full_width_and_invisible_characters_become_plain() -> None:
    assert normalize("勞動合同糾紛\u200b，\x00欠我３５００元ＡＢＣ") == "劳动合同纠纷，欠我3500元ABC"


def test_spaces_and_blank_lines_shrink() -> None:
    assert normalize("  你好\u3000\u3000 在吗 \n\n\n 急 ") == "你好 在吗\n急"


def test_a_very_long_text_is_read_in_part_and_kept_whole() -> None:
    text = normalize("欠" * 10_000)
    assert len(text) == 10_000
    assert len(readable(text)) == LONGEST


def test_emoji_and_punctuation_alone_are_no_words() -> None:
    assert not has_words(normalize("😭😭😭！！！"))
    assert has_words(normalize("欠钱😭"))


@given(st.text(max_size=300))
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
