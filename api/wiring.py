"""The composition root: settings in, a ready service out. Offline twins are chosen here and nowhere else."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jieba
from cryptography.fernet import Fernet
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine

from api import database
from api.config import PROJECT, READY_VECTORS, VECTOR_CACHE, Settings
from api.failure import Failure
from bot import conversations
from bot.consult import Parts
from bot.entities import Entities
from bot.message import Choice
from bot.needs import Needs
from bot.normalize import normalize, readable
from bot.rasa_client import IntentModel, RasaClient
from bot.safety import Safety
from bot.understand import Understanding
from bot.utterances import NearestUtterances, read_utterances
from case_library import store
from case_library.embed import Encoder
from case_library.index import CaseIndex
from case_library.load import read_case_files
from case_library.matters import Matters, load_matters
from case_library.redact import mask
from case_library.search import search_cases
from case_library.statute_index import StatuteHit, StatuteIndex
from case_library.statutes import Statutes
from routing.load import DATA_DIR, load_areas, load_cues, load_directory, load_rules
from routing.questions import OUTSIDE
from routing.tickets import Secrets

SHANGHAI = ZoneInfo("Asia/Shanghai")
NLU_DATA = PROJECT / "nlu_data"
CASE_DATA = PROJECT / "case_library" / "data"
# What an installation has imported, in its data folder; until then the repository's files hold.
MATTERS = "matters.yml"
ROUTING_DATA = "routing"


class Tries:
    """Counts tries by address or number in a moving hour, for one process."""

    def __init__(self, per_hour: int) -> None:
        self._limit = RateLimitItemPerHour(per_hour)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def test(self, address: str) -> bool:
        """Whether one more try is allowed."""
        return self._limiter.test(self._limit, address)

    def hit(self, address: str) -> bool:
        """Count one; False when it was one too many."""
        return self._limiter.hit(self._limit, address)


@dataclass
class Service:
    """Everything the edges need."""

    settings: Settings
    engine: Engine
    writing: Engine
    parts: Parts
    matters: Matters
    secrets: Secrets
    code_tries: Tries
    openings: Tries
    sign_ins: Tries
    now: Callable[[], datetime]
    statute_index: StatuteIndex | None = None

    def option_label(self, choice: Choice) -> str:
        """How a tapped answer reads; areas are offered by name."""
        question = self.parts.rules.questions.get(choice.question)
        labels = {option.value: option.label for option in question.options} if question else {}
        return {OUTSIDE: "不在武汉", **labels}.get(choice.value) or mask(normalize(choice.value))

    def find_cases(self, text: str, k: int) -> list[CaseHit]:
        """The `k` best cases for a question."""
        clean = readable(normalize(text))
        vector = self.parts.encoder.encode(clean)
        inquiry = self.parts.understanding.understand(clean, vector, self.now().date()).inquiry
        likely = {guess.matter: guess.confidence for guess in inquiry.ranking}
        found = search_cases(clean, vector, likely, self.parts.index, self.parts.statutes, self.now().date(), k)
        return [CaseHit(match.case.id, round(match.score, 4), list(match.why)) for match in found]

    def find_statutes(self, text: str, k: int) -> list[StatuteHit]:
        """The `k` best articles in force for a question."""
        if self.statute_index is None:
            raise Failure("the statute index was not loaded")
        return self.statute_index.search(readable(normalize(text)), k)


@dataclass(frozen=True, slots=True)
class CaseHit:
    """A case found, for `yibotong search`."""

    id: str
    score: float
    why: list[str]


def matters_file(settings: Settings) -> Path:
    """The list of matters in use."""
    imported = settings.data_dir / MATTERS
    return imported if imported.exists() else NLU_DATA / MATTERS


def routing_data(settings: Settings) -> Path:
    """The folder of directory and rules in use."""
    imported = settings.data_dir / ROUTING_DATA
    return imported if imported.exists() else DATA_DIR


def local_now() -> datetime:
    """The time in the city."""
    return datetime.now(SHANGHAI)


def open_database(settings: Settings) -> Engine:
    """The migrated database; makes the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = database.open_engine(settings.url)
    database.migrate(engine)
    return engine


