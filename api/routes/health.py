"""For those who run the server: is it alive, is it ready, what has it been doing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api import examples, schemas
from api import openapi as doc
from api.deps import SearcherDep
from api.metrics import Metrics
from api.problems import IndexUnavailable

router = APIRouter(tags=["operations"])


@router.get(
    "/healthz",
    response_model=schemas.Health,
    summary="Alive",
    responses=doc.answers({"status": "ok"}),
)
def alive() -> schemas.Health:
    """The process answers. Says nothing about the index."""
    return schemas.Health(status="ok")


@router.get(
    "/readyz",
    response_model=schemas.Readiness,
    summary="Ready",
    responses=doc.answers(examples.READY, IndexUnavailable),
)
def ready(searcher: SearcherDep) -> schemas.Readiness:
    """An index is open and answers; 503 until then."""
    manifest = searcher.manifest
    return schemas.Readiness(
        status="ready",
        generation=manifest.generation,
        encoder=manifest.encoder,
        quality=manifest.quality,
        cases=manifest.cases,
    )


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={
        200: {
            "content": {
                "text/plain": {
                    "example": 'casebook_http_requests_total{method="GET",'
                    'route="/api/v1/search",status="200"} 42.0'
                }
            }
        }
    },
)
def metrics(request: Request) -> Response:
    """Requests and latencies by route, and the index generation."""
    measured: Metrics = request.app.state.metrics
    return Response(generate_latest(measured.registry), media_type=CONTENT_TYPE_LATEST)
