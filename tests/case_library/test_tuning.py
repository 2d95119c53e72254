from case_library.tuning import Synonym, Tuning


def test_words_that_are_said_bring_those_they_mean_once() -> None:
    tuning = Tuning(synonyms=(Synonym("炒鱿鱼", ("辞退", "解除劳动合同")), Synonym("老板", ("用人单位", "辞退"))))
    assert tuning.expanded("老板炒鱿鱼") == "老板炒鱿鱼 辞退 解除劳动合同 用人单位"
    assert tuning.expanded("老板把我辞退了") == "老板把我辞退了 用人单位"
    assert tuning.expanded("今天下雨") == "今天下雨"
