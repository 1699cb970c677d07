"""BM25 as a share of what a query could reach, held against the formula written out."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.lexical import K1, B, LexicalIndex

WORD = st.sampled_from("abcdefgh")
TEXTS = st.lists(st.lists(WORD, max_size=12), min_size=1, max_size=8)
QUERY = st.lists(WORD | st.sampled_from("xyz"), max_size=8)


def reference(texts: list[list[str]], query: list[str]) -> list[float]:
    """Lucene's BM25 over the best any text could reach."""
    n = len(texts)
    mean = sum(map(len, texts)) / n
    frequency = Counter(token for text in texts for token in set(text))

    def idf(token: str) -> float:
        return math.log(1 + (n - frequency[token] + 0.5) / (frequency[token] + 0.5))

    ceiling = sum(map(idf, query))
    shares = []
    for text in texts:
        counts = Counter(text)
        length = K1 * (1 - B + B * len(text) / mean) if mean else K1
        score = sum(idf(t) * counts[t] / (counts[t] + length) for t in query if counts[t])
        shares.append(score / ceiling if ceiling else 0.0)
    return shares


@settings(max_examples=300, deadline=None)
@given(TEXTS, QUERY)
def test_shares_are_the_formula_s_and_lie_between_0_and_1(
    texts: list[list[str]], query: list[str]
) -> None:
    shares = LexicalIndex.build(texts).scores(query)
    assert shares.shape == (len(texts),)
    assert shares.dtype == np.float32
    assert (shares >= 0).all()
    assert (shares <= 1).all()
    np.testing.assert_allclose(shares, reference(texts, query), atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(texts=TEXTS, query=QUERY)
def test_terms_come_back_from_disk(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], query: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("terms")
    built = LexicalIndex.build(texts)
    built.save(folder, "terms")
    opened = LexicalIndex.open(folder, "terms")
    np.testing.assert_array_equal(opened.scores(query), built.scores(query))
    assert opened.rarity("a") == built.rarity("a")


def test_two_indexes_lie_in_one_folder(tmp_path: Path) -> None:
    LexicalIndex.build([["a"], ["b"]]).save(tmp_path, "one")
    LexicalIndex.build([["c"], ["b"]]).save(tmp_path, "two")
    assert LexicalIndex.open(tmp_path, "one").scores(["a"]).any()
    assert not LexicalIndex.open(tmp_path, "two").scores(["a"]).any()


def test_unknown_terms_find_nothing_and_lower_the_share() -> None:
    index = LexicalIndex.build([["forest", "village"], ["port"]])
    assert not index.scores(["moon", "sun"]).any()
    known, diluted = index.scores(["forest"]), index.scores(["forest", "moon"])
    assert 0 < diluted[0] < known[0]


def test_an_empty_query_and_empty_texts_score_nothing() -> None:
    assert not LexicalIndex.build([["forest"], []]).scores([]).any()
    assert LexicalIndex.build([[], []]).scores(["forest"]).tolist() == [0.0, 0.0]


def test_rarity_runs_from_common_to_unknown() -> None:
    index = LexicalIndex.build([["the", "forest"], ["the", "port"], ["the", "village"]])
    assert 0 < index.rarity("the") < index.rarity("forest") < index.rarity("moon") == 1
