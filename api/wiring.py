"""The composition root: settings in, a ready service out. Offline twins are chosen here and nowhere else."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import jieba
from cryptography.fernet import Fernet
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Connection, Engine

from api import database
from api.background import Background
from api.config import PROJECT, READY_STATUTE_VECTORS, READY_VECTORS, VECTOR_CACHE, Settings
from api.exchange.transport import HttpTransport, Transport
from api.guidance import Guidance, read_guidance
from api.live import Live
from api.notices.senders import Channel, MailServer, Sender, Senders, SmsGateway, WeChatNotices
from api.privacy.keys import RING, KeyRing
from api.proof import Pressure
from api.publications import Learnt, learnt
from api.staff.oidc_provider import Provider
from api.wechat.client import HttpWeChat, WeChat
from bot import conversations
from bot.consult import Parts
from bot.danger_sense import DangerSense, Examples, read_examples
from bot.entities import Entities
from bot.matter_taps import WHICH_MATTER
from bot.message import Choice
from bot.needs import Needs
from bot.normalize import normalize, readable
from bot.rasa_client import IntentModel, RasaClient
from bot.safety import Safety
from bot.understand import Understanding
from bot.utterances import NearestUtterances, read_utterances
from case_library import store, versions
from case_library.adapter import read_adapter
from case_library.asked import read_asked
from case_library.case import Case
from case_library.check import Known
from case_library.embed import DEFAULT_MODEL, Encoder
from case_library.index import CaseIndex
from case_library.load import read_case_files
from case_library.matters import Matters, load_matters
from case_library.redact import mask
from case_library.search import search_cases
from case_library.statute_index import StatuteHit, StatuteIndex
from case_library.statutes import Statutes
from case_library.store import LibraryState
from case_library.versions import Author
from routing import ticket_thread
from routing.load import DATA_DIR, load_complaint_targets, load_directory, load_promises
from routing.promises import Promises
from routing.questions import OUTSIDE
from routing.tickets import Secrets

SHANGHAI = ZoneInfo("Asia/Shanghai")
NLU_DATA = PROJECT / "nlu_data"
CASE_DATA = PROJECT / "case_library" / "data"
# What an installation has imported, in its data folder; until then the repository's files hold.
MATTERS = "matters.yml"
STATUTES = "laws.db"
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


SYSTEM = Author(None, "系统")


@dataclass
class Service:
    """Everything the edges need.

    `parts` is a snapshot: whoever answers takes it once and goes on with it. `change_parts` puts another in its place.
    """

    settings: Settings
    engine: Engine
    writing: Engine
    parts: Parts
    matters: Matters
    secrets: Secrets
    promises: Promises
    code_tries: Tries
    openings: Tries
    sign_ins: Tries
    pressure: Pressure
    wechat: WeChat
    transport: Transport
    live: Live
    now: Callable[[], datetime]
    library: LibraryState  # what `parts` was built from
    learnt: Learnt  # and this: what the intent model in use was taught
    guidance: Guidance  # and this: directory and rules
    background: Background = field(default_factory=Background)
    notices: Senders = field(default_factory=dict)  # ways to tell citizens of news; empty where nothing is connected
    oidc: Provider | None = None  # the organisation's own accounts, where there are any
    # Held while a new snapshot is built and put in place: of two builds at once, the older could end last and win, and
    # both change parts of the same understanding. Answering a message never takes it.
    catching_up: threading.Lock = field(default_factory=threading.Lock)

    @property
    def known(self) -> Known:
        """What a case may name."""
        return Known(frozenset(self.matters.by_code), frozenset(self.parts.directory.types), self.parts.statutes)

    def change_parts(self, **changes: object) -> None:
        """Put a snapshot with other parts in place of the present one; messages under way keep the one they have. Only
        with `catching_up` held."""
        self.parts = replace(self.parts, **changes)

    def option_label(self, choice: Choice) -> str:
        """How a tapped answer reads; areas are offered by name."""
        matter = self.matters.by_code.get(choice.value)
        if choice.question == WHICH_MATTER and matter:
            return matter.short
        question = self.parts.rules.questions.get(choice.question)
        labels = {option.value: option.label for option in question.options} if question else {}
        return {OUTSIDE: "不在武汉", **labels}.get(choice.value) or mask(normalize(choice.value))

    def find_cases(self, text: str, k: int) -> list[CaseHit]:
        """The `k` best cases for a question."""
        clean = readable(normalize(text))
        vector = self.parts.encoder.encode(clean)
        inquiry = self.parts.understanding.understand(clean, vector, self.now().date()).inquiry
        likely = {guess.matter: guess.confidence for guess in inquiry.ranking}
        parts, tuning = self.parts, self.parts.rules.tuning
        found = search_cases(clean, vector, likely, parts.index, parts.statutes, self.now().date(), k, tuning)
        return [CaseHit(match.case.id, round(match.score, 4), list(match.why)) for match in found]


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


def open_secrets(settings: Settings) -> Secrets:
    """The installation's keys; made when there are none."""
    return Secrets(_secret_key(settings.data_dir / "secret.key"), KeyRing(settings.data_dir / RING))


