"""Training and serving as processes, with a program that stands where Rasa would: what is handed over, kept and served again.
Rasa itself runs in every test that asks something."""

from __future__ import annotations

import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.config import Settings
from api.intent_server import LABELLED, TRAIN_DATA, IntentServer, as_rasa, model_to_serve, train_if_changed
from api.publications import Learnt, go_back, learnt, model_in_use
from bot.utterances import read_utterances
from case_library.embed import Encoder

SAID = "包工头跑路了，跟着他干了半年的钱还没影"
# `rasa train` writes a file; `rasa run` writes down its model and answers.
PROGRAM = """#!{python}
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

given = dict(zip(sys.argv, sys.argv[1:]))
if "train" in sys.argv:
    folder = Path(given["--out"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / (given["--fixed-model-name"] + ".tar.gz")).write_bytes(b"")
    sys.exit()
with Path("served.txt").open("a") as served:
    served.write(given["--model"] + "\\n")

class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply({{}})
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.reply({{"intent_ranking": [{{"name": "wage_arrears", "confidence": 1.0}}]}})
    def reply(self, body):
        told = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
    def log_message(self, *_):
        pass

if given["--port"] != "0":
    HTTPServer(("127.0.0.1", int(given["--port"])), Answers).serve_forever()
"""


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    program = tmp_path / "python"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Settings(data_dir=tmp_path, rasa_python=program)


def label(settings: Settings, *rows: tuple[str, str]) -> None:
    folder = settings.data_dir / LABELLED
    folder.mkdir(exist_ok=True)
    by_intent = {intent: [text] for intent, text in rows}
    (folder / "labelled.yml").write_text(as_rasa(by_intent), encoding="utf-8")


def test_what_was_labelled_is_kept_beside_the_model_that_learnt_it_and_goes_back_with_it(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []

    def encode_all(_: Encoder, texts: list[str]) -> list[list[float]]:
        embedded.extend(texts)
        return [[0.0]] * len(texts)

    monkeypatch.setattr(
        Encoder, "encode_all", encode_all
    )  # thousands of sentences, of which only the names matter here
    assert learnt(fresh) == Learnt()
    assert train_if_changed(fresh).publication
    first = model_in_use(fresh)
    assert learnt(fresh) == Learnt(first, ())
    known_intent, known = read_utterances(TRAIN_DATA)[0]
    label(
        fresh,
        ("wage_arrears", SAID),
        ("online_shopping" if known_intent != "online_shopping" else "wage_arrears", known),
    )
    assert learnt(fresh) == Learnt(first, ())  # labelled, but not learnt yet
    assert train_if_changed(fresh).publication
    second = model_in_use(fresh)
    # What the repository says of a sentence stands; both models learn the same.
    assert learnt(fresh) == Learnt(second, (("wage_arrears", SAID),))
    assert embedded.count(SAID) == 1
    assert go_back(fresh, "now").model == first
    assert learnt(fresh) == Learnt(first, ())


@pytest.fixture
def server(fresh: Settings) -> Iterator[tuple[Settings, IntentServer]]:
    for name in ("one", "two"):
        (fresh.data_dir / "models").mkdir(exist_ok=True)
        (fresh.data_dir / "models" / f"{name}.tar.gz").touch()
    use(fresh, "one")
    made = IntentServer(fresh, lambda: model_to_serve(fresh), 0)  # port 0: the program ends at once
    yield fresh, made
    made.stop()


def use(settings: Settings, name: str) -> None:
    record = settings.data_dir / "models" / "published.json"
    told = '{"model": "%s.tar.gz", "data": "d", "held_out_accuracy": 0.7, "published_at": "2026-11-24"}'
    record.write_text(told % name, encoding="utf-8")


def test_after_a_crash_the_model_in_use_now_is_served_not_that_of_the_first_start(
    server: tuple[Settings, IntentServer],
) -> None:
    settings, made = server
    made.start()
    use(settings, "two")
    threading.Thread(target=made.keep_running, daemon=True).start()
    served = settings.data_dir / "served.txt"
    end = time.monotonic() + 60
    while time.monotonic() < end and (not served.exists() or len(served.read_text().splitlines()) < 2):
        time.sleep(0.1)
    names = [Path(line).name for line in served.read_text().splitlines()]
    assert names[:2] == ["one.tar.gz", "two.tar.gz"]
