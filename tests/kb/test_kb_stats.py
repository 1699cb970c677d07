"""Statistics add up."""

from __future__ import annotations

from pathlib import Path

import pytest
from kb_samples import CASES

from kb.casebook import load_casebook
from kb.stats import Statistics, statistics


@pytest.fixture(scope="module")
def real() -> Statistics:
    return statistics(load_casebook(CASES, skip_broken=True).cases.values())


def test_small_casebook(casebook: Path) -> None:
    counted = statistics(load_casebook(casebook).cases.values())
    assert counted.cases == 2
    assert counted.by_driver["public-private"] == 2
    assert counted.by_driver["talent"] == 1
    assert counted.by_country == {**dict.fromkeys(counted.by_country, 0), "JP": 1, "TW": 1}
    assert counted.pairs["driver × plan_category"]["talent"]["local-business"] == 1
    assert ["talent", "tourism"] in counted.gaps["driver × plan_category"]
    assert (counted.kpis, counted.kpis_with_target, counted.results) == (4, 2, 2)
    # a population, a result and a KPI's target in each of the two
    assert counted.figures == 6
    assert counted.figures_by_source_kind["news"].count == 4
    assert counted.figures_by_source_kind["official"].share == pytest.approx(1 / 3, abs=1e-4)
    assert counted.sentences_with_figures == 6
    assert "internship" in counted.unused["plan_kind"]
    assert len(counted.combinations) == 3


def test_the_casebook_adds_up(real: Statistics) -> None:
    for counts in (real.by_plan_category, real.by_country, real.by_setting):
        assert sum(counts.values()) == real.cases
    assert sum(real.kpis_by_tier.values()) == sum(real.kpis_by_theme.values()) == real.kpis
    assert sum(real.sources_by_kind.values()) == real.sources
    assert sum(real.results_by_scope.values()) == real.results
    shares = [share.share for share in real.figures_by_source_kind.values()]
    assert sum(shares) == pytest.approx(1, abs=0.001)
    for name, gaps in real.gaps.items():
        for row, column in gaps:
            assert real.pairs[name][row][column] == 0


def test_no_cases_no_division() -> None:
    assert statistics([]).figures_by_source_kind["news"].share == 0
