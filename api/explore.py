"""The casebook at once: every case with its place, and where drivers and categories meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from api import schemas
from api.answers import case_card, generation
from indexer.search import Searcher
from kb.catalogue import Filters
from kb.model import Case

# What a list is sorted by: None where the case does not say, which goes last.
_VALUES: dict[schemas.Order, Callable[[Case], float | str | None]] = {
    "updated": lambda case: -case.updated.toordinal(),
    "place": lambda case: case.id,  # ids begin with country and region
    "start": lambda case: case.period.start if case.period else None,
    "population": lambda case: case.place.population.value if case.place.population else None,
}


def explore_answer(
    searcher: Searcher, narrowed: Filters, order: schemas.Order
) -> schemas.ExploreAnswer:
    """The cases that pass the filters, in order; facets; the matrix driver × category; likeness."""
    cases = [searcher.catalogue.case(case_id) for case_id in searcher.catalogue.ids(narrowed)]
    known = [case for case in cases if _VALUES[order](case) is not None]
    unknown = [case for case in cases if _VALUES[order](case) is None]
    known.sort(key=_VALUES[order])  # type: ignore[arg-type]
    pairs = Counter((driver, case.plan_category) for case in cases for driver in case.drivers)
    matrix: dict[str, dict[str, int]] = {}
    for (driver, category), count in sorted(pairs.items()):
        matrix.setdefault(driver, {})[category] = count
    return schemas.ExploreAnswer(
        total=len(cases),
        cases=[case_card(case) for case in [*known, *unknown]],
        matrix=matrix,
        likeness={
            case.id: searcher.likeness[case.id] for case in cases if case.id in searcher.likeness
        },
        facets=searcher.catalogue.facets(narrowed),
        generation=generation(searcher),
    )
