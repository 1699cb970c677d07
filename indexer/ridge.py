"""Ridge regression on texts, in closed form, and what it would say had it not seen some of them.

A text is a unit vector and, beside it, its words as a unit row; two texts are as alike as the sum
of both inner products (words count ``WORDS``). The regression is solved in the dual, so that its
cost grows with the texts it learns from and not with the words there are. The inverse is found by
Cholesky's decomposition in single precision, in a quarter of the time that double takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import lapack

from indexer.encoders import Floats

WORDS = 3.0  # what chose it is told in plan_tags

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Texts:
    """What models read of n texts: unit vectors (n, d) and, where they read them, words (n, terms)
    as unit rows."""

    vectors: Floats
    words: sparse.csr_matrix | None = None

    @classmethod
    def joined(cls, several: Sequence[Texts]) -> Texts:
        """The texts of several, one after the other; words where all have them."""
        words = [texts.words for texts in several if texts.words is not None]
        whole = sparse.vstack(words).tocsr() if words and len(words) == len(several) else None
        return cls(np.concatenate([texts.vectors for texts in several]), whole)

    def alike(self, other: Texts) -> Doubles:
        """The inner product of each text with each of the other's, shape (n, m)."""
        found = np.asarray(self.vectors @ other.vectors.T, dtype=np.float64)
        if self.words is not None and other.words is not None:
            found += WORDS * (self.words @ other.words.T).toarray()
        return found

    def of(self, rows: npt.NDArray[Any] | list[int]) -> Texts:
        """Some of the texts."""
        return Texts(self.vectors[rows], None if self.words is None else self.words[rows])


class Ridge:
    """A regression of targets (n, values) on n texts of given weights, about a mean (values,).

    ``gram`` (n, n) are the texts' likenesses, where they are known already.
    """

    def __init__(
        self,
        texts: Texts,
        targets: Doubles,
        mean: Doubles,
        penalties: Doubles,
        gram: Doubles | None = None,
    ) -> None:
        self._texts, self._mean = texts, mean
        gram = texts.alike(texts) if gram is None else gram
        self._inverse = _inverse(gram + np.diag(penalties))
        self._dual: Doubles = self._inverse @ (targets - mean)

    @property
    def weights(self) -> Doubles:
        """What each dimension of a vector brings to each value, shape (d, values)."""
        return np.asarray(self._texts.vectors.T.astype(np.float64) @ self._dual)

    def scores(self, texts: Texts, without: Numbers | None = None) -> Doubles:
        """The score of each text for each value, shape (n, values); ``without`` gives those of
        the regression that never saw some rows."""
        alike = texts.alike(self._texts)
        return self._mean + alike @ (self._dual if without is None else self._dual_without(without))

    def scores_without_own(self, gram: Doubles, rows: Numbers) -> Doubles:
        """The scores of rows by the regression that never saw them."""
        return self._mean + gram[rows] @ self._dual_without(rows)

    def _dual_without(self, rows: Numbers) -> Doubles:
        """Leaving out a block of rows, from the inverse that includes it (the block form of the
        leave-one-out identity of least squares)."""
        if not len(rows):
            return self._dual
        block = self._inverse[np.ix_(rows, rows)]
        taken: Doubles = self._inverse[:, rows] @ np.linalg.solve(block, self._dual[rows])
        return self._dual - taken


def _inverse(matrix: Doubles) -> Floats:
    """Of a symmetric positive definite matrix (n, n)."""
    factor, failed = lapack.spotrf(matrix.astype(np.float32), lower=1, clean=1)
    if failed:
        raise np.linalg.LinAlgError(f"not positive definite at row {failed}")
    lower, _ = lapack.spotri(factor, lower=1)
    found: Floats = np.tril(lower) + np.tril(lower, -1).T
    return found
