"""Cases side by side: what differs stands out, and what is taken away is safe to open."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient

from api import examples, schemas

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
MASHIKO = "jp-tochigi-mashiko-pottery-export"
NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
TWO = {"case": [SABAE, MASHIKO]}


def rows(site: TestClient, **params: object) -> dict[tuple[str, str], schemas.CompareRow]:
    response = site.get("/api/v1/compare", params=params)  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    answer = schemas.CompareAnswer.model_validate_json(response.text)
    return {(row.group, row.key): row for row in answer.rows}


def test_rows_say_whether_the_cases_differ(site: TestClient) -> None:
    found = rows(site, **TWO)
    assert found["circumstances", "setting"].differs
    assert not found["circumstances", "category"].differs
    assert not found["circumstances", "population"].differs, "unknown is not different"


def test_kpis_are_aligned_by_theme(site: TestClient) -> None:
    found = rows(site, **TWO)
    themes = [key for group, key in found if group == "kpis"]
    assert "sales" in themes
    for theme in themes:
        for cell in found["kpis", theme].cells:
            assert {entry.kpi.theme for entry in cell if entry.kpi} <= {theme}


def test_what_is_read_from_a_plan_is_its_column(site: TestClient) -> None:
    found = rows(site, **TWO, plan="我們是人口1500人的山村，想讓年輕人創業")
    assert all(len(row.cells) == 3 for row in found.values())
    population = found["circumstances", "population"]
    assert population.cells[0][0].number == 1500
    assert population.differs, "Sabae has 69,000"
    assert found["circumstances", "place"].cells[0] == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"case": [SABAE]}, 422),
        ({"case": [SABAE, SABAE]}, 422),
        ({"case": [SABAE, "nowhere"]}, 404),
        ({"case": [SABAE] * 5}, 422),
        ({}, 422),
    ],
)
def test_the_api_refuses_what_cannot_be_compared(
    site: TestClient, params: dict[str, list[str]], status: int
) -> None:
    response = site.get("/api/v1/compare", params=params)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_the_page_is_kind_to_what_cannot_be_compared(site: TestClient) -> None:
    for params in ({"case": [SABAE]}, {}, {"case": ["nowhere"]}, {"case": ["x" * 5000]}):
        assert site.get("/en/compare", params=params).status_code == 200
    html = site.get("/en/compare", params={"case": [SABAE]}).text
    assert f"/en/compare?case={SABAE}&amp;case=" in html, "a case to add is one link away"


def test_a_cell_leads_to_its_source(site: TestClient) -> None:
    html = site.get("/compare", params=TWO).text
    assert f'href="/cases/{SABAE}#source-s5"' in html
    assert "≠" in html


@pytest.mark.parametrize("prefix", ["", "/ja", "/en"])
def test_csv_has_a_column_for_each_case(site: TestClient, prefix: str) -> None:
    response = site.get(f"{prefix}/compare.csv", params=TWO | {"plan": "=1+1"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    text = response.text
    assert text.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {len(line) for line in table} == {4}
    assert not [cell for line in table for cell in line if cell.startswith(("=", "+", "@"))]


def test_markdown_is_a_table_with_its_sources(site: TestClient) -> None:
    text = site.get("/en/compare.md", params=TWO).text
    lines = text.splitlines()
    header = next(line for line in lines if line.startswith("| Aspect"))
    assert header.count(" | ") == 2
    assert "CC BY 4.0" in text
    assert "[seed-article]" in text


def test_markup_in_a_plan_stays_text_in_files(site: TestClient) -> None:
    plan = "<script>alert(1)</script> | a \n# heading"
    text = site.get("/compare.md", params=TWO | {"plan": plan}).text
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert "\n# heading" not in text


def test_examples_fit_the_models() -> None:
    schemas.CompareAnswer.model_validate(examples.COMPARE)
    schemas.LogicModel.model_validate(examples.LOGIC_MODEL)
    schemas.ExploreAnswer.model_validate(examples.EXPLORE)
