"""The taxonomy, and how many cases stand behind each of its words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import answers, examples, facets, schemas
from api import openapi as doc
from api.deps import SearcherDep
from api.problems import IndexUnavailable, InvalidRequest, UnknownFacetValue, UnknownParameter

router = APIRouter(tags=["taxonomy"])


@router.get(
    "/facets",
    response_model=schemas.FacetsAnswer,
    summary="Facet values with counts",
    responses=doc.answers(
        examples.FACETS_ANSWER,
        InvalidRequest,
        UnknownParameter,
        UnknownFacetValue,
        IndexUnavailable,
    ),
)
def facet_counts(
    params: Annotated[schemas.FilterParams, Query()], searcher: SearcherDep
) -> schemas.FacetsAnswer:
    """How many cases each value would leave, given the filters."""
    facets.refuse(facets.unknown_values(params), where="query")
    return answers.facets_answer(searcher, answers.filters(params))


@router.get(
    "/taxonomy",
    response_model=schemas.TaxonomyAnswer,
    summary="Drivers, KPI tiers and themes, plan categories and kinds, settings",
    responses=doc.answers(examples.TAXONOMY, UnknownParameter),
)
def taxonomy() -> schemas.TaxonomyAnswer:
    """Every term with its label and definition in three languages, and the KPI table."""
    return answers.taxonomy_answer()
