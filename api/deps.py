"""What endpoints depend on: the settings, the open index, checked parameters.

A :class:`Searcher` is taken from the live index once per request and used for all of it, so
an answer never mixes two generations.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.problems import IndexUnavailable, UnknownCase, UnknownParameter, log, nearest
from api.routing import template
from indexer.errors import IndexerError, IndexMissing
from indexer.live import LiveIndex
from indexer.search import Searcher
from kb import errors as kb_errors
from kb.model import Case
from kb.settings import Settings


def get_settings(request: Request) -> Settings:
    """The settings that the app was made with."""
    settings: Settings = request.app.state.settings
    return settings


def get_searcher(request: Request) -> Searcher:
    """The newest published index; raises IndexUnavailable where there is none that opens."""
    live: LiveIndex = request.app.state.live
    try:
        return live.searcher()
    except IndexMissing as error:
        raise IndexUnavailable("No index has been published yet.") from error
    except IndexerError as error:
        log.error("the index does not open: %s", error)
        raise IndexUnavailable("The index does not open; the log says why.") from error


def known_parameters_only(request: Request) -> None:
    """Refuse query parameters that the endpoint does not declare, naming the nearest one."""
    known = _declared_parameters(request)
    unknown = [name for name in request.query_params if name not in known]
    if not unknown:
        return
    errors = []
    for name in unknown:
        shown, near = name[:100], nearest(name, known)
        message = f"Unknown parameter {shown!r}" + (f"; did you mean {near!r}?" if near else ".")
        errors.append({"in": "query", "field": shown, "message": message, "nearest": near})
    raise UnknownParameter(str(errors[0]["message"]), errors=errors)


def find_case(searcher: Searcher, case_id: str) -> Case:
    """The case of that id or alias; raises UnknownCase naming the nearest id."""
    try:
        return searcher.catalogue.case(case_id)
    except kb_errors.UnknownCase:
        known = searcher.catalogue.ids()
        raise UnknownCase(
            f"There is no case {case_id[:200]!r}.", nearest=nearest(case_id, known)
        ) from None


def _declared_parameters(request: Request) -> frozenset[str]:
    """Names of the query parameters of the matched route, read from the OpenAPI document."""
    table: dict[str, frozenset[str]] | None = getattr(request.app.state, "parameters", None)
    if table is None:
        table = {
            f"{method.upper()} {path}": frozenset(
                p["name"] for p in operation.get("parameters", []) if p["in"] == "query"
            )
            for path, operations in request.app.openapi()["paths"].items()
            for method, operation in operations.items()
        }
        request.app.state.parameters = table
    return table.get(f"{request.method} {template(request.scope)}", frozenset())


SettingsDep = Annotated[Settings, Depends(get_settings)]
SearcherDep = Annotated[Searcher, Depends(get_searcher)]
