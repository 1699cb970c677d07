"""The casebook at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import answers, examples, facets, schemas
from api import explore as whole
from api import openapi as doc
from api.deps import SearcherDep
from api.problems import IndexUnavailable, InvalidRequest, UnknownFacetValue, UnknownParameter

router = APIRouter(tags=["cases"])


@router.get(
    "/explore",
    response_model=schemas.ExploreAnswer,
    summary="Every case with its place, and drivers by plan category",
    responses=doc.answers(
        examples.EXPLORE, InvalidRequest, UnknownParameter, UnknownFacetValue, IndexUnavailable
    ),
)
def explore(
    params: Annotated[schemas.ExploreParams, Query()], searcher: SearcherDep
) -> schemas.ExploreAnswer:
    """All cases that pass the filters, in one answer, with what a map and a matrix need."""
    facets.refuse(facets.unknown_values(params), where="query")
    return whole.explore_answer(searcher, answers.filters(params), params.order)
