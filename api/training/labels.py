"""What a question was about, as a curator says: of those the machine was unsure of. Callers commit.

Only redacted texts come here (`case_library.misses`). A sentence of the held-out set is never learnt from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.errors import CHANGED_MEANWHILE, ApiError
from api.intent_server import HELD_OUT, as_rasa
from api.training.tables import label_table
from bot.utterances import read_utterances
from case_library.tables import miss_table

NEWEST = 3_000  # questions looked through
OUT_OF_SCOPE = "out_of_scope"
_BRACKETS = str.maketrans("[]", "【】")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the machine's guess, and what a person says it is about.

    `matter` None is not labelled yet, '' says that it is of no use for training. `times` counts how often it was asked.
    """

    text_hash: str
    text: str
    guessed: str
    confidence: float
    times: int
    newest_at: datetime
    matter: str | None = None
    who: str = ""
    version: int = 0


def unlabelled(connection: Connection) -> list[Question]:
    """Questions the machine was unsure of and nobody has labelled: what was asked most often first, then the newest."""
    m = miss_table.c
    query = select(m.text, m.matter, m.confidence, m.at).where(m.kind == "unsure").order_by(m.id.desc()).limit(NEWEST)
    known = set(connection.execute(select(label_table.c.text_hash)).scalars())
    found: dict[str, Question] = {}
    for row in connection.execute(query):
        text = one_line(row.text)
        name = hash_of(text)
        if not text or name in known:
            continue
        before = found.get(name)
        found[name] = (
            replace(before, times=before.times + 1)
            if before
            else Question(name, text, row.matter, row.confidence, 1, row.at)
        )
    return sorted(found.values(), key=lambda question: -question.times)  # stable: the newest first among equals


def labelled(connection: Connection, offset: int, limit: int) -> tuple[list[Question], int]:
    """Those labelled, the newest first, and how many there are."""
    total = connection.execute(select(func.count()).select_from(label_table)).scalar_one()
    c = label_table.c
    rows = connection.execute(select(label_table).order_by(c.at.desc(), c.text_hash).offset(offset).limit(limit))
    return [_question(row) for row in rows], total


def find(connection: Connection, text_hash: str) -> Question:
    """One of either kind; 404 when there is none."""
    row = connection.execute(select(label_table).where(label_table.c.text_hash == text_hash)).one_or_none()
    if row:
        return _question(row)
    for question in unlabelled(connection):
        if question.text_hash == text_hash:
            return question
    raise ApiError(404, "没有找到", "没有这个问题，可能已经过了保留期。")


def label(connection: Connection, question: Question, matter: str, version: int, who: str, now: datetime) -> None:
    """Say what it is about; `version` is the one that was read. 409 when somebody else has said so meanwhile."""
    c = label_table.c
    values = {"matter": matter, "who": who, "at": now, "version": version + 1}
    if version == 0:
        try:
            with connection.begin_nested():
                connection.execute(
                    insert(label_table).values(
                        text_hash=question.text_hash, text=question.text, guessed=question.guessed, **values
                    )
                )
        except IntegrityError:
            raise _changed() from None
        return
    where = (c.text_hash == question.text_hash, c.version == version)
    if connection.execute(update(label_table).where(*where).values(**values)).rowcount == 0:
        raise _changed()


def count(connection: Connection) -> int:
    """How many labels are of use for training."""
    return connection.execute(
        select(func.count()).select_from(label_table).where(label_table.c.matter != "")
    ).scalar_one()


def as_training_data(connection: Connection, intents: Sequence[str]) -> str:
    """All that are of use, in Rasa's format, ready to be learnt from beside nlu_data/train. Empty when there are none.

    Of matters that are not in the list any more nothing is taken.
    """
    c = label_table.c
    query = select(c.matter, c.text).where(c.matter.in_(intents)).order_by(c.matter, c.at, c.text_hash)
    by_intent: dict[str, list[str]] = {}
    for row in connection.execute(query):
        by_intent.setdefault(row.matter, []).append(row.text)
    return as_rasa(by_intent) if by_intent else ""


def is_held_out(text: str) -> bool:
    """Whether a sentence measures models, and so must not be learnt."""
    return text in _held_out()


def one_line(text: str) -> str:
    """As it stands in a file of utterances: one line, and no brackets, which Rasa would take for marks of its own."""
    return " ".join(text.split()).translate(_BRACKETS)


def hash_of(text: str) -> str:
    """How a question is named."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _held_out() -> frozenset[str]:
    return frozenset(text for _, text in read_utterances(HELD_OUT))


def _question(row: Row) -> Question:
    return Question(row.text_hash, row.text, row.guessed, 0.0, 1, row.at, row.matter, row.who, row.version)


def _changed() -> ApiError:
    return ApiError(409, "别人改过了", "别人刚刚标过这个问题，请刷新后再看。", type=CHANGED_MEANWHILE)
