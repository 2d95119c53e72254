"""Keys are renewed while the service runs; a renewal that was killed is gone on with."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, LargeBinary, insert, select

from api.database import for_writing, migrate, open_engine
from api.desk.tables import call_table
from api.privacy import keys
from api.privacy.keys import ENCRYPTED, RING, KeyRing, forget_old, rotate, standing
from routing.tickets import Secrets

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CALLS = 1200  # more than two batches


def phone_of(number: int) -> str:
    return f"+86138{number:08d}"


def add_calls(engine: Engine, secrets: Secrets, numbers: range) -> None:
    with for_writing(engine).begin() as connection:
        for n in numbers:
            row = {"id": f"{n:032d}", "switchboard_id": str(n), "conversation_id": "c", "phone_shown": "", "ticket": ""}
            row |= {"state": "ended", "began_at": NOW, "phone": secrets.hide(phone_of(n))}
            connection.execute(insert(call_table).values(**row))


def phones(engine: Engine, secrets: Secrets) -> list[str]:
    with engine.connect() as connection:
        return [
            secrets.show(value)
            for value in connection.execute(select(call_table.c.phone).order_by(call_table.c.id)).scalars()
        ]


@pytest.fixture
def first_key() -> bytes:
    return Fernet.generate_key()


def test_every_encrypted_column_is_renewed() -> None:
    known = {
        table.name: {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
        for table, _ in ENCRYPTED
    }
    assert known == {table.name: set(names) for table, names in ENCRYPTED}
    metadata = {table.metadata for table, _ in ENCRYPTED}
    others = {
        table.name
        for data in metadata
        for table in data.tables.values()
        if any(isinstance(column.type, LargeBinary) for column in table.columns)
    }
    assert others == set(known)


def test_after_a_renewal_everything_is_read_and_nothing_lies_under_the_old_key(
    engine: Engine, tmp_path: Path, first_key: bytes
) -> None:
    ring = KeyRing(tmp_path / RING)
    secrets = Secrets(first_key, ring)
    add_calls(engine, secrets, range(CALLS))
    batches: list[int] = []
    assert rotate(engine, for_writing(engine), secrets, ring, batches.append) == CALLS
    assert sum(batches) == CALLS
    assert len(ring()) == 1
    assert phones(engine, secrets) == [phone_of(n) for n in range(CALLS)]
    with engine.connect() as connection:
        assert standing(connection, secrets).stale == 0
        assert standing(connection, Secrets(first_key)) == standing(connection, Secrets(first_key))
        assert standing(connection, Secrets(Fernet.generate_key())).stale == CALLS
    # Another process, started before, reads with the file as it is now.
    assert phones(engine, Secrets(first_key, KeyRing(tmp_path / RING))) == [phone_of(n) for n in range(CALLS)]


def test_codes_and_fingerprints_stay_what_they_were(tmp_path: Path, first_key: bytes) -> None:
    ring = KeyRing(tmp_path / RING)
    before, after = Secrets(first_key), Secrets(first_key, ring)
    ring.add()
    assert after.query_code("WH20261124-000001") == before.query_code("WH20261124-000001")
    assert after.fingerprint("phone:1") == before.fingerprint("phone:1")


def test_a_process_writes_under_a_key_that_came_while_it_ran(tmp_path: Path, first_key: bytes) -> None:
    running = Secrets(first_key, KeyRing(tmp_path / RING))
    old = running.hide("13800000000")
    KeyRing(tmp_path / RING).add()
    new = running.hide("13800000000")
    assert not running.is_current(old)
    assert running.is_current(new)
    assert running.show(old) == running.show(new) == "13800000000"
    assert running.is_current(running.renewed(old))


def test_old_keys_are_dropped_only_when_nothing_lies_under_them(
    engine: Engine, tmp_path: Path, first_key: bytes
) -> None:
    ring = KeyRing(tmp_path / RING)
    secrets = Secrets(first_key, ring)
    ring.add()
    add_calls(engine, secrets, range(3))
    ring.add()
    with engine.connect() as connection:
        assert forget_old(connection, secrets, ring) == 0
    rotate(engine, for_writing(engine), secrets, ring, lambda _: None)
    assert len(ring()) == 2  # the one begun before was finished; no third key
    with engine.connect() as connection:
        assert forget_old(connection, secrets, ring) == 1
    assert phones(engine, secrets) == [phone_of(n) for n in range(3)]


KILLED = """
import os, signal, sys
from pathlib import Path
from api.database import for_writing, open_engine
from api.privacy.keys import RING, KeyRing, rotate
from routing.tickets import Secrets

folder = Path(sys.argv[1])
engine = open_engine(f"sqlite:///{folder / 'yibotong.sqlite3'}")
ring = KeyRing(folder / RING)

def die(count):
    if count:
        os.kill(os.getpid(), signal.SIGKILL)

rotate(engine, for_writing(engine), Secrets(sys.argv[2].encode(), ring), ring, die)
"""


def test_a_renewal_killed_in_the_middle_loses_nothing_and_is_gone_on_with(tmp_path: Path, first_key: bytes) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'yibotong.sqlite3'}")
    migrate(engine)
    secrets = Secrets(first_key, KeyRing(tmp_path / RING))
    add_calls(engine, secrets, range(CALLS))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path, first_key.decode()], check=False, capture_output=True
    )
    assert killed.returncode == -9, killed.stderr
    with engine.connect() as connection:
        assert 0 < standing(connection, secrets).stale < CALLS
    assert phones(engine, secrets) == [phone_of(n) for n in range(CALLS)]
    add_calls(engine, secrets, range(CALLS, CALLS + 5))  # the service goes on meanwhile
    rotate(engine, for_writing(engine), secrets, KeyRing(tmp_path / RING), lambda _: None)
    with engine.connect() as connection:
        assert standing(connection, secrets) == keys.Standing(CALLS + 5, 0)
    assert len(KeyRing(tmp_path / RING)()) == 1
    engine.dispose()


def test_the_file_of_keys_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    KeyRing(tmp_path / RING).add()
    assert (tmp_path / RING).stat().st_mode & 0o777 == 0o600
