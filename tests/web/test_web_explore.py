"""The casebook at once: every case on the map and in the list, every pair counted right."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from kb.model import Place
from web.maps import EAST_ASIA, WORLD, locator, projection_of


def test_map_and_list_have_every_case_that_has_a_place(site: TestClient) -> None:
    answer = site.get("/api/v1/explore").json()
    html = site.get("/explore").text
    for card in (case for case in answer["cases"]):
        links = html.count(f'href="/cases/{card["id"]}"')
        located = card["place"]["lat"] is not None
        expected = 1 + located + (located and card["place"]["country"] == "TW")
        expected += card["id"] in answer["likeness"]
        assert links == expected, card["id"]


def test_the_matrix_counts_and_leads_to_its_cases(site: TestClient) -> None:
    answer = site.get("/api/v1/explore").json()
    html = site.get("/en/explore").text
    for driver, row in answer["matrix"].items():
        for category, n in row.items():
            address = f"/en/cases?driver={driver}&amp;category={category}"
            assert re.search(rf'href="{re.escape(address)}"[^>]*>{n}<', html)
            found = site.get("/api/v1/cases", params={"driver": driver, "category": category})
            assert found.json()["total"] == n


@pytest.mark.parametrize("order", ["updated", "place", "start", "population"])
def test_the_list_is_in_the_order_asked_for(site: TestClient, order: str) -> None:
    cases = site.get("/api/v1/explore", params={"order": order}).json()["cases"]
    value = {
        "updated": lambda c: c["updated"],
        "place": lambda c: c["id"],
        "start": lambda c: (c["period"] or {}).get("start"),
        "population": lambda c: (c["place"]["population"] or {}).get("value"),
    }[order]
    known = [v for v in map(value, cases) if v is not None]
    assert known == sorted(known, reverse=order == "updated")
    assert all(value(case) is None for case in cases[len(known) :]), "unknown values are last"
    html = site.get("/explore", params={"order": order}).text
    shown = re.findall(r'<tr role="row" data-case="([^"]+)"', html)
    assert shown == [case["id"] for case in cases]


def test_an_order_that_there_is_not_is_an_error_for_programs_only(site: TestClient) -> None:
    assert site.get("/api/v1/explore?order=colour").status_code == 422
    assert site.get("/explore?order=colour").status_code == 200


def test_filters_and_order_stay_together(site: TestClient) -> None:
    html = site.get("/explore?country=TW&order=population").text
    assert 'href="/explore?order=population"' in html, "the filter comes off, the order stays"
    assert 'href="/ja/explore?country=TW&amp;order=population"' in html


@pytest.mark.parametrize(
    ("country", "lat", "lon", "projection"),
    [
        ("JP", 35.96, 136.18, EAST_ASIA),
        ("TW", 24.43, 118.32, EAST_ASIA),
        ("GB", 56.9, -6.1, WORLD),
        ("KR", 35.9, 127.3, WORLD),
        ("JP", None, None, None),
    ],
)
def test_a_place_is_on_its_map(
    country: str, lat: float | None, lon: float | None, projection: object
) -> None:
    place = Place(
        country=country, region="x", municipalities=["x"], setting="island", lat=lat, lon=lon
    )
    assert projection_of(place) is projection
    spot = locator(place)
    assert (spot is None) == (projection is None)
    if spot is not None:
        left, top, width, height = map(float, spot.view_box.split())
        assert left <= spot.x <= left + width
        assert top <= spot.y <= top + height
