"""The page of one case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api import answers, caching, schemas
from api.deps import SearcherDep, SettingsDep, find_case
from api.logic import logic_model
from api.neighbours import neighbours
from indexer.search import Searcher
from kb.citation import cite
from kb.markdown import render_html
from kb.model import Case, Kpi
from kb.settings import Settings
from kb.taxonomy import Term, taxonomy
from web import diagram, maps, render
from web.i18n import Translator, split_path, translators

router = APIRouter(include_in_schema=False)

WORD_JOINER = "\u2060"
MENTION = re.compile(r'id="cite-([a-z0-9-]+)-\d+"')


@dataclass(frozen=True)
class Tier:
    """A tier of KPIs with the case's KPIs in it (maybe none)."""

    term: Term
    kpis: Sequence[Kpi]


@router.get("/cases/{case_id}", response_class=HTMLResponse)
def case_page(
    case_id: str, request: Request, searcher: SearcherDep, settings: SettingsDep
) -> Response:
    """Everything the casebook knows of one case, each figure with its source."""
    lang, _ = split_path(request.url.path)
    t = translators()[lang]
    case = find_case(searcher, case_id)
    path = f"/cases/{case.id}"
    if case.id != case_id:
        return RedirectResponse(t.url(path), status_code=308)
    tag = render.page_etag(searcher, lang)
    if same := caching.unchanged(request, tag):
        return same
    context = context_of(case, searcher, settings, t, neighbours(searcher, case).results)
    response = render.page(request, "case.html", context, t=t, path=path, searcher=searcher)
    response.headers.update(caching.headers(tag))
    return response


def context_of(
    case: Case,
    searcher: Searcher,
    settings: Settings,
    t: Translator,
    comparable: Sequence[schemas.ComparableResult],
) -> dict[str, Any]:
    """What the template of a case is rendered with."""
    body = _prepared(render_html(case, t.lang), t.lang)
    model, words = logic_model(searcher, case), render.Words(t)
    situations_lang, situations = case.situations.in_(t.lang) if case.situations else (t.lang, [])
    return {
        "case": case,
        "situations": situations,
        "situations_lang": situations_lang,
        "abstract": case.abstract.get(t.lang) if case.abstract else None,
        "body": body,
        "mentions": Counter(MENTION.findall(body)),
        "tiers": _tiers(case),
        "comparable": comparable,
        "citation": cite(case, t.lang, settings.public_url),
        "links": answers.links(case),
        "numbers": {source.id: at for at, source in enumerate(case.sources, 1)},
        "model": diagram.described(model, words),
        "drawings": diagram.drawings(model, words),
        "locator": maps.locator(case.place),
        "improve": _improve(case, settings),
        "json_address": answers.links(case).self,
    }


def _improve(case: Case, settings: Settings) -> str | None:
    """Where the case file opens for editing in the repository, as GitHub, Gitea and Forgejo
    have it; None if the site does not say where its repository is."""
    if not settings.repository_url:
        return None
    folder = case.place.country.lower()
    return f"{settings.repository_url.rstrip('/')}/edit/main/cases/{folder}/{case.id}.md"


def _prepared(body: str, lang: str) -> str:
    """The body as the page needs it: its headings, which are in the page's language, marked as
    such (the rest is Traditional Chinese), and footnote marks kept on the line of what they mark.
    Text in a body is escaped, so it cannot look like the markup replaced here."""
    body = body.replace('<h2 id="section-', f'<h2 lang="{lang}" id="section-')
    return body.replace('<sup class="footnote">', WORD_JOINER + '<sup class="footnote">')


def _tiers(case: Case) -> list[Tier]:
    return [
        Tier(term, [kpi for kpi in case.kpis if kpi.tier == term.id])
        for term in taxonomy().kpi_tiers.values()
    ]
