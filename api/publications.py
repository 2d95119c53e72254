"""Which intent model is in use, which were before it, and the way back to one of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from api.config import Settings
from api.failure import Failure
from bot.utterances import read_utterance_files


@dataclass(frozen=True, slots=True)
class Publication:
    """A model that was published: from which data, and how it did on the held-out sentences (share right, 0 to 1)."""

    model: str
    data: str
    held_out_accuracy: float
    published_at: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the model in use was taught beyond the repository: (intent, sentence) of the questions people had labelled by then.
    `model` is empty before the first training."""

    model: str = ""
    labelled: tuple[tuple[str, str], ...] = ()


def models_folder(settings: Settings) -> Path:
    """Where models and the record of their publications lie."""
    return settings.data_dir / "models"


def model_path(settings: Settings, publication: Publication) -> Path:
    """Where a published model lies."""
    return models_folder(settings) / publication.model


def published(settings: Settings) -> Publication | None:
    """The model in use, or None before the first training."""
    record = models_folder(settings) / "published.json"
    if not record.exists():
        return None
    publication = Publication(**json.loads(record.read_text(encoding="utf-8")))
    return publication if model_path(settings, publication).exists() else None


def labelled_path(model: Path) -> Path:
    """Where the labelled questions lie that a model has learnt: beside it, so that the way back leads back for both."""
    return model.with_name(f"{model.name}.labelled.yml")


def model_in_use(settings: Settings) -> str:
    """The name of the model in use; empty before the first training."""
    current = published(settings)
    return current.model if current else ""


def learnt(settings: Settings) -> Learnt:
    """The labelled questions that the model in use has learnt: the nearest utterances know them too."""
    current = published(settings)
    if current is None:
        return Learnt()
    beside = labelled_path(model_path(settings, current))
    return Learnt(current.model, tuple(read_utterance_files([beside])) if beside.exists() else ())


def publish(settings: Settings, publication: Publication) -> None:
    """Put a model in use from the next start on, and record it."""
    folder = models_folder(settings)
    part = folder / "published.part"
    part.write_text(json.dumps(asdict(publication), indent=1), encoding="utf-8")
    part.replace(folder / "published.json")
    with (folder / "history.jsonl").open("a", encoding="utf-8") as record:
        record.write(json.dumps(asdict(publication)) + "\n")


def history(settings: Settings) -> list[Publication]:
    """Every publication, oldest first; a model put in use again appears again."""
    record = models_folder(settings) / "history.jsonl"
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    return [Publication(**json.loads(line)) for line in lines if line.strip()]


def refused_data(settings: Settings) -> str:
    """Hash of the data that are not to be trained again until they change; empty when there are none."""
    note = models_folder(settings) / "refused.txt"
    return note.read_text(encoding="utf-8") if note.exists() else ""


def refuse_data(settings: Settings, data: str) -> None:
    """Do not train these data again by itself."""
    (models_folder(settings) / "refused.txt").write_text(data, encoding="utf-8")


def go_back(settings: Settings, data: str) -> Publication:
    """Put the model in use that was first published before the present one; `data` is the hash of the present data.

    Without refusing these data the next start would train them again at once.
    """
    current = published(settings)
    known = {entry.model: entry for entry in history(settings) if model_path(settings, entry).exists()}
    order = list(known)  # by first publication: going back publishes a model anew, and must not move it
    place = order.index(current.model) if current and current.model in known else 0
    if place == 0:
        raise Failure("there is no earlier publication to go back to")
    earlier = replace(known[order[place - 1]], published_at=datetime.now(UTC).isoformat(timespec="seconds"))
    publish(settings, earlier)
    refuse_data(settings, data)
    return earlier
