"""The keys under which phones, names and other secrets are encrypted, and their renewal.

`encryption.keys` in the data folder holds them, one a line, newest first; until there is one, `secret.key` encrypts. Every
process asks the file before it writes or reads, so that nothing has to be started anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import Column, Connection, Engine, Table, select, tuple_, update

from api.desk.tables import call_table
from api.exchange.tables import peer_table
from api.notices.tables import contact_table
from api.staff.tables import staff_table
from api.wechat.tables import follower_table, token_table
from routing.tables import attachment_table, complaint_table, ticket_table
from routing.tickets import Secrets

RING = "encryption.keys"
BATCH = 500  # rows in one transaction: others wait no longer than it takes

# Every column that is encrypted; a test holds that none is missing.
ENCRYPTED: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (ticket_table, ("name", "phone")),
    (complaint_table, ("about",)),
    (attachment_table, ("key",)),
    (contact_table, ("address",)),
    (call_table, ("phone",)),
    (follower_table, ("openid", "conversation_token")),
    (token_table, ("token",)),
    (peer_table, ("secret",)),
    (staff_table, ("totp_secret", "totp_offered")),
)


class KeyRing:
    """The file of keys; calling it gives them, newest first. Read again when it was changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[tuple[int, int] | None, tuple[bytes, ...]] = (None, ())

    def __call__(self) -> Sequence[bytes]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return ()
        stamp = (stat.st_mtime_ns, stat.st_ino)
        seen, keys = self._seen
        if stamp != seen:
            keys = tuple(self._path.read_bytes().split())
            self._seen = (stamp, keys)
        return keys

    def add(self) -> None:
        """A new key before the others."""
        self._write((Fernet.generate_key(), *self()))

    def keep_newest(self) -> None:
        """Drop all but the newest."""
        self._write(self()[:1])

    def _write(self, keys: Sequence[bytes]) -> None:
        # Written beside and put in place at once: a crash leaves the old file or the new one, never half of it.
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(b"\n".join(keys) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many encrypted values there are, and how many are not under the newest key."""

    values: int
    stale: int


def standing(connection: Connection, secrets: Secrets) -> Standing:
    """Look at every encrypted value."""
    values = stale = 0
    for table, names in ENCRYPTED:
        for row in connection.execute(select(*(table.c[name] for name in names))):
            held = [value for value in row if value is not None]
            values += len(held)
            stale += sum(not secrets.is_current(value) for value in held)
    return Standing(values, stale)


def rotate(engine: Engine, writing: Engine, secrets: Secrets, ring: KeyRing, done: Callable[[int], None]) -> int:
    """A new key, and everything encrypted under it; gives how many values were written anew.

    Where an earlier renewal was not finished, that one is finished and no key is made. May be stopped at any moment: each batch
    is committed, old keys stay in the file, and whatever is not done yet can still be read. `done` is told after each batch how
    many values there were in it.
    """
    with engine.connect() as connection:
        is_unfinished = bool(ring()) and standing(connection, secrets).stale > 0
    if not is_unfinished:
        ring.add()
    count = 0
    for table, names in ENCRYPTED:
        for batch in _batches(writing, table, names, secrets):
            count += batch
            done(batch)
    return count


def forget_old(connection: Connection, secrets: Secrets, ring: KeyRing) -> int:
    """Drop the keys under which nothing lies any more; gives how many. 0 while something is not under the newest one."""
    if len(ring()) < 2 or standing(connection, secrets).stale:
        return 0
    old = len(ring()) - 1
    ring.keep_newest()
    return old


def _batches(writing: Engine, table: Table, names: Sequence[str], secrets: Secrets) -> Iterator[int]:
    """Write a table's values anew, batch by batch in the order of its key."""
    key = list(table.primary_key.columns)
    after = None
    while True:
        query = select(*key, *(table.c[name] for name in names)).order_by(*key).limit(BATCH)
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(*after))
        count = 0
        with writing.begin() as connection:
            rows = connection.execute(query).all()
            for row in rows:
                for name in names:
                    value = getattr(row, name)
                    if value is not None and not secrets.is_current(value):
                        count += _renew(connection, table, key, row, table.c[name], value, secrets)
        if not rows:
            return
        after = rows[-1][: len(key)]
        yield count


def _renew(
    connection: Connection,
    table: Table,
    key: Sequence[Column],
    row: Sequence,
    column: Column,
    value: bytes,
    secrets: Secrets,
) -> int:
    """Unless somebody changed it meanwhile: then it is under the newest key already."""
    same = [part == row[place] for place, part in enumerate(key)]
    statement = update(table).where(*same, column == value).values({column.name: secrets.renewed(value)})
    return connection.execute(statement).rowcount
