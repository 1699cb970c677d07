"""The picture of likeness: like stands beside like, always the same, nothing on top of another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.likeness import APART, FILE, fitted, points, read_likeness, spread, tsne
from indexer.live import open_published


def groups(sizes: list[int], dimensions: int = 24) -> np.ndarray:
    """Unit vectors near as many corners as there are sizes."""
    draws = np.random.default_rng(3)
    corners = np.repeat(np.eye(dimensions)[: len(sizes)], sizes, axis=0)
    vectors = corners + 0.1 * draws.standard_normal((sum(sizes), dimensions))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_like_stands_beside_like() -> None:
    group = np.repeat(np.arange(3), 12)
    placed = tsne(groups([12, 12, 12]))
    gaps = ((placed[:, None] - placed[None]) ** 2).sum(axis=2)
    np.fill_diagonal(gaps, np.inf)
    assert (group[gaps.argmin(axis=1)] == group).all()


def test_the_same_cases_always_give_the_same_picture() -> None:
    vectors = groups([9, 7])
    assert np.array_equal(tsne(vectors), tsne(vectors))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=60))
def test_no_mark_lies_on_another_and_none_outside(placed: list[tuple[float, float]]) -> None:
    at = spread(np.array(placed))
    assert np.isfinite(at).all()
    assert at.min() >= 0
    assert at.max() <= 1
    gaps = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))
    np.fill_diagonal(gaps, np.inf)
    assert gaps.min() > APART / 4


def test_a_picture_fills_its_square() -> None:
    square = fitted(np.array([[-3.0, 5.0], [7.0, 6.0], [2.0, 5.5]]))
    assert square.min() == 0
    assert square.max() == 1


def test_an_index_has_a_place_for_each_case_and_none_where_they_are_too_few(
    index_dir: Path,
) -> None:
    searcher = open_published(index_dir)
    assert set(searcher.likeness) == set(searcher.index.ids)
    assert all(0 <= c <= 1 for place in searcher.likeness.values() for c in place)
    few = points(searcher.index.ids[:3], searcher.index.dense, searcher.index.starts[:3])
    assert few == {}


def test_an_index_from_before_there_was_a_picture_opens_without_one(tmp_path: Path) -> None:
    assert not (tmp_path / FILE).exists()
    assert read_likeness(tmp_path) == {}
