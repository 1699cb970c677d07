"""POST /api/v1/recommend: comparable cases with reasons, and bodies of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

URL = "/api/v1/recommend"
NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
PLAN = "我們是山村，想用森林資源辦創業學校，讓年輕人移居並開創事業"


def test_a_plan_in_words_finds_comparable_cases_with_reasons(client: TestClient) -> None:
    answer = client.post(URL, json={"text": PLAN, "limit": 5}).json()
    assert answer["results"][0]["case"]["id"] == NISHIAWAKURA
    assert set(answer["results"][0]["reasons"]) == {
        "shared_topics",
        "shared_drivers",
        "shared_kpi_themes",
        "same_category",
        "same_setting",
        "similarity",
    }
    assert answer["plan"]["characters"] == len(PLAN)


def test_what_the_plan_names_is_what_the_reasons_share(client: TestClient) -> None:
    plan = {"text": PLAN, "drivers": ["talent"], "setting": "mountain-village"}
    for result in client.post(URL, json=plan).json()["results"]:
        case, reasons = result["case"], result["reasons"]
        assert reasons["same_setting"] == (case["place"]["setting"] == "mountain-village")
        assert reasons["shared_drivers"] == (["talent"] if "talent" in case["drivers"] else [])


def test_a_plan_without_text_is_enough_if_it_says_anything(client: TestClient) -> None:
    answer = client.post(URL, json={"drivers": ["talent"], "kpi_themes": ["jobs"]})
    assert answer.status_code == 200
    assert answer.json()["results"]


def test_filters_hold_for_every_result(client: TestClient) -> None:
    plan = {"text": PLAN, "filters": {"country": ["TW"]}}
    results = client.post(URL, json=plan).json()["results"]
    assert results
    assert {r["case"]["place"]["country"] for r in results} == {"TW"}


@pytest.mark.parametrize("plan", [{}, {"text": "  \n"}, {"population": 5000}])
def test_a_plan_that_says_nothing_is_refused(client: TestClient, plan: dict) -> None:
    response = client.post(URL, json=plan)
    assert response.status_code == 422
    assert response.json()["type"].endswith("/empty-plan")


@pytest.mark.parametrize(
    ("plan", "field", "nearest"),
    [
        ({"text": "x", "drivers": ["talents"]}, "drivers", "talent"),
        ({"text": "x", "plan_category": "tourisme"}, "plan_category", "tourism"),
        ({"text": "x", "filters": {"kpi_theme": ["visitor"]}}, "kpi_theme", "visitors"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest(
    client: TestClient, plan: dict, field: str, nearest: str
) -> None:
    response = client.post(URL, json=plan)
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert (error["field"], error["nearest"]) == (field, nearest)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"text": 5}, "text"),
        ({"text": "x", "limit": 0}, "limit"),
        ({"text": "x", "population": "many"}, "population"),
        ({"text": "x", "colour": "red"}, "colour"),
        ({"text": "x", "filters": {"driver": "talent"}}, "filters.driver"),
        ([], "body"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, plan: object, field: str) -> None:
    response = client.post(URL, json=plan)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"", 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": ' + b"[" * 20_000, 400),
        (b'{"text": "x", "population": NaN}', 422),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_document(
    client: TestClient, body: bytes, status: int
) -> None:
    response = client.post(URL, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_pasted_draft_of_200_kb_is_read(client: TestClient) -> None:
    text = (PLAN * 10_000).encode()[:199_998].decode()
    assert client.post(URL, json={"text": text}).status_code == 200


def test_a_body_over_one_megabyte_is_refused(client: TestClient) -> None:
    response = client.post(URL, json={"text": "a" * 1_000_001})
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_large_body_is_refused_though_its_length_is_not_declared(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(30):
            yield b"a" * 50_000
        yield b'"}'

    response = client.post(URL, content=chunks(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert response.json()["type"].endswith("/body-too-large")


def test_the_answer_shows_what_was_read_and_how_each_score_comes_about(client: TestClient) -> None:
    text = f"{PLAN}。人口約1500人。"
    answer = client.post(URL, json={"text": text, "drivers": ["talent"], "limit": 3}).json()
    reading = answer["reading"]
    assert reading["population"]["value"] == 1500
    for span in reading["population"]["evidence"]:
        assert text[span["start"] : span["end"]] == span["text"]
    assert [i["source"] for i in reading["drivers"]] == ["stated"]
    assert answer["comparable"]
    for result in answer["results"]:
        assert abs(result["score"] - sum(result["parts"].values())) < 0.001
        for statement in result["why"] + result["differences"]:
            assert set(statement["text"]) == {"zh-Hant", "ja", "en"}


def test_what_nothing_resembles_is_said_to_be_far(client: TestClient) -> None:
    text = "牛肉先汆燙，再加醬油與米酒，小火燉煮兩小時。"
    answer = client.post(URL, json={"text": text}).json()
    assert not answer["comparable"]
    assert answer["far"][0]["kind"] == "unlike"


@pytest.mark.parametrize(
    ("field", "value", "nearest"),
    [("plan_kind", "internships", "internship"), ("kpi_tiers", ["outputs"], "output")],
)
def test_kind_and_tiers_are_checked_too(
    client: TestClient, field: str, value: object, nearest: str
) -> None:
    response = client.post(URL, json={"text": PLAN, field: value})
    assert response.status_code == 422
    assert response.json()["errors"][0]["nearest"] == nearest


def test_topics_can_be_stated_and_are_what_the_reasons_share(client: TestClient) -> None:
    body = {"topics": ["forest-and-timber", "start-ups"], "limit": 5}
    answer = client.post(URL, json=body).json()
    assert [i["value"] for i in answer["reading"]["topics"]] == body["topics"]
    first = answer["results"][0]
    assert first["reasons"]["shared_topics"]
    assert set(first["reasons"]["shared_topics"]) <= set(first["case"]["topics"])
    assert first["parts"]["topics"] > 0
    refused = client.post(URL, json={"topics": ["forest-and-timbers"]})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["field"], error["nearest"]) == ("topics", "forest-and-timber")


def test_topics_filter(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"topic": "forest-and-timber", "limit": 50}).json()
    assert found["results"]
    assert all("forest-and-timber" in hit["case"]["topics"] for hit in found["results"])
    assert found["facets"]["topic"]["forest-and-timber"] == found["total"]
