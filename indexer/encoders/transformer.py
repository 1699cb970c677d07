"""Any sentence-transformers model, by name, path, or the package that ships it."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.errors import EncoderError


class TransformerEncoder:
    """A sentence-transformers model. Loading it imports torch (seconds, some 400 MB)."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(_location(name), device="cpu")
        except Exception as error:  # the libraries below raise whatever they like
            raise EncoderError(
                f"the encoder {name!r} cannot be loaded: {error}. Give 'default', 'fast', 'use', "
                "'e5', a folder with a sentence-transformers model, a package that ships one, or "
                "(with access to a model hub) its name there"
            ) from error

    def encode_query(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions, with the model's own prompt for them if it has one."""
        return np.asarray(
            self._model.encode_query(texts, normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        )

    def encode_document(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of texts to be found."""
        return np.asarray(
            self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        )


def _location(name: str) -> str:
    """A model folder inside an installed package of that name, else ``name`` as it is."""
    module = name.replace("-", "_")
    if os.sep in name or not module.isidentifier():
        return name
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return name
    folders = sorted(Path(spec.origin).parent.rglob("modules.json"))
    return str(folders[0].parent) if folders else name
