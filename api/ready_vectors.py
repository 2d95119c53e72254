"""`yibotong vectors`: embeddings of everything in the repository that is searched, made once for all installations."""

from __future__ import annotations

from api.config import READY_VECTORS, VECTOR_CACHE, Settings
from api.wiring import CASE_DATA, NLU_DATA, danger_examples, local_now, matters_file, routing_data
from bot.normalize import normalize
from bot.utterances import read_utterances
from case_library.check import Known
from case_library.embed import DEFAULT_MODEL, Encoder, write_ready
from case_library.load import read_case_files
from case_library.matters import load_matters
from case_library.statutes import Statutes
from routing.load import load_directory


def make(settings: Settings) -> str:
    """Write the file for the default model; minutes when nothing is cached."""
    matters = load_matters(matters_file(settings))
    body_types = set(load_directory(routing_data(settings)).types)
    cases = read_case_files(
        CASE_DATA.glob("*.yml"), Known(frozenset(matters.by_code), body_types, Statutes()), local_now().date()
    )
    texts = [text for _, text in read_utterances(NLU_DATA / "train")]
    texts += [text for case in cases for text in (case.title, *case.questions)]
    examples = danger_examples()
    texts += [
        normalize(t) for told in (examples.in_danger, examples.near_misses) for some in told.values() for t in some
    ]
    unique = list(dict.fromkeys(texts))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    made = Encoder(DEFAULT_MODEL, settings.data_dir / VECTOR_CACHE).encode_all(unique)
    write_ready(READY_VECTORS, DEFAULT_MODEL, unique, made)
    return f"{len(unique)} vectors, {READY_VECTORS.stat().st_size / 1e6:.1f} MB"
