from __future__ import annotations

import numpy as np
import pytest

from case_library import embed
from case_library.embed import Encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def test_the_same_text_is_not_embedded_again(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = encoder.encode("房东不退押金")
    monkeypatch.setattr(encoder, "_encode", lambda *_: pytest.fail("embedded again"))
    assert encoder.encode("房东不退押金") is first


def test_what_is_remembered_cannot_be_written_to(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encoder.encode("房东不退押金")[0] = 1


def test_only_the_latest_are_remembered(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "LATEST", 2)
    kept = encoder.encode("一")
    for text in ("二", "一", "三"):
        encoder.encode(text)
    assert encoder.encode("一") is kept
    gone = encoder.encode("二")
    assert np.allclose(gone, encoder.encode_all(["二"])[0], atol=1e-3)
    assert len(encoder._latest) == 2
