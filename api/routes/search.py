"""Search and recommendation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import answers, examples, facets, schemas
from api import openapi as doc
from api.deps import SearcherDep
from api.problems import (
    BodyTooLarge,
    EmptyPlan,
    IndexUnavailable,
    InvalidRequest,
    UnknownFacetValue,
    UnknownParameter,
)
from indexer import search as index

router = APIRouter(tags=["search"])


@router.get(
    "/search",
    response_model=schemas.SearchAnswer,
    summary="Search the casebook",
    responses=doc.answers(
        examples.SEARCH, InvalidRequest, UnknownParameter, UnknownFacetValue, IndexUnavailable
    ),
)
def search(
    params: Annotated[schemas.SearchParams, Query()], searcher: SearcherDep
) -> schemas.SearchAnswer:
    """Cases by meaning and words, in any of the languages; an empty `q` browses.

    Repeat a facet parameter for alternatives (`driver=talent&driver=leadership`); different
    facets narrow one another. The counts in `facets` apply all filters but the facet's own.
    """
    facets.refuse(facets.unknown_values(params), where="query")
    query = index.Query(
        q=params.q,
        mode=params.mode,
        filters=answers.filters(params),
        limit=params.limit,
        offset=params.offset,
    )
    return answers.search_answer(searcher, query)


@router.post(
    "/recommend",
    response_model=schemas.RecommendAnswer,
    summary="Cases comparable with a plan",
    responses=doc.answers(
        examples.RECOMMEND, InvalidRequest, UnknownFacetValue, BodyTooLarge, IndexUnavailable
    ),
)
def recommend(plan: schemas.PlanRequest, searcher: SearcherDep) -> schemas.RecommendAnswer:
    """Describe a project, paste its draft, name what is known of it, or all of these.

    Each case comes with the reasons: drivers and KPI themes it shares, whether category and
    setting are the same, how close it is in meaning, and the passage that carries the likeness.
    """
    if plan.says_nothing:
        raise EmptyPlan("The plan has neither text nor any property to compare by.")
    facets.refuse(facets.unknown_values(plan.filters), where="body")
    facets.refuse(facets.unknown_in_plan(plan), where="body")
    return answers.recommend_answer(searcher, plan)
