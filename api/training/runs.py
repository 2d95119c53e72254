"""Trainings begun from the workbench: beside the requests, compared, published or refused, and the way back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
from sqlalchemy import Connection, Row, insert, select, update

from api.config import Settings
from api.errors import ApiError
from api.failure import Failure
from api.intent_server import LABELLED, Training, data_hash, train_if_changed
from api.publications import Publication, go_back, model_path
from api.training import labels
from api.training.tables import training_run_table
from api.wiring import Service
from bot.errors import BotError
from case_library.errors import CaseLibraryError

log = logging.getLogger("yibotong.api")
LABELLED_FILE = "labelled.yml"
DEAD_AFTER = timedelta(minutes=45)  # a training takes one to three minutes; on a busy machine ten
LOAD_S = 120.0  # until the server has the new model in memory
SHOWN = 20

Train = Callable[[Settings], Training]


@dataclass(frozen=True, slots=True)
class Run:
    """One training. `accuracy` and `before` are shares right on the held-out sentences, of the new model and of the one in
    use."""

    id: int
    who: str
    labels: int
    state: str
    begun_at: datetime
    ended_at: datetime | None
    accuracy: float | None
    before: float | None
    model: str
    message: str


def runs(connection: Connection, now: datetime) -> list[Run]:
    """The newest first. One whose process died is shown as failed."""
    query = select(training_run_table).order_by(training_run_table.c.id.desc()).limit(SHOWN)
    return [_run(row, now) for row in connection.execute(query)]


def begin(service: Service, who: str, *, train: Train = train_if_changed) -> int:
    """Start a training on the labels as they are, and return at once; 409 while another is under way. Returns its number."""
    now = service.now()
    with service.writing.begin() as connection:
        if any(run.state == "running" for run in runs(connection, now)):
            raise ApiError(409, "正在训练", "已经有一次训练在进行，请等它结束。")
        data = labels.as_training_data(connection, _intents(service))
        values = {"who": who, "labels": labels.count(connection), "state": "running", "begun_at": now}
        made = connection.execute(insert(training_run_table).values(values).returning(training_run_table.c.id))
        number = made.scalar_one()
    service.background.submit(lambda: _work(service, number, data, train))
    return number


def back(service: Service) -> Publication:
    """Put the model in use that was published before the present one, for new questions at once. 409 when there is none."""
    try:
        earlier = go_back(service.settings, data_hash(service.settings))
    except Failure:
        raise ApiError(409, "没有更早的", "没有更早的模型可以退回。") from None
    service.background.submit(lambda: _load(service.settings, earlier))
    return earlier


def _work(service: Service, number: int, data: str, train: Train) -> None:
    try:
        _write_labels(service.settings, data)
        made = train(service.settings)
        outcome = _outcome(made)
        if made.trained and made.publication:
            outcome["message"] = _load(service.settings, made.publication)
    except (Failure, BotError, CaseLibraryError, OSError) as error:
        log.warning("training_failed", extra={"cause": type(error).__name__})
        outcome = {"state": "failed", "message": "训练没有完成，请看数据目录里的 training.log。"}
    with service.writing.begin() as connection:
        done = update(training_run_table).where(training_run_table.c.id == number)
        connection.execute(done.values(ended_at=service.now(), **outcome))


def _write_labels(settings: Settings, data: str) -> None:
    folder = settings.data_dir / LABELLED
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LABELLED_FILE
    if not data:
        path.unlink(missing_ok=True)
        return
    part = path.with_suffix(".part")
    part.write_text(data, encoding="utf-8")
    part.replace(path)


def _outcome(made: Training) -> dict:
    scores = {"accuracy": made.accuracy, "before": made.before}
    if not made.trained:
        return {**scores, "state": "unchanged", "message": "训练数据没有变，模型照旧。"}
    if made.publication is None:
        return {**scores, "state": "refused", "message": "新模型不如现在用的，没有换上。"}
    return {**scores, "state": "published", "model": made.publication.model}


def _load(settings: Settings, publication: Publication) -> str:
    """Have the running server take it into use; what to tell. Until then, and where it cannot, the one before answers."""
    try:
        answered = httpx2.put(
            f"{settings.rasa_url}/model",
            json={"model_file": str(model_path(settings, publication))},
            timeout=LOAD_S,
        )
        answered.raise_for_status()
    except httpx2.HTTPError as error:
        log.warning("model_not_loaded", extra={"cause": type(error).__name__})
        return "新模型下次启动时换上。"
    return "新模型已经换上。"


def _intents(service: Service) -> list[str]:
    return [*service.matters.by_code, labels.OUT_OF_SCOPE]


def _run(row: Row, now: datetime) -> Run:
    dead = row.state == "running" and row.begun_at < now - DEAD_AFTER
    return Run(
        id=row.id,
        who=row.who,
        labels=row.labels,
        state="failed" if dead else row.state,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        accuracy=row.accuracy,
        before=row.before,
        model=row.model,
        message="训练的进程中途停了。" if dead else row.message,
    )
