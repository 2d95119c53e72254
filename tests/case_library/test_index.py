from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from case_library.case import Case
from case_library.embed import Encoder, write_ready
from case_library.index import CaseIndex, tokens


def a_case(id_: str, *questions: str) -> Case:
    return Case(
        id=id_,
        matter=id_.split(".")[0],
        title=questions[0],
        questions=questions,
        facts="",
        answer="",
        settles="",
        steps=(),
        bring=(),
        time_limits=(),
        statutes=(),
        other_sources=(),
        handled_by=(),
        status="sample",
        note="",
    )


CASES = [
    a_case("wage_arrears.plain", "老板拖欠工资不发怎么办", "干了三个月没拿到工钱"),
    a_case("house_rental.deposit", "退租了房东不退押金", "押金扣着不给怎么要回来"),
    a_case("traffic_accident.hit", "被车撞了对方不赔钱", "交通事故对方全责不垫医药费"),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def index(encoder: Encoder) -> CaseIndex:
    return CaseIndex(CASES, encoder)


def test_the_case_that_fits_comes_first_and_says_why(index: CaseIndex, encoder: Encoder) -> None:
    text = "房东扣着押金不肯退"
    best, *_ = index.search(text, encoder.encode(text))
    assert best.case.id == "house_rental.deposit"
    assert 0 < best.score <= 1
    assert "押金" in best.words
    assert best.nearest in (CASES[1].title, *CASES[1].questions)


def test_its_own_question_is_as_near_as_can_be(index: CaseIndex, encoder: Encoder) -> None:
    own = CASES[2].questions[0]
    best, *_ = index.search(own, encoder.encode(own))
    assert best.similarity == pytest.approx(1, abs=1e-3)
    assert best.nearest == own


def test_a_likely_matter_lifts_its_cases(index: CaseIndex, encoder: Encoder) -> None:
    text = "对方不给钱怎么办"
    vector = encoder.encode(text)
    lifted = index.search(text, vector, {"traffic_accident": 0.9})
    assert lifted[0].case.matter == "traffic_accident"


@pytest.mark.parametrize("text", ["押金", "老板不发工资", "完全无关的一句话", "，", "a" * 2000])
def test_scores_are_chances_best_first_and_the_same_each_time(index: CaseIndex, encoder: Encoder, text: str) -> None:
    vector = encoder.encode(text)
    hits = index.search(text, vector, {"house_rental": 0.7})
    assert all(0 < hit.score < 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == index.search(text, vector, {"house_rental": 0.7})


def test_a_case_with_few_questions_is_not_worse_off_than_one_with_many(encoder: Encoder) -> None:
    few = a_case("house_rental.few", "退租了房东不退押金")
    many = a_case("wage_arrears.many", *(f"老板拖欠{month}月的工资" for month in range(1, 9)))
    best, *_ = CaseIndex([many, few], encoder).search("房东不退押金", encoder.encode("房东不退押金"))
    assert best.case == few


def test_an_empty_library_and_an_empty_text_find_without_failing(index: CaseIndex, encoder: Encoder) -> None:
    assert CaseIndex([], encoder).search("x", encoder.encode("x")) == []
    assert len(index.search("", encoder.encode("，"))) == 3


def test_vectors_are_of_unit_length_and_one_text_embeds_like_many(encoder: Encoder) -> None:
    texts = ["工资", "离婚怎么分房子"]
    many = encoder.encode_all(texts)
    assert many.shape == (2, encoder.dimensions)
    assert np.allclose(np.linalg.norm(many, axis=1), 1, atol=1e-3)
    assert many[1] @ encoder.encode(texts[1]) > 0.999


def test_known_vectors_come_from_the_cache(tmp_path) -> None:
    cache = tmp_path / "vectors.sqlite3"
    first = Encoder(cache=cache).encode_all(["工资", "押金", "工资"])
    again = Encoder(cache=cache)
    again._encode = None  # would fail if it were asked
    assert np.array_equal(first, again.encode_all(["工资", "押金", "工资"]))


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"", b"SQLite format 3\0" + bytes(4000)])
def test_a_damaged_cache_is_made_anew_with_a_log_line(
    content: bytes, tmp_path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = ["工资不发怎么办", "房东不退押金"]
    sound = Encoder(cache=tmp_path / "vectors.sqlite3").encode_all(texts)
    (tmp_path / "vectors.sqlite3").write_bytes(content)
    assert np.array_equal(Encoder(cache=tmp_path / "vectors.sqlite3").encode_all(texts), sound)
    if content:  # an empty file is a database without tables
        assert [record.message for record in caplog.records] == ["vector_cache_damaged"]
    caplog.clear()
    assert np.array_equal(Encoder(cache=tmp_path / "vectors.sqlite3").encode_all(texts), sound)
    assert not caplog.records


def test_a_cached_vector_of_the_wrong_length_is_made_anew(tmp_path) -> None:
    sound = Encoder(cache=tmp_path / "vectors.sqlite3").encode_all(["工资不发怎么办"])
    with sqlite3.connect(tmp_path / "vectors.sqlite3") as cache:
        cache.execute("UPDATE vector SET value = x'00'")
    cache.close()
    assert np.array_equal(Encoder(cache=tmp_path / "vectors.sqlite3").encode_all(["工资不发怎么办"]), sound)


def test_tokens_hold_words_and_pairs_of_characters() -> None:
    found = tokens("拖欠工资，怎么办")
    assert {"拖欠", "工资", "欠工"} <= set(found)
    assert "，" not in found


def test_ready_vectors_are_as_good_as_new_ones(encoder: Encoder, tmp_path) -> None:
    texts = ["老板拖欠工资不发怎么办", "退租了房东不退押金", "被车撞了对方不赔钱"]
    file = tmp_path / "ready.npz"
    write_ready(file, encoder.model_name, texts, encoder.encode_all(texts))
    ready = Encoder(ready=file)
    ready._encode = None  # would fail if it were asked
    cosines = np.sum(ready.encode_all(texts) * encoder.encode_all(texts), axis=1)
    assert cosines.min() > 0.999


def test_what_is_not_ready_is_made(encoder: Encoder, tmp_path) -> None:
    file = tmp_path / "ready.npz"
    write_ready(file, encoder.model_name, ["工资"], encoder.encode_all(["工资"]))
    assert Encoder(ready=file).encode_all(["工资", "押金"]).shape == (2, encoder.dimensions)
