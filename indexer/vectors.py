"""Vectors that were already computed: kept in each generation, reused by the next build.

A store holds one encoder's raw vectors by the hash of the text they were made from, so that a
rebuild embeds only the texts that changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from indexer.encoders import Floats

CHUNK = 64  # texts between two reports of progress

Progress = Callable[[int], None]


def store_name(kind: str, encoder: str) -> str:
    """The file name of a store: what kind of texts it holds, and the encoder's."""
    return f"{kind}-{''.join(c if c.isalnum() else '-' for c in encoder)[-60:]}"


def text_key(text: str) -> str:
    """The hash a text's vector is kept under."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class VectorStore:
    """Raw vectors of one encoder, shape (n, d), with the key of each row."""

    def __init__(self, keys: list[str], vectors: Floats) -> None:
        self.keys = keys
        self.vectors = vectors
        self._row = {key: i for i, key in enumerate(keys)}

    @classmethod
    def empty(cls) -> VectorStore:
        """A store without vectors."""
        return cls([], np.zeros((0, 0), dtype=np.float32))

    def __contains__(self, key: str) -> bool:
        return key in self._row

    def has(self, texts: Iterable[str]) -> bool:
        """Whether every text is in the store."""
        return all(text_key(text) in self for text in texts)

    def rows(self, keys: Iterable[str]) -> Floats:
        """The vectors of keys that are all in the store."""
        return self.vectors[[self._row[key] for key in keys]]

    def completed(
        self,
        texts: list[str],
        encode: Callable[[list[str]], Floats],
        progress: Progress = lambda _: None,
    ) -> tuple[VectorStore, int]:
        """A store of just these texts and the number of them that had to be embedded now."""
        wanted = dict(zip(map(text_key, texts), texts, strict=True))
        missing = [key for key in wanted if key not in self]
        progress(len(wanted) - len(missing))
        fresh: list[Floats] = []
        for start in range(0, len(missing), CHUNK):
            keys = missing[start : start + CHUNK]
            fresh.append(encode([wanted[key] for key in keys]))
            progress(len(keys))
        known = [key for key in wanted if key in self]
        blocks = ([self.rows(known)] if known else []) + fresh
        vectors = np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=np.float32)
        return VectorStore(known + missing, vectors), len(missing)

    def of(self, texts: Iterable[str]) -> Floats:
        """One row a text, in the order of the texts, which are all in the store."""
        return self.rows(map(text_key, texts))

    def save(self, folder: Path, name: str) -> None:
        """Write ``<name>.npy`` and ``<name>.json`` into a folder."""
        np.save(folder / f"{name}.npy", self.vectors)
        (folder / f"{name}.json").write_text(json.dumps(self.keys), "utf-8")

    @classmethod
    def open(cls, folder: Path, name: str) -> VectorStore:
        """Read what :meth:`save` wrote."""
        keys = json.loads((folder / f"{name}.json").read_text("utf-8"))
        return cls(keys, np.load(folder / f"{name}.npy"))
