"""Commands that read the casebook: ``search``, ``recommend``, ``show``, ``cite``."""

# Commands take many parameters: typer makes an option of each.
# ruff: noqa: PLR0917

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.commands.console import console, fail, language_of, print_json, problems, settings_with
from kb.commands.options import (
    CasesOption,
    CategoryOption,
    CountryOption,
    DriverOption,
    IndexOption,
    JsonFlag,
    LangOption,
    LimitOption,
    Mode,
    ModeOption,
    SettingOption,
    ThemeOption,
    TierOption,
    TopicOption,
)
from kb.errors import UnknownCase

if TYPE_CHECKING:
    from indexer.search import Searcher
    from kb.casefile import CaseFile
    from kb.catalogue import Filters
    from kb.settings import Settings


def search(
    text: Annotated[str, typer.Argument(help="What to look for, in any language; '' browses.")],
    mode: ModeOption = Mode.hybrid,
    limit: LimitOption = 10,
    offset: Annotated[int, typer.Option(min=0, help="How many hits to pass over.")] = 0,
    driver: DriverOption = None,
    topic: TopicOption = None,
    kpi_tier: TierOption = None,
    kpi_theme: ThemeOption = None,
    category: CategoryOption = None,
    country: CountryOption = None,
    setting: SettingOption = None,
    index: IndexOption = None,
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Search the casebook by meaning and words."""
    with problems():
        conf = settings_with(None, index)
        filters = _filters(driver, topic, kpi_tier, kpi_theme, category, country, setting)
        from api.answers import search_answer
        from indexer.search import Query
        from kb.printing import print_search

        query = Query(q=text, mode=mode.value, filters=filters, limit=limit, offset=offset)
        answer = search_answer(_searcher(conf), query)
        if as_json:
            print_json(answer)
        else:
            print_search(console(), answer, language_of(lang, conf))


def recommend(
    text: Annotated[str | None, typer.Argument(help="The plan in your own words.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Read the plan from a text file; '-' for stdin.")
    ] = None,
    plan_topic: Annotated[
        list[str] | None, typer.Option(help="A topic of the plan, the most important first.")
    ] = None,
    plan_driver: Annotated[
        list[str] | None, typer.Option(help="A driver of the plan; repeatable.")
    ] = None,
    plan_category: Annotated[str | None, typer.Option(help="The plan's category.")] = None,
    plan_kind: Annotated[str | None, typer.Option(help="The plan's kind.")] = None,
    plan_setting: Annotated[
        str | None, typer.Option(help="The setting of the plan's place.")
    ] = None,
    plan_theme: Annotated[
        list[str] | None, typer.Option(help="A KPI theme of the plan; repeatable.")
    ] = None,
    plan_tier: Annotated[
        list[str] | None, typer.Option(help="A KPI tier of the plan; repeatable.")
    ] = None,
    population: Annotated[int | None, typer.Option(min=0, help="Population of the place.")] = None,
    limit: LimitOption = 10,
    driver: DriverOption = None,
    topic: TopicOption = None,
    kpi_tier: TierOption = None,
    kpi_theme: ThemeOption = None,
    category: CategoryOption = None,
    country: CountryOption = None,
    setting: SettingOption = None,
    index: IndexOption = None,
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Find cases comparable with a plan, with the reasons why."""
    plan_text = _plan_text(text, file)
    with problems():
        conf = settings_with(None, index)
        filters = _filters(driver, topic, kpi_tier, kpi_theme, category, country, setting)
        from api.answers import recommend_answer
        from api.facets import unknown_in_plan
        from api.schemas import FilterParams, PlanRequest
        from kb.printing import print_recommendations

        request = PlanRequest(
            text=plan_text,
            topics=plan_topic or [],
            drivers=plan_driver or [],
            plan_category=plan_category,
            plan_kind=plan_kind,
            setting=plan_setting,
            kpi_themes=plan_theme or [],
            kpi_tiers=plan_tier or [],
            population=population,
            filters=FilterParams(**filters.model_dump()),
            limit=limit,
        )
        if unknown := unknown_in_plan(request):
            raise typer.BadParameter(" ".join(map(str, unknown)))
        if request.says_nothing:
            raise typer.BadParameter("say what the plan is about: TEXT, --file or --plan-…")
        answer = recommend_answer(_searcher(conf), request)
        if as_json:
            print_json(answer)
        else:
            print_recommendations(console(), answer, language_of(lang, conf))


def show(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Id or former id of a case.")],
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the case file itself.")
    ] = False,
    cases: CasesOption = None,
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show one case: facts, KPIs, results, text and sources."""
    with problems():
        conf = settings_with(cases, None)
        file = _case_file(conf, case_id)
        if markdown:
            typer.echo(file.text, nl=False)
        elif as_json:
            from api.answers import case_document

            print_json(case_document(file.case))
        else:
            from kb.printing import print_case

            print_case(console(), file.case, language_of(lang, conf))


def cite(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Id or former id of a case.")],
    cases: CasesOption = None,
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Cite one case in the house style, with its sources."""
    with problems():
        conf = settings_with(cases, None)
        case = _case_file(conf, case_id).case
        from kb.citation import cite, cite_source
        from kb.model import LANGS

        if as_json:
            citation = {code: cite(case, code, conf.public_url) for code in LANGS}
            listed = [
                {"id": s.id, **{code: cite_source(s, code) for code in LANGS}} for s in case.sources
            ]
            print_json({"id": case.id, "citation": citation, "sources": listed})
        else:
            from kb.printing import print_citation

            print_citation(console(), case, language_of(lang, conf), conf.public_url)


def _searcher(conf: Settings) -> Searcher:
    from indexer.live import LiveIndex

    return LiveIndex(conf.index_dir).searcher()


def _case_file(conf: Settings, case_id: str) -> CaseFile:
    """A case file by id; an unknown id is answered with the nearest one."""
    from kb.casebook import case_paths, find_case_file

    try:
        return find_case_file(conf.cases_dir, case_id)
    except UnknownCase as error:
        import difflib

        known = [path.stem for path in case_paths(conf.cases_dir)]
        near = difflib.get_close_matches(case_id[:100], known, n=1, cutoff=0.5)
        fail(f"{error}" + (f"; did you mean '{near[0]}'?" if near else ""))


def _filters(
    driver: list[str] | None,
    topic: list[str] | None,
    kpi_tier: list[str] | None,
    kpi_theme: list[str] | None,
    category: list[str] | None,
    country: list[str] | None,
    setting: list[str] | None,
) -> Filters:
    """The facet filters of a command; a value that is not in the taxonomy is wrong usage."""
    from pydantic import ValidationError

    from kb.catalogue import Filters

    try:
        return Filters(
            driver=driver or [],
            topic=topic or [],
            kpi_tier=kpi_tier or [],
            kpi_theme=kpi_theme or [],
            category=category or [],
            country=country or [],
            setting=setting or [],
        )
    except ValidationError as error:
        slips = "; ".join(str(slip["ctx"]["error"]) for slip in error.errors())
        raise typer.BadParameter(slips) from error


def _plan_text(text: str | None, file: str | None) -> str:
    if text is not None and file is not None:
        raise typer.BadParameter("give TEXT or --file, not both")
    if file is None:
        return text or ""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="--file") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is not UTF-8 text", param_hint="--file") from error
