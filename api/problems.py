"""Everything that can go wrong over HTTP, each as one RFC 9457 problem document.

::

    Problem
    ├── InvalidRequest        422  parameters or body are not what the endpoint takes
    ├── UnknownParameter      422  a query parameter that the endpoint does not know
    ├── UnknownFacetValue     422  a filter value that is not in the taxonomy
    ├── EmptyPlan             422  a recommendation asked for without saying anything
    ├── MalformedRequest      400  the body could not be read at all
    ├── UnknownCase           404
    ├── NotFound              404  no such page or endpoint
    ├── MethodNotAllowed      405
    ├── BodyTooLarge          413
    ├── IndexUnavailable      503  no published index, or none that opens
    └── Unexpected            500  anything else; the cause is logged, never shown

``type`` of a document is the address of its description, served by ``routes/problems.py``.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from indexer.errors import QueryError

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/v1/problems/"

log = logging.getLogger("sosei.api")


class ProblemResponse(JSONResponse):
    """JSON with the media type of RFC 9457."""

    media_type = MEDIA_TYPE


class Problem(HTTPException):
    """One kind of error. Subclasses set ``status``, ``slug``, ``title`` and ``remedy``.

    It derives from Starlette's own exception so that it passes unharmed through the places
    where FastAPI turns any other error into a bare 400.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "problem"
    title: ClassVar[str] = "Problem"
    remedy: ClassVar[str] = ""

    def __init__(
        self, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(self.status, detail, headers=dict(headers) if headers else None)
        self.members = members

    def document(self, instance: str) -> dict[str, Any]:
        """The problem document; ``members`` are the extension members of RFC 9457, 3.2."""
        return {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status_code,
            "detail": self.detail,
            "instance": instance,
            **self.members,
        }


class InvalidRequest(Problem):
    status, slug, title = 422, "invalid-request", "The request does not fit this endpoint"
    remedy = "Correct the fields named in `errors`; the endpoint's schema is in the OpenAPI file."


class UnknownParameter(Problem):
    status, slug, title = 422, "unknown-parameter", "Unknown query parameter"
    remedy = "Remove the parameter, or use the nearest known one named in `errors`."


class UnknownFacetValue(Problem):
    status, slug, title = 422, "unknown-facet-value", "Unknown filter value"
    remedy = "Use a value listed by /api/v1/taxonomy; the nearest one is named in `errors`."


class EmptyPlan(Problem):
    status, slug, title = 422, "empty-plan", "Nothing to compare with"
    remedy = (
        "Send `text`, or at least one of topics, drivers, plan_category, setting and kpi_themes."
    )


class MalformedRequest(Problem):
    status, slug, title = 400, "malformed-request", "The request could not be read"
    remedy = "Send UTF-8 JSON with `Content-Type: application/json`."


class UnknownCase(Problem):
    status, slug, title = 404, "unknown-case", "No case of this id"
    remedy = "List the ids with /api/v1/cases; the nearest one, if any, is in `nearest`."


class NotFound(Problem):
    status, slug, title = 404, "not-found", "Nothing here"
    remedy = "The endpoints are listed in /api/v1/openapi.json."


class MethodNotAllowed(Problem):
    status, slug, title = 405, "method-not-allowed", "Method not allowed"
    remedy = "Use one of the methods in the Allow header."


class BodyTooLarge(Problem):
    status, slug, title = 413, "body-too-large", "The request body is too large"
    remedy = "Send at most 1 MB."


class IndexUnavailable(Problem):
    status, slug, title = 503, "index-unavailable", "The index is not available"
    remedy = "Publish an index with `kb index`; a running server picks it up by itself."

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class Unexpected(Problem):
    status, slug, title = 500, "unexpected", "Something went wrong on the server"
    remedy = "It was logged. Try again; if it stays, report it with the time and the address."


CATALOGUE: tuple[type[Problem], ...] = (
    InvalidRequest,
    UnknownParameter,
    UnknownFacetValue,
    EmptyPlan,
    MalformedRequest,
    UnknownCase,
    NotFound,
    MethodNotAllowed,
    BodyTooLarge,
    IndexUnavailable,
    Unexpected,
)


# What Starlette must hand over one by one; the last catches everything else.
HANDLED = (HTTPException, RequestValidationError, QueryError, Exception)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that begins with ``word`` or is most like it, or None if none is."""
    word, known = word[:100].lower(), sorted(known)
    beginning = [other for other in known if len(word) > 2 and other.startswith(word)]
    found = beginning or difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return found[0] if found else None


def as_problem(request: Request, error: Exception) -> Problem:
    """Any error as the problem it is. Only what is safe to show goes in."""
    problem: Problem = Unexpected("An unexpected error; it was logged.")
    match error:
        case Problem():
            problem = error
        case RequestValidationError():
            problem = _invalid(error)
        case QueryError():
            problem = InvalidRequest(str(error))
        case HTTPException(status_code=404):
            problem = NotFound(f"There is nothing at {request.url.path[:200]}.")
        case HTTPException(status_code=405):
            detail = f"{request.method} is not allowed at {request.url.path[:200]}."
            problem = MethodNotAllowed(detail, headers=error.headers)
        case HTTPException(status_code=code) if code < 500:
            problem = MalformedRequest(str(error.detail), headers=error.headers)
            problem.status_code = code
            problem.members["title"] = HTTPStatus(code).phrase
    return problem


def problem_response(request: Request, error: Exception) -> ProblemResponse:
    """The HTTP answer to an error."""
    problem = as_problem(request, error)
    return ProblemResponse(
        problem.document(request.url.path),
        status_code=problem.status_code,
        headers={"Cache-Control": "no-store", **(problem.headers or {})},
    )


def _invalid(error: RequestValidationError) -> Problem:
    """The findings of a validation as a list of fields; the offending values stay out of it."""
    findings = error.errors()
    if any(f["type"] == "json_invalid" for f in findings):
        return MalformedRequest("The body is not valid JSON.")
    errors = []
    for finding in findings:
        where, *path = finding["loc"] or ("body",)
        field = ".".join(str(step) for step in path) or str(where)
        errors.append({"in": where, "field": field, "message": finding["msg"]})
    fields = ", ".join(str(e["field"]) for e in errors[:5])
    return InvalidRequest(f"Not valid: {fields}.", errors=errors)


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem document."""

    def handle(request: Request, error: Exception) -> ProblemResponse:
        return problem_response(request, error)

    for kind in HANDLED:
        app.add_exception_handler(kind, handle)
