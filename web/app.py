"""The whole site as one ASGI app: the API of ``api.app`` and the pages. ``kb serve`` runs it."""

from __future__ import annotations

import threading

from fastapi import FastAPI, Request, Response

from api.app import create_app as create_api
from api.problems import HANDLED, problem_response
from kb.settings import Settings
from web.assets import STATIC_DIR, Static
from web.i18n import PREFIX, translators
from web.pages import about, case, compare, contribute, explore, feeds, plan, search
from web.pages.errors import error_page
from web.render import compile_templates
from web.security import HEADERS, SecurityHeaders

# Addresses whose errors are for programs.
FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")


def create_app(settings: Settings) -> FastAPI:
    """API and pages over the index that ``settings.index_dir`` publishes."""
    translators()  # a fault in the strings must stop the start, not the first visitor
    app = create_api(settings)
    app.add_middleware(SecurityHeaders)
    threading.Thread(target=compile_templates, name="templates", daemon=True).start()
    for prefix in PREFIX.values():
        for module in (search, plan, case, compare, explore, contribute, about, feeds):
            app.include_router(module.router, prefix=prefix)
    app.mount("/static", Static(directory=STATIC_DIR), name="static")
    app.include_router(feeds.site_router)
    for kind in HANDLED:
        app.add_exception_handler(kind, handle_error)
    return app


def _wants_json(request: Request) -> bool:
    """Whether a client asks for JSON by name, and not for a page."""
    wanted = request.headers.get("accept", "")
    return "json" in wanted and "html" not in wanted


def handle_error(request: Request, error: Exception) -> Response:
    """A problem document for programs, a page for people."""
    if request.url.path.startswith(FOR_PROGRAMS) or _wants_json(request):
        response: Response = problem_response(request, error)
        response.headers.update(HEADERS)
        return response
    return error_page(request, error)