def open_encoder(settings: Settings) -> Encoder:
    """The embedding model with what was embedded before."""
    return Encoder(settings.embedding_model, settings.data_dir / VECTOR_CACHE, READY_VECTORS)


def load_seed_cases(settings: Settings, engine: Engine, statutes: Statutes, matters: Matters, now: datetime) -> int:
    """Put the repository's sample cases into an empty library; returns how many were loaded."""
    with database.for_writing(engine).begin() as connection:
        if store.all_cases(connection):
            return 0
        data = routing_data(settings)
        body_types = frozenset(load_directory(data).types)
        cases = read_case_files(CASE_DATA.glob("*.yml"), set(matters.by_code), body_types, statutes, now.date())
        store.save_cases(connection, cases)
        return len(cases)


def build_parts(settings: Settings, engine: Engine, matters: Matters, statutes: Statutes, model: IntentModel) -> Parts:
    """Load models and data; takes seconds."""
    _prepare_jieba(settings)
    encoder = open_encoder(settings)
    data = routing_data(settings)
    safety = Safety(NLU_DATA / "lexicon" / "danger.yml")
    with engine.connect() as connection:
        cases = store.shown_cases(connection)
    # The questions of cases are said about their matter just as training utterances are.
    told = [(case.matter, question) for case in cases for question in case.questions]
    return Parts(
        encoder=encoder,
        understanding=Understanding(
            model=model,
            utterances=NearestUtterances([*read_utterances(NLU_DATA / "train"), *told], encoder),
            entities=Entities(load_areas(data), load_cues(data)),
            safety=safety,
            needs=Needs(NLU_DATA / "lexicon" / "needs.yml"),
            matters=frozenset(matters.by_code),
        ),
        index=CaseIndex(cases, encoder),
        statutes=statutes,
        directory=load_directory(data),
        rules=load_rules(matters.by_code, data),
        safety=safety,
    )


def build_service(settings: Settings, model: IntentModel | None = None, *, with_statutes: bool = False) -> Service:
    """A service on the settings' data folder; `model` is used instead of the configured Rasa server."""
    engine = open_database(settings)
    matters = load_matters(matters_file(settings))
    statutes = Statutes()
    with database.for_writing(engine).begin() as connection:
        conversations.delete_expired(connection, local_now())
    load_seed_cases(settings, engine, statutes, matters, local_now())
    model = model or RasaClient(settings.rasa_url, timeout_s=settings.rasa_timeout_ms / 1000)
    return Service(
        settings=settings,
        engine=engine,
        writing=database.for_writing(engine),
        parts=build_parts(settings, engine, matters, statutes, model),
        matters=matters,
        secrets=Secrets(_secret_key(settings.data_dir / "secret.key")),
        code_tries=Tries(settings.code_tries_per_hour),
        openings=Tries(settings.conversations_per_hour),
        sign_ins=Tries(settings.sign_ins_per_hour),
        now=local_now,
        statute_index=_statute_index(settings, engine, statutes) if with_statutes else None,
    )


def _prepare_jieba(settings: Settings) -> None:
    """Load the word list now rather than in the first request, and keep its cache with everything else."""
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.tmp_dir = str(settings.data_dir)
    jieba.initialize()


def _statute_index(settings: Settings, engine: Engine, statutes: Statutes) -> StatuteIndex:
    articles = {article.id: article.text for article in statutes.articles(local_now().date())}
    with engine.connect() as connection:
        articles |= store.extra_articles(connection)
    return StatuteIndex(articles, settings.data_dir)


def _secret_key(path: Path) -> bytes:
    """The installation's key; made once, readable by its owner only. Lose it and contacts cannot be read."""
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(part, path)
        part.unlink()
    return path.read_bytes().strip()
