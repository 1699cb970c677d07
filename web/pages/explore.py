"""The whole casebook at once: on a map, as a matrix, as a list that sorts and filters."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api import answers, caching, facets, schemas
from api.deps import SearcherDep
from api.explore import explore_answer
from web import likeness, maps, render
from web.i18n import split_path, translators
from web.pages.search import facet_box
from web.state import SearchState, read_state

router = APIRouter(include_in_schema=False)

ORDERS: tuple[schemas.Order, ...] = get_args(schemas.Order)
SHADES = (1, 3, 6, 10, 20)  # counts from which on a field of the matrix is a shade darker


@router.get("/explore", response_class=HTMLResponse)
def explore(request: Request, searcher: SearcherDep) -> Response:
    """Every case that passes the filters."""
    lang, _ = split_path(request.url.path)
    t = translators()[lang]
    tag = render.page_etag(searcher, lang)
    if same := caching.unchanged(request, tag):
        return same
    read = read_state(t.url("/explore"), request.query_params)
    asked = request.query_params.get("order", "")
    order = next((known for known in ORDERS if known == asked), ORDERS[0])
    state = replace(read.state, q="", page=1, order="" if order == ORDERS[0] else order)
    answer = explore_answer(searcher, state.filters, order)
    home, taiwan, world = maps.whole(answer.cases)
    twin = urlencode([*state.chosen, ("order", order)])
    response = render.page(
        request,
        "explore.html",
        {
            "state": state,
            "read": read,
            "answer": answer,
            "home": home,
            "taiwan": taiwan,
            "world": world,
            "orders": [
                (known, replace(state, order="" if known == ORDERS[0] else known).address())
                for known in ORDERS
            ],
            "order": order,
            "marks": likeness.marks(
                answer.cases, answer.likeness, list(facets.terms("category")), lang
            ),
            "shapes": likeness.SHAPES,
            "drivers": facets.terms("driver"),
            "categories": facets.terms("category"),
            "shade": shade,
            "cell": SearchState(t.url("/cases"), chosen=state.chosen),
            "boxes": [
                box for name in facets.ORDER if (box := facet_box(name, answer.facets, state)).first
            ],
            "json_address": f"{answers.API}/explore?{twin}",
        },
        t=t,
        path=replace(state, path="/explore").address(),
        searcher=searcher,
    )
    response.headers.update(caching.headers(tag))
    return response


def shade(count: int) -> int:
    """How dark a field of the matrix is, 0 for none."""
    return sum(count >= least for least in SHADES)
