"""A PostgreSQL server of its own on loopback, in a temporary folder; `setup.sh test` installs Debian's."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text


class NoServerError(Exception):
    """No PostgreSQL server is installed here."""


@contextmanager
def temporary_server(*, flushed: bool = False) -> Iterator[str]:
    """The URL of its empty database `postgres`; `flushed` writes every commit to the disk, as a real one does."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not binaries:
        raise NoServerError("no PostgreSQL server is installed (apt-get install postgresql)")
    # The server refuses to run as root; Debian's package brings a user for it.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="yibotong-postgresql-"))
    if as_owner:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*as_owner, binaries[-1] / program, *arguments], check=True, capture_output=True, cwd=folder)

    data, log = str(folder / "data"), str(folder / "log")
    run("initdb", "--pgdata", data, "--username", "yibotong", "--auth", "trust", "--encoding", "UTF8", "--no-sync")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": 200,
        "fsync": "on" if flushed else "off",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    run("pg_ctl", "--pgdata", data, "--log", log, "--options", options, "--wait", "start")
    try:
        yield f"postgresql+psycopg://yibotong@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "--pgdata", data, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str, template: str = "template1") -> str:
    """A new database on the server of `url`; gives its own URL."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return url.replace("/postgres", f"/{name}")
