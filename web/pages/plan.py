"""Cases comparable with a plan: what was read from it, and why each case is comparable."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import QueryParams

from api import answers, caching, facets, schemas
from api.deps import SearcherDep
from indexer.search import Searcher
from kb.catalogue import Filters
from web import maps, plans, render
from web.i18n import Translator, split_path, translators
from web.plans import PlanState, form_fields, is_plan, read_plan
from web.state import read_state

router = APIRouter(include_in_schema=False)

Form = Annotated[list[tuple[str, str]], Depends(form_fields)]


@router.post("/ask", response_class=RedirectResponse)
def ask(request: Request, form: Form, searcher: SearcherDep) -> Response:
    """What was put into the large field: a few words are searched for, more is a plan."""
    t = _translator(request)
    text = dict(form).get("q", "").strip()
    if is_plan(text):
        state = PlanState(t.url("/plan"), text[: schemas.MAX_TEXT])
        return _answer_form(request, searcher, state, t)
    found = read_state(t.url("/"), QueryParams(form)).state
    return RedirectResponse(found.address(), status_code=303)


@router.get("/plan", response_class=HTMLResponse)
def plan_page(request: Request, searcher: SearcherDep) -> Response:
    """A plan in the address; without one, the field to put it into."""
    t = _translator(request)
    tag = render.page_etag(searcher, t.lang)
    if same := caching.unchanged(request, tag):
        return same
    state = read_plan(t.url("/plan"), request.query_params.multi_items())
    too_long = not state.fits_an_address
    if too_long:
        state = PlanState(state.path, state.text[: schemas.MAX_QUERY], state.terms)
    response = _page(request, searcher, state, t, too_long=too_long)
    response.headers.update(caching.headers(tag))
    return response


@router.post("/plan", response_class=HTMLResponse)
def plan_form(request: Request, form: Form, searcher: SearcherDep) -> Response:
    """The form of the page: leads to an address that can be shared, if the plan fits one."""
    t = _translator(request)
    return _answer_form(request, searcher, read_plan(t.url("/plan"), form), t)


def _answer_form(request: Request, searcher: Searcher, state: PlanState, t: Translator) -> Response:
    if state.fits_an_address:
        return RedirectResponse(state.address(), status_code=303)
    return _page(request, searcher, state, t)


def _page(
    request: Request, searcher: Searcher, state: PlanState, t: Translator, too_long: bool = False
) -> Response:
    context: dict[str, Any] = {
        "state": state,
        "too_long": too_long,
        "choices": {name: facets.terms(facet) for name, facet in plans.TERMS.items()},
        "countries": answers.facets_answer(searcher, Filters()).facets["country"],
        "answer": None,
    }
    reading = None
    # what the empty form's boxes can hold; a plan too long for an address has no twin to link
    twin = f"{answers.API}/taxonomy" if state.is_blank else state.json_address()
    if not state.is_blank:
        answer = answers.recommend_answer(searcher, state.request())
        context["answer"], reading = answer, answer.reading
        context["frames"] = maps.frames(result.case for result in answer.results)
    context["view"] = plans.PlanView(state, reading)
    context["language"] = reading.language.value if reading and reading.language else None
    return render.page(
        request,
        "plan.html",
        context | {"json_address": twin},
        t=t,
        path=state.address("/plan"),
        searcher=searcher,
    )


def _translator(request: Request) -> Translator:
    lang, _ = split_path(request.url.path)
    return translators()[lang]
