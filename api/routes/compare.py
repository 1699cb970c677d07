"""Cases side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import compare as comparison
from api import examples, schemas
from api import openapi as doc
from api.deps import SearcherDep, find_case
from api.problems import IndexUnavailable, InvalidRequest, UnknownCase, UnknownParameter

router = APIRouter(tags=["cases"])


@router.get(
    "/compare",
    response_model=schemas.CompareAnswer,
    summary="Cases side by side",
    responses=doc.answers(
        examples.COMPARE, UnknownCase, InvalidRequest, UnknownParameter, IndexUnavailable
    ),
)
def compare(
    params: Annotated[schemas.CompareParams, Query()], searcher: SearcherDep
) -> schemas.CompareAnswer:
    """Two to four cases as one table: circumstances, drivers, actions, KPIs aligned by theme,
    results, lessons. Each row says whether its columns differ."""
    ids = list(dict.fromkeys(find_case(searcher, case_id).id for case_id in params.case))
    if len(ids) < comparison.MIN_CASES:
        raise InvalidRequest("Comparing takes at least two different cases.")
    plan = schemas.PlanRequest(text=params.plan, limit=1) if params.plan.strip() else None
    cases = [searcher.catalogue.case(case_id) for case_id in ids]
    return comparison.compare_answer(searcher, cases, plan)
