"""For programs that follow the site: what pages there are, and what is new."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from api import caching
from api.deps import SearcherDep
from kb.model import LANGS
from web import render
from web.i18n import PREFIX, split_path, translators

router = APIRouter(include_in_schema=False)  # in every language
site_router = APIRouter(include_in_schema=False)  # once

NEWEST = 40
PAGES = ("/", "/plan", "/explore", "/cases", "/about")


@router.get("/feed.atom")
def feed(request: Request, searcher: SearcherDep) -> Response:
    """The newest cases as Atom (RFC 4287)."""
    lang, _ = split_path(request.url.path)
    t = translators()[lang]
    tag = render.page_etag(searcher, lang)
    if same := caching.unchanged(request, tag):
        return same
    cases = [searcher.catalogue.case(i) for i in searcher.catalogue.ids()[:NEWEST]]
    text = render.text(
        "feed.xml", {"cases": cases, "site": render.site_address(request), "t": t, "lang": lang}
    )
    return Response(text, media_type="application/atom+xml", headers=caching.headers(tag))


@site_router.get("/sitemap.xml")
def sitemap(request: Request, searcher: SearcherDep) -> Response:
    """Every page in every language (sitemaps.org), each naming its translations."""
    tag = render.page_etag(searcher, "zh-Hant")
    if same := caching.unchanged(request, tag):
        return same
    cases = [searcher.catalogue.case(i) for i in searcher.catalogue.ids()]
    pages = [(path, None) for path in PAGES]
    pages += [(f"/cases/{case.id}", case.updated) for case in cases]  # type: ignore[misc]
    text = render.text(
        "sitemap.xml",
        {
            "pages": pages,
            "languages": LANGS,
            "prefix": PREFIX,
            "site": render.site_address(request),
        },
    )
    return Response(text, media_type="application/xml", headers=caching.headers(tag))


@site_router.get("/robots.txt")
def robots(request: Request) -> PlainTextResponse:
    """Everything may be crawled but the endless combinations of filters, plans and cases."""
    return PlainTextResponse(
        "User-agent: *\n"
        "Disallow: /api/\n"
        "Disallow: /*?*driver=\n"
        "Disallow: /*compare?\n"
        "Disallow: /*plan?\n"
        f"\nSitemap: {render.site_address(request)}/sitemap.xml\n"
    )
