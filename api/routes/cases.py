"""Cases: the list, one case in its forms, and the cases comparable with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api import answers, caching, examples, facets, schemas
from api import openapi as doc
from api.deps import SearcherDep, SettingsDep, find_case
from api.problems import (
    IndexUnavailable,
    InvalidRequest,
    NotFound,
    UnknownCase,
    UnknownFacetValue,
    UnknownParameter,
)
from indexer.search import Searcher
from kb.settings import Settings

router = APIRouter(tags=["cases"])


class MarkdownResponse(Response):
    """A case file."""

    media_type = "text/markdown"


CaseId = Annotated[
    str,
    Path(description="Id of a case, or an older id of it (answers 308)", examples=[examples.ID]),
]


@router.get(
    "/cases",
    response_model=schemas.CaseList,
    summary="List cases",
    responses=doc.answers(
        examples.CASE_LIST, InvalidRequest, UnknownParameter, UnknownFacetValue, IndexUnavailable
    ),
)
def list_cases(
    params: Annotated[schemas.CaseListParams, Query()], searcher: SearcherDep
) -> schemas.CaseList:
    """The cases that pass the filters, newest updated first, with facet counts."""
    facets.refuse(facets.unknown_values(params), where="query")
    return answers.case_list(searcher, params)


@router.get(
    "/cases/{case_id}.md",
    response_class=MarkdownResponse,
    summary="The case file",
    responses={
        **doc.BY_ID,
        200: {"content": {"text/markdown": {"example": "---\nschema: 1\n…"}}},
        **{
            code: answer
            for code, answer in doc.answers(None, UnknownCase, NotFound, IndexUnavailable).items()
            if code != 200
        },
    },
)
def case_markdown(
    case_id: CaseId, request: Request, searcher: SearcherDep, settings: SettingsDep
) -> Response:
    """The file as its contributors wrote it: YAML front matter, then Markdown."""
    case = find_case(searcher, case_id)
    if case.id != case_id:
        return _moved(f"{case.id}.md", request)
    text = answers.case_text(case, settings.cases_dir)
    if text is None:
        raise NotFound(
            f"This server has no case files; the same case is at {answers.links(case).self}."
        )
    tag = caching.etag(text)
    return caching.unchanged(request, tag) or MarkdownResponse(text, headers=caching.headers(tag))


@router.get(
    "/cases/{case_id}.json",
    response_model=schemas.CaseDocument,
    summary="One case, at the address that says JSON",
    responses=doc.BY_ID
    | doc.answers(examples.CASE, UnknownCase, UnknownParameter, IndexUnavailable),
)
def case_json(
    case_id: CaseId, request: Request, searcher: SearcherDep, settings: SettingsDep
) -> Response:
    """The same as `/cases/{case_id}`."""
    return _case(case_id, ".json", request, searcher, settings)


@router.get(
    "/cases/{case_id}",
    response_model=schemas.CaseDocument,
    summary="One case",
    responses=doc.BY_ID
    | doc.answers(examples.CASE, UnknownCase, UnknownParameter, IndexUnavailable),
)
def case(
    case_id: CaseId, request: Request, searcher: SearcherDep, settings: SettingsDep
) -> Response:
    """Everything the case file says, with the citation in three languages."""
    return _case(case_id, "", request, searcher, settings)


@router.get(
    "/cases/{case_id}/comparable",
    response_model=schemas.ComparableAnswer,
    summary="Cases comparable with a case",
    responses=doc.BY_ID
    | doc.answers(
        examples.COMPARABLE,
        UnknownCase,
        InvalidRequest,
        UnknownParameter,
        UnknownFacetValue,
        IndexUnavailable,
    ),
)
def comparable(
    case_id: CaseId,
    params: Annotated[schemas.ComparableParams, Query()],
    request: Request,
    searcher: SearcherDep,
) -> schemas.ComparableAnswer | Response:
    """The cases most like this one, each with what they share and the passage that shows it."""
    facets.refuse(facets.unknown_values(params), where="query")
    found = find_case(searcher, case_id)
    if found.id != case_id:
        return _moved(f"{found.id}/comparable", request)
    return answers.comparable_answer(searcher, found, answers.filters(params), params.limit)


def _case(
    case_id: str, suffix: str, request: Request, searcher: Searcher, settings: Settings
) -> Response:
    found = find_case(searcher, case_id)
    if found.id != case_id:
        return _moved(found.id + suffix, request)
    tag = caching.etag(answers.generation(searcher), found.id, "json")
    return caching.unchanged(request, tag) or Response(
        answers.case_document(found, settings.public_url).model_dump_json(by_alias=True),
        media_type="application/json",
        headers=caching.headers(tag),
    )


def _moved(tail: str, request: Request) -> RedirectResponse:
    """308 to the address under the case's present id, with the same query."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{answers.API}/cases/{tail}{query}", status_code=308)
