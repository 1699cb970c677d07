"""Helpers that write an endpoint's answers into the OpenAPI document, examples included."""

from __future__ import annotations

from typing import Any

from api import examples, schemas
from api.problems import (
    MEDIA_TYPE,
    BodyTooLarge,
    IndexUnavailable,
    InvalidRequest,
    NotFound,
    Problem,
    UnknownCase,
    UnknownFacetValue,
    UnknownParameter,
)

Responses = dict[int | str, dict[str, Any]]

_EXAMPLES: dict[type[Problem], tuple[str, dict[str, Any]]] = {
    UnknownFacetValue: (
        "driver: unknown value 'talents'; did you mean 'talent'?",
        {
            "errors": [
                {
                    "in": "query",
                    "field": "driver",
                    "message": "driver: unknown value 'talents'; did you mean 'talent'?",
                    "nearest": "talent",
                }
            ]
        },
    ),
    UnknownParameter: (
        "Unknown parameter 'divers'; did you mean 'driver'?",
        {
            "errors": [
                {
                    "in": "query",
                    "field": "divers",
                    "message": "Unknown parameter 'divers'; did you mean 'driver'?",
                    "nearest": "driver",
                }
            ]
        },
    ),
    InvalidRequest: (
        "Not valid: limit.",
        {
            "errors": [
                {
                    "in": "query",
                    "field": "limit",
                    "message": "Input should be less than or equal to 100",
                }
            ]
        },
    ),
    UnknownCase: (
        "There is no case 'jp-fukui-sabae-eyewear'.",
        {"nearest": examples.ID},
    ),
    NotFound: ("There is nothing at /api/v1/….", {}),
    BodyTooLarge: ("The body is larger than 1,000,000 bytes.", {}),
    IndexUnavailable: ("No index has been published yet.", {}),
}


# Of everything that is asked for by the id of a case.
BY_ID: Responses = {
    304: {"description": "Not changed since the ETag in If-None-Match"},
    308: {"description": "The case has another id now; Location has its address"},
}


def answers(example: object, *problems: type[Problem]) -> Responses:
    """Responses of an endpoint: its example, and the problems that it can answer with."""
    responses: Responses = {200: {"content": {"application/json": {"example": example}}}}
    for status in sorted({p.status for p in problems}):
        kinds = [p for p in problems if p.status == status]
        responses[status] = {
            "model": schemas.ProblemDocument,
            "description": "; ".join(kind.title for kind in kinds),
            "content": {
                MEDIA_TYPE: {
                    "examples": {kind.slug: {"value": _problem_example(kind)} for kind in kinds}
                }
            },
        }
    return responses


def _problem_example(kind: type[Problem]) -> dict[str, Any]:
    detail, members = _EXAMPLES[kind]
    return examples.problem(kind.slug, kind.title, kind.status, detail, **members)
