"""Nonsense finds nothing; what a planner asks keeps its answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from search_asked import Asked

from indexer.live import open_published
from indexer.relevance import known_share
from indexer.search import Query, Searcher

NONSENSE = [
    "zzzz qqqq",
    "asdfghjkl",
    "🎉🎉",
    "qwertyuiop",
    "ぬぬぬぬ",
    "ほげほげ",
    "嗚嗚嗚嗚",
    "囧囧囧",
    "ㄅㄆㄇㄈ",
    "!!!!",
    "\x00\x01",
    "ｗｗｗｗ",
    "fjdkslaf jdksla",
]


@pytest.fixture(scope="module")
def full(casebook_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The small casebook under both encoders."""
    from indexer.build import build_index

    folder = tmp_path_factory.mktemp("full")
    build_index(casebook_dir, folder, encoder="default")
    return open_published(folder)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_finds_nothing(full: Searcher, query: str, mode: str) -> None:
    page = full.search(Query.model_validate({"q": query, "mode": mode}))
    assert page.total == 0
    assert page.hits == []
    assert not any(any(counts.values()) for counts in page.facets.values())


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_finds_nothing_in_a_fast_index(asked: Asked, query: str) -> None:
    assert asked.page(query).total == 0


@pytest.mark.parametrize(
    "query",
    [
        "森林村想讓年輕人創業",
        "森林村想让年轻人创业",
        "森の村で若者に起業してほしい",
        "our forest village wants young people to start businesses",
        "forest",
        "眼鏡",
    ],
)
def test_sense_finds_something(full: Searcher, query: str) -> None:
    assert full.search(Query(q=query)).total > 0


def test_the_share_of_known_words(full: Searcher) -> None:
    assert known_share(full.index, "zzzz qqqq") == 0
    assert known_share(full.index, "forest") == 1
    assert 0 < known_share(full.index, "forest qqqq") < 1
    assert known_share(full.index, "") == 0
