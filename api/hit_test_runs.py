"""Running many questions: through the parts in use, and through those a change of the library would give."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from api.wiring import NLU_DATA, LibraryParts, Service, library_of
from bot.consult import Parts, judge
from bot.conversations import latest_texts
from bot.normalize import normalize, readable
from bot.utterances import read_utterances
from case_library import hit_tests, store, versions
from case_library.case import Case
from case_library.hit_tests import Found, Hit, Question, Wanted
from case_library.personal import redact
from case_library.redact import mask
from case_library.tuning import Tuning
from routing.decide import fits

# A change of one case reaches the questions near to it. How many must be looked at was not measured: a guess, so that a
# proof takes less than a minute.
NEAREST = 300
RECENT = 500  # of the citizens' last questions
# A draft of thresholds is proved while its author waits: half a minute at most on a busy machine.
TUNING_RECENT = 200
TUNING_HELD_OUT = 150
REPORT_EVERY = 20  # questions between two notes of progress
PAUSE_S = 0.005  # after each question: citizens' messages come first


def ask(text: str, parts: Parts, now: datetime) -> Found:
    """What a citizen who says this would get."""
    clean = readable(mask(normalize(text)))
    vector = parts.encoder.encode(clean)
    inquiry = parts.understanding.understand(clean, vector, now.date()).inquiry
    matches, decision = judge(inquiry, vector, parts, now)
    answer = next((match.case.id for match in matches if fits(match, inquiry)), "")
    return Found(
        matter=inquiry.matter,
        confidence=round(inquiry.ranking[0].confidence, 4),
        case_ids=tuple(match.case.id for match in matches),
        answer=answer,
        outcome=decision.outcome,
        body_type=decision.body_type,
    )


def run_file(service: Service, id_: int, name: str, questions: Sequence[Question]) -> None:
    """Run the questions of a file and store every row, beside what came of it the last time."""
    with service.engine.connect() as connection:
        before = hit_tests.previous(connection, id_, name)
    parts = service.parts

    def hit(number: int, question: Question) -> Hit:
        text = redact(question.text)  # rows are kept
        return Hit(number, text, question.wanted, ask(question.text, parts, service.now()), before.get(text))

    _run(service, id_, questions, hit, keep=lambda _: True)


def run_proof(service: Service, id_: int, case_id: str) -> None:
    """Run what the draft of a case could touch, before and after; rows that differ are stored."""
    now = service.now()
    with service.engine.connect() as connection:
        record = versions.find(connection, case_id)
        cases = store.shown_cases(connection, now.date())
        in_use = {case.id for case in cases} | {case_id}
        gold = hit_tests.still_there(hit_tests.gold(connection), in_use)
        questions = [*gold, *_known_questions(cases), *_recent(connection)]
    draft = record.draft or record.case
    changed = [*(case for case in cases if case.id != case_id), replace(draft, status="published")]
    changed.sort(key=lambda case: case.id)
    before = service.parts
    after = _with(before, library_of(changed, before.statutes, before.encoder, service.library, service.learnt))
    own = [Question(text, Wanted(matter=draft.matter, case_ids=(case_id,), source="case")) for text in draft.questions]
    texts = [draft, *([record.live] if record.live else [])]
    chosen = {question.text: question for question in (*_nearest(questions, texts, before, NEAREST), *own)}

    def hit(number: int, question: Question) -> Hit | None:
        if not _reaches(question.text, before, after):
            return None
        then, now_found = ask(question.text, before, now), ask(question.text, after, now)
        return Hit(number, redact(question.text), question.wanted, now_found, then)

    _run(service, id_, list(chosen.values()), hit, keep=lambda hit: hit.change != "same")


def prove_tuning(service: Service, tuning: Tuning) -> list[Hit]:
    """Gold questions, some of the held-out ones and the citizens' last, answered with the thresholds and synonyms in use
    and with these. Where only synonyms differ, nothing is asked that says none of them: nothing can change there."""
    now, before = service.now(), service.parts
    rules = replace(before.rules, tuning=tuning)
    after = replace(before, rules=rules, understanding=before.understanding.with_tuning(tuning))
    with service.engine.connect() as connection:
        in_use = {case.id for case in store.shown_cases(connection, now.date())}
        gold = hit_tests.still_there(hit_tests.gold(connection), in_use)
        recent = _recent(connection)[:TUNING_RECENT]
    was = before.rules.tuning
    only_words = replace(was, synonyms=()) == replace(tuning, synonyms=())
    told = _held_out()[:: 1 if only_words else max(1, len(_held_out()) // TUNING_HELD_OUT)]
    held_out = [Question(text, Wanted(matter=matter, source="held_out")) for matter, text in told]
    questions = {question.text: question for question in (*recent, *held_out, *gold)}
    if only_words:
        words = {synonym.said for synonym in set(was.synonyms) ^ set(tuning.synonyms)}
        questions = {text: one for text, one in questions.items() if any(word in text for word in words)}
    hits = []
    for number, (text, question) in enumerate(questions.items(), 1):
        then, now_found = ask(text, before, now), ask(text, after, now)
        hits.append(Hit(number, redact(text), question.wanted, now_found, then))
        time.sleep(PAUSE_S)
    return hits


def _reaches(text: str, before: Parts, after: Parts) -> bool:
    """Whether a change of the library can touch this question: cheap, by the nearest utterances and the first ten cases.

    The matter's weight is that of the nearest utterances alone, so a change further down the list can be missed.
    """
    clean = readable(mask(normalize(text)))
    vector = before.encoder.encode(clean)
    was, would_be = (parts.understanding.nearest(vector) for parts in (before, after))
    if was != would_be:
        return True
    first, second = ([hit.case for hit in parts.index.search(clean, vector, was, k=10)] for parts in (before, after))
    return first != second


def _run(
    service: Service,
    id_: int,
    questions: Sequence[Question],
    hit: Callable[[int, Question], Hit | None],
    keep: Callable[[Hit], bool],
) -> None:
    done: list[Hit] = []
    try:
        for number, question in enumerate(questions, 1):
            if one := hit(number, question):
                done.append(one)
            if number % REPORT_EVERY == 0:
                with service.writing.begin() as connection:
                    hit_tests.move(connection, id_, number, len(questions), service.now())
            time.sleep(PAUSE_S)
        with service.writing.begin() as connection:
            kept = [one for one in done if keep(one)]
            hit_tests.finish(connection, id_, done, kept, len(questions), service.now())
    except (SQLAlchemyError, ValueError, RuntimeError):
        with service.writing.begin() as connection:
            hit_tests.fail(connection, id_, service.now())
        raise


def _with(parts: Parts, library: LibraryParts) -> Parts:
    return replace(parts, index=library.index, understanding=parts.understanding.with_utterances(library.utterances))


def _known_questions(cases: Iterable[Case]) -> Iterator[Question]:
    """Questions whose matter is known: those of the held-out set, and those of the cases themselves."""
    for matter, text in _held_out():
        yield Question(text, Wanted(matter=matter, source="held_out"))
    for case in cases:
        for text in case.questions:
            yield Question(text, Wanted(matter=case.matter, case_ids=(case.id,), source="case"))


@cache
def _held_out() -> tuple[tuple[str, str], ...]:
    return tuple(read_utterances(NLU_DATA / "held_out"))


def _recent(connection: Connection) -> list[Question]:
    return [Question(text, Wanted(source="recent")) for text in latest_texts(connection, RECENT)]


def _nearest(questions: Sequence[Question], cases: Sequence[Case], parts: Parts, count: int) -> list[Question]:
    """The questions nearest to the texts of some cases, nearest first."""
    if not questions:
        return []
    texts = [text for case in cases for text in (case.title, *case.questions)]
    near = parts.encoder.encode_all([question.text for question in questions]) @ parts.encoder.encode_all(texts).T
    order = np.argsort(-near.max(axis=1), kind="stable")[:count]
    return [questions[number] for number in order]
