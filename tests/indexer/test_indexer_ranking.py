"""From passage scores to documents, against the rule written out; and names before all else."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexer_samples import NISHIAWAKURA, SABAE

from indexer.dense import DenseIndex
from indexer.encoders import View
from indexer.passages import Document, Passage
from indexer.ranking import AGREEING, PASSAGES_PER_VOTE, RankingIndex
from indexer.search import Query, Searcher
from indexer.text import TextAnalyser
from indexer.tokens import TokenCache

SCORE = st.floats(-20, 20, width=16) | st.sampled_from([0.0, 1.0])  # ties too
OF_DOCUMENTS = st.lists(
    st.integers(1, 40).flatmap(lambda n: st.lists(SCORE, min_size=n, max_size=n)),
    min_size=1,
    max_size=6,
)


def index_with(counts: list[int]) -> RankingIndex:
    """Documents of so many passages each; their texts do not matter."""
    documents = [
        Document(str(i), [Passage("x", "text", "en", 0)] * count, ["x"])
        for i, count in enumerate(counts)
    ]
    vectors = np.ones((sum(counts), 2), dtype=np.float32)
    dense = DenseIndex.build([(View("use", "passage", 1.0), vectors, vectors[:1])])
    return RankingIndex.build(documents, dense, TokenCache(TextAnalyser()))


def reference(scores: list[float]) -> float:
    """One document: the mean of its best passages, more of them the longer it is."""
    weights = AGREEING[min((len(scores) - 1) // PASSAGES_PER_VOTE, len(AGREEING) - 1)]
    best = sorted(scores, reverse=True)
    return sum(weight * score for weight, score in zip(weights, best, strict=False))


@settings(max_examples=150, deadline=None)
@given(OF_DOCUMENTS)
def test_a_document_scores_as_the_best_of_its_passages_do(scores: list[list[float]]) -> None:
    index = index_with([len(own) for own in scores])
    flat = np.array([score for own in scores for score in own], dtype=np.float32)
    expected = [reference(own) for own in scores]
    np.testing.assert_allclose(index.by_document(flat), expected, rtol=1e-4, atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(OF_DOCUMENTS, st.data())
def test_documents_that_are_filtered_out_leave_the_others_alone(
    scores: list[list[float]], data: st.DataObject
) -> None:
    index = index_with([len(own) for own in scores])
    flags = st.lists(st.booleans(), min_size=len(scores), max_size=len(scores))
    kept = np.array(data.draw(flags))
    flat = np.array([score for own in scores for score in own], dtype=np.float32)
    filtered = np.where(kept[index.owner], flat, -np.inf).astype(np.float32)
    found, everything = index.by_document(filtered), index.by_document(flat)
    np.testing.assert_array_equal(found[kept], everything[kept])
    assert np.isneginf(found[~kept]).all()


@pytest.mark.parametrize("name", ["Sabae", "さばえ", "鯖江", "めがねのまち", "眼镜产地"])
def test_a_name_in_any_script_puts_its_case_first(
    searcher: Searcher, full_searcher: Searcher, name: str
) -> None:
    assert searcher.search(Query(q=name)).hits[0].case_id == SABAE
    assert full_searcher.search(Query(q=name)).hits[0].case_id == SABAE


@pytest.mark.parametrize(
    "question",
    [
        "我們是森林村，希望年輕人來創業",
        "我们是森林村，希望年轻人来创业",
        "森の村です。若者に起業してほしい",
        "our forest village wants young people to start businesses",
    ],
)
def test_the_forest_village_finds_its_like_with_the_passage_that_says_why(
    full_searcher: Searcher, question: str
) -> None:
    hit = full_searcher.search(Query(q=question)).hits[0]
    assert hit.case_id == NISHIAWAKURA
    assert hit.passage is not None
    assert hit.passage.section not in ("title", "kpis", "results")
    assert re.search("創業|起業|start|business", hit.passage.text)


def test_every_part_ranks_all_cases_and_equal_scores_stand_in_order(searcher: Searcher) -> None:
    for mode in ("hybrid", "dense", "lexical"):
        order = searcher.index.rank("山村", mode).order()
        assert sorted(order.tolist()) == list(range(len(searcher.index.ids)))
    nothing = searcher.index.rank("zzzzqqqq", "lexical").order()
    assert nothing.tolist() == sorted(nothing.tolist())


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_a_filter_changes_no_score_of_what_it_lets_through(searcher: Searcher, mode: str) -> None:
    allowed = np.arange(len(searcher.index.ids)) % 3 == 0
    for text in ("漁港觀光", "Sabae", "眼鏡"):
        everything = searcher.index.rank(text, mode).documents
        filtered = searcher.index.rank(text, mode, allowed).documents
        np.testing.assert_allclose(filtered[allowed], everything[allowed], rtol=1e-4)
        assert np.isneginf(filtered[~allowed]).all()


def test_a_place_in_passing_does_not_outrank_what_the_query_is_about(searcher: Searcher) -> None:
    query = (
        "我們參考過鯖江的作法，但我們是山村，森林很多，希望村公所整合林地、吸引年輕人來村裡"
        "創業，把木材加工後賣到都市"
    )
    assert searcher.search(Query(q=query)).hits[0].case_id == NISHIAWAKURA
