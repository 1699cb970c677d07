"""From what the index says to what the API answers: one function an answer.

The HTTP routes, the pages and ``kb … --json`` all call these, so that they cannot disagree.
Nothing here knows about HTTP.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from api import schemas
from indexer.comparable import Comparable
from indexer.phrases import Statement
from indexer.plan import Plan
from indexer.quotes import PassageQuote
from indexer.search import Query, Searcher, SearchPage
from kb.casebook import case_paths
from kb.catalogue import Filters
from kb.citation import cite
from kb.model import LANGS, Case, Localised
from kb.taxonomy import taxonomy

API = "/api/v1"


def search_answer(searcher: Searcher, query: Query) -> schemas.SearchAnswer:
    """Search, with the card of each case that was found."""
    page = searcher.search(query)
    return schemas.SearchAnswer(
        query=schemas.QueryEcho(
            q=query.q,
            mode=query.mode,
            filters=_filters_out(query.filters),
            limit=query.limit,
            offset=query.offset,
        ),
        total=page.total,
        results=_results(searcher, page),
        suggestion=page.suggestion,
        facets=page.facets,
        took_ms=round(page.took_ms, 2),
        generation=generation(searcher),
    )


def case_list(searcher: Searcher, params: schemas.CaseListParams) -> schemas.CaseList:
    """The cases that pass the filters, newest updated first."""
    query = Query(filters=filters(params), limit=params.limit, offset=params.offset)
    page = searcher.search(query)
    return schemas.CaseList(
        total=page.total,
        limit=params.limit,
        offset=params.offset,
        results=[
            schemas.CaseListItem(case=case_card(searcher.catalogue.case(hit.case_id)))
            for hit in page.hits
        ],
        facets=page.facets,
        generation=generation(searcher),
    )


def recommend_answer(searcher: Searcher, request: schemas.PlanRequest) -> schemas.RecommendAnswer:
    """Cases comparable with a plan, each with the reasons."""
    plan = Plan(
        text=request.text,
        language=request.language,
        topics=request.topics,
        drivers=request.drivers,
        plan_category=request.plan_category,
        plan_kind=request.plan_kind,
        setting=request.setting,
        kpi_themes=request.kpi_themes,
        kpi_tiers=request.kpi_tiers,
        population=request.population,
    )
    found = searcher.advise(plan, filters=filters(request.filters), limit=request.limit)
    return schemas.RecommendAnswer(
        plan=schemas.PlanEcho(characters=len(request.text), **request.model_dump(exclude={"text"})),
        reading=schemas.PlanReading.model_validate(found.reading.model_dump()),
        comparable=found.comparable,
        likeness=found.likeness,
        far=_statements(found.far),
        results=[_comparable(searcher, item) for item in found.results],
        generation=generation(searcher),
    )


def comparable_answer(
    searcher: Searcher, case: Case, narrowed: Filters, limit: int
) -> schemas.ComparableAnswer:
    """Cases comparable with ``case``, each with the reasons."""
    found = searcher.comparable(case.id, filters=narrowed, limit=limit)
    return schemas.ComparableAnswer(
        case=case_card(case),
        results=[_comparable(searcher, item) for item in found],
        generation=generation(searcher),
    )


def case_document(case: Case, public_url: str | None = None) -> schemas.CaseDocument:
    """The whole case with its citation (linked if the site's address is known) and addresses."""
    citations = Localised(
        **{lang.replace("-", "_").lower(): cite(case, lang, public_url) for lang in LANGS}
    )
    fields = {name: getattr(case, name) for name in Case.model_fields}
    return schemas.CaseDocument(**fields, citation=citations, links=links(case))


def case_text(case: Case, cases_dir: Path) -> str | None:
    """The text of the case file, or None if this server has the index but not the files."""
    path = next((path for path in case_paths(cases_dir) if path.stem == case.id), None)
    return path.read_text(encoding="utf-8") if path else None


def case_card(case: Case) -> schemas.CaseCard:
    """The part of a case that a list shows."""
    fields = {
        name: getattr(case, name) for name in schemas.CaseCard.model_fields if name != "links"
    }
    return schemas.CaseCard.model_construct(**fields, links=links(case))


def facets_answer(searcher: Searcher, narrowed: Filters) -> schemas.FacetsAnswer:
    """How many cases each facet value would leave, given the filters."""
    page = searcher.search(Query(filters=narrowed, limit=1))
    return schemas.FacetsAnswer(
        total=page.total, facets=page.facets, generation=generation(searcher)
    )


@lru_cache(maxsize=1)
def taxonomy_answer() -> schemas.TaxonomyAnswer:
    """The whole taxonomy as JSON, in its three languages and its own order."""
    dump: dict[str, Any] = taxonomy().model_dump(mode="json", by_alias=True, exclude_none=True)
    return dump


def filters(params: schemas.FilterParams) -> Filters:
    """The filters of a request as the catalogue takes them."""
    return Filters(**{name: getattr(params, name) for name in schemas.FilterParams.model_fields})


def generation(searcher: Searcher) -> str:
    """The id of the published index that a searcher reads."""
    return searcher.manifest.generation


def links(case: Case) -> schemas.CaseLinks:
    """Addresses of a case, relative to the server."""
    at = f"{API}/cases/{case.id}"
    return schemas.CaseLinks(
        self=at, markdown=f"{at}.md", comparable=f"{at}/comparable", page=f"/cases/{case.id}"
    )


def _filters_out(narrowed: Filters) -> schemas.FilterParams:
    return schemas.FilterParams(**narrowed.model_dump())


def _results(searcher: Searcher, page: SearchPage) -> list[schemas.SearchResult]:
    return [
        schemas.SearchResult(
            case=case_card(searcher.catalogue.case(hit.case_id)),
            score=hit.score,
            passage=_passage(hit.passage),
        )
        for hit in page.hits
    ]


def _comparable(searcher: Searcher, item: Comparable) -> schemas.ComparableResult:
    return schemas.ComparableResult(
        case=case_card(searcher.catalogue.case(item.case_id)),
        score=item.score,
        passage=_passage(item.passage),
        reasons=schemas.Reasons(
            shared_topics=item.shared_topics,
            shared_drivers=item.shared_drivers,
            shared_kpi_themes=item.shared_kpi_themes,
            same_category=item.same_category,
            same_setting=item.same_setting,
            similarity=item.similarity,
        ),
        parts=item.parts,
        why=_statements(item.why),
        differences=_statements(item.differences),
    )


def _statements(found: list[Statement]) -> list[schemas.Statement]:
    return [
        schemas.Statement(**{name: getattr(item, name) for name in schemas.Statement.model_fields})
        for item in found
    ]


def _passage(quote: PassageQuote | None) -> schemas.Passage | None:
    if quote is None:
        return None
    return schemas.Passage(
        section=quote.section, lang=quote.lang, text=quote.text, highlights=quote.highlights
    )
