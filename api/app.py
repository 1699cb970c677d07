"""The API as an ASGI app. ``web.app`` adds the pages for people; this one stands alone too."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from api import neighbours, problems
from api.answers import API
from api.deps import known_parameters_only
from api.limits import AnswerHead, LimitBody
from api.metrics import MeasureRequests, Metrics
from api.routes import cases, compare, contribute, explore, health, logic, plan, search, taxonomy
from api.routes import problems as problem_kinds
from indexer.errors import IndexerError
from indexer.live import LiveIndex
from indexer.search import Searcher
from kb.settings import Settings

DESCRIPTION = """
Cases of regional revitalisation (地方創生) in Japan, Taiwan and elsewhere, with their drivers,
KPIs, results and the source of every figure.

- Questions may be in Traditional or Simplified Chinese, Japanese or English.
- Repeat a facet parameter for alternatives; different facets narrow one another.
- Every error is an RFC 9457 problem document (`application/problem+json`).
- Answers name the index generation they come from; cases carry an ETag.
"""


def create_app(settings: Settings) -> FastAPI:
    """The API over the index that ``settings.index_dir`` publishes.

    It starts without an index too: then everything that needs one answers 503 until the
    first generation is published.
    """
    live = LiveIndex(settings.index_dir)
    app = FastAPI(
        title="創生案例庫 Sōsei Casebook",
        version="1",
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        # FastAPI's own documentation pages load scripts from a third party.
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.live = live
    app.state.metrics = Metrics(live)
    problems.install(app)
    app.add_middleware(LimitBody)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(MeasureRequests, metrics=app.state.metrics)
    app.add_middleware(AnswerHead)

    v1 = APIRouter(prefix=API, dependencies=[Depends(known_parameters_only)])
    for module in (
        search,
        plan,
        cases,
        compare,
        logic,
        explore,
        contribute,
        taxonomy,
        problem_kinds,
    ):
        v1.include_router(module.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.openapi = _openapi_without_fastapi_errors(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the index and warm up the search, so that the first visitor does not wait for it; the
    rest is made ready while the first visitors search."""
    if await run_in_threadpool(_warm_up, app.state.live):
        threading.Thread(
            target=_warm_up_rest, args=(app.state.live.searcher(),), name="warm-up", daemon=True
        ).start()
    yield


def _warm_up(live: LiveIndex) -> bool:
    try:
        live.searcher().warm_up()
    except IndexerError as error:
        problems.log.warning("no index to serve yet: %s", error)
        return False
    return True


def _warm_up_rest(searcher: Searcher) -> None:
    searcher.warm_up_rest()
    neighbours.find_ahead(searcher)


def _openapi_without_fastapi_errors(app: FastAPI) -> Any:
    """FastAPI documents its own validation error; ours are problem documents, declared by hand."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        fresh = app.openapi_schema is None
        document = generate()
        if fresh:
            for operations in document["paths"].values():
                for operation in operations.values():
                    _drop_default_validation(operation["responses"])
            schemas = document["components"]["schemas"]
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
        return document

    return openapi


def _drop_default_validation(responses: dict[str, Any]) -> None:
    content = responses.get("422", {}).get("content", {})
    if "HTTPValidationError" in str(content):
        del responses["422"]
