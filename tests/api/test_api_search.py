"""GET /api/v1/search: languages, filters, paging, and questions nobody should ask."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"


def ids(answer: dict) -> list[str]:
    return [result["case"]["id"] for result in answer["results"]]


@pytest.mark.parametrize("name", ["Sabae", "さばえ", "鯖江", "めがねのまち", "眼镜产地"])
def test_a_place_is_found_by_any_of_its_names(client: TestClient, name: str) -> None:
    answer = client.get("/api/v1/search", params={"q": name}).json()
    assert ids(answer)[0] == SABAE


@pytest.mark.parametrize(
    "question",
    [
        "森林村想讓年輕人創業",
        "森林村想让年轻人创业",
        "森の村で若者に起業してほしい",
        "our forest village wants young people to start businesses",
    ],
)
def test_a_question_finds_the_same_case_in_four_languages(
    client: TestClient, question: str
) -> None:
    answer = client.get("/api/v1/search", params={"q": question}).json()
    assert ids(answer)[0] == NISHIAWAKURA
    assert answer["results"][0]["passage"]["text"]


def test_highlights_lie_inside_the_passage(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "眼鏡產地"}).json()
    passages = [result["passage"] for result in answer["results"]]
    assert any(passage["highlights"] for passage in passages)
    for passage in passages:
        for start, end in passage["highlights"]:
            assert 0 <= start < end <= len(passage["text"])


def test_values_of_a_facet_are_alternatives_and_facets_narrow(client: TestClient) -> None:
    def total(**params: object) -> int:
        return client.get("/api/v1/search", params=params).json()["total"]

    both = total(country=["JP", "TW"])
    assert both == total(country="JP") + total(country="TW")
    assert total(country="TW", driver="public-private") < total(country="TW")


def test_facet_counts_say_what_choosing_the_value_gives(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"country": "TW"}).json()
    for value, count in answer["facets"]["driver"].items():
        narrowed = client.get("/api/v1/search", params={"country": "TW", "driver": value}).json()
        assert narrowed["total"] == count
    assert answer["facets"]["country"]["JP"] > 0, "a facet's own filter does not hide its values"


def test_pages_do_not_overlap_and_cover_everything(client: TestClient) -> None:
    first = client.get("/api/v1/search", params={"limit": 3}).json()
    seen = ids(first)
    while len(seen) < first["total"]:
        page = client.get("/api/v1/search", params={"limit": 3, "offset": len(seen)}).json()
        assert page["results"], "a page before the end is never empty"
        seen += ids(page)
    assert len(set(seen)) == len(seen) == first["total"]


def test_an_empty_question_browses_newest_first(client: TestClient) -> None:
    answer = client.get("/api/v1/search").json()
    dates = [result["case"]["updated"] for result in answer["results"]]
    assert dates == sorted(dates, reverse=True)
    assert all(result["passage"] is None for result in answer["results"])


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_every_mode_answers(client: TestClient, mode: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "眼鏡", "mode": mode}).json()
    assert answer["query"]["mode"] == mode
    assert answer["total"] > 0


@pytest.mark.parametrize(
    ("params", "field", "nearest"),
    [
        ({"divers": "talent"}, "divers", "driver"),
        ({"driver": "talents"}, "driver", "talent"),
        ({"setting": "moutain-village"}, "setting", "mountain-village"),
        ({"country": "Japan"}, "country", "JP"),
        ({"category": "觀光"}, "category", "tourism"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_known_word(
    client: TestClient, params: dict, field: str, nearest: str
) -> None:
    response = client.get("/api/v1/search", params=params)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == 422
    assert problem["errors"][0]["field"] == field
    assert problem["errors"][0]["nearest"] == nearest


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"mode": "magic"}, "mode"),
        ({"q": "創" * 2001}, "q"),
        ({"driver": ["talent"] * 51}, "driver"),
    ],
)
def test_a_wrong_value_is_named(client: TestClient, params: dict, field: str) -> None:
    response = client.get("/api/v1/search", params=params)
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/api/v1/problems/invalid-request"
    assert problem["errors"][0]["field"] == field
    assert client.get(problem["type"]).json()["remedy"]


def test_the_longest_question_is_answered(client: TestClient) -> None:
    assert client.get("/api/v1/search", params={"q": "創" * 2000}).status_code == 200


def test_an_identical_question_gets_an_identical_answer(client: TestClient) -> None:
    first, second = (
        client.get("/api/v1/search", params={"q": "觀光"}).json()["results"] for _ in range(2)
    )
    assert first == second


@settings(max_examples=60, deadline=None)
@given(q=st.text(max_size=300))
def test_no_question_is_an_error_of_ours(client: TestClient, q: str) -> None:
    response = client.get("/api/v1/search", params={"q": q.encode("utf-8", "replace")})
    assert response.status_code == 200, response.text


@settings(max_examples=60, deadline=None)
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(["q", "driver", "mode", "limit", "offset", "country", "x", ""]),
            st.text(max_size=20),
        ),
        max_size=5,
    )
)
def test_no_address_is_an_error_of_ours(client: TestClient, query: list[tuple[str, str]]) -> None:
    pairs = [(name, value.encode("utf-8", "replace")) for name, value in query]
    response = client.get("/api/v1/search", params=pairs)
    assert response.status_code in (200, 422), response.text
    if response.status_code == 422:
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("raw", ["q=%ff%fe", "q=%00", "q=%ed%a0%80", "q", "&&&", "q=a&q=b", "%"])
def test_odd_bytes_in_an_address_do_no_harm(client: TestClient, raw: str) -> None:
    assert client.get(f"/api/v1/search?{raw}").status_code in (200, 422)
