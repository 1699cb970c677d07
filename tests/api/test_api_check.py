"""``POST /cases/check``: what a pull request would be told of a case, and nothing kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.editors import SCHEMA_FILE
from kb.lint import lint_bytes

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
YABU = Path(__file__).parents[1] / "data" / "jp-hyogo-yabu-school-vinegar-brewery.md"


def check(client: TestClient, **body: Any) -> Any:
    return client.post("/api/v1/cases/check", json=body)


def test_a_whole_file_is_linted_and_compared(client: TestClient) -> None:
    answer = check(client, markdown=YABU.read_text(encoding="utf-8")).json()
    assert answer["clean"] is True
    assert answer["findings"] == []
    assert answer["path"] == f"cases/jp/{YABU.name}"
    assert answer["text"] == YABU.read_text(encoding="utf-8")
    assert answer["compared"] is True
    assert len(answer["nearest"]) == 5
    assert {tags["facet"] for tags in answer["tags"]} == {
        "drivers",
        "topics",
        "plan_category",
        "setting",
    }
    assert client.get("/api/v1/cases/" + YABU.stem).status_code == 404


def test_fields_with_gaps_become_a_file_with_todos(client: TestClient) -> None:
    fields = {
        "place": {"country": "JP", "region": "福井県", "municipalities": ["鯖江市"]},
        "latin": "Sabae",
        "subject": "lacquer",
        "title": {"zh-Hant": "鯖江漆器"},
        "sections": {"background": "眼鏡產地面臨進口品競爭，業者約500家。"},
    }
    answer = check(client, fields=fields).json()
    assert answer["id"] == "jp-fukui-sabae-lacquer"
    assert answer["clean"] is False
    told = {(finding["field"], finding["code"]) for finding in answer["findings"]}
    assert {("title.en", "todo-left"), ("sections.background", "number-without-footnote")} <= told
    assert SABAE in {near["id"] for near in answer["same_place"]}
    found = {f.code for f in lint_bytes(Path(answer["path"]), answer["text"].encode())}
    assert {finding["code"] for finding in answer["findings"]} <= found


def test_a_case_that_is_copied_is_recognised(client: TestClient) -> None:
    text = client.get(f"/api/v1/cases/{SABAE}.md").text
    answer = check(client, markdown=text.replace(SABAE, "jp-fukui-sabae-copy")).json()
    assert answer["duplicates"][0]["id"] == SABAE
    assert answer["copied"][0]["id"] == SABAE
    assert answer["copied"][0]["share"] > 0.9


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 422, "markdown or fields"),
        ({"markdown": "x", "fields": {}}, 422, "markdown or fields"),
        ({"fields": {"titel": {"en": "x"}}}, 422, "title.en"),
        ({"fields": {"title": {"en": "x" * 60_001}}}, 413, "60,000"),
        ({"markdown": "x" * 60_001}, 413, "60,000"),
        ({"markdown": "x" * 1_000_001}, 413, "1,000,000"),
        ({"fields": {"place": {"a": {"b": {"c": {"d": {"e": 1}}}}}}}, 422, "place.a"),
        ({"fields": [1]}, 422, "fields"),
    ],
)
def test_what_cannot_be_checked_is_a_problem_document(
    client: TestClient, body: dict[str, Any], status: int, says: str
) -> None:
    response = check(client, **body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert says in response.text


@pytest.mark.parametrize("text", ["", "---", "---\nid: &a [*a]\n---\n", "\ud800", "\u202e<script>"])
def test_odd_files_get_findings(client: TestClient, text: str) -> None:
    import json

    body = json.dumps({"markdown": text}).encode()
    response = client.post(
        "/api/v1/cases/check", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code in (200, 400, 422)
    if response.status_code == 200:
        assert response.json()["findings"]
        assert response.json()["clean"] is False


def test_the_form_of_a_case_file_is_served(client: TestClient) -> None:
    served = client.get("/api/v1/schema")
    assert served.status_code == 200
    assert served.json() == json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert client.get("/api/v1/schema", params={"x": "1"}).status_code == 422
