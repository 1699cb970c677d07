"""Search over a published generation, held against plain reading of every case."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexer_samples import NISHIAWAKURA, SABAE
from pydantic import ValidationError

from indexer.search import Query, Searcher, SearchPage
from kb.casebook import load_casebook
from kb.catalogue import Filters
from kb.errors import UnknownCase
from kb.model import Case

SOME = {
    "country": ([], ["JP"], ["TW"], ["JP", "TW"]),
    "driver": ([], ["talent"], ["public-private", "self-reliance"]),
    "category": ([], ["local-business"], ["tourism", "community"]),
    "kpi_theme": ([], ["jobs", "visitors"]),
}
QUERIES = ("", "眼鏡", "漁港與觀光的產業轉型", "how can young people be trained?")


@pytest.fixture(scope="module")
def cases(casebook_dir: Path) -> dict[str, Case]:
    return load_casebook(casebook_dir).cases


def tags(case: Case) -> dict[str, set[str]]:
    return {
        "driver": set(case.drivers),
        "topic": set(case.topics),
        "kpi_tier": {kpi.tier for kpi in case.kpis},
        "kpi_theme": {kpi.theme for kpi in case.kpis},
        "category": {case.plan_category},
        "country": {case.place.country},
        "setting": {case.place.setting},
    }


def passes(case: Case, filters: Filters, but: str = "") -> bool:
    own = tags(case)
    return all(
        facet == but or not getattr(filters, facet) or own[facet] & set(getattr(filters, facet))
        for facet in own
    )


def ids(page: SearchPage) -> list[str]:
    return [hit.case_id for hit in page.hits]


@pytest.mark.parametrize("text", QUERIES)
def test_filters_and_facet_counts_are_those_of_reading_every_case(
    searcher: Searcher, cases: dict[str, Case], text: str
) -> None:
    """All combinations: what passes, in which order, and what another choice would give."""
    everything = ids(searcher.search(Query(q=text, limit=100)))
    assert everything
    for values in itertools.product(*SOME.values()):
        filters = Filters(**dict(zip(SOME, values, strict=True)))
        page = searcher.search(Query(q=text, filters=filters, limit=100))
        expected = [i for i in everything if passes(cases[i], filters)]
        assert ids(page) == expected
        assert page.total == len(expected)
        for facet, counts in page.facets.items():
            near = [tags(cases[i])[facet] for i in everything if passes(cases[i], filters, facet)]
            values_there = set().union(*near, getattr(filters, facet))
            assert counts == {v: sum(v in own for own in near) for v in values_there}


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("limit", [1, 3, 5])
def test_pages_follow_one_another_without_gap_or_overlap(
    searcher: Searcher, text: str, limit: int
) -> None:
    whole = searcher.search(Query(q=text, limit=100))
    seen: list[str] = []
    while len(seen) < whole.total:
        page = searcher.search(Query(q=text, limit=limit, offset=len(seen)))
        assert page.total == whole.total
        assert page.facets == whole.facets
        assert 0 < len(page.hits) <= limit
        seen += ids(page)
    assert seen == ids(whole)
    assert not searcher.search(Query(q=text, limit=limit, offset=whole.total)).hits


def test_asked_again_the_answer_is_the_same(searcher: Searcher) -> None:
    query = Query(q="地方產業與年輕人", limit=100)
    first, second = searcher.search(query), searcher.search(query)
    assert first.hits == second.hits


@pytest.mark.parametrize("text", ["", "  ", "\n\t　"])
def test_an_empty_query_browses_the_newest_first(
    searcher: Searcher, cases: dict[str, Case], text: str
) -> None:
    page = searcher.search(Query(q=text, limit=100))
    assert sorted(ids(page)) == sorted(cases)
    updated = [cases[i].updated for i in ids(page)]
    assert updated == sorted(updated, reverse=True)
    assert all(hit.passage is None for hit in page.hits)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_hits_are_best_first_and_quote_a_passage_of_their_case(
    full_searcher: Searcher, mode: str
) -> None:
    page = full_searcher.search(Query(q="眼鏡產業轉型", mode=mode, limit=100))
    assert page.hits[0].case_id == SABAE
    scores = [hit.score for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    index = full_searcher.index
    for hit in page.hits:
        start = index.starts[index.number[hit.case_id]]
        own = index.passages[start : start + index.counts[index.number[hit.case_id]]]
        assert hit.passage is not None
        assert hit.passage.text in [passage.text for passage in own]


@pytest.mark.parametrize(
    "text", ["zzzzqqqq", "!!!", "、。", "\u200b", "🍣", "0", "a", "x" * 20_000]
)
@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_whatever_is_asked_is_answered(searcher: Searcher, text: str, mode: str) -> None:
    page = searcher.search(Query(q=text, mode=mode))
    assert page.total >= len(page.hits)


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_answered_with_marks_inside_the_quote(searcher: Searcher, text: str) -> None:
    for hit in searcher.search(Query(q=text, limit=3)).hits:
        if hit.passage:
            end_before = 0
            for start, end in hit.passage.highlights:
                assert end_before <= start < end <= len(hit.passage.text)
                end_before = end


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("眼镜 产地", "眼鏡"),
        ("医療機器に進むめがね産地", "医療"),
        ("eyewear manufacturer", "eyewear"),
    ],
)
def test_what_was_asked_is_marked_in_the_quote(searcher: Searcher, text: str, marked: str) -> None:
    hits = searcher.search(Query(q=text)).hits
    quoted = [
        hit.passage.text[start:end].casefold()
        for hit in hits
        if hit.passage
        for start, end in hit.passage.highlights
    ]
    assert any(marked in piece for piece in quoted)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
        {"mode": "magic"},
        {"q": "x" * 20_001},
        {"q": "\ud800"},
        {"filters": {"country": ["XX"]}},
        {"filters": {"colour": ["red"]}},
        {"unknown": 1},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Query(**wrong)


def test_comparable_cases_leave_out_the_case_itself(
    searcher: Searcher, cases: dict[str, Case]
) -> None:
    found = [item.case_id for item in searcher.comparable(SABAE, limit=100)]
    assert sorted(found) == sorted(set(cases) - {SABAE})
    only = searcher.comparable(SABAE, filters=Filters(country=["TW"]), limit=100)
    assert {item.case_id for item in only} == {
        i for i, case in cases.items() if case.place.country == "TW"
    }
    assert (
        searcher.comparable(NISHIAWAKURA, limit=2) == searcher.comparable(NISHIAWAKURA, limit=3)[:2]
    )


def test_what_is_comparable_with_no_case_is_an_error(searcher: Searcher) -> None:
    with pytest.raises(UnknownCase):
        searcher.comparable("jp-nowhere")
