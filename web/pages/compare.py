"""Two to four cases side by side, as a page and as files to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from api import answers, caching, schemas
from api.compare import MAX_CASES, MIN_CASES, compare_answer
from api.deps import SearcherDep
from api.problems import NotFound
from indexer.search import Searcher
from kb.catalogue import Filters
from kb.errors import UnknownCase
from kb.model import Case
from web import render, tables
from web.i18n import split_path, translators

router = APIRouter(include_in_schema=False)

SUGGESTED = 6


@dataclass(frozen=True)
class CompareState:
    """What a comparison's address holds: the cases, in order, and maybe a plan."""

    path: str
    ids: tuple[str, ...]
    plan: str = ""

    def adding(self, case_id: str) -> CompareState:
        return replace(self, ids=(*self.ids, case_id))

    def without(self, case_id: str) -> CompareState:
        return replace(self, ids=tuple(i for i in self.ids if i != case_id))

    def address(self, path: str | None = None) -> str:
        """The address of this comparison, as a page or at another path."""
        pairs = [("case", case_id) for case_id in self.ids]
        if self.plan:
            pairs.append(("plan", self.plan))
        return (path or self.path) + (f"?{urlencode(pairs)}" if pairs else "")


@dataclass(frozen=True)
class Read:
    """The state read from an address, its cases, and what was set aside."""

    state: CompareState
    cases: list[Case]
    unknown: list[str]
    too_many: bool

    @property
    def is_enough(self) -> bool:
        return len(self.cases) >= MIN_CASES


@router.get("/compare", response_class=HTMLResponse)
def compare_page(request: Request, searcher: SearcherDep) -> Response:
    """The comparison; with fewer than two cases, what could be compared."""
    lang, _ = split_path(request.url.path)
    t = translators()[lang]
    tag = render.page_etag(searcher, lang)
    if same := caching.unchanged(request, tag):
        return same
    read = _read(searcher, t.url("/compare"), request.query_params)
    table = _table(searcher, read) if read.is_enough else None
    response = render.page(
        request,
        "compare.html",
        {
            "read": read,
            "state": read.state,
            "table": table,
            "groups": _groups(table.answer.rows) if table else [],
            "row_label": tables.row_label,
            "entry_text": tables.entry_text,
            "suggested": _suggested(searcher, read.cases),
            "most": MAX_CASES,
            "json_address": _twin(read),
        },
        t=t,
        path=read.state.address("/compare"),
        searcher=searcher,
    )
    response.headers.update(caching.headers(tag))
    return response


def _twin(read: Read) -> str:
    """The address of the comparison as JSON; with too few cases, of those to choose from."""
    if read.is_enough:
        return read.state.address(f"{answers.API}/compare")
    if read.cases:
        return f"{answers.links(read.cases[0]).comparable}?limit={SUGGESTED}"
    return f"{answers.API}/cases"


@router.get("/compare.md")
def compare_markdown(request: Request, searcher: SearcherDep) -> Response:
    """The comparison as a Markdown file."""
    table, words = _for_file(request, searcher)
    return _file(tables.to_markdown(table, words), "text/markdown", "compare.md")


@router.get("/compare.csv")
def compare_csv(request: Request, searcher: SearcherDep) -> Response:
    """The comparison as a CSV file."""
    table, words = _for_file(request, searcher)
    return _file(tables.to_csv(table, words), "text/csv", "compare.csv")


def _for_file(request: Request, searcher: Searcher) -> tuple[tables.CompareTable, render.Words]:
    lang, path = split_path(request.url.path)
    read = _read(searcher, path, request.query_params)
    if not read.is_enough:
        raise NotFound("Comparing takes at least two cases.")
    return _table(searcher, read), render.Words(translators()[lang])


def _file(text: str, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{media_type}; charset=utf-8", headers=disposition)


def _read(searcher: Searcher, path: str, query: QueryParams) -> Read:
    """Read an address kindly: unknown cases and those beyond the most are set aside."""
    cases: dict[str, Case] = {}
    unknown: list[str] = []
    for case_id in query.getlist("case")[:50]:
        try:
            case = searcher.catalogue.case(case_id)
            cases[case.id] = case
        except UnknownCase:
            unknown.append(case_id[:200])
    kept = list(cases.values())[:MAX_CASES]
    plan = query.get("plan", "").strip()[: schemas.MAX_QUERY]
    state = CompareState(path, tuple(case.id for case in kept), plan)
    return Read(state, kept, unknown, too_many=len(cases) > MAX_CASES)


def _table(searcher: Searcher, read: Read) -> tables.CompareTable:
    plan = schemas.PlanRequest(text=read.state.plan, limit=1) if read.state.plan else None
    return tables.CompareTable(compare_answer(searcher, read.cases, plan), read.cases)


def _groups(rows: Sequence[schemas.CompareRow]) -> list[tuple[str, list[schemas.CompareRow]]]:
    """The rows in runs of the same group."""
    groups: list[tuple[str, list[schemas.CompareRow]]] = []
    for row in rows:
        if not groups or groups[-1][0] != row.group:
            groups.append((row.group, []))
        groups[-1][1].append(row)
    return groups


def _suggested(searcher: Searcher, cases: list[Case]) -> list[schemas.ComparableResult]:
    """Cases to add: those comparable with the first, while there is room."""
    if not cases or len(cases) >= MAX_CASES:
        return []
    found = answers.comparable_answer(searcher, cases[0], Filters(), SUGGESTED + len(cases))
    present = {case.id for case in cases}
    return [result for result in found.results if result.case.id not in present][:SUGGESTED]
