"""From a query to a score for every document, and the passage that carries it.

Dense scores count standard deviations above an ordinary passage. Lexical scores are the share
of the query that was matched. They are added, not their ranks: across languages the lexical
list is noise, and rank fusion gives noise half of the vote (0.93 falls to 0.51 on xquad-en-zh),
while a share of next to nothing adds next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from indexer.dense import DenseIndex
from indexer.encoders import Floats
from indexer.lexical import LexicalIndex
from indexer.names import Gazetteer
from indexer.passages import PASSAGE_COLUMNS, Document, split
from indexer.text import TextAnalyser
from indexer.threads import one_thread_a_query
from indexer.tokens import TokenCache

Mode = Literal["hybrid", "dense", "lexical"]
Mask = npt.NDArray[np.bool_]

# score = dense + LEXICAL_WEIGHT · share ** LEXICAL_POWER. The power mutes the small shares that
# digits and stray names give across languages: at power 1 and weight 20 to 40, xquad-en-zh falls
# from 0.929 (dense alone) to 0.921-0.863 MRR@10, at power 2 it stays. Weights 40 to 80 differ by
# less than 0.005 on every set (python -m bench.quality --sets DIR).
LEXICAL_WEIGHT = 50.0
LEXICAL_POWER = 2.0

# The best passages of a document count together, the more of them the longer it is: one up to
# 8 passages, two up to 16, then three, with these weights. On texts of a few passages the best
# one alone is better; a case of 20 is better found by several that agree.
AGREEING = ((1.0,), (0.7, 0.3), (0.6, 0.25, 0.15))
PASSAGES_PER_VOTE = 8

# A place named in a query. Where the name is a good part of the query, its case comes first
# whatever the rest says; otherwise it counts as much as a very good passage does. A query that is
# nothing but a name asks what there is about that place: of its cases, those come first that set
# the most KPIs.
FIRST = 100.0
MENTIONED = 4.0
GOOD_PART = 0.25
NOTHING_BUT_A_NAME = 0.9


@dataclass(frozen=True)
class Ranking:
    """Scores of one query: of each document (-inf if filtered out) and of each passage."""

    documents: Floats
    passages: Floats
    named: dict[int, float]

    def order(self) -> npt.NDArray[np.int64]:
        """Document numbers, best first; equal scores in document order."""
        kept = int(np.isfinite(self.documents).sum())
        return np.argsort(-self.documents, kind="stable")[:kept]


class RankingIndex:
    """Everything a generation holds for ranking. Immutable and safe to share between threads."""

    def __init__(
        self,
        documents: Sequence[Document],
        dense: DenseIndex,
        whole: LexicalIndex,
        pieces: LexicalIndex,
        analyser: TextAnalyser,
    ) -> None:
        one_thread_a_query()
        self.ids = [document.id for document in documents]
        self.passages = [passage for document in documents for passage in document.passages]
        self.counts = np.array([len(document.passages) for document in documents])
        self.starts = np.concatenate([[0], np.cumsum(self.counts)[:-1]]).astype(np.int64)
        self.owner = np.repeat(np.arange(len(documents)), self.counts)
        self.number = {document_id: i for i, document_id in enumerate(self.ids)}
        self._standing = np.array([document.standing for document in documents])
        self.dense = dense
        self.analyser = analyser
        self._whole = whole
        self._pieces = pieces
        self.gazetteer = Gazetteer(document.names for document in documents)
        self._votes = np.zeros((len(documents), len(AGREEING)), dtype=np.float32)
        for row, count in zip(self._votes, self.counts, strict=True):
            weights = AGREEING[min((count - 1) // PASSAGES_PER_VOTE, len(AGREEING) - 1)]
            row[: len(weights)] = weights

    @classmethod
    def build(
        cls, documents: Sequence[Document], dense: DenseIndex, cache: TokenCache
    ) -> RankingIndex:
        """From documents and their passage vectors. A document's terms are those of its
        passages and of its names."""
        pieces = [[cache.tokens(p.text) for p in d.passages] for d in documents]
        whole = [
            [token for tokens in passages for token in tokens]
            + [token for name in document.names for token in cache.tokens(name)]
            for document, passages in zip(documents, pieces, strict=True)
        ]
        flat = [tokens for passages in pieces for tokens in passages]
        return cls(
            documents, dense, LexicalIndex.build(whole), LexicalIndex.build(flat), cache.analyser
        )

    def save(self, folder: Path) -> None:
        """Write vectors and terms into a folder (the documents are the caller's)."""
        self.dense.save(folder)
        self._whole.save(folder, "terms-documents")
        self._pieces.save(folder, "terms-passages")

    @classmethod
    def open(
        cls, folder: Path, documents: Sequence[Document], dense: DenseIndex, analyser: TextAnalyser
    ) -> RankingIndex:
        """Read what :meth:`save` wrote."""
        whole = LexicalIndex.open(folder, "terms-documents")
        pieces = LexicalIndex.open(folder, "terms-passages")
        return cls(documents, dense, whole, pieces, analyser)

    def rank(self, text: str, mode: Mode = "hybrid", allowed: Mask | None = None) -> Ranking:
        """Score all (or the allowed) documents for a query text."""
        passages = np.zeros(len(self.passages), dtype=np.float32)
        documents = np.zeros(len(self.ids), dtype=np.float32)
        if mode != "lexical":
            vector = self.dense.encode_questions([text])[0]
            passages += self.dense.scores(vector, self._allowed_passages(allowed))
            documents += self.by_document(passages)
        if mode != "dense":
            shares, of_passages = self.shares(text)
            power, weight = (1.0, 1.0) if mode == "lexical" else (LEXICAL_POWER, LEXICAL_WEIGHT)
            passages += weight * of_passages**power
            documents += weight * shares**power
        named = {m.document: m.share for m in self.gazetteer.find(text)} if mode == "hybrid" else {}
        for document, share in named.items():
            if share >= NOTHING_BUT_A_NAME:
                documents[document] = FIRST + self._standing[document] + documents[document] / 1000
            else:
                documents[document] += FIRST if share >= GOOD_PART else MENTIONED
        if allowed is not None:
            documents[~allowed] = -np.inf
        return Ranking(documents, passages, named)

    def shares(self, text: str) -> tuple[Floats, Floats]:
        """Share of a query's terms matched by each document (the mean of the whole document's
        and its best passage's) and by each passage."""
        tokens = self.analyser.tokens(text)
        of_passages = self._pieces.scores(tokens)
        best = np.maximum.reduceat(of_passages, self.starts)
        of_documents = np.asarray((self._whole.scores(tokens) + best) / 2, dtype=np.float32)
        return of_documents, of_passages

    def by_document(self, passages: Floats) -> Floats:
        """Document scores from passage scores: the weighted mean of the best few."""
        remaining = passages.copy()
        total = np.zeros(len(self.ids), dtype=np.float32)
        for vote in range(self._votes.shape[1]):
            best = np.maximum.reduceat(remaining, self.starts)
            weight = self._votes[:, vote]
            counted = weight > 0
            total[counted] += weight[counted] * best[counted]
            if vote + 1 < self._votes.shape[1]:
                at_best = np.flatnonzero(remaining == best[self.owner])
                first = at_best[np.unique(self.owner[at_best], return_index=True)[1]]
                remaining[first] = -np.inf
        return total

    def term_rows(self) -> sparse.csr_matrix:
        """The terms of each passage and what each is worth there, shape (passages, terms)."""
        return self._pieces.rows()

    def term_rows_of(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """The terms of further texts in the casebook's vocabulary, read passage by passage;
        shape (texts, terms)."""
        pieces = [list(split(text, PASSAGE_COLUMNS)) or [text] for text in texts]
        of_pieces = self._pieces.rows_of([self.analyser.tokens(p) for own in pieces for p in own])
        owner = np.repeat(np.arange(len(texts)), [len(own) for own in pieces])
        ones = np.ones(len(owner), dtype=np.float32)
        shape = (len(texts), len(owner))
        return sparse.csr_matrix((ones, (owner, np.arange(len(owner)))), shape=shape) @ of_pieces

    def rarity(self, token: str) -> float:
        """How rare a token is among passages, from 0 to 1."""
        return self._pieces.rarity(token)

    def _allowed_passages(self, allowed: Mask | None) -> Mask | None:
        return None if allowed is None else allowed[self.owner]
