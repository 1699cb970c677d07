"""Cases over HTTP: list, document, file, former ids, comparable cases, conditional requests."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from indexer.build import build_index
from kb.casebook import load_casebook
from kb.settings import Settings

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
AT = f"/api/v1/cases/{SABAE}"


@pytest.fixture
def renamed(casebook_dir: Path, tmp_path: Path) -> TestClient:
    """A casebook of one case that was called ``old-sabae`` before."""
    source = next(casebook_dir.rglob(f"{SABAE}.md"))
    cases_dir = tmp_path / "cases" / "jp"
    cases_dir.mkdir(parents=True)
    text = source.read_text(encoding="utf-8")
    aliased = text.replace(f"id: {SABAE}\n", f"id: {SABAE}\naliases: [old-sabae]\n", 1)
    (cases_dir / source.name).write_text(aliased, encoding="utf-8")
    build_index(tmp_path / "cases", tmp_path / "index", encoder="fast")
    app = create_app(Settings(index_dir=tmp_path / "index", cases_dir=tmp_path / "cases"))
    return TestClient(app)


def test_the_list_has_every_case_once(client: TestClient, casebook_dir: Path) -> None:
    answer = client.get("/api/v1/cases", params={"limit": 100}).json()
    listed = [result["case"]["id"] for result in answer["results"]]
    assert sorted(listed) == sorted(load_casebook(casebook_dir).cases)
    assert answer["total"] == len(listed)


def test_the_list_takes_the_filters(client: TestClient) -> None:
    answer = client.get("/api/v1/cases", params={"country": "TW", "limit": 1}).json()
    assert answer["results"][0]["case"]["place"]["country"] == "TW"
    assert answer["facets"]["country"]["TW"] == answer["total"]


def test_a_case_is_the_whole_front_matter_and_body(client: TestClient, casebook_dir: Path) -> None:
    document = client.get(AT).json()
    case = load_casebook(casebook_dir).cases[SABAE]
    expected = case.model_dump(mode="json", by_alias=True)
    assert {key: document[key] for key in expected} == expected
    assert set(document["citation"]) == {"zh-Hant", "ja", "en"}


def test_json_is_the_same_at_its_own_address(client: TestClient) -> None:
    assert client.get(f"{AT}.json").json() == client.get(AT).json()


def test_md_is_the_file_to_the_byte(client: TestClient, casebook_dir: Path) -> None:
    response = client.get(f"{AT}.md")
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.content == next(casebook_dir.rglob(f"{SABAE}.md")).read_bytes()


def test_the_links_of_a_case_lead_somewhere(client: TestClient) -> None:
    links = client.get(AT).json()["links"]
    for name in ("self", "markdown", "comparable"):
        assert client.get(links[name]).status_code == 200


@pytest.mark.parametrize("tail", ["", ".json", ".md", "/comparable", "/comparable?limit=2"])
def test_a_former_id_leads_to_the_present_one(renamed: TestClient, tail: str) -> None:
    response = renamed.get(f"/api/v1/cases/old-sabae{tail}", follow_redirects=False)
    assert response.status_code == 308
    assert response.headers["location"] == f"{AT}{tail}"
    assert renamed.get(f"/api/v1/cases/old-sabae{tail}").status_code == 200


@pytest.mark.parametrize("tail", ["", ".json", ".md", "/comparable"])
def test_an_unknown_case_is_a_404_naming_the_nearest(client: TestClient, tail: str) -> None:
    response = client.get(f"/api/v1/cases/jp-fukui-sabae-eyewear{tail}")
    assert response.status_code == 404
    assert response.json()["nearest"] == SABAE


@pytest.mark.parametrize("odd", ["%00", "..%2f..%2fetc%2fpasswd", "a" * 5000, "鯖江", "%ff", "*"])
def test_no_id_is_an_error_of_ours(client: TestClient, odd: str) -> None:
    for tail in ("", ".md", ".json", "/comparable"):
        assert client.get(f"/api/v1/cases/{odd}{tail}").status_code == 404


def test_comparable_cases_are_others_with_reasons_best_first(client: TestClient) -> None:
    answer = client.get(f"{AT}/comparable", params={"limit": 5}).json()
    found = [result["case"]["id"] for result in answer["results"]]
    assert found
    assert SABAE not in found
    scores = [result["score"] for result in answer["results"]]
    assert scores == sorted(scores, reverse=True)
    own = client.get(AT).json()
    for result in answer["results"]:
        shared = set(own["drivers"]) & set(result["case"]["drivers"])
        assert set(result["reasons"]["shared_drivers"]) == shared


def test_comparable_cases_keep_to_the_filters(client: TestClient) -> None:
    answer = client.get(f"{AT}/comparable", params={"country": "TW"}).json()
    assert {r["case"]["place"]["country"] for r in answer["results"]} == {"TW"}


@pytest.mark.parametrize("tail", ["", ".json", ".md"])
def test_a_case_already_held_is_not_sent_again(client: TestClient, tail: str) -> None:
    first = client.get(AT + tail)
    again = client.get(AT + tail, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get(AT + tail, headers={"If-None-Match": '"something-else"'})
    assert other.status_code == 200


def test_facets_count_what_the_list_holds(client: TestClient) -> None:
    answer = client.get("/api/v1/facets", params={"country": "JP"}).json()
    listed = client.get("/api/v1/cases", params={"country": "JP"}).json()
    assert answer["total"] == listed["total"]
    assert answer["facets"] == listed["facets"]


def test_the_taxonomy_is_whole_and_in_three_languages(client: TestClient) -> None:
    words = client.get("/api/v1/taxonomy").json()
    assert len(words["drivers"]) == 6
    kinds = [kind for c in words["plan_categories"].values() for kind in c["kinds"].values()]
    assert len(kinds) == 10
    assert set(words["drivers"]["talent"]["label"]) == {"zh-Hant", "ja", "en"}
