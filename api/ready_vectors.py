"""`yibotong vectors`: embeddings of everything in the repository that is searched, and what is learnt from it, made once for all
installations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from api import counterpart_weights
from api.config import PROJECT, READY_STATUTE_VECTORS, READY_VECTORS, VECTOR_CACHE, Settings
from api.wiring import CASE_DATA, NLU_DATA, danger_examples, local_now, matters_file, routing_data
from bot.normalize import normalize
from bot.utterances import read_utterances
from case_library.adapter import train, write_adapter
from case_library.asked import read_asked
from case_library.case import Case
from case_library.check import Known
from case_library.embed import DEFAULT_MODEL, Encoder, Side, write_ready
from case_library.load import read_case_files
from case_library.matters import load_matters
from case_library.statute_index import passage
from case_library.statutes import Statutes, article_id
from routing.load import load_directory


def make(settings: Settings) -> str:
    """Write the files for the default model; a quarter of an hour when nothing is cached."""
    matters = load_matters(matters_file(settings))
    body_types = set(load_directory(routing_data(settings)).types)
    cases = read_case_files(
        CASE_DATA.glob("*.yml"), Known(frozenset(matters.by_code), body_types, Statutes()), local_now().date()
    )
    texts = [text for _, text in read_utterances(NLU_DATA / "train")]
    texts += [text for case in cases for text in (case.title, *case.questions)]
    examples = danger_examples()
    texts += [
        normalize(t) for told in (examples.in_danger, examples.near_misses) for some in told.values() for t in some
    ]
    unique = list(dict.fromkeys(texts))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    encoder = Encoder(DEFAULT_MODEL, settings.data_dir / VECTOR_CACHE)
    write_ready(READY_VECTORS, DEFAULT_MODEL, unique, encoder.encode_all(unique))
    return "\n".join((_size(READY_VECTORS, len(unique)), _make_statutes(encoder, cases), counterpart_weights.make()))


def _make_statutes(encoder: Encoder, cases: Sequence[Case]) -> str:
    """Articles in force today, how people ask for them, and the maps learnt from both."""
    articles = list(Statutes().articles(local_now().date()))
    passages = [passage(article.id, article.text) for article in articles]
    asked = read_asked()
    questions = list(dict.fromkeys(row.question for row in asked))
    of_articles, of_questions = encoder.encode_all(passages, "passage"), encoder.encode_all(questions)
    place = {article.id: row for row, article in enumerate(articles)}
    known = dict(zip(questions, of_questions, strict=True))
    adapter = train(
        of_articles,
        [(known[row.question], place[row.article]) for row in asked if row.article in place],
        [
            (vector, [place[article_id(ref.law, ref.article)] for ref in case.statutes])
            for case in cases
            if case.statutes
            for vector in encoder.encode_all((case.title, *case.questions))
        ],
    )
    write_adapter(adapter, DEFAULT_MODEL)
    vectors = np.concatenate([of_articles, of_questions])
    sides: list[Side] = ["passage"] * len(passages) + ["query"] * len(questions)
    write_ready(READY_STATUTE_VECTORS, DEFAULT_MODEL, [*passages, *questions], vectors, sides)
    return _size(READY_STATUTE_VECTORS, len(vectors))


def _size(path: Path, vectors: int) -> str:
    return f"{path.relative_to(PROJECT)}: {vectors} vectors, {path.stat().st_size / 1e6:.1f} MB"
