"""What the ``type`` of a problem document leads to."""

from __future__ import annotations

from fastapi import APIRouter

from api import examples, schemas
from api import openapi as doc
from api.problems import CATALOGUE, TYPE_PREFIX, NotFound, Problem, UnknownParameter

router = APIRouter(tags=["problems"])


@router.get(
    "/problems",
    response_model=list[schemas.ProblemKind],
    summary="Kinds of problem",
    responses=doc.answers([examples.PROBLEM_KIND], UnknownParameter),
)
def kinds() -> list[schemas.ProblemKind]:
    """Every kind of error that the API answers with, and what to do about it."""
    return [_kind(problem) for problem in CATALOGUE]


@router.get(
    "/problems/{slug}",
    response_model=schemas.ProblemKind,
    summary="One kind of problem",
    responses=doc.answers(examples.PROBLEM_KIND, NotFound, UnknownParameter),
)
def kind(slug: str) -> schemas.ProblemKind:
    """What the `type` address of a problem document answers."""
    for problem in CATALOGUE:
        if problem.slug == slug:
            return _kind(problem)
    raise NotFound(f"There is no kind of problem {slug[:100]!r}.")


def _kind(problem: type[Problem]) -> schemas.ProblemKind:
    return schemas.ProblemKind(
        type=TYPE_PREFIX + problem.slug,
        title=problem.title,
        status=problem.status,
        remedy=problem.remedy,
    )
