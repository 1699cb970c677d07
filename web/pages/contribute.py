"""The form for a case: checked at every pause, previewed, downloaded; nothing of it is kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api import answers, contribute, schemas
from api.deps import SearcherDep, SettingsDep, find_case
from api.problems import BodyTooLarge
from indexer.search import Searcher
from kb.casefile import to_flow
from kb.caseform import MAX_CHARACTERS, CaseForm, form_of, read_form
from kb.draft import read_draft
from kb.errors import FormError
from kb.settings import Settings
from kb.taxonomy import Facet, taxonomy
from web import render
from web.contributions import DEEDS, MAX_FIELDS, FormView, Handover
from web.i18n import Translator, split_path, translators
from web.pages.case import context_of
from web.plans import posted_fields

# Tags that are suggested, with the closed list of each.
TAGS: dict[str, Facet] = {
    "drivers": "drivers",
    "topics": "topics",
    "plan_category": "plan_categories",
    "setting": "settings",
}

SCHEMA_ADDRESS = f"{answers.API}/schema"  # what the form is of, as JSON

router = APIRouter(include_in_schema=False)

PATH = "/contribute"
COMPARABLE = 4
PRIVATE = {"Cache-Control": "no-store"}


async def _fields(request: Request) -> list[tuple[str, str]]:
    return await posted_fields(request, MAX_FIELDS)


Fields = Annotated[list[tuple[str, str]], Depends(_fields)]


@router.get(PATH, response_class=HTMLResponse)
def form_page(
    request: Request, searcher: SearcherDep, settings: SettingsDep, case: str = ""
) -> Response:
    """An empty form, or one that is filled in with the case to be corrected."""
    t = _translator(request)
    form = CaseForm()
    left: list[str] = []
    if case:
        form, left = _form_of_case(searcher, settings, case)
    view = _view(t, form, searcher, settings, left_out=left, meaning=False)
    return _page(request, searcher, view)


@router.post(PATH, response_class=HTMLResponse)
def filled_form(
    request: Request, fields: Fields, searcher: SearcherDep, settings: SettingsDep
) -> Response:
    """What the pressed button asks for, done to what was filled in."""
    t = _translator(request)
    given = dict(fields)
    try:
        form = read_form(fields)
        deed = DEEDS.match(given.get("do", "check"))
        asked = deed["deed"] if deed else "check"
        left: list[str] = []
        if asked == "read":
            form, left = _read_file(given.get("markdown", ""))
    except FormError as error:
        raise BodyTooLarge(f"A case has at most {MAX_CHARACTERS:,} characters.") from error
    if deed:
        form = _done(form, deed.groupdict())
    view = _view(t, form, searcher, settings, left_out=left, meaning=asked in ("check", "read"))
    if asked == "download":
        return _download(view)
    if asked == "preview":
        return _preview(request, searcher, settings, view)
    return _page(request, searcher, view)


def _read_file(text: str) -> tuple[CaseForm, list[str]]:
    """The form filled in from the text of a case file."""
    return form_of(read_draft(Path("case.md"), text.encode("utf-8", "replace")))


def _form_of_case(
    searcher: Searcher, settings: Settings, case_id: str
) -> tuple[CaseForm, list[str]]:
    """The form filled in from a case of the casebook: its file, or what the index has of it."""
    case = find_case(searcher, case_id)
    text = answers.case_text(case, settings.cases_dir)
    if text is None:
        data = case.model_dump(mode="json", by_alias=True, exclude={"body"}, exclude_none=True)
        head = "\n".join(f"{key}: {to_flow(value)}" for key, value in data.items())
        text = f"---\n{head}\n---\n{case.body}"
    return _read_file(text)


def _done(form: CaseForm, deed: dict[str, str | None]) -> CaseForm:
    """The form after a row was added or removed, or a suggested tag taken."""
    if deed["added"]:
        return form.with_row(deed["added"])
    if deed["removed"]:
        return form.without_row(deed["removed"], int(deed["row"] or 0))
    return _tagged(form, deed["facet"] or "", deed["value"] or "")


def _tagged(form: CaseForm, facet: str, value: str) -> CaseForm:
    """The form with a suggested tag, if it is one."""
    if facet not in TAGS or value not in taxonomy().terms(TAGS[facet]):
        return form
    if facet == "drivers":
        return form.with_driver(value)
    if facet == "topics":
        return form.with_topic(value)
    return form.with_value("place.setting" if facet == "setting" else facet, value)


def _view(
    t: Translator,
    form: CaseForm,
    searcher: Searcher,
    settings: Settings,
    *,
    left_out: list[str],
    meaning: bool,
) -> FormView:
    form = form.with_a_row_of_each()
    cases = contribute.cases_of(searcher)
    made = form.assemble(cases, dt.date.today())
    known = made.identity in searcher.catalogue.ids()
    return FormView(
        t=t,
        form=form,
        made=made,
        answer=contribute.answer_of(searcher, made) if meaning else None,
        handover=Handover.of(made, settings, known=known),
        original=form.value("id") if known else "",
        left_out=left_out,
    )


def _page(request: Request, searcher: Searcher, view: FormView, notice: str = "") -> Response:
    address = f"{PATH}?case={quote(view.original)}" if view.original else PATH
    response = render.page(
        request,
        "contribute.html",
        {
            "view": view,
            "notice": notice,
            "action": view.t.url(address),
            "json_address": SCHEMA_ADDRESS,
        },
        t=view.t,
        path=address,
        searcher=searcher,
    )
    response.headers.update(PRIVATE)
    return response


def _download(view: FormView) -> Response:
    """The file, whatever is still missing in it."""
    name = view.made.path.name
    return Response(
        view.made.text,
        media_type="text/markdown",
        headers=PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _preview(request: Request, searcher: Searcher, settings: Settings, view: FormView) -> Response:
    """The page as the casebook would have it; the form again if there is no case yet to show."""
    case = view.made.case
    if case is None:
        return _page(request, searcher, view, notice="no_preview")
    text = f"{case.summary.zh_hant}\n{case.body}"[: schemas.MAX_QUERY]
    found = answers.recommend_answer(searcher, schemas.PlanRequest(text=text, limit=COMPARABLE))
    others = [result for result in found.results if result.case.id != case.id]
    context = context_of(case, searcher, settings, view.t, others)
    context |= {"json_address": SCHEMA_ADDRESS, "improve": None, "view": view}
    response = render.page(request, "preview.html", context, t=view.t, path=PATH, searcher=searcher)
    response.headers.update(PRIVATE)
    return response


def _translator(request: Request) -> Translator:
    lang, _ = split_path(request.url.path)
    return translators()[lang]
