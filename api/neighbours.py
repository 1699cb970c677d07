"""The cases shown beside a case. Which they are takes 30 to 60 milliseconds to find, and is always
the same within a generation: so they are kept for as long as it is open, and found ahead of the
visitors by a thread that stands aside while anybody asks."""

from __future__ import annotations

import threading
import time
from weakref import WeakKeyDictionary, ref

from api import answers, schemas
from indexer.search import Searcher
from kb.catalogue import Filters
from kb.model import Case

SHOWN = 4
REST = 2.0  # pause after each case, in times of what it took: a third of one processor at most
QUIET = 1.0  # seconds without a visitor to a case before the next is found ahead

_kept: WeakKeyDictionary[Searcher, dict[str, schemas.ComparableAnswer]] = WeakKeyDictionary()
_opening = threading.Lock()
_asked = -QUIET  # when a visitor last asked, by time.monotonic


def neighbours(searcher: Searcher, case: Case) -> schemas.ComparableAnswer:
    """The cases to show beside ``case``, best first."""
    global _asked  # noqa: PLW0603  (one clock for all generations)
    _asked = time.monotonic()
    return _found(searcher, case)


def find_ahead(searcher: Searcher) -> None:
    """Find the neighbours of every case meanwhile, if that is not under way already."""
    _of(searcher)


def _found(searcher: Searcher, case: Case) -> schemas.ComparableAnswer:
    kept = _of(searcher)
    if case.id not in kept:
        kept[case.id] = answers.comparable_answer(searcher, case, Filters(), SHOWN)
    return kept[case.id]


def _of(searcher: Searcher) -> dict[str, schemas.ComparableAnswer]:
    with _opening:
        kept = _kept.get(searcher)
        if kept is None:
            kept = _kept[searcher] = {}
            # it holds no generation open that has been replaced meanwhile
            ids, held = list(searcher.index.ids), ref(searcher)
            threading.Thread(
                target=_find_all, args=(held, ids), name="neighbours", daemon=True
            ).start()
    return kept


def _find_all(held: ref[Searcher], ids: list[str]) -> None:
    for case_id in ids:
        while (since := time.monotonic() - _asked) < QUIET:
            time.sleep(QUIET - since)
        searcher = held()
        if searcher is None:
            return
        started = time.perf_counter()
        _found(searcher, searcher.catalogue.case(case_id))
        del searcher
        time.sleep(REST * (time.perf_counter() - started))
