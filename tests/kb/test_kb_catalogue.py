"""The catalogue answers as the cases say, fast, and never from a damaged file."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kb_samples import CASES
from pydantic import ValidationError

from kb.casebook import load_casebook
from kb.catalogue import Catalogue, Filters, write_catalogue
from kb.errors import CatalogueError, UnknownCase
from kb.model import Case


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    return load_casebook(CASES, skip_broken=True).cases


@pytest.fixture(scope="module")
def catalogue(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    path = tmp_path_factory.mktemp("catalogue") / "a folder #1?" / "catalogue.sqlite"
    write_catalogue(path, cases.values())
    return Catalogue(path)


def has(case: Case, facet: str, value: str) -> bool:
    return (
        value
        in {
            "driver": list(case.drivers),
            "topic": case.topics,
            "kpi_tier": [kpi.tier for kpi in case.kpis],
            "kpi_theme": [kpi.theme for kpi in case.kpis],
            "category": [case.plan_category],
            "country": [case.place.country],
            "setting": [case.place.setting],
        }[facet]
    )


def passes(case: Case, filters: Filters, but: str = "") -> bool:
    asked = {facet: values for facet, values in filters if values and facet != but}
    return all(any(has(case, f, value) for value in values) for f, values in asked.items())


FILTERS = [
    Filters(),
    Filters(driver=["talent"]),
    Filters(topic=["hot-springs", "heritage"], country=["JP"]),
    Filters(driver=["talent", "leadership"], country=["JP"]),
    Filters(category=["tourism"], setting=["island", "hot-spring-town"]),
    Filters(kpi_tier=["output"], kpi_theme=["visitors", "jobs"]),
    Filters(country=["TW"], driver=["cross-region"], kpi_theme=["exports"]),
]


def test_every_case_comes_back_as_it_was(catalogue: Catalogue, cases: dict[str, Case]) -> None:
    assert catalogue.ids(order="id") == list(cases)
    assert catalogue.count() == len(cases)
    assert all(catalogue.case(case_id) == case for case_id, case in cases.items())


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_filters_are_or_within_and_between(
    catalogue: Catalogue, cases: dict[str, Case], filters: Filters
) -> None:
    expected = {case_id for case_id, case in cases.items() if passes(case, filters)}
    assert set(catalogue.ids(filters)) == expected
    assert catalogue.count(filters) == len(expected)
    test = catalogue.passes(filters)
    assert {case_id for case_id in cases if test(case_id)} == expected
    assert not test("no-such-case")


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_facet_counts_apply_all_filters_but_their_own(
    catalogue: Catalogue, cases: dict[str, Case], filters: Filters
) -> None:
    for facet, counts in catalogue.facets(filters).items():
        others = [case for case in cases.values() if passes(case, filters, but=facet)]
        for value, count in counts.items():
            assert count == sum(has(case, facet, value) for case in others)


def test_facets_within_hits(catalogue: Catalogue) -> None:
    hits = catalogue.ids(Filters(country=["TW"]))[:5]
    assert catalogue.facets(within=[*hits, "unknown"])["country"] == {"TW": 5}


def test_a_value_asked_for_is_shown_even_without_cases(catalogue: Catalogue) -> None:
    counts = catalogue.facets(Filters(country=["PT"], category=["work-style"]))
    assert counts["category"]["work-style"] == 0


def test_newest_update_first(catalogue: Catalogue, cases: dict[str, Case]) -> None:
    dates = [cases[case_id].updated for case_id in catalogue.ids()]
    assert dates == sorted(dates, reverse=True)


def test_former_ids_lead_to_the_case(casebook: Path, tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    write_catalogue(path, load_casebook(casebook).cases.values())
    catalogue = Catalogue(path)
    assert catalogue.case("sabae-old").id == "jp-fukui-sabae-example"
    assert "sabae-old" in catalogue
    assert catalogue.ids() == ["tw-pingtung-donggang-example", "jp-fukui-sabae-example"]
    with pytest.raises(UnknownCase):
        catalogue.case("nobody")


def test_many_threads_get_the_same_answers(catalogue: Catalogue) -> None:
    filters = Filters(driver=["leadership"])
    expected = catalogue.facets(filters)
    ids = catalogue.ids(filters)
    with ThreadPoolExecutor(8) as pool:
        for answer in pool.map(lambda _: catalogue.facets(filters), range(100)):
            assert answer == expected
        titles = list(pool.map(lambda case_id: catalogue.case(case_id).id, ids * 5))
    assert titles == ids * 5


def test_a_call_takes_less_than_a_millisecond(catalogue: Catalogue) -> None:
    filters = Filters(driver=["leadership"], country=["JP", "TW"], kpi_theme=["visitors"])
    began = time.perf_counter()
    for _ in range(100):
        catalogue.facets(filters)
        catalogue.ids(filters)
    assert (time.perf_counter() - began) / 200 < 0.001


@pytest.mark.parametrize(
    "values",
    [{"driver": ["talents"]}, {"country": ["jp"]}, {"colour": ["red"]}, {"driver": "talent"}],
)
def test_misspelt_filters_are_refused(values: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        Filters(**values)  # type: ignore[arg-type]


def test_a_missing_or_damaged_catalogue_is_refused(tmp_path: Path, casebook: Path) -> None:
    path = tmp_path / "c.sqlite"
    with pytest.raises(CatalogueError):
        Catalogue(path)
    for data in (b"", b"not a database" * 100):
        path.write_bytes(data)
        with pytest.raises(CatalogueError):
            Catalogue(path)
    write_catalogue(path, load_casebook(casebook).cases.values())
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(CatalogueError):
        Catalogue(path)


def test_a_catalogue_of_another_version_is_refused(tmp_path: Path, casebook: Path) -> None:
    path = tmp_path / "c.sqlite"
    write_catalogue(path, load_casebook(casebook).cases.values())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE info SET version = 99")
    with pytest.raises(CatalogueError, match="99"):
        Catalogue(path)
