"""What the casebook holds and what it lacks: counts, shares and gaps.

:func:`statistics` looks at cases only, so that it can be run on a draft casebook as well as on a
published one. A *figure* is a value in the front matter: a result, a population, or the baseline,
target or actual value of a KPI.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from pydantic import BaseModel

from kb.markdown import sections
from kb.model import Case
from kb.taxonomy import Facet, taxonomy

# Pairs of facets whose empty combinations are worth knowing, as (row, column).
PAIRS: tuple[tuple[str, str], ...] = (
    ("driver", "plan_category"),
    ("driver", "setting"),
    ("plan_category", "setting"),
    ("plan_category", "country"),
    ("kpi_tier", "kpi_theme"),
)
_LISTS: dict[str, Facet] = {
    "driver": "drivers",
    "plan_category": "plan_categories",
    "plan_kind": "plan_kinds",
    "topic": "topics",
    "country": "countries",
    "setting": "settings",
    "kpi_tier": "kpi_tiers",
    "kpi_theme": "kpi_themes",
    "source_kind": "source_kinds",
    "scope": "scopes",
}
_DIGIT = re.compile(r"\d")

Counts = dict[str, int]
Table = dict[str, Counts]


class Share(BaseModel):
    """How many, and which part of all of them (0 to 1)."""

    count: int
    share: float


class Combination(BaseModel):
    """How many cases have these four in common."""

    driver: str
    plan_category: str
    country: str
    setting: str
    cases: int


class Statistics(BaseModel):
    """Every count of ``kb stats``; the keys of each are ids of the taxonomy, in its order."""

    cases: int
    by_driver: Counts
    by_plan_category: Counts
    by_plan_kind: Counts
    by_topic: Counts
    by_country: Counts
    by_setting: Counts
    pairs: dict[str, Table]
    combinations: list[Combination]
    kpis: int
    kpis_by_tier: Counts
    kpis_by_theme: Counts
    kpis_by_scope: Counts
    kpis_with_target: int
    results: int
    results_by_scope: Counts
    sources: int
    sources_by_kind: Counts
    sources_described: int
    figures: int
    figures_by_source_kind: dict[str, Share]
    sentences_with_figures: int
    sentences_by_source_kind: dict[str, Share]
    gaps: dict[str, list[list[str]]]
    unused: dict[str, list[str]]


def statistics(cases: Iterable[Case]) -> Statistics:
    """Count everything once over the cases."""
    cases = list(cases)
    kpis = [kpi for case in cases for kpi in case.kpis]
    results = [result for case in cases for result in case.results]
    sources = [source for case in cases for source in case.sources]
    figure_kinds = Counter(kind for case in cases for kind in _figure_kinds(case))
    sentence_kinds, sentences = _sentence_kinds(cases)
    singles = {
        name: _counts(name, (value for case in cases for value in set(_values(case, name))))
        for name in ("driver", "plan_category", "plan_kind", "topic", "country", "setting")
    }
    pairs = {f"{row} × {column}": _table(cases, row, column) for row, column in PAIRS}
    themes = _counts("kpi_theme", (kpi.theme for kpi in kpis))
    kinds = _counts("source_kind", (source.kind for source in sources))
    return Statistics(
        cases=len(cases),
        by_driver=singles["driver"],
        by_plan_category=singles["plan_category"],
        by_plan_kind=singles["plan_kind"],
        by_topic=singles["topic"],
        by_country=singles["country"],
        by_setting=singles["setting"],
        pairs=pairs,
        combinations=_combinations(cases),
        kpis=len(kpis),
        kpis_by_tier=_counts("kpi_tier", (kpi.tier for kpi in kpis)),
        kpis_by_theme=themes,
        kpis_by_scope=_counts("scope", (kpi.scope for kpi in kpis)),
        kpis_with_target=sum(kpi.target is not None for kpi in kpis),
        results=len(results),
        results_by_scope=_counts("scope", (result.scope for result in results)),
        sources=len(sources),
        sources_by_kind=kinds,
        sources_described=sum(source.described for source in sources),
        figures=figure_kinds.total(),
        figures_by_source_kind=_shares(figure_kinds, figure_kinds.total()),
        sentences_with_figures=sentences,
        sentences_by_source_kind=_shares(sentence_kinds, sentences),
        gaps={
            name: [
                [row, column] for row, line in table.items() for column, n in line.items() if not n
            ]
            for name, table in pairs.items()
        },
        unused={
            name: [value for value, n in counts.items() if n == 0]
            for name, counts in {**singles, "kpi_theme": themes, "source_kind": kinds}.items()
        },
    )


def _values(case: Case, name: str) -> list[str]:
    """The values of a case in one of the lists that cases are counted by."""
    values: dict[str, list[str]] = {
        "driver": list(case.drivers),
        "plan_category": [case.plan_category],
        "plan_kind": [case.plan_kind] if case.plan_kind else [],
        "topic": case.topics,
        "country": [case.place.country],
        "setting": [case.place.setting],
    }
    return values[name]


def _counts(name: str, values: Iterable[str]) -> Counts:
    counter = Counter(values)
    return {value: counter[value] for value in taxonomy().terms(_LISTS[name])}


def _table(cases: list[Case], row: str, column: str) -> Table:
    """Counts of every combination of two lists, those without a case included."""
    counter: Counter[tuple[str, str]] = Counter()
    for case in cases:
        if row == "kpi_tier":
            counter.update((kpi.tier, kpi.theme) for kpi in case.kpis)
        else:
            counter.update(product(_values(case, row), _values(case, column)))
    columns = taxonomy().terms(_LISTS[column])
    return {r: {c: counter[r, c] for c in columns} for r in taxonomy().terms(_LISTS[row])}


def _combinations(cases: list[Case]) -> list[Combination]:
    """Driver × plan category × country × setting, those that some case has, most first."""
    counter: Counter[tuple[str, str, str, str]] = Counter()
    for case in cases:
        place = case.place
        counter.update(
            (driver, case.plan_category, place.country, place.setting) for driver in case.drivers
        )
    return [
        Combination(driver=d, plan_category=p, country=c, setting=s, cases=n)
        for (d, p, c, s), n in sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    ]


def _figure_kinds(case: Case) -> Iterator[str]:
    """The kind of source of each figure in the front matter of a case."""
    named = [result.source for result in case.results]
    if case.place.population is not None:
        named.append(case.place.population.source)
    for kpi in case.kpis:
        given = (kpi.baseline, kpi.target, kpi.actual)
        named += [kpi.source] * sum(value is not None for value in given)
    for source_id in named:
        source = case.source(source_id)
        if source is not None:
            yield source.kind


def _sentence_kinds(cases: list[Case]) -> tuple[Counter[str], int]:
    """Sentences of bodies with a figure, by kinds of source cited (one may cite several)."""
    kinds: Counter[str] = Counter()
    total = 0
    for case in cases:
        by_id = {source.id: source.kind for source in case.sources}
        for section in sections(case.body):
            for block in section.blocks:
                for sentence in block.sentences:
                    if not _DIGIT.search(unicodedata.normalize("NFKC", sentence.text)):
                        continue
                    total += 1
                    kinds.update({by_id[note] for note in sentence.footnotes if note in by_id})
    return kinds, total


def _shares(counter: Counter[str], total: int) -> dict[str, Share]:
    return {
        kind: Share(count=counter[kind], share=round(counter[kind] / total, 4) if total else 0.0)
        for kind in taxonomy().source_kinds
    }