def open_encoder(settings: Settings) -> Encoder:
    """The embedding model with what was embedded before."""
    return Encoder(settings.embedding_model, settings.data_dir / VECTOR_CACHE, READY_VECTORS)


def load_seed_cases(settings: Settings, engine: Engine, statutes: Statutes, matters: Matters, now: datetime) -> int:
    """Put the repository's sample cases into an empty library; returns how many were loaded."""
    with database.for_writing(engine).begin() as connection:
        if store.all_cases(connection):
            return 0
        data = routing_data(settings)
        known = Known(frozenset(matters.by_code), frozenset(load_directory(data).types), statutes)
        cases = read_case_files(CASE_DATA.glob("*.yml"), known, now.date())
        versions.load(connection, cases, SYSTEM, "随系统附带的示例案例", now)
        return len(cases)


@dataclass(frozen=True, slots=True)
class LibraryParts:
    """What is made from the library: built as a whole, swapped as a whole."""

    state: LibraryState
    learnt: Learnt
    statutes: Statutes
    index: CaseIndex
    utterances: NearestUtterances


def statutes_file(settings: Settings) -> Path | None:
    """The statute database that was loaded over the wheel's own, where there is one."""
    imported = settings.data_dir / STATUTES
    return imported if imported.exists() else None


def open_statutes(settings: Settings, connection: Connection) -> Statutes:
    """The statutes in use, with the articles loaded beside them."""
    return Statutes(statutes_file(settings), store.extra_articles(connection))


def statutes_in_use(settings: Settings) -> Statutes:
    """The statutes an installation uses; the wheel's own where there is no installation yet."""
    if not settings.database_url and not settings.data_dir.exists():
        return Statutes()
    engine = open_database(settings)
    with engine.connect() as connection:
        statutes = open_statutes(settings, connection)
    engine.dispose()
    return statutes


def read_library(connection: Connection, settings: Settings, encoder: Encoder, today: date) -> LibraryParts:
    """Build what depends on the library as it is in the database now; takes about a second."""
    state = store.library_state(connection, today)
    cases = store.shown_cases(connection, today)
    return library_of(cases, open_statutes(settings, connection), encoder, state, learnt(settings))


def library_of(
    cases: Sequence[Case], statutes: Statutes, encoder: Encoder, state: LibraryState, taught: Learnt
) -> LibraryParts:
    """Build what depends on the library from these cases, and from what the intent model has learnt."""
    # The questions of cases are said about their matter just as training utterances are: what a curator publishes is understood
    # at once, before the model has learnt it.
    told = [(case.matter, question) for case in cases for question in case.questions]
    utterances = NearestUtterances([*_training_utterances(), *told, *taught.labelled], encoder)
    return LibraryParts(state, taught, statutes, CaseIndex(cases, encoder), utterances)


def danger_examples() -> Examples:
    """What `bot.danger_sense` learns from."""
    return read_examples(*sorted((NLU_DATA / "danger").glob("*.yml")))


@cache
def _training_utterances() -> tuple[tuple[str, str], ...]:
    return tuple(read_utterances(NLU_DATA / "train"))


def build_parts(
    settings: Settings, engine: Engine, matters: Matters, model: IntentModel
) -> tuple[Parts, LibraryParts, Guidance]:
    """Load models and data; takes seconds. Also the library and the guidance they were built from."""
    _prepare_jieba(settings)
    encoder = open_encoder(settings)
    data = routing_data(settings)
    safety = Safety(NLU_DATA / "lexicon" / "danger.yml")
    with engine.connect() as connection:
        library = read_library(connection, settings, encoder, local_now().date())
        guidance = read_guidance(connection, data, matters.by_code)
    parts = Parts(
        encoder=encoder,
        understanding=Understanding(
            model=model,
            utterances=library.utterances,
            entities=Entities(guidance.areas, guidance.cues),
            sense=DangerSense(safety, danger_examples(), [text for _, text in _training_utterances()], encoder),
            needs=Needs(NLU_DATA / "lexicon" / "needs.yml"),
            matters=frozenset(matters.by_code),
        ).with_tuning(guidance.rules.tuning),
        index=library.index,
        statutes=library.statutes,
        directory=guidance.directory,
        rules=guidance.rules,
        matters=matters,
        safety=safety,
        complaint_targets=load_complaint_targets(data),
    )
    return parts, library, guidance


