"""Pages for what went wrong, in the language of the address."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.problems import TYPE_PREFIX, as_problem
from indexer.errors import IndexerError
from indexer.search import Searcher
from web import render
from web.i18n import split_path, translators
from web.security import HEADERS

KNOWN = {404, 405, 413, 422, 500, 503}


def error_page(request: Request, error: Exception) -> HTMLResponse:
    """The page for an error. It must not fail itself, so it asks nothing of the index but
    whether it is there."""
    problem = as_problem(request, error)
    lang, path = split_path(request.url.path)
    response = render.page(
        request,
        "error.html",
        {
            "status": problem.status_code,
            "kind": str(problem.status_code) if problem.status_code in KNOWN else "other",
            "nearest": problem.members.get("nearest"),
            "json_address": f"{TYPE_PREFIX}{problem.slug}",
        },
        t=translators()[lang],
        path=path,
        searcher=_searcher(request),
        status=problem.status_code,
    )
    response.headers.update({**(problem.headers or {}), "Cache-Control": "no-store", **HEADERS})
    return response


def _searcher(request: Request) -> Searcher | None:
    try:
        searcher: Searcher = request.app.state.live.searcher()
        return searcher
    except IndexerError:
        return None
