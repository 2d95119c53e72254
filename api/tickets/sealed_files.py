"""Files encrypted on the disk: each under a key of its own, chunk by chunk, so that none has to be held in memory whole.

AES-256-GCM over chunks of 64 KiB, as age does it (https://age-encryption.org/v1, "Payload"): the nonce is the chunk's number
and whether it is the last, which is sound because a key encrypts one file once. So a changed, moved, missing or added chunk is
found, a cut-off end too. The keys lie in the database, encrypted themselves: whoever renews those need not touch the files, and
whoever deletes one has destroyed its file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


class DamagedFileError(Exception):
    """What lies on the disk is not what was sealed there."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was sealed: its size in bytes and its SHA-256."""

    size: int
    sha256: str


def new_key() -> bytes:
    """For one file, once."""
    return AESGCM.generate_key(bit_length=256)


def seal(source: IO[bytes], path: Path, key: bytes) -> Content:
    """Write what `source` holds to a new file, readable by this account alone, and wait until it is on the disk."""
    cipher, digest, size = AESGCM(key), hashlib.sha256(), 0
    source.seek(0)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        for number, (chunk, is_last) in enumerate(_chunks(source, CHUNK_BYTES)):
            digest.update(chunk)
            size += len(chunk)
            target.write(cipher.encrypt(_nonce(number, is_last=is_last), chunk, None))
        target.flush()
        os.fsync(target.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Content(size, digest.hexdigest())


def content(path: Path, key: bytes) -> Iterator[bytes]:
    """What was sealed, piece by piece; `DamagedFileError` before the first piece that is not as it was, and at a cut-off end."""
    cipher = AESGCM(key)
    with path.open("rb") as source:
        for number, (chunk, is_last) in enumerate(_chunks(source, CHUNK_BYTES + TAG_BYTES)):
            try:
                yield cipher.decrypt(_nonce(number, is_last=is_last), chunk, None)
            except InvalidTag:
                raise DamagedFileError(path.name) from None


def _chunks(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of this size, the last one perhaps shorter, and whether it is the last; one empty piece of an empty source."""
    chunk = source.read(size)
    while True:
        after = source.read(size)
        yield chunk, not after
        if not after:
            return
        chunk = after


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