def build_service(settings: Settings, model: IntentModel | None = None) -> Service:
    """A service on the settings' data folder; `model` is used instead of the configured Rasa server."""
    engine = open_database(settings)
    matters = load_matters(matters_file(settings))
    statutes = Statutes(statutes_file(settings))
    with database.for_writing(engine).begin() as connection:
        conversations.delete_expired(connection, local_now())
    load_seed_cases(settings, engine, statutes, matters, local_now())
    promises = load_promises(routing_data(settings))
    with database.for_writing(engine).begin() as connection:
        ticket_thread.fill_tallies(connection, promises)
    model = model or RasaClient(
        settings.rasa_url,
        timeout_s=settings.rasa_timeout_ms / 1000,
        hands_over_vectors=settings.embedding_model == DEFAULT_MODEL,
    )
    parts, library, guidance = build_parts(settings, engine, matters, model)
    secrets = open_secrets(settings)
    wechat = HttpWeChat(
        settings.wechat_url,
        settings.wechat_app_id,
        settings.wechat_secret.get_secret_value(),
        database.for_writing(engine),
        secrets,
        local_now,
    )
    return Service(
        settings=settings,
        engine=engine,
        writing=database.for_writing(engine),
        parts=parts,
        library=library.state,
        learnt=library.learnt,
        guidance=guidance,
        matters=matters,
        secrets=secrets,
        promises=promises,
        code_tries=Tries(settings.code_tries_per_hour),
        openings=Tries(settings.conversations_per_hour),
        sign_ins=Tries(settings.sign_ins_per_hour),
        pressure=Pressure(
            settings.proof_above_per_minute,
            settings.proof_above_per_minute_from_one,
            [ip_network(one) for one in settings.proof_exempt.split()],
        ),
        oidc=_oidc(settings),
        transport=HttpTransport(),
        wechat=wechat,
        notices=_notice_senders(settings, wechat),
        live=Live(engine, local_now),
        now=local_now,
    )


def _notice_senders(settings: Settings, wechat: WeChat) -> Senders:
    """The ways of telling citizens that are set up."""
    found: dict[Channel, Sender] = {}
    if settings.wechat_notice_template:
        fields = dict(part.split("=") for part in settings.wechat_notice_fields.split())
        found["wechat"] = WeChatNotices(wechat, settings.wechat_notice_template, fields)
    if settings.sms_url:
        found["sms"] = SmsGateway(settings.sms_url, settings.sms_secret.get_secret_value(), local_now)
    if settings.smtp_host:
        found["email"] = MailServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.mail_from,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
            security=settings.smtp_security,
        )
    return found


def _oidc(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


def _prepare_jieba(settings: Settings) -> None:
    """Load the word list now rather than in the first request, and keep its cache with everything else."""
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.tmp_dir = str(settings.data_dir)
    jieba.initialize()


@dataclass(frozen=True, slots=True)
class StatuteSearch:
    """Search over articles, for `yibotong search`."""

    encoder: Encoder
    index: StatuteIndex

    def find(self, text: str, k: int) -> list[StatuteHit]:
        """The `k` best articles in force for a question."""
        clean = readable(normalize(text))
        return self.index.search(clean, self.encoder.encode(clean), k)


def open_statute_search(settings: Settings) -> StatuteSearch:
    """The articles in force today and those loaded beside them; embeds what has no vector yet."""
    engine = open_database(settings)
    _prepare_jieba(settings)
    encoder = open_encoder(settings)
    articles = {article.id: article.text for article in Statutes(statutes_file(settings)).articles(local_now().date())}
    with engine.connect() as connection:
        articles |= store.extra_articles(connection)
    engine.dispose()
    ready = encoder.also_ready(READY_STATUTE_VECTORS)
    adapter = read_adapter(encoder.model_name, encoder.dimensions)
    return StatuteSearch(encoder, StatuteIndex(articles, settings.data_dir, ready, read_asked(), adapter))


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
