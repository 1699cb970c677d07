"""The cases beside a case: the same as the API's own answer, and found ahead of the visitors."""

from __future__ import annotations

import time
from pathlib import Path

from api import neighbours as module
from api.answers import comparable_answer
from api.neighbours import SHOWN, find_ahead, neighbours
from indexer.live import open_published
from kb.catalogue import Filters


def test_they_are_the_comparable_cases_of_the_api(index_dir: Path) -> None:
    searcher = open_published(index_dir)
    case = searcher.catalogue.case(searcher.index.ids[0])
    expected = comparable_answer(searcher, case, Filters(), SHOWN)
    assert neighbours(searcher, case) == expected
    assert neighbours(searcher, case) is neighbours(searcher, case), "found once"


def test_they_are_found_before_anybody_asks(index_dir: Path) -> None:
    searcher = open_published(index_dir)
    find_ahead(searcher)
    for _ in range(600):
        if len(module._kept[searcher]) == len(searcher.index.ids):
            break
        time.sleep(0.1)
    assert set(module._kept[searcher]) == set(searcher.index.ids)
