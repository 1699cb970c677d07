"""A searcher over the small index that the whole run shares."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from search_asked import Asked

from indexer.live import open_published
from indexer.search import Searcher

sys.path.insert(0, str(Path(__file__).parents[2]))  # bench/ is run from here, not installed


@pytest.fixture(scope="session")
def searcher(index_dir: Path) -> Searcher:
    return open_published(index_dir)


@pytest.fixture(scope="session")
def asked(searcher: Searcher) -> Asked:
    return Asked(searcher)
