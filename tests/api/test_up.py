"""The whole service as processes: start, survive a kill, end together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.config import PROJECT, Settings
from bot import wording
from tests.installation import YIBOTONG, Installation


@pytest.fixture
def installation(settings: Settings, intent_model, tmp_path: Path) -> Iterator[Installation]:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copytree(settings.data_dir / "models", folder / "models")
    installed = Installation(folder)
    yield installed
    installed.kill_everything()


def test_a_ticket_survives_kill_9_of_every_process_right_after_its_number_was_shown(installation: Installation) -> None:
    installation.start()
    opened = installation.call("POST", "/conversations", json={}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    message = {"client_id": str(uuid.uuid4()), "text": "老板三个月没发工资，我在洪山区的餐馆打工"}
    installation.call("POST", f"/conversations/{opened['id']}/messages", json=message, headers=headers)
    wanted = {"conversation_id": opened["id"], "consent": {"version": wording.CONSENT.version, "agreed": True}}
    ticket = installation.call("POST", "/tickets", json=wanted, headers=headers).json()
    installation.kill_everything()

    installation.start()
    seen = installation.call("GET", f"/tickets/{ticket['number']}", headers={"X-Query-Code": ticket["query_code"]})
    assert seen.status_code == 200
    history = installation.call("GET", f"/conversations/{opened['id']}", headers=headers).json()
    assert any(line["text"] == message["text"] for line in history["messages"])


def test_interrupting_ends_every_process(installation: Installation) -> None:
    installation.start()
    assert len(installation.processes()) >= 2
    os.killpg(installation.process.pid, signal.SIGINT)
    installation.process.wait(30)
    installation.wait_until_gone()


def test_killing_the_service_alone_ends_the_intent_model_too(installation: Installation) -> None:
    installation.start()
    installation.process.kill()
    installation.process.wait()
    installation.wait_until_gone()


def test_a_port_in_use_is_one_clear_line(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        ended = subprocess.run(
            YIBOTONG, cwd=PROJECT, env=installation.environment, capture_output=True, text=True, check=False, timeout=60
        )
    installation.process = subprocess.Popen(["true"])
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == [
        f"yibotong: port {installation.port} is in use; end the other program or set YIBOTONG_PORT"
    ]
