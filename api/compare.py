"""Cases side by side: one table whose rows say by themselves whether the columns differ.

The JSON answer, the page, and the Markdown and CSV files are all this one table. A row is one
aspect (a driver, a KPI theme, the actions); a cell is a list of entries, empty where nothing is
known. A first column may hold the reader's own plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api import schemas
from api.answers import case_card, generation, recommend_answer
from indexer.search import Searcher
from kb.markdown import sections
from kb.model import Case
from kb.taxonomy import taxonomy

MIN_CASES = 2
MAX_CASES = 4

# Sections of a case that a comparison quotes, by the taxonomy's ids.
TEXTS = ("approach", "funding", "lessons")

# Populations differ if one is at least so many times another.
SIZE_FACTOR = 2

Entries = list[schemas.CompareEntry]


def compare_answer(
    searcher: Searcher, cases: Sequence[Case], plan: schemas.PlanRequest | None = None
) -> schemas.CompareAnswer:
    """The table of ``cases``, in their order; what is read from ``plan`` is the first column."""
    own = [] if plan is None else [_of_plan(recommend_answer(searcher, plan).reading)]
    columns = own + [_of_case(case) for case in cases]
    return schemas.CompareAnswer(
        plan=plan.text if plan is not None else None,
        cases=[case_card(case) for case in cases],
        rows=[
            schemas.CompareRow(
                group=group,
                key=key,
                cells=[column.get((group, key), []) for column in columns],
                differs=_differs(
                    # what the plan does not say is no difference
                    [column[group, key] for column in own if (group, key) in column]
                    + [column.get((group, key), []) for column in columns[len(own) :]]
                ),
            )
            for group, key in _row_order(columns)
        ],
        generation=generation(searcher),
    )


Column = dict[tuple[str, str], Entries]


def _of_case(case: Case) -> Column:
    place, period = case.place, case.period
    column: Column = {
        ("circumstances", "place"): [schemas.CompareEntry(place=place)],
        ("circumstances", "setting"): [_term(place.setting)],
        ("circumstances", "category"): [_term(case.plan_category)],
    }
    if case.topics:
        column["circumstances", "topic"] = [_term(topic) for topic in case.topics]
    if case.plan_kind:
        column["circumstances", "kind"] = [_term(case.plan_kind)]
    if place.population:
        people = place.population
        column["circumstances", "population"] = [
            schemas.CompareEntry(number=people.value, year=people.year, sources=[people.source])
        ]
    if period and (period.start or period.end):
        column["circumstances", "period"] = [schemas.CompareEntry(period=period)]
    for driver, reason in case.drivers.items():
        column["drivers", driver] = [schemas.CompareEntry(text=reason)]
    for section in sections(case.body):
        if section.key in TEXTS:
            column["texts", section.key] = [
                schemas.CompareEntry(text=block.text, sources=block.footnotes)
                for block in section.blocks
            ]
    for kpi in case.kpis:
        column.setdefault(("kpis", kpi.theme), []).append(
            schemas.CompareEntry(kpi=kpi, sources=[kpi.source])
        )
    if case.results:
        column["results", "results"] = [
            schemas.CompareEntry(result=result, sources=[result.source]) for result in case.results
        ]
    return column


def _of_plan(reading: schemas.PlanReading) -> Column:
    column: Column = {("drivers", str(d.value)): [schemas.CompareEntry()] for d in reading.drivers}
    column |= {("kpis", str(t.value)): [schemas.CompareEntry()] for t in reading.kpi_themes}
    for key, inference in (
        ("setting", reading.setting),
        ("category", reading.plan_category),
        ("kind", reading.plan_kind),
    ):
        if inference is not None:
            column["circumstances", key] = [_term(str(inference.value))]
    if reading.topics:
        column["circumstances", "topic"] = [_term(str(t.value)) for t in reading.topics]
    if reading.population is not None:
        column["circumstances", "population"] = [
            schemas.CompareEntry(number=int(reading.population.value))
        ]
    return column


def _term(value: str) -> schemas.CompareEntry:
    return schemas.CompareEntry(term=value)


def _row_order(columns: Iterable[Column]) -> list[tuple[str, str]]:
    """The rows that any column has, in the order of a case page and of the taxonomy."""
    known = taxonomy()
    order: list[tuple[str, Iterable[str]]] = [
        (
            "circumstances",
            ("place", "setting", "population", "period", "category", "kind", "topic"),
        ),
        ("drivers", known.drivers),
        ("texts", TEXTS[:2]),
        ("kpis", known.kpi_themes),
        ("results", ("results",)),
        ("texts", TEXTS[2:]),
    ]
    found = {row for column in columns for row in column}
    return [(group, key) for group, keys in order for key in keys if (group, key) in found]


def _differs(cells: list[Entries]) -> bool:
    """Whether the columns say different things of an aspect.

    Where one value is asked for, a column without it is no difference: it may only be unknown.
    Prose always differs, so for drivers, KPI themes and texts what counts is who has any.
    """
    first = next(entry for cell in cells for entry in cell)
    said = [cell[0] for cell in cells if cell]
    if first.number is not None:
        numbers = [entry.number for entry in said if entry.number]
        return bool(numbers) and max(numbers) >= SIZE_FACTOR * min(numbers)
    if first.term is not None:
        return len({frozenset(entry.term for entry in cell) for cell in cells if cell}) > 1
    if first.period is not None or first.place is not None:
        return len(said) > 1
    return len(said) < len(cells)
