"""Vectors in FAISS: filters inside the search, centring, and what comes back from disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.dense import DenseIndex, calibration_questions, unit
from indexer.encoders import View
from indexer.search import Searcher

VIEWS = (View("one", "passage", 1.0), View("two", "context", 2.0))
SIZES = (8, 12)


def index_of(n: int, seed: int = 0) -> DenseIndex:
    random = np.random.default_rng(seed)

    def vectors(rows: int, d: int) -> npt.NDArray[np.float32]:
        return unit(random.normal(size=(rows, d)).astype(np.float32) + 1)

    return DenseIndex.build(
        [(v, vectors(n, d), vectors(5, d)) for v, d in zip(VIEWS, SIZES, strict=True)]
    )


def query(index: DenseIndex, seed: int = 1) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=index.vectors.shape[1]).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(0, 99))
def test_what_is_not_allowed_is_not_found_and_the_rest_scores_the_same(
    allowed: list[bool], seed: int
) -> None:
    index = index_of(len(allowed))
    mask = np.array(allowed)
    everything = index.scores(query(index, seed))
    filtered = index.scores(query(index, seed), mask)
    assert np.isneginf(filtered[~mask]).all()
    np.testing.assert_allclose(filtered[mask], everything[mask], atol=1e-4)


def test_scores_are_standard_deviations_above_an_ordinary_passage() -> None:
    index = index_of(500)
    vector = query(index)
    cosines = index.vectors @ vector
    expected = (cosines - cosines.mean()) / cosines.std()
    np.testing.assert_allclose(index.scores(vector), expected, atol=1e-4)


def test_each_view_is_centred_and_weighs_what_it_should() -> None:
    random = np.random.default_rng(0)
    raw = [
        (v, unit(random.normal(size=(40, d)).astype(np.float32) + 3), np.ones((2, d), np.float32))
        for v, d in zip(VIEWS, SIZES, strict=True)
    ]
    index = DenseIndex.build(raw)
    first, second = index.vectors[:, :8], index.vectors[:, 8:]
    np.testing.assert_allclose((first**2).sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose((second**2).sum(axis=1), 2, atol=1e-5)
    centred = unit(raw[0][1] - raw[0][1].mean(axis=0))
    np.testing.assert_allclose(first, centred, atol=1e-5)


def test_vectors_come_back_from_disk(tmp_path: Path) -> None:
    index = index_of(30)
    index.save(tmp_path)
    opened = DenseIndex.open(tmp_path, list(VIEWS))
    vector = query(index)
    np.testing.assert_array_equal(opened.scores(vector), index.scores(vector))
    for mine, theirs in zip(opened.parts, index.parts, strict=True):
        np.testing.assert_array_equal(mine.question_mean, theirs.question_mean)


def test_identical_vectors_and_a_single_one_give_finite_scores() -> None:
    same = np.ones((3, 4), dtype=np.float32)
    for n in (1, 3):
        index = DenseIndex.build([(VIEWS[0], same[:n], same[:1])])
        assert np.isfinite(index.scores(np.ones(4, dtype=np.float32))).all()


def test_one_product_is_the_weighted_sum_of_cosines(full_searcher: Searcher) -> None:
    dense = full_searcher.index.dense
    vector = dense.encode_questions(["森林村想讓年輕人創業"])[0]
    assert vector.shape == (512 + 384,)
    np.testing.assert_allclose(np.linalg.norm(vector[:512]), 1, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(vector[512:]) ** 2, 2, atol=1e-3)


def test_calibration_questions_are_of_every_language() -> None:
    questions = calibration_questions()
    assert len(questions) == len(set(questions)) >= 40
    text = "".join(questions)
    assert any("ぁ" <= c <= "ん" for c in text)
    assert any("a" <= c <= "z" for c in text)
    assert "創" in text or "產" in text
