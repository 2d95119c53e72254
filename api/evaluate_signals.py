"""Gathering what a labelled file, the facts' annotations and the training data are measured on, for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api import ablation, evaluate_facts, evaluate_lawbench, training_data
from api.config import Settings
from api.evaluate import Result
from api.evaluate_html import Neighbours
from api.intent_server import running
from api.wiring import NLU_DATA, Service, build_service, danger_examples, open_encoder
from bot.danger_sense import DangerSense
from bot.normalize import normalize, readable
from bot.understand import Combination
from bot.utterances import NearestUtterances, read_utterances
from case_library.redact import mask

MEASURE = NLU_DATA / "measure"
NEIGHBOURS = 3


def beside(results: Sequence[Result], service: Service) -> str:
    """Facts and LawBench over the rows that have annotations or are its items."""
    texts = {str(result.row.get("id")): result.row["text"] for result in results}
    held_out = evaluate_facts.read_annotations(MEASURE / "facts_held_out.tsv")
    tables = (
        (texts, evaluate_facts.read_annotations(MEASURE / "facts.tsv"), "of these questions"),
        ({text: text for text in held_out}, held_out, "of this project's held-out sentences"),
    )
    parts = [_facts(said, told, service, which) for said, told, which in tables]
    crosswalk = evaluate_lawbench.read_crosswalk(MEASURE / "lawbench.yml")
    named = ((str(result.row.get("id")), result.found) for result in results)
    return "\n\n".join([*parts, evaluate_lawbench.as_text(named, crosswalk)])


def _facts(
    texts: Mapping[str, str], annotations: Mapping[str, evaluate_facts.Told], service: Service, which: str
) -> str:
    read = {
        key: service.parts.understanding.facts(clean(text), evaluate_facts.ANNOTATED_ON)
        for key, text in texts.items()
        if key in annotations
    }
    return evaluate_facts.as_text(read, annotations, which)


def clean(text: str) -> str:
    """A text as understanding gets it."""
    return readable(mask(normalize(text)))


def neighbours(service: Service) -> Neighbours:
    """Finds the training utterances and cases' questions nearest to a text."""
    encoder = service.parts.encoder
    told = NearestUtterances([*read_utterances(NLU_DATA / "train"), *_questions(service)], encoder)
    return lambda text: told.neighbours(encoder.encode(clean(text)), NEIGHBOURS)


def _questions(service: Service) -> list[tuple[str, str]]:
    return [(case.matter, question) for case in service.parts.index.cases for question in case.questions]


def ablate(rows: Sequence[Mapping[str, Any]], settings: Settings) -> str:
    """What each signal is worth on labelled rows (`text`, `matter`, `also`, `danger`)."""
    with running(settings) as model:
        service = build_service(settings, model)
        encoder = service.parts.encoder
        utterances = read_utterances(NLU_DATA / "train")
        nearest = NearestUtterances(utterances, encoder)
        with_cases = NearestUtterances([*utterances, *_questions(service)], encoder)
        texts = [clean(row["text"]) for row in rows]
        vectors = encoder.encode_all(texts)
        signals = [
            ablation.Signals(
                text=text,
                accepted=frozenset((row["matter"], *row.get("also", ()))),
                matter=row["matter"],
                model=model.intents(text, vector),
                nearest=nearest.probabilities(vector),
                nearest_with_cases=with_cases.probabilities(vector),
            )
            for row, text, vector in zip(rows, texts, vectors, strict=True)
            if row.get("matter")
        ]
        sense = DangerSense(service.parts.safety, danger_examples(), [text for _, text in utterances], encoder)
        counted = [number for number, row in enumerate(rows) if "danger" in row and not row.get("danger_maybe")]
        tables = [
            ablation.matters_as_text(signals, frozenset(service.matters.by_code), Combination()),
            ablation.danger_as_text(
                [texts[number] for number in counted],
                vectors[counted],
                [rows[number]["danger"] is not None for number in counted],
                service.parts.safety,
                sense,
            ),
        ]
        service.engine.dispose()
    return "\n\n".join(tables)


def examine(settings: Settings, near: float) -> str:
    """Near-duplicates and doubtful labels among the training utterances."""
    encoder = open_encoder(settings)
    rows = read_utterances(NLU_DATA / "train")
    settled = training_data.read_settled(MEASURE / "settled_labels.tsv")
    pairs = training_data.near_pairs(rows, encoder, near)
    return training_data.as_text(rows, pairs, training_data.doubtful(rows, encoder, settled), settled, near)
