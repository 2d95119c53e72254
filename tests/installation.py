"""The whole service as processes of its own (`yibotong up`): started, called, killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from api.config import PROJECT

START_LIMIT_S = 300  # ten seconds on an idle machine
YIBOTONG = [sys.executable, "-m", "api.cli", "up"]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """A data folder with a trained model, started and killed as a process group of its own."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.port, self.rasa_port = free_port(), free_port()
        self.environment = {
            **os.environ,
            "YIBOTONG_DATA_DIR": str(folder),
            "YIBOTONG_PORT": str(self.port),
            "YIBOTONG_RASA_PORT": str(self.rasa_port),
            **{f"YIBOTONG_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; the intent model may come up later."""
        self.process = subprocess.Popen(YIBOTONG, cwd=PROJECT, env=self.environment, start_new_session=True)
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            assert self.process.poll() is None, "it ended while starting"
            try:
                if httpx2.get(f"http://127.0.0.1:{self.port}/health").status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.2)
        raise TimeoutError("it did not answer")

    def call(self, method: str, path: str, **options) -> httpx2.Response:
        """One request."""
        return httpx2.request(method, f"http://127.0.0.1:{self.port}/api/v1{path}", timeout=20, **options)

    def processes(self) -> list[str]:
        """Ids of every live process that was given this installation's model port."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                environment = (folder / "environ").read_bytes() if folder.name.isdigit() else b""
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0] if environment else "Z"
            except OSError:
                continue
            if f"YIBOTONG_RASA_PORT={self.rasa_port}".encode() in environment and state != "Z":
                found.append(folder.name)
        return found

    def models(self) -> list[int]:
        """Ids of the intent model's processes."""
        return [int(pid) for pid in self.processes() if int(pid) != self.process.pid]

    def kill_everything(self) -> None:
        """Every process at once."""
        for pid in self.processes():
            os.kill(int(pid), signal.SIGKILL)
        self.process.wait()

    def wait_until_gone(self, limit_s: float = 20) -> None:
        """Return when none is left."""
        end = time.monotonic() + limit_s
        while self.processes() and time.monotonic() < end:
            time.sleep(0.1)
        assert self.processes() == []
