"""The logic model: nothing invented, nothing outside its box."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api import schemas
from kb.model import LANGS
from web.diagram import CLOSING, drawings, em, shortened, wrap
from web.i18n import translators
from web.render import Words

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"


def model_of(site: TestClient, case_id: str) -> schemas.LogicModel:
    return schemas.LogicModel.model_validate_json(
        site.get(f"/api/v1/cases/{case_id}/logic-model").text
    )


def test_every_item_is_in_the_case_file(site: TestClient) -> None:
    for case in site.get("/api/v1/explore").json()["cases"]:
        document = site.get(f"/api/v1/cases/{case['id']}").json()
        body = document["body"]
        words = [kpi["name"] for kpi in document["kpis"]]
        words += [result["what"] for result in document["results"]]
        for stage in model_of(site, case["id"]).stages:
            for item in stage.items:
                assert item.text[:6] in body or item.text in words
                assert {source["id"] for source in document["sources"]} >= set(item.sources)


def test_a_case_with_kpis_has_a_box_for_each_tier(site: TestClient) -> None:
    stages = [stage.stage for stage in model_of(site, SABAE).stages]
    assert stages == ["challenge", "actions", "output", "project-outcome", "overall-outcome"]


@pytest.mark.parametrize("lang", LANGS)
def test_lines_stay_in_their_boxes(site: TestClient, lang: str) -> None:
    for drawing in drawings(model_of(site, SABAE), Words(translators()[lang])):  # type: ignore[index]
        for box in drawing.boxes:
            assert box.x + box.width <= drawing.width + 1
            assert box.y + box.height <= drawing.height + 1
            for line in box.lines:
                assert box.y < line.y < box.y + box.height


@given(st.text(max_size=300), st.integers(5, 30))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    hanging = sum(1 for c in CLOSING)
    assert all(em(line.rstrip(CLOSING)) <= columns + hanging for line in lines)


@given(st.text(min_size=1, max_size=300))
def test_shortening_keeps_within_its_width(text: str) -> None:
    assert em(shortened(text, 20)) <= 20 or em(text) <= 20


def test_marks_do_not_reach_the_edge_of_the_box() -> None:
    lines = wrap("縣與町主導設立「陶瓷器產地振興協議會」，定期開會", 8)
    assert all(em(line) <= 8.8 for line in lines)


def test_no_line_begins_with_a_closing_mark() -> None:
    lines = wrap("縣與町主導設立陶瓷器產地振興協議會，定期開會。讓業者看見共同的課題", 8)
    assert not [line for line in lines if line[0] in CLOSING]
