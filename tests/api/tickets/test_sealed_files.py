"""Files on the disk: unreadable without their key, and every way of changing one is found."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.tickets.sealed_files import CHUNK_BYTES, TAG_BYTES, Content, DamagedFileError, content, new_key, seal

SEALED = CHUNK_BYTES + TAG_BYTES
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]


def sealed(folder: Path, words: bytes, key: bytes) -> Path:
    path = folder / hashlib.sha256(words + key).hexdigest()
    assert seal(io.BytesIO(words), path, key) == Content(len(words), hashlib.sha256(words).hexdigest())
    return path


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_out_as_it_was(tmp_path: Path, size: int) -> None:
    words, key = bytes(range(256)) * (size // 256 + 1), new_key()
    path = sealed(tmp_path, words[:size], key)
    assert b"".join(content(path, key)) == words[:size]
    assert path.stat().st_mode & 0o777 == 0o600
    assert words[:32] not in path.read_bytes()


def test_the_same_file_twice_is_not_the_same_on_the_disk(tmp_path: Path) -> None:
    words = b"evidence" * 100
    assert sealed(tmp_path, words, new_key()).read_bytes() != sealed(tmp_path, words, new_key()).read_bytes()


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    path = sealed(tmp_path, b"evidence", new_key())
    with pytest.raises(DamagedFileError):
        list(content(path, new_key()))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2 * SEALED + 100), st.integers(1, 255))
def test_a_changed_byte_is_found_wherever_it_is(tmp_path: Path, place: int, change: int) -> None:
    key = new_key()
    path = sealed(tmp_path, b"x" * (2 * CHUNK_BYTES + 100 - TAG_BYTES + 1), key)
    lying = bytearray(path.read_bytes())
    lying[place] ^= change
    path.write_bytes(lying)
    with pytest.raises(DamagedFileError):
        list(content(path, key))


@pytest.mark.parametrize(
    "changed",
    [
        lambda lying: lying[:SEALED],  # the end is cut off, between two chunks
        lambda lying: lying[:-1],
        lambda lying: b"",
        lambda lying: lying[SEALED : 2 * SEALED] + lying[:SEALED] + lying[2 * SEALED :],  # in another order
        lambda lying: lying + lying[-SEALED:],  # something behind it
        lambda lying: lying[SEALED:],
    ],
    ids=["cut between chunks", "cut", "emptied", "moved", "longer", "without its beginning"],
)
def test_what_is_cut_moved_or_added_is_found(tmp_path: Path, changed) -> None:
    key = new_key()
    path = sealed(tmp_path, b"".join(bytes([n]) * CHUNK_BYTES for n in range(3)), key)
    path.write_bytes(changed(path.read_bytes()))
    with pytest.raises(DamagedFileError):
        list(content(path, key))
