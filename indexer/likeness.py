"""A picture of likeness: the cases placed on a plane so that like stands beside like.

t-SNE (van der Maaten & Hinton, JMLR 9, 2008), exact, on the cases' mean vectors. It keeps
neighbourhoods, not distances: of the five cases nearest to each of the 189 on the plane, 70% are
among its ten nearest by mean vector; on the principal components, which keep distances, 26% are.
It begins from those and draws no lots, so the same index always gives the same picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.dense import DenseIndex

FILE = "likeness.json"
MOST = 1_000  # cases: the work grows with their square, and more dots than this say nothing
FEWEST = 4
PERPLEXITY = 20.0  # neighbours that count; of the 70% above 8 keeps 63%, 15 65%, 30 69%
STEPS, EARLY = 750, 250  # of the descent, and those of them with attraction exaggerated
EXAGGERATION = 12.0
APART = 0.018  # least distance of two dots, of the picture's larger side

Doubles = npt.NDArray[np.float64]
Points = Mapping[str, tuple[float, float]]  # by case id, both coordinates from 0 to 1


def points(ids: list[str], dense: DenseIndex, starts: npt.NDArray[np.int64]) -> Points:
    """Where each case stands; nothing where there are too few cases for a picture, or too many.

    ``starts`` (cases,) are the first passages of the cases among the vectors of ``dense``.
    """
    if not FEWEST <= len(ids) <= MOST:
        return {}
    means = np.add.reduceat(np.asarray(dense.vectors, dtype=np.float64), starts)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    placed = spread(fitted(tsne(means)))
    return {
        i: (round(float(x), 4), round(float(y), 4)) for i, (x, y) in zip(ids, placed, strict=True)
    }


def tsne(vectors: Doubles, perplexity: float = PERPLEXITY) -> Doubles:
    """Places (n, 2) of unit vectors (n, d), in units of their own."""
    n = len(vectors)
    affinity = _affinities(2 - 2 * vectors @ vectors.T, min(perplexity, (n - 1) / 3))
    placed: Doubles = _principal(vectors) * 1e-4
    moved, gains = np.zeros_like(placed), np.ones_like(placed)
    rate = max(n / EXAGGERATION / 4, 50.0)
    for step in range(STEPS):
        near = 1 / (1 + _squared(placed))
        np.fill_diagonal(near, 0)
        wanted = affinity * EXAGGERATION if step < EARLY else affinity
        pull = (wanted - near / near.sum()) * near
        gradient = 4 * (pull.sum(axis=1)[:, None] * placed - pull @ placed)
        gains = np.maximum(np.where(gradient * moved < 0, gains + 0.2, gains * 0.8), 0.01)
        moved = (0.5 if step < EARLY else 0.8) * moved - rate * gains * gradient
        placed = placed + moved
    return placed


def fitted(placed: Doubles) -> Doubles:
    """Moved and scaled into the unit square, its longer side from edge to edge."""
    low, high = placed.min(axis=0), placed.max(axis=0)
    size = max(float((high - low).max()), 1e-12)
    inside: Doubles = (placed - (low + high) / 2) / size + 0.5
    return inside


def spread(placed: Doubles, apart: float = APART, rounds: int = 60) -> Doubles:
    """The same places, those nearer than ``apart`` pushed from one another, within the square."""
    at = placed.copy()
    # two at the very same place must part in some direction: each has one of its own
    own = np.stack([np.cos(np.arange(len(at))), np.sin(np.arange(len(at)))], axis=1) * 1e-9
    for _ in range(rounds):
        gaps = (at + own)[:, None] - (at + own)[None]
        distance = np.sqrt((gaps**2).sum(axis=2))
        np.fill_diagonal(distance, np.inf)
        short = np.maximum(apart - distance, 0)
        if not short.any():
            break
        at = np.clip(at + 0.5 * (gaps / distance[:, :, None] * short[:, :, None]).sum(axis=1), 0, 1)
    return at


def write_likeness(folder: Path, placed: Points) -> None:
    """Write the places into a generation under construction."""
    (folder / FILE).write_text(json.dumps(placed), encoding="utf-8")


def read_likeness(folder: Path) -> Points:
    """The places of a generation; empty for one built before there was such a picture."""
    path = folder / FILE
    if not path.is_file():
        return {}
    return {i: (x, y) for i, (x, y) in json.loads(path.read_text(encoding="utf-8")).items()}


def _affinities(squared: Doubles, perplexity: float) -> Doubles:
    """Symmetric, summing to 1: how likely each would choose the other as its neighbour, with
    Gaussians as wide as gives each ``perplexity`` neighbours (bisection, 50 halvings)."""
    n = len(squared)
    chances = np.zeros((n, n))
    for i in range(n):
        others = np.delete(squared[i], i)
        others -= others.min()
        low, high, beta = 0.0, np.inf, 1.0
        for _ in range(50):
            weights = np.exp(-others * beta)
            weights /= weights.sum()
            entropy = -float((weights * np.log(np.maximum(weights, 1e-300))).sum())
            if entropy > np.log(perplexity):
                low, beta = beta, beta * 2 if np.isinf(high) else (beta + high) / 2
            else:
                high, beta = beta, (beta + low) / 2
        chances[i, np.arange(n) != i] = weights
    return np.maximum((chances + chances.T) / (2 * n), 1e-12)


def _principal(vectors: Doubles) -> Doubles:
    """First two principal components, each of unit spread, with signs that do not depend on how
    they were computed."""
    centred = vectors - vectors.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    two: Doubles = left[:, :2] * size[:2]
    two *= np.sign(two[np.abs(two).argmax(axis=0), [0, 1]])
    two /= max(float(two[:, 0].std()), 1e-12)
    return two


def _squared(placed: Doubles) -> Doubles:
    own = (placed**2).sum(axis=1)
    squared: Doubles = np.maximum(own[:, None] + own[None] - 2 * placed @ placed.T, 0)
    return squared
