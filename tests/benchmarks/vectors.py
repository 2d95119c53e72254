"""A million vectors in memory: how near, how fast, how large."""

from __future__ import annotations

import resource
import time

import faiss
import numpy as np
from tqdm import tqdm

from api.config import READY_STATUTE_VECTORS, READY_VECTORS
from tests.benchmarks.table import Table

COUNT = 1_000_000
QUERIES = 200
PERTURBED = 0.5  # length of the noise beside a unit vector: neighbours of one real vector lie at a cosine of about 0.8
CLUSTERS = 2048
PROBED = 48
CHUNK = 50_000


def million() -> Table:
    """FAISS over vectors made by perturbing real ones: inverted lists of 8-bit numbers against exact search."""
    real = np.concatenate([_real(READY_VECTORS), _real(READY_STATUTE_VECTORS)])
    rng = np.random.default_rng(0)
    queries = _perturbed(real, rng, QUERIES)
    dimensions = real.shape[1]
    begun = time.perf_counter()
    before_mb = _resident_mb()
    quantizer = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dimensions, CLUSTERS, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter = 8
    index.train(_perturbed(real, rng, CLUSTERS * 40))
    best = np.full((QUERIES, 10), -1.0, np.float32)
    exact = np.zeros((QUERIES, 10), np.int64)
    for start in tqdm(range(0, COUNT, CHUNK), desc="building", unit=" chunks"):
        part = _perturbed(real, rng, CHUNK)
        index.add(part)
        # The exact ten, kept beside so that the vectors themselves need not be held.
        both = np.concatenate([best, queries @ part.T], axis=1)
        ids = np.concatenate([exact, np.broadcast_to(np.arange(start, start + CHUNK), (QUERIES, CHUNK))], axis=1)
        kept = np.argpartition(-both, 10, axis=1)[:, :10]
        best, exact = np.take_along_axis(both, kept, 1), np.take_along_axis(ids, kept, 1)
    built_s = time.perf_counter() - begun
    index.nprobe = PROBED
    faiss.omp_set_num_threads(1)
    times, hits = [], 0
    for query, wanted in zip(queries, exact, strict=True):
        begun = time.perf_counter()
        _, found = index.search(query.reshape(1, -1), 10)
        times.append(time.perf_counter() - begun)
        hits += len(set(found[0].tolist()) & set(wanted.tolist()))
    size_mb = len(faiss.serialize_index(index)) / 1e6
    table = Table(f"{COUNT:,} vectors of {dimensions} dimensions", ("", "measured", "target"))
    table.add("p95 of a search, one thread", f"{np.percentile(times, 95) * 1000:.1f} ms", "30 ms")
    table.add("recall@10 of the exact ten", f"{hits / 10 / QUERIES:.3f}", "0.95")
    table.add("memory of the index", f"{size_mb:.0f} MB", "700 MB")
    table.add("growth of the process, training data included", f"{_resident_mb() - before_mb:.0f} MB", "")
    table.add("build, exact search beside it included", f"{built_s:.0f} s", "")
    return table


def _real(path: object) -> np.ndarray:
    with np.load(path, allow_pickle=False) as ready:
        return _unit(ready["vectors"].astype(np.float32))


def _perturbed(real: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    base = real[rng.integers(0, len(real), count)]
    noise = rng.standard_normal(base.shape, np.float32)
    return _unit(base + PERTURBED * _unit(noise))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
