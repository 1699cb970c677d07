"""BM25 over tokens (bm25s), with scores as a share of what the query could reach at best.

A BM25 score has no ceiling that two queries share. Divided by the best score that any text
could reach for the query (the sum over its terms of their idf, unknown terms counted as the
rarest), it lies in [0, 1], says how much of the query was matched, and vanishes by itself when
query and text are in different languages. That makes it safe to add to a dense score.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
from scipy import sparse

K1 = 0.9  # 0.9/0.5 against 1.2/0.75: +0.000 to +0.002 MRR@10 on the three one-language sets
B = 0.5

Floats = npt.NDArray[np.float32]


class LexicalIndex:
    """Terms of n texts. Lucene's BM25, whose term part is below 1 and idf positive."""

    def __init__(self, retriever: bm25s.BM25, vocabulary: dict[str, int], size: int) -> None:
        self._retriever = retriever
        self._vocabulary = vocabulary
        self.size = size
        pointers = np.asarray(retriever.scores["indptr"], dtype=np.int64)
        frequency = np.diff(pointers).astype(np.float64)
        self._idf = np.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
        self._idf_unknown = float(np.log(1 + (size + 0.5) / 0.5))

    @classmethod
    def build(cls, texts: list[list[str]]) -> LexicalIndex:
        """Index texts given as token lists."""
        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(t, len(vocabulary)) for t in tokens] for tokens in texts]
        if not vocabulary:
            vocabulary[""] = 0
            ids = [[0] for _ in texts]
        retriever = bm25s.BM25(k1=K1, b=B, method="lucene")
        retriever.index((ids, vocabulary), show_progress=False, create_empty_token=False)
        return cls(retriever, vocabulary, len(texts))

    def scores(self, tokens: list[str]) -> Floats:
        """Share of the query matched by each text, shape (size,), each in [0, 1].

        A term that the query repeats counts as often, in the score and in the ceiling.
        """
        counts = Counter(tokens)
        known = [(self._vocabulary[t], n) for t, n in counts.items() if t in self._vocabulary]
        unknown = sum(n for t, n in counts.items() if t not in self._vocabulary)
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        ids = [i for i, n in known for _ in range(n)]
        ceiling = sum(n * self._idf[i] for i, n in known) + unknown * self._idf_unknown
        raw: Floats = self._retriever.get_scores_from_ids(ids)
        shares: Floats = (raw / ceiling).astype(np.float32)
        return shares

    def rows(self) -> sparse.csr_matrix:
        """What each term is worth in each text, shape (size, terms): a score is a sum of these."""
        parts = (self._retriever.scores[name] for name in ("data", "indices", "indptr"))
        shape = (self.size, len(self._vocabulary))
        return sparse.csc_matrix(tuple(map(np.asarray, parts)), shape=shape).tocsr()

    def rows_of(self, texts: Sequence[list[str]]) -> sparse.csr_matrix:
        """What each known token of further texts would be worth, were they of ordinary length,
        shape (texts, terms)."""
        counted = [Counter(t for t in tokens if t in self._vocabulary) for tokens in texts]
        ids = np.array([self._vocabulary[t] for own in counted for t in own], dtype=np.int64)
        often = np.array([n for own in counted for n in own.values()], dtype=np.float64)
        row = np.repeat(np.arange(len(texts)), [len(own) for own in counted])
        worth = (self._idf[ids] * often / (often + K1)).astype(np.float32)
        return sparse.csr_matrix((worth, (row, ids)), shape=(len(texts), len(self._vocabulary)))

    def rarity(self, token: str) -> float:
        """How rare a token is, from 0 (in every text) to 1 (unknown)."""
        known = self._vocabulary.get(token)
        idf = self._idf_unknown if known is None else float(self._idf[known])
        return idf / self._idf_unknown

    def save(self, folder: Path, name: str) -> None:
        """Write ``<name>.*`` into a folder."""
        self._retriever.vocab_dict = {}  # the vocabulary is in the record below
        self._retriever.save(folder, show_progress=False, **_files(name))
        record = {"size": self.size, "vocabulary": list(self._vocabulary)}
        (folder / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, folder: Path, name: str) -> LexicalIndex:
        """Read what :meth:`save` wrote."""
        record = json.loads((folder / f"{name}.json").read_text("utf-8"))
        retriever = bm25s.BM25.load(folder, load_vocab=False, **_files(name))
        vocabulary = {token: i for i, token in enumerate(record["vocabulary"])}
        return cls(retriever, vocabulary, record["size"])


def _files(name: str) -> dict[str, str]:
    """File names of bm25s, one flat set for each index."""
    kinds = {"data": "npy", "indices": "npy", "indptr": "npy", "vocab": "json", "params": "json"}
    return {f"{kind}_name": f"{name}.{kind}.{ending}" for kind, ending in kinds.items()}
