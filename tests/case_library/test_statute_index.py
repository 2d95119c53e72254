from __future__ import annotations

import json
import logging
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from api.config import READY_STATUTE_VECTORS
from case_library.adapter import ADAPTER_FILE, Adapter, identity, read_adapter, train, write_adapter
from case_library.asked import COLUMNS, Asked, read_asked
from case_library.embed import DEFAULT_MODEL, Encoder, _key, write_ready
from case_library.errors import BadDataFileError
from case_library.statute_index import StatuteIndex, passage
from case_library.statutes import Statutes

TODAY = date(2026, 11, 24)  # the wheel's database is current to 2026-08
ARTICLES = {
    "民法典第七百一十二条": "出租人应当履行租赁物的维修义务，但是当事人另有约定的除外。",
    "民法典第七百一十三条": "承租人在租赁物需要维修时可以请求出租人在合理期限内维修。",
    "民法典第一千零七十九条": "夫妻一方要求离婚的，可以由有关组织进行调解或者直接向人民法院提起离婚诉讼。",
    "劳动合同法第八十二条": "用人单位自用工之日起超过一个月不满一年未与劳动者订立书面劳动合同的，应当支付二倍的工资。",
    "物业管理条例第七条": "业主在物业管理活动中，履行按时交纳物业服务费用的义务。",
}
ASKED = [
    Asked("民法典第七百一十二条", "租的房子东西坏了谁修"),
    Asked("劳动合同法第八十二条", "没签合同能要双倍工资吗"),
    Asked("没有这部法第一条", "问什么"),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def index(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> StatuteIndex:
    return StatuteIndex(ARTICLES, tmp_path_factory.mktemp("index"), encoder, ASKED)


def found(index: StatuteIndex, encoder: Encoder, text: str, k: int = 3) -> list[str]:
    return [hit.id for hit in index.search(text, encoder.encode(text), k)]


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("房东不肯修空调，该谁修", "民法典第七百一十二条"),
        ("干了半年没签劳动合同", "劳动合同法第八十二条"),
        ("想离婚", "民法典第一千零七十九条"),
        ("物业费必须交吗", "物业管理条例第七条"),
    ],
)
def test_the_article_that_answers_comes_first(index: StatuteIndex, encoder: Encoder, text: str, article: str) -> None:
    assert found(index, encoder, text)[0] == article


def test_a_hit_says_the_question_that_is_alike_and_the_words_shared(index: StatuteIndex, encoder: Encoder) -> None:
    text = "租的房子空调坏了谁修"
    best = index.search(text, encoder.encode(text))[0]
    assert "相近的问法：租的房子东西坏了谁修" in best.why


