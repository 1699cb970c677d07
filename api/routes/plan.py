"""Recommendation by address, for a plan short enough for one: what a link can hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import examples, schemas
from api import openapi as doc
from api.deps import SearcherDep
from api.problems import IndexUnavailable, InvalidRequest, UnknownFacetValue, UnknownParameter
from api.routes import search

router = APIRouter(tags=["search"])


@router.get(
    "/plan",
    response_model=schemas.RecommendAnswer,
    summary="Cases comparable with a short plan",
    responses=doc.answers(
        examples.RECOMMEND, InvalidRequest, UnknownParameter, UnknownFacetValue, IndexUnavailable
    ),
)
def plan(
    params: Annotated[schemas.PlanParams, Query()], searcher: SearcherDep
) -> schemas.RecommendAnswer:
    """The same as `POST /recommend`, for a text of up to 2,000 characters."""
    return search.recommend(params.request(), searcher)
