"""`yibotong keys …`: the keys under which names, phones and secrets are encrypted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from tqdm import tqdm

from api.config import Settings
from api.privacy import keys
from api.privacy.keys import KeyRing
from api.staff import audit
from routing.tickets import Secrets

app = typer.Typer(no_args_is_help=True, help="Keys of what is encrypted.")
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder (YIBOTONG_DATA_DIR).")]


@app.command()
def rotate(data_dir: DataDir = None) -> None:
    """Make a new key and encrypt everything under it; stopped half-way, the next call goes on. The service may be running."""
    from api.wiring import local_now

    with (
        _opened(data_dir) as (engine, writing, secrets, ring),
        tqdm(file=sys.stderr, disable=not sys.stderr.isatty(), unit=" values") as bar,
    ):
        count = keys.rotate(engine, writing, secrets, ring, bar.update)
        with writing.begin() as connection:
            audit.record(connection, None, "keys.rotate", "keys", "encryption", local_now(), after={"values": count})
    sys.stdout.write(f"{count} values are under the new key; once all is well: yibotong keys forget\n")


@app.command()
def status(data_dir: DataDir = None) -> None:
    """How many keys there are, and how many values are not under the newest."""
    with _opened(data_dir) as (engine, _writing, secrets, ring), engine.connect() as connection:
        found = keys.standing(connection, secrets)
        sys.stdout.write(f"keys: {len(ring()) or 1}\nvalues: {found.values}\nunder older keys: {found.stale}\n")


@app.command()
def forget(data_dir: DataDir = None) -> None:
    """Drop old keys, when nothing lies under them any more. Backups made before can then be read with a copy of the file only."""
    from api.wiring import local_now

    with _opened(data_dir) as (_engine, writing, secrets, ring), writing.begin() as connection:
        count = keys.forget_old(connection, secrets, ring)
        if count:
            audit.record(connection, None, "keys.forget", "keys", "encryption", local_now(), after={"keys": count})
    sys.stdout.write(f"{count} old keys dropped\n")


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[tuple[Engine, Engine, Secrets, KeyRing]]:
    from api.database import for_writing
    from api.wiring import open_database, open_secrets

    settings = Settings(data_dir=data_dir.resolve()) if data_dir else Settings()
    engine = open_database(settings)
    yield engine, for_writing(engine), open_secrets(settings), KeyRing(settings.data_dir / keys.RING)
    engine.dispose()
