from bot.phrases import Phrase, Pipeline


def test_of_overlapping_phrases_the_longest_wins() -> None:
    pipeline = Pipeline()
    finder = pipeline.phrases({"part": ["汉口"], "place": ["汉口北"]})
    assert finder.find(pipeline.read("我在汉口北")) == (Phrase("place", "汉口北", 2, 5),)


def test_a_phrase_in_two_lists_belongs_to_the_first() -> None:
    pipeline = Pipeline()
    finder = pipeline.phrases({"first": ["青山"], "second": ["青山"]})
    assert [phrase.label for phrase in finder.find(pipeline.read("青山"))] == ["first"]


def test_positions_are_those_of_the_text_even_with_blanks_in_it() -> None:
    pipeline = Pipeline()
    finder = pipeline.phrases({"place": ["光谷"]})
    text = "我 在光 谷上班"
    (found,) = finder.find(pipeline.read(text))
    assert text[found.start : found.end] == "光 谷"
    assert found.said == "光谷"
