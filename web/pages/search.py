"""The front page, its results, and the list of all cases: one page in three moods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api import answers, caching, facets, schemas
from api.deps import SearcherDep, SettingsDep
from indexer.search import Query, Searcher
from kb.catalogue import FilterName, Filters
from kb.taxonomy import Term
from web import maps, render
from web.i18n import PREFIX, Translator, preferred, split_path, translators
from web.state import PER_PAGE, SearchState, read_state

router = APIRouter(include_in_schema=False)

LANGUAGE_HEADERS = "Accept-Language, Cookie, Referer"
NEWEST = 5
SHOWN_VALUES = 8  # of a facet, before the rest are folded away


@dataclass(frozen=True)
class FacetLink:
    """One value of a facet as a link that puts the filter on or takes it off."""

    value: str
    term: Term
    count: int
    chosen: bool
    href: str


@dataclass(frozen=True)
class FacetBox:
    """A facet with its values; the rarer ones are folded away."""

    name: FilterName
    first: list[FacetLink]
    rest: list[FacetLink]


@dataclass(frozen=True)
class Paging:
    """Which results are shown, and the addresses beside them."""

    first: int
    last: int
    total: int
    page: int
    pages: int
    previous: str | None
    following: str | None


@router.get("/", response_class=HTMLResponse)
def home(request: Request, searcher: SearcherDep, settings: SettingsDep) -> Response:
    """The search page: with nothing asked, an invitation; else the results.

    Who arrives at the bare address from elsewhere is led to the language of the browser, or to
    the one chosen before; within the site the address alone decides.
    """
    if request.url.path == "/" and not request.url.query and not _is_from_here(request):
        lang = preferred(request, settings.default_lang)
        if PREFIX[lang]:
            headers = {"Vary": LANGUAGE_HEADERS, "Cache-Control": "private, no-cache"}
            return RedirectResponse(PREFIX[lang] + "/", status_code=302, headers=headers)
    response = _page(request, searcher, "/")
    response.headers["Vary"] = LANGUAGE_HEADERS
    return response


@router.get("/cases", response_class=HTMLResponse)
def case_list(request: Request, searcher: SearcherDep) -> Response:
    """All cases, newest updated first, with the same filters."""
    return _page(request, searcher, "/cases")


def _is_from_here(request: Request) -> bool:
    return urlsplit(request.headers.get("referer", "")).netloc == request.url.netloc


def _page(request: Request, searcher: Searcher, path: str) -> Response:
    lang, _ = split_path(request.url.path)
    t = translators()[lang]
    tag = render.page_etag(searcher, lang)
    if same := caching.unchanged(request, tag):
        return same
    read = read_state(t.url(path), request.query_params)
    state = read.state
    context: dict[str, Any] = {"state": state, "read": read}
    if path == "/" and state.is_blank and not read.unknown:
        template = "home.html"
        context |= _invitation(searcher, t)
    else:
        template = "results.html"
        context |= _results(searcher, state)
    response = render.page(
        request,
        template,
        context | {"json_address": state.json_address()},
        t=t,
        path=SearchState(path, state.q, state.chosen, state.page).address(),
        searcher=searcher,
    )
    response.headers.update(caching.headers(tag))
    return response


def _invitation(searcher: Searcher, t: Translator) -> dict[str, Any]:
    """The casebook at a glance: how much there is, by driver and category, and the newest."""
    answer = answers.facets_answer(searcher, Filters())
    blank = SearchState(t.url("/cases"))
    cards = [answers.case_card(searcher.catalogue.case(i)) for i in searcher.catalogue.ids()]
    return {
        "total": answer.total,
        "countries": len([n for n in answer.facets["country"].values() if n]),
        "newest": varied_newest(cards),
        "map_frame": maps.whole(cards)[0],
        "boxes": [facet_box(name, answer.facets, blank) for name in ("driver", "category")],
    }


def varied_newest(cards: Sequence[schemas.CaseCard]) -> list[schemas.CaseCard]:
    """The cases updated last. Of those of one day, which are often many, countries that the
    casebook is mostly about come first, and each plan category and place before another of it."""
    usual = Counter(card.place.country for card in cards)
    chosen: list[schemas.CaseCard] = []
    left = list(cards)
    while left and len(chosen) < NEWEST:
        seen = Counter(card.plan_category for card in chosen)
        lands = Counter(card.place.country for card in chosen)
        best = min(
            left,
            key=lambda card: (
                -card.updated.toordinal(),
                seen[card.plan_category],
                lands[card.place.country] / usual[card.place.country],
                -usual[card.place.country],
                card.id,
            ),
        )
        chosen.append(best)
        left.remove(best)
    return chosen


def _results(searcher: Searcher, state: SearchState) -> dict[str, Any]:
    query = Query(q=state.q, filters=state.filters, limit=PER_PAGE, offset=state.offset)
    answer = answers.search_answer(searcher, query)
    boxes = [facet_box(name, answer.facets, state) for name in facets.ORDER]
    return {
        "answer": answer,
        "boxes": [box for box in boxes if box.first],
        "chosen": [_link(facet, value, 0, state) for facet, value in state.chosen],
        "paging": _paging(answer, state),
        "frames": maps.frames(result.case for result in answer.results),
    }


def facet_box(name: FilterName, counts: schemas.FacetCounts, state: SearchState) -> FacetBox:
    """The values of a facet that occur, the most frequent first, chosen ones always shown."""
    known = facets.terms(name)
    order = {value: at for at, value in enumerate(known)}
    found = counts.get(name, {})
    values = [v for v in known if found.get(v) or state.has(name, v)]
    values.sort(key=lambda v: (not state.has(name, v), -found.get(v, 0), order[v]))
    shown = [_link(name, v, found.get(v, 0), state) for v in values]
    # Folding away one or two values would save no room.
    fold = SHOWN_VALUES if len(shown) > SHOWN_VALUES + 2 else len(shown)
    return FacetBox(name, shown[:fold], shown[fold:])


def _link(facet: FilterName, value: str, count: int, state: SearchState) -> FacetLink:
    return FacetLink(
        value=value,
        term=facets.terms(facet)[value],
        count=count,
        chosen=state.has(facet, value),
        href=state.toggled(facet, value).address(),
    )


def _paging(answer: schemas.SearchAnswer, state: SearchState) -> Paging:
    pages = max(1, -(-answer.total // PER_PAGE))
    shown = len(answer.results)
    return Paging(
        first=state.offset + 1 if shown else 0,
        last=state.offset + shown,
        total=answer.total,
        page=state.page,
        pages=pages,
        previous=state.at_page(min(state.page - 1, pages)).address() if state.page > 1 else None,
        following=state.at_page(state.page + 1).address() if state.page < pages else None,
    )