@pytest.mark.parametrize("text", ["租房", "双倍工资", "，。", "x" * 3000, ""])
def test_scores_are_chances_best_first_and_the_same_each_time(index: StatuteIndex, encoder: Encoder, text: str) -> None:
    vector = encoder.encode(text)
    hits = index.search(text, vector, 10)
    assert len(hits) == len(ARTICLES)
    assert all(0 < hit.score < 1 and hit.why for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == index.search(text, vector, 10)


def test_no_articles_find_nothing(encoder: Encoder, tmp_path: Path) -> None:
    assert StatuteIndex({}, tmp_path, encoder).search("租房", encoder.encode("租房")) == []


def test_the_words_are_kept_and_a_damaged_file_is_made_anew_with_a_log_line(
    encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = StatuteIndex(ARTICLES, tmp_path, encoder, ASKED)
    (kept,) = tmp_path.iterdir()
    (kept / "params.index.json").write_text("{", encoding="utf-8")
    with caplog.at_level(logging.WARNING, "yibotong.case_library"):
        again = StatuteIndex(ARTICLES, tmp_path, encoder, ASKED)
    assert [r.message for r in caplog.records if r.name == "yibotong.case_library"] == ["statute_index_damaged"]
    assert found(again, encoder, "房东不修") == found(first, encoder, "房东不修")


def test_articles_loaded_later_are_the_only_ones_embedded(encoder: Encoder, tmp_path: Path) -> None:
    cached = Encoder(cache=tmp_path / "vectors.sqlite3")
    cached.encode_all([passage(*article) for article in ARTICLES.items()], "passage")
    made: list[str] = []
    embed = cached._encode
    cached._encode = lambda texts, side: made.extend(texts) or embed(texts, side)
    more = {**ARTICLES, "物业管理条例第六条": "房屋的所有权人为业主。"}
    StatuteIndex(more, tmp_path, cached)
    assert made == ["物业管理条例第六条 房屋的所有权人为业主。"]


def test_a_damaged_file_of_ready_vectors_is_passed_over_with_a_log_line(
    encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "ready.npz"
    file.write_bytes(READY_STATUTE_VECTORS.read_bytes()[:5000])
    with caplog.at_level(logging.WARNING, "yibotong.case_library"):
        made = encoder.also_ready(file).encode_all(["离婚"])
    assert [record.message for record in caplog.records] == ["ready_vectors_damaged"]
    assert np.allclose(made, encoder.encode_all(["离婚"]))


def test_the_two_sides_of_the_encoder_are_kept_apart(encoder: Encoder, tmp_path: Path) -> None:
    file = tmp_path / "ready.npz"
    sides = [encoder.encode_all(["离婚"], side)[0] for side in ("query", "passage")]
    write_ready(file, encoder.model_name, ["离婚", "离婚"], np.stack(sides), ["query", "passage"])
    ready = Encoder(ready=file)
    ready._encode = None  # would fail if it were asked
    for side, vector in zip(("query", "passage"), sides, strict=True):
        assert ready.encode_all(["离婚"], side)[0] @ vector > 0.999
    assert sides[0] @ sides[1] < 0.999


def test_the_maps_bring_questions_nearer_to_their_articles(encoder: Encoder) -> None:
    articles = encoder.encode_all([passage(*article) for article in ARTICLES.items()], "passage")
    written = [(encoder.encode("东西坏了谁修"), 0), (encoder.encode("没合同双倍工资"), 3)]
    learnt = train(articles, written, [(encoder.encode("老婆要离婚"), (2,))])
    for vector, row in written:
        before, after = articles @ vector, learnt.articles(articles) @ learnt.questions(vector)
        assert after[row] - np.delete(after, row).max() > before[row] - np.delete(before, row).max()


def test_maps_of_another_encoder_or_a_damaged_file_change_nothing(tmp_path: Path) -> None:
    file = tmp_path / "adapter.npz"
    write_adapter(Adapter(np.zeros((4, 4)), np.zeros((4, 4))), "another", file)
    assert np.array_equal(read_adapter(DEFAULT_MODEL, 4, file).question, identity(4).question)
    file.write_bytes(b"PK")
    assert np.array_equal(read_adapter(DEFAULT_MODEL, 4, file).article, identity(4).article)


def test_a_line_that_is_no_article_and_question_is_named(tmp_path: Path) -> None:
    file = tmp_path / "asked.tsv"
    file.write_text("\t".join(COLUMNS) + "\n民法典第一条\t为什么\n民法典第二条\n", encoding="utf-8")
    with pytest.raises(BadDataFileError, match=r"asked.tsv:3"):
        read_asked(file)


def test_every_article_asked_for_is_in_force_and_no_line_stands_twice() -> None:
    known = {article.id for article in Statutes().articles(TODAY)}
    asked = read_asked()
    assert {row.article for row in asked} <= known
    assert len(set(asked)) == len(asked)


def test_no_question_was_copied_from_those_results_are_measured_on(shared: Path) -> None:
    ours = {re.sub(r"[\W_]+", "", row.question) for row in read_asked()}
    for name in ("dev", "stard_dev"):
        lines = (shared / "eval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if re.sub(r"[\W_]+", "", json.loads(line)["text"]) in ours] == []


def test_nearly_every_article_in_force_has_its_vector_ready() -> None:
    with np.load(READY_STATUTE_VECTORS, allow_pickle=False) as ready:
        keys = {key.tobytes() for key in ready["keys"]}
    articles = list(Statutes().articles(TODAY))
    missing = [a.id for a in articles if _key(DEFAULT_MODEL, passage(a.id, a.text), "passage") not in keys]
    assert len(missing) <= len(articles) / 50, "run `yibotong vectors`"
    assert ADAPTER_FILE.exists()
