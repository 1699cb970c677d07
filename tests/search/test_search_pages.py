"""Facets that stay right under filters, stable paging, and browsing."""

from __future__ import annotations

import pytest
from search_asked import Asked

from indexer.search import Searcher

QUERIES = ["", "年輕人 創業", "観光", "forest village", '"地方創生"', "Sabae", "zzzz qqqq"]
FILTERS = [
    {},
    {"country": ["TW"]},
    {"country": ["JP", "TW"], "driver": ["talent"]},
    {"setting": ["mountain-village"]},
    {"category": ["tourism"], "driver": ["public-private", "leadership"]},
]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("query", QUERIES)
def test_a_count_is_what_choosing_the_value_alone_gives(
    asked: Asked, query: str, filters: dict[str, list[str]]
) -> None:
    page = asked.page(query, filters=filters, limit=100)
    for facet, counts in page.facets.items():
        for value, count in list(counts.items())[:3]:
            chosen = {**filters, facet: [value]}
            assert asked.page(query, filters=chosen).total == count, (facet, value)


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("query", QUERIES)
def test_filters_only_leave_out(
    asked: Asked, searcher: Searcher, query: str, filters: dict[str, list[str]]
) -> None:
    """A filtered search is the unfiltered one without what does not pass, in the same order."""
    passes = searcher.catalogue.passes(asked.page("", filters=filters).query.filters)
    expected = [case_id for case_id in asked.ids(query, limit=100) if passes(case_id)]
    assert asked.ids(query, filters=filters, limit=100) == expected


@pytest.mark.parametrize("query", QUERIES)
def test_pages_are_cuts_of_one_list(asked: Asked, query: str) -> None:
    whole = asked.page(query, limit=100)
    cut: list[str] = []
    for offset in range(0, whole.total + 3, 3):
        page = asked.page(query, limit=3, offset=offset)
        assert page.total == whole.total
        assert page.facets == whole.facets
        cut += [hit.case_id for hit in page.hits]
    assert cut == [hit.case_id for hit in whole.hits]
    assert len(cut) == len(set(cut)) == whole.total


def test_a_page_beyond_the_end_is_empty(asked: Asked) -> None:
    page = asked.page("森林", offset=1000)
    assert page.hits == []
    assert page.total > 0


@pytest.mark.parametrize("query", ["", "   ", "　", "\n\t"])
def test_an_empty_query_browses_newest_first(asked: Asked, searcher: Searcher, query: str) -> None:
    page = asked.page(query, limit=100)
    assert page.total == len(searcher.index.ids)
    updated = [searcher.catalogue.case(hit.case_id).updated for hit in page.hits]
    assert updated == sorted(updated, reverse=True)
    assert page.suggestion is None
    assert all(hit.passage is None for hit in page.hits)
