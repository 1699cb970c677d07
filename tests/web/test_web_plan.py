"""A plan and what is comparable with it: by address when it is short, by form when long."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
PLAN = "我們是山村，想用森林資源讓年輕人回來創業，開設在地創業學校，吸引移居者。"


def test_a_few_words_are_searched_for_and_keep_the_filters(site: TestClient) -> None:
    form = {"q": "眼鏡 ", "country": "JP"}
    response = site.post("/ja/ask", data=form, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/ja/?q=%E7%9C%BC%E9%8F%A1&country=JP"


@pytest.mark.parametrize("text", [PLAN, "short\nbut two lines"])
def test_more_than_a_line_is_a_plan(site: TestClient, text: str) -> None:
    response = site.post("/en/ask", data={"q": text}, follow_redirects=False)
    where = urlsplit(response.headers["location"])
    assert where.path == "/en/plan"
    assert parse_qs(where.query)["text"] == [text]


def test_a_plan_finds_its_like(site: TestClient) -> None:
    html = site.get("/plan", params={"text": PLAN}).text
    first = html.index("/cases/jp-")
    assert html[first:].startswith(f"/cases/{NISHIAWAKURA}")


def test_what_is_stated_stays_stated_and_is_said_why(site: TestClient) -> None:
    params = {"text": PLAN, "plan_driver": "talent", "plan_setting": "mountain-village"}
    html = site.get("/en/plan", params=params | {"plan_population": "1,500"}).text
    assert 'value="talent" checked' in html
    assert 'value="mountain-village" selected' in html
    assert 'value="1500"' in html


def test_a_plan_too_long_for_an_address_is_answered_at_once(site: TestClient) -> None:
    text = PLAN * 100
    response = site.post("/plan", data={"text": text}, follow_redirects=False)
    assert response.status_code == 200
    assert f"/cases/{NISHIAWAKURA}" in response.text
    assert text[-40:] in response.text, "the plan is still in its field"


def test_lines_of_a_plan_survive(site: TestClient) -> None:
    html = site.get("/plan", params={"text": "a\nb"}).text
    assert "\na\nb</textarea>" in html


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"text": "創"},
        {"text": "🎉🎉"},
        {"text": "\u0000\u202e<script>alert(1)</script>"},
        {"text": "x" * 3000},
        {"text": "x", "plan_driver": "nope", "plan_population": "many", "shown": "-5"},
        {"plan_driver": "talent"},
        {"plan_population": "9" * 50},
    ],
)
def test_odd_plans_get_a_page(site: TestClient, params: dict[str, str]) -> None:
    response = site.get("/plan", params=params)
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_odd_forms_get_a_page(site: TestClient) -> None:
    assert site.post("/plan", content=b"\xff\xfe%%%&&==").status_code == 200
    many = "&".join(f"x{n}=1" for n in range(500))
    assert site.post("/plan", content=many.encode()).status_code == 422
    assert site.post("/plan", content=b"text=" + b"x" * 2_000_000).status_code == 413


def test_only_the_countries_asked_for(site: TestClient) -> None:
    html = site.get("/plan", params={"text": PLAN, "country": "TW"}).text
    assert "/cases/tw-" in html
    assert "/cases/jp-" not in html


def test_the_address_has_a_json_twin(site: TestClient) -> None:
    params = {"text": PLAN, "plan_driver": "talent", "country": "JP"}
    html = site.get("/plan", params=params).text
    start = html.index("/api/v1/plan?")
    twin = html[start : html.index('"', start)].replace("&amp;", "&")
    answer = site.get(twin).json()
    assert answer["results"][0]["case"]["id"] == NISHIAWAKURA
    assert answer["plan"]["drivers"] == ["talent"]
    assert site.get("/api/v1/plan").status_code == 422
    assert site.get("/api/v1/plan", params={"plan_category": "x"}).status_code == 422


def test_what_was_read_stands_with_its_words_and_reasons_with_the_cases(site: TestClient) -> None:
    text = "我們是人口1500人的山村，想讓年輕人用森林資源創業"
    html = site.get("/plan", params={"text": text}).text
    assert re.search(r'<q lang="zh-Hant">[^<]*1500', html)
    assert 'name="plan_population" inputmode="numeric" maxlength="12" value="1500"' in html
    assert "相近之處" in html
    assert "由文字推測" not in html, "said once, above"
    stated = site.get("/plan", params={"text": text, "plan_population": "90000"}).text
    assert 'maxlength="12" value="90000"' in stated


def test_a_plan_like_no_case_is_told_so(site: TestClient) -> None:
    answer = site.get("/api/v1/plan", params={"text": "asdf qwer zxcv uiop"}).json()
    html = site.get("/en/plan", params={"text": "asdf qwer zxcv uiop"}).text
    assert ("No case comes close enough" in html) == (not answer["comparable"])
