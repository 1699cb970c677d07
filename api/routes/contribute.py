"""Checking a case before it is proposed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter

from api import contribute, examples, schemas
from api import openapi as doc
from api.deps import SearcherDep
from api.problems import BodyTooLarge, IndexUnavailable, InvalidRequest, UnknownParameter
from kb.editors import case_schema

router = APIRouter(tags=["cases"])


@router.get(
    "/schema",
    summary="The form of a case file",
    responses=doc.answers(examples.CASE_SCHEMA, UnknownParameter),
)
def schema() -> dict[str, Any]:
    """A JSON Schema (draft 7) of the front matter of a case file, with its closed lists and a word
    on each field."""
    return case_schema()


@router.post(
    "/cases/check",
    response_model=schemas.CaseCheckAnswer,
    summary="Check a case file",
    responses=doc.answers(examples.CASE_CHECK, InvalidRequest, BodyTooLarge, IndexUnavailable),
)
def check(request: schemas.CaseCheckRequest, searcher: SearcherDep) -> schemas.CaseCheckAnswer:
    """Everything that a pull request with this case would be told: findings with remedies, tags
    that the text suggests, cases that it may double. What is missing of `fields` is marked TODO
    in the file that comes back. Nothing is kept."""
    return contribute.check_answer(searcher, request, dt.date.today())
