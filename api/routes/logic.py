"""The logic model of a case."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api import answers, examples, schemas
from api import logic as model
from api import openapi as doc
from api.deps import SearcherDep, find_case
from api.problems import IndexUnavailable, UnknownCase, UnknownParameter
from api.routes.cases import CaseId

router = APIRouter(tags=["cases"])


@router.get(
    "/cases/{case_id}/logic-model",
    response_model=schemas.LogicModel,
    summary="The logic model of a case",
    responses=doc.BY_ID
    | doc.answers(examples.LOGIC_MODEL, UnknownCase, UnknownParameter, IndexUnavailable),
)
def logic_model(
    case_id: CaseId, request: Request, searcher: SearcherDep
) -> schemas.LogicModel | Response:
    """Challenge, actions, then the KPIs of each tier, or what was measured if none are known."""
    case = find_case(searcher, case_id)
    if case.id != case_id:
        address = f"{answers.API}/cases/{case.id}/logic-model"
        return RedirectResponse(address, status_code=308)
    return model.logic_model(searcher, case)
