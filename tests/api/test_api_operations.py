"""Health, metrics, OpenAPI, errors of every kind, and a new generation under a running server."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api import schemas
from api.app import create_app
from indexer.build import build_index
from kb.settings import Settings

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"


@pytest.fixture
def app(tmp_path: Path, casebook_dir: Path) -> FastAPI:
    """The API over a folder in which nothing has been published yet."""
    return create_app(Settings(index_dir=tmp_path / "index", cases_dir=casebook_dir))


def copy_case(casebook_dir: Path, cases_dir: Path, case_id: str) -> Path:
    source = next(casebook_dir.rglob(f"{case_id}.md"))
    target = cases_dir / source.parent.name / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return target


def test_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready["cases"] == client.get("/api/v1/cases").json()["total"]
    assert ready["generation"] == client.get("/api/v1/search").json()["generation"]


def test_without_an_index_it_is_alive_and_says_what_to_do(app: FastAPI) -> None:
    with TestClient(app) as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/api/v1/search?q=x", "/api/v1/cases", f"/api/v1/cases/{SABAE}"):
            response = client.get(path)
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert "kb index" in client.get(response.json()["type"]).json()["remedy"]
        assert client.get("/api/v1/taxonomy").status_code == 200
        assert "casebook_index_up 0.0" in client.get("/metrics").text


def test_a_new_generation_is_picked_up_and_no_request_is_lost(
    app: FastAPI, tmp_path: Path, casebook_dir: Path
) -> None:
    cases_dir = tmp_path / "cases"
    case = copy_case(casebook_dir, cases_dir, SABAE)
    build_index(cases_dir, tmp_path / "index", encoder="fast")
    seen: list[tuple[int, str]] = []
    stop = threading.Event()
    with TestClient(app) as client:

        def ask() -> None:
            while not stop.is_set():
                response = client.get(f"/api/v1/cases/{SABAE}")
                seen.append((response.status_code, response.text))

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for asker in askers:
            asker.start()
        etag = client.get(f"/api/v1/cases/{SABAE}").headers["etag"]
        changed = case.read_text(encoding="utf-8").replace("市府以", "市公所以", 1)
        case.write_text(changed, encoding="utf-8")
        report = build_index(cases_dir, tmp_path / "index", encoder="fast")
        deadline = time.monotonic() + 20
        while client.get("/readyz").json()["generation"] != report.generation:
            assert time.monotonic() < deadline, "the new generation was never picked up"
            time.sleep(0.02)
        after = client.get(f"/api/v1/cases/{SABAE}", headers={"If-None-Match": etag})
        stop.set()
        for asker in askers:
            asker.join()
    assert after.status_code == 200, "the old ETag no longer holds"
    assert "市公所以" in after.text
    assert {status for status, _ in seen} == {200}


def test_metrics_count_by_route_and_not_by_address(client: TestClient) -> None:
    client.get(f"/api/v1/cases/{SABAE}")
    client.get("/api/v1/cases/nowhere")
    client.get("/api/v1/nothing-here")
    text = client.get("/metrics").text
    assert 'route="/api/v1/cases/{case_id}",status="200"' in text
    assert 'route="/api/v1/cases/{case_id}",status="404"' in text
    assert 'route="unmatched",status="404"' in text
    assert "casebook_http_request_seconds_bucket" in text
    generation = client.get("/readyz").json()["generation"]
    assert f'generation="{generation}"' in text
    assert "nowhere" not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("POST", "/api/v1/search", 405),
        ("GET", "/api/v1/recommend", 405),
        ("GET", "/api/v1/taxonomy?lang=ja", 422),
        ("GET", "/api/v1/problems/none", 404),
    ],
)
def test_every_error_is_a_problem_document(
    client: TestClient, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = schemas.ProblemDocument.model_validate(response.json())
    assert problem.status == status
    assert client.get(problem.type).json()["status"] == status


def test_an_unexpected_error_shows_nothing_of_its_cause(
    index_dir: Path, casebook_dir: Path
) -> None:
    app = create_app(Settings(index_dir=index_dir, cases_dir=casebook_dir))

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    response = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_head_is_get_without_the_body(client: TestClient) -> None:
    full = client.get(f"/api/v1/cases/{SABAE}")
    head = client.head(f"/api/v1/cases/{SABAE}")
    assert head.status_code == 200
    assert not head.content
    assert head.headers["etag"] == full.headers["etag"]


@pytest.fixture(scope="session")
def openapi(client: TestClient) -> dict[str, Any]:
    return client.get("/api/v1/openapi.json").json()


def test_every_endpoint_has_an_example_that_fits(openapi: dict[str, Any]) -> None:
    models = {
        name: getattr(schemas, name)
        for name in openapi["components"]["schemas"]
        if hasattr(schemas, name)
    }
    for path, operations in openapi["paths"].items():
        for operation in operations.values():
            content = operation["responses"]["200"]["content"]
            for media in content.values():
                assert "example" in media, path
                reference = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
                if reference in models:
                    TypeAdapter(models[reference]).validate_json(
                        TypeAdapter(Any).dump_json(media["example"])
                    )


def test_every_declared_problem_has_an_example_that_fits(openapi: dict[str, Any]) -> None:
    declared = 0
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                for example in (
                    response.get("content", {})
                    .get("application/problem+json", {})
                    .get("examples", {})
                    .values()
                ):
                    problem = schemas.ProblemDocument.model_validate(example["value"])
                    assert problem.status == int(status)
                    declared += 1
    assert declared > 20
    assert "HTTPValidationError" not in str(openapi)


def test_examples_of_the_recommend_body_are_accepted(
    client: TestClient, openapi: dict[str, Any]
) -> None:
    examples = openapi["components"]["schemas"]["PlanRequest"]["examples"]
    for example in examples:
        assert client.post("/api/v1/recommend", json=example).status_code == 200
