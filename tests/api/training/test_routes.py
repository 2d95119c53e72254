"""Labelling questions and training beside the requests, over HTTP. Training itself is told here; that it really runs is
checked where models are trained."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import delete
from starlette.testclient import TestClient

from api.background import Background
from api.config import Settings
from api.failure import Failure
from api.intent_server import HELD_OUT, LABELLED, Training, as_rasa, data_hash, told
from api.library import catch_up
from api.publications import Publication, go_back, labelled_path, model_path, publish
from api.staff.roles import Role
from api.training import labels, runs
from api.training.tables import label_table, training_run_table
from api.wiring import Service
from bot.utterances import read_utterances
from case_library import misses
from case_library.tables import miss_table

URL = "/api/v1/admin/training"
WAGES = "工地上干了半年，包工头说年底一起结，现在人找不到了"


@pytest.fixture(autouse=True)
def clean(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Labels are written into the data folder, which is shared: what a model is trained from must not change there.
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(service.settings, "data_dir", tmp_path)
    monkeypatch.setattr(service.settings, "rasa_port", 1)  # no server to load a new model
    with service.writing.begin() as connection:
        for table in (label_table, training_run_table, miss_table):
            connection.execute(delete(table))


@pytest.fixture
def curator(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.CURATOR, name="维护员")


@pytest.fixture
def reviewer(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.REVIEWER, name="审核员")


def unsure(service: Service, text: str = WAGES, **more: Any) -> str:
    with service.writing.begin() as connection:
        misses.record(connection, "unsure", text, service.now(), **{"matter": "wages", "confidence": 0.3, **more})
    return labels.hash_of(labels.one_line(text))


def put(staff: TestClient, name: str, matter: str, version: int = 0) -> Any:
    return staff.put(f"{URL}/questions/{name}", json={"matter": matter, "version": version})


def questions(staff: TestClient, state: str = "open") -> list[dict[str, Any]]:
    return staff.get(f"{URL}/questions", params={"state": state}).json()["items"]


def a_matter(service: Service) -> str:
    return next(iter(service.matters.by_code))


def test_what_was_asked_most_often_comes_first_and_a_label_takes_it_off_the_list(
    service: Service, curator: TestClient
) -> None:
    unsure(service, "只问过一次的话")
    name = unsure(service)
    unsure(service, f" {WAGES}\n")  # the same but for its spaces
    assert [(q["text"], q["times"]) for q in questions(curator)] == [(WAGES, 2), ("只问过一次的话", 1)]
    assert put(curator, name, a_matter(service)).status_code == 200
    assert [q["text"] for q in questions(curator)] == ["只问过一次的话"]
    done = questions(curator, "labelled")
    assert [(q["text"], q["matter"], q["who"]) for q in done] == [(WAGES, a_matter(service), "维护员")]


def test_only_what_the_machine_was_unsure_of_is_asked(service: Service, curator: TestClient) -> None:
    with service.writing.begin() as connection:
        misses.record(connection, "unresolved", "答了没用的话", service.now())
    assert questions(curator) == []


def test_a_label_can_be_corrected_and_of_two_the_second_is_told(
    service: Service, curator: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    name = unsure(service)
    other = as_staff(Role.CURATOR)
    assert put(curator, name, a_matter(service)).status_code == 200
    assert put(other, name, "out_of_scope").status_code == 409
    assert put(other, name, "out_of_scope", version=1).json()["matter_name"] == "不是法律上的事"
    assert put(other, name, "", version=2).json()["matter"] == ""


def test_the_export_is_in_rasa_s_format_and_holds_what_is_of_use_only(service: Service, curator: TestClient) -> None:
    put(curator, unsure(service), a_matter(service))
    put(curator, unsure(service, "喂喂喂"), "")
    exported = curator.get(f"{URL}/export")
    assert exported.headers["content-disposition"].endswith('.yml"')
    assert yaml.safe_load(exported.text)["nlu"] == [{"intent": a_matter(service), "examples": f"- {WAGES}\n"}]


def test_marks_of_the_format_in_a_question_are_no_marks(service: Service, curator: TestClient) -> None:
    put(curator, unsure(service, '老板欠我[一万]{"entity": "x"}'), a_matter(service))
    assert "老板欠我【一万】" in yaml.safe_load(curator.get(f"{URL}/export").text)["nlu"][0]["examples"]


def test_a_sentence_that_measures_models_is_never_learnt(service: Service, curator: TestClient) -> None:
    _, text = read_utterances(HELD_OUT)[0]
    refused = put(curator, unsure(service, text), a_matter(service))
    assert refused.status_code == 422
    assert "量不准" in refused.json()["detail"]


@pytest.mark.parametrize("matter", ["no_such_matter", "unclear", "x" * 61])
def test_what_is_no_matter_is_refused(service: Service, curator: TestClient, matter: str) -> None:
    assert put(curator, unsure(service), matter).status_code == 422


def test_a_question_that_was_never_asked_cannot_be_labelled(service: Service, curator: TestClient) -> None:
    assert put(curator, labels.hash_of("编的"), a_matter(service)).status_code == 404


def test_curators_label_and_reviewers_train(
    service: Service, curator: TestClient, reviewer: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    name = unsure(service)
    assert put(reviewer, name, a_matter(service)).status_code == 403
    assert curator.post(f"{URL}/runs").status_code == 403
    assert curator.post(f"{URL}/back").status_code == 403
    assert as_staff(Role.SUPERVISOR).get(URL).status_code == 403


class Trainer:
    """Trains when it is let; what comes of it is told beforehand."""

    def __init__(self, *, accuracy: float = 0.8, before: float = 0.7, failure: Exception | None = None) -> None:
        self.let, self.saw = threading.Event(), list[tuple[str, str]]()
        self._accuracy, self._before, self._failure = accuracy, before, failure

    def __call__(self, settings: Settings) -> Training:
        assert self.let.wait(30)
        self.saw = told(settings)
        if self._failure:
            raise self._failure
        better = self._accuracy >= self._before
        made = Publication("intents-new.tar.gz", data_hash(settings), self._accuracy, "2026-11-24T10:00:00+00:00")
        return Training(made if better else None, self._accuracy, self._before, trained=True)


def finished(service: Service, trainer: Trainer, who: str = "审核员") -> runs.Run:
    """The run as it stands when its work is done."""
    service.background = Background()
    runs.begin(service, who, train=trainer)
    trainer.let.set()
    done = threading.Event()
    service.background.submit(done.set)
    assert done.wait(30)
    with service.engine.connect() as connection:
        return runs.runs(connection, service.now())[0]


def test_a_training_learns_the_labels_and_says_how_it_did(service: Service, curator: TestClient) -> None:
    put(curator, unsure(service), a_matter(service))
    before = data_hash(service.settings)
    trainer = Trainer()
    run = finished(service, trainer)
    assert (a_matter(service), WAGES) in trainer.saw
    assert data_hash(service.settings) != before
    assert (run.state, run.accuracy, run.before, run.labels) == ("published", 0.8, 0.7, 1)
    assert [path.name for path in (service.settings.data_dir / LABELLED).iterdir()] == ["labelled.yml"]


def test_a_worse_model_is_refused_and_a_failure_is_told(service: Service) -> None:
    assert finished(service, Trainer(accuracy=0.6)).state == "refused"
    assert finished(service, Trainer(failure=Failure("no Rasa"))).state == "failed"


def test_one_training_at_a_time_and_the_pages_answer_meanwhile(
    service: Service, reviewer: TestClient, client: TestClient
) -> None:
    trainer = Trainer()
    service.background = Background()
    number = runs.begin(service, "审核员", train=trainer)
    assert reviewer.post(f"{URL}/runs").status_code == 409
    state = reviewer.get(URL).json()
    assert [(run["id"], run["state"]) for run in state["runs"]] == [(number, "running")]
    assert client.get("/api/v1/meta").status_code == 200
    trainer.let.set()


def test_a_training_whose_process_died_does_not_block_the_next(service: Service, reviewer: TestClient) -> None:
    long_ago = service.now() - 2 * runs.DEAD_AFTER
    with service.writing.begin() as connection:
        row = {"who": "甲", "labels": 0, "state": "running", "begun_at": long_ago}
        connection.execute(training_run_table.insert().values(row))
    assert reviewer.get(URL).json()["runs"][0]["state"] == "failed"
    assert finished(service, Trainer()).state == "published"


def test_the_way_back_leads_to_the_model_before(service: Service, reviewer: TestClient) -> None:
    models = service.settings.data_dir / "models"
    assert reviewer.post(f"{URL}/back").status_code == 409
    entries = [
        {
            "model": f"intents-{n}.tar.gz",
            "data": "d",
            "held_out_accuracy": 0.7 + n / 100,
            "published_at": f"2026-11-2{n}",
        }
        for n in (1, 2)
    ]
    for entry in entries:
        (models / entry["model"]).touch()
    (models / "history.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    (models / "published.json").write_text(json.dumps(entries[1]), encoding="utf-8")
    assert [entry["in_use"] for entry in reviewer.get(URL).json()["history"]] == [True, False]
    gone_back = reviewer.post(f"{URL}/back").json()
    assert gone_back["model"] == "intents-1.tar.gz"
    newest = reviewer.get(URL).json()["history"][0]
    assert (newest["model"], newest["in_use"]) == ("intents-1.tar.gz", True)


def test_what_a_model_has_learnt_is_among_the_nearest_utterances_until_it_is_gone_back_from(service: Service) -> None:
    code = "online_shopping"  # as somebody has labelled it, whatever the machine thinks
    said = "做那个鉴定的单子压在他们柜子里快俩月了没人管"
    vector = service.parts.encoder.encode(said)

    def learn(name: str, labelled: dict[str, list[str]]) -> None:
        made = Publication(f"{name}.tar.gz", name, 0.7, "2026-11-24T10:00:00+00:00")
        path = model_path(service.settings, made)
        path.touch()
        if labelled:
            labelled_path(path).write_text(as_rasa(labelled), encoding="utf-8")
        publish(service.settings, made)

    learn("without", {})
    catch_up(service)
    assert service.parts.understanding.nearest(vector).get(code, 0) < 1
    learn("with", {code: [said]})
    catch_up(service)
    assert service.parts.understanding.nearest(vector)[code] == pytest.approx(1)
    assert not catch_up(service)  # built once
    go_back(service.settings, "now")
    catch_up(service)
    assert service.parts.understanding.nearest(vector).get(code, 0) < 1
