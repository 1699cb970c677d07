"""What the casebook is, what its words mean, and how to get its data."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api import answers, caching
from api.deps import SearcherDep
from indexer.search import Searcher
from kb.catalogue import Filters
from kb.model import Case
from kb.taxonomy import taxonomy
from web import render
from web.i18n import split_path, translators
from web.maps import HOME
from web.state import SearchState

router = APIRouter(include_in_schema=False)

# Lists of the taxonomy in the order of the page, with the facet that filters by each.
SECTIONS = (
    ("drivers", "driver"),
    ("topics", "topic"),
    ("kpi_tiers", "kpi_tier"),
    ("kpi_themes", "kpi_theme"),
    ("settings", "setting"),
    ("source_kinds", None),
    ("scopes", None),
    ("priority_areas", None),
)


@router.get("/about", response_class=HTMLResponse)
def about(request: Request, searcher: SearcherDep) -> Response:
    """The taxonomy with definitions and counts, the KPI reference table, data and API."""
    lang, _ = split_path(request.url.path)
    t = translators()[lang]
    tag = render.page_etag(searcher, lang)
    if same := caching.unchanged(request, tag):
        return same
    response = render.page(
        request,
        "about.html",
        {
            "taxonomy": taxonomy(),
            "sections": SECTIONS,
            "counts": answers.facets_answer(searcher, Filters()),
            "browse": SearchState(t.url("/cases")),
            "examples": _examples(searcher),
            "json_address": "/api/v1/taxonomy",
        },
        t=t,
        path="/about",
        searcher=searcher,
    )
    response.headers.update(caching.headers(tag))
    return response


def _examples(searcher: Searcher) -> dict[str, Case]:
    """For each driver a case that it drives: one it drives alone, or nearly, says the most."""
    cases = [searcher.catalogue.case(case_id) for case_id in sorted(searcher.catalogue.ids())]
    found: dict[str, Case] = {}
    for case in sorted(cases, key=lambda case: (len(case.drivers), case.place.country not in HOME)):
        for driver in case.drivers:
            found.setdefault(driver, case)
    return found
