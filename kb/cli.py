"""The ``kb`` command: the front door to the casebook.

Every command reads its settings (environment ``KB_*``, ``kb.toml``) and imports what it starts
inside itself, so that ``kb --help`` and ``kb lint`` need no index, no encoder and no server.
Exit status: 0 fine, 1 problems found, 2 wrong usage.
"""

# Commands take many parameters: typer makes an option of each.
# ruff: noqa: PLR0917

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from kb.errors import (
    CasebookError,
    CaseFileError,
    ConfigurationError,
    KbError,
    UnknownCase,
)

if TYPE_CHECKING:
    from rich.console import Console

    from indexer.build import BuildReport
    from indexer.review import CaseReader
    from indexer.search import Searcher
    from kb.casefile import CaseFile
    from kb.catalogue import Filters
    from kb.settings import Settings

app = typer.Typer(
    name="kb",
    help="Sōsei Casebook: cases of regional revitalisation (地方創生), searched and checked.",
    epilog="Exit status: 0 fine, 1 problems found, 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)


class Language(StrEnum):
    """Languages of output."""

    zh_hant = "zh-Hant"
    ja = "ja"
    en = "en"


class Mode(StrEnum):
    """By what a search ranks."""

    hybrid = "hybrid"
    dense = "dense"
    lexical = "lexical"


class ReviewForm(StrEnum):
    """Forms of a review."""

    text = "text"
    markdown = "markdown"
    json = "json"


class Form(StrEnum):
    """Forms of findings."""

    text = "text"
    json = "json"
    github = "github"


JsonFlag = Annotated[bool, typer.Option("--json", help="Print what the HTTP API would answer.")]
LangOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of the output (default: the settings').")
]
CasesOption = Annotated[
    Path | None, typer.Option("--cases", help="Folder of case files (default: the settings').")
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index (default: the settings').")
]
LimitOption = Annotated[int, typer.Option(min=1, max=100, help="How many cases.")]
ModeOption = Annotated[Mode, typer.Option(help="Meaning and words, meaning only, or words only.")]
DriverOption = Annotated[
    list[str] | None, typer.Option("--driver", help="Only this driver; repeatable.")
]
TierOption = Annotated[list[str] | None, typer.Option("--kpi-tier", help="Only this KPI tier.")]
ThemeOption = Annotated[list[str] | None, typer.Option("--kpi-theme", help="Only this KPI theme.")]
CategoryOption = Annotated[
    list[str] | None, typer.Option("--category", help="Only this plan category.")
]
CountryOption = Annotated[list[str] | None, typer.Option("--country", help="Only this country.")]
SettingOption = Annotated[
    list[str] | None, typer.Option("--setting", help="Only this setting of the place.")
]


@app.command()
def index(
    cases: CasesOption = None,
    index: IndexOption = None,
    encoder: Annotated[
        str | None, typer.Option(help="default, fast, or a sentence-transformers model.")
    ] = None,
    skip_broken: Annotated[
        bool, typer.Option("--skip-broken", help="Index the good cases and list the broken ones.")
    ] = False,
    stay: Annotated[
        bool, typer.Option("--watch", help="Stay, and publish again whenever a case file changes.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Build the search index and publish it. Only passages that changed are embedded again."""
    with _problems():
        conf = _settings(cases, index)
        report = _build(conf, encoder or conf.encoder, skip_broken=skip_broken)
        _print_report(report, as_json)
        if stay:
            _keep_building(conf, encoder or conf.encoder, as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
    cases: CasesOption = None,
    index: IndexOption = None,
    build: Annotated[
        bool,
        typer.Option(
            help="Bring the index up to date: a quick one first if there is none, "
            "the full one while serving."
        ),
    ] = True,
) -> None:
    """Serve the pages and the HTTP API."""
    with _problems():
        conf = _settings(cases, index)
        given = {"host": host, "port": port}
        conf = conf.model_copy(update={k: v for k, v in given.items() if v is not None})
        from indexer.encoders import views
        from indexer.preload import start_loading

        start_loading(views(conf.encoder))
        import uvicorn

        from web.app import create_app

        with _index_kept_current(conf) if build else _nothing():
            uvicorn.run(create_app(conf), host=conf.host, port=conf.port, log_level="info")


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for, in any language; '' browses.")],
    mode: ModeOption = Mode.hybrid,
    limit: LimitOption = 10,
    offset: Annotated[int, typer.Option(min=0, help="How many hits to pass over.")] = 0,
    driver: DriverOption = None,
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
    with _problems():
        conf = _settings(None, index)
        filters = _filters(driver, kpi_tier, kpi_theme, category, country, setting)
        from api.answers import search_answer
        from indexer.search import Query
        from kb.printing import print_search

        query = Query(q=text, mode=mode.value, filters=filters, limit=limit, offset=offset)
        answer = search_answer(_searcher(conf), query)
        if as_json:
            _print_json(answer)
        else:
            print_search(_console(), answer, _lang(lang, conf))


@app.command()
def recommend(
    text: Annotated[str | None, typer.Argument(help="The plan in your own words.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Read the plan from a text file; '-' for stdin.")
    ] = None,
    plan_driver: Annotated[
        list[str] | None, typer.Option(help="A driver of the plan; repeatable.")
    ] = None,
    plan_category: Annotated[str | None, typer.Option(help="The plan's category.")] = None,
    plan_setting: Annotated[
        str | None, typer.Option(help="The setting of the plan's place.")
    ] = None,
    plan_theme: Annotated[
        list[str] | None, typer.Option(help="A KPI theme of the plan; repeatable.")
    ] = None,
    population: Annotated[int | None, typer.Option(min=0, help="Population of the place.")] = None,
    limit: LimitOption = 10,
    driver: DriverOption = None,
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
    with _problems():
        conf = _settings(None, index)
        filters = _filters(driver, kpi_tier, kpi_theme, category, country, setting)
        from api.answers import recommend_answer
        from api.schemas import FilterParams, PlanRequest
        from kb.printing import print_recommendations

        _check_plan(plan_driver, plan_category, plan_setting, plan_theme)
        request = PlanRequest(
            text=plan_text,
            drivers=plan_driver or [],
            plan_category=plan_category,
            setting=plan_setting,
            kpi_themes=plan_theme or [],
            population=population,
            filters=FilterParams(**filters.model_dump()),
            limit=limit,
        )
        if not any((plan_text.strip(), plan_driver, plan_category, plan_setting, plan_theme)):
            raise typer.BadParameter("say what the plan is about: TEXT, --file or --plan-…")
        answer = recommend_answer(_searcher(conf), request)
        if as_json:
            _print_json(answer)
        else:
            print_recommendations(_console(), answer, _lang(lang, conf))


@app.command()
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
    with _problems():
        conf = _settings(cases, None)
        file = _case_file(conf, case_id)
        if markdown:
            typer.echo(file.text, nl=False)
        elif as_json:
            from api.answers import case_document

            _print_json(case_document(file.case))
        else:
            from kb.printing import print_case

            print_case(_console(), file.case, _lang(lang, conf))


@app.command()
def cite(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Id or former id of a case.")],
    cases: CasesOption = None,
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Cite one case in the house style, with its sources."""
    with _problems():
        conf = _settings(cases, None)
        case = _case_file(conf, case_id).case
        from kb.citation import cite, cite_source
        from kb.model import LANGS

        if as_json:
            citation = {code: cite(case, code, conf.public_url) for code in LANGS}
            listed = [
                {"id": s.id, **{code: cite_source(s, code) for code in LANGS}} for s in case.sources
            ]
            _print_json({"id": case.id, "citation": citation, "sources": listed})
        else:
            from kb.printing import print_citation

            print_citation(_console(), case, _lang(lang, conf), conf.public_url)


@app.command()
def fmt(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders (default: the whole casebook).")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; list what is not in canonical form.")
    ] = False,
    cases: CasesOption = None,
    lang: LangOption = None,
) -> None:
    """Put case files into canonical form. Never changes what they say."""
    with _problems():
        conf = _settings(cases, None)
        chosen = _existing(paths or [conf.cases_dir])
        from kb.casefile import write_bytes
        from kb.errors import FormatError
        from kb.findings import to_text
        from kb.formatting import format_bytes
        from kb.lint import files_of

        changed = refused = 0
        for file in files_of(chosen):
            data = file.read_bytes()
            try:
                formatted = format_bytes(file, data)
            except FormatError as error:
                refused += 1
                typer.echo(f"kb: {error}", err=True)
                if error.findings:
                    typer.echo(to_text(error.findings, _lang(lang, conf)), err=True)
                continue
            if formatted != data:
                changed += 1
                typer.echo(f"{'would format' if check else 'formatted'} {file}")
                if not check:
                    write_bytes(file, formatted)
        if refused or (check and changed):
            raise typer.Exit(1)


@app.command()
def new(
    country: Annotated[str | None, typer.Option(help="Code of the country, such as JP.")] = None,
    region: Annotated[str | None, typer.Option(help="Prefecture or county.")] = None,
    municipality: Annotated[str | None, typer.Option(help="City, town or village.")] = None,
    latin: Annotated[
        str | None, typer.Option(help="The place in Latin letters, such as Sabae.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="The project in two or three English words, for the id.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title in Traditional Chinese.")] = None,
    title_ja: Annotated[str | None, typer.Option(help="Title in Japanese.")] = None,
    title_en: Annotated[str | None, typer.Option(help="Title in English.")] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="Another proper name people would type; repeatable.")
    ] = None,
    driver: Annotated[
        list[str] | None,
        typer.Option(help="A driver, or driver=reason in one sentence; repeatable."),
    ] = None,
    category: Annotated[str | None, typer.Option(help="Category of the plan.")] = None,
    setting: Annotated[str | None, typer.Option(help="Kind of place.")] = None,
    start: Annotated[int | None, typer.Option(min=1000, max=2100, help="First year.")] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Address of a source; repeatable.")
    ] = None,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing; what is not given becomes a TODO.")
    ] = False,
    cases: CasesOption = None,
    lang: LangOption = None,
) -> None:
    """Begin a case file: asks what matters, fills in what it can, marks the rest TODO."""
    with _problems():
        conf = _settings(cases, None)
        from kb.interview import Interview

        Interview(conf.cases_dir, _lang(lang, conf), ask=not no_input).run(
            country=country,
            region=region,
            municipality=municipality,
            latin=latin,
            subject=subject,
            titles={"zh-Hant": title, "ja": title_ja, "en": title_en},
            names=name or [],
            drivers=driver or [],
            plan_category=category,
            setting=setting,
            start=start,
            sources=source or [],
        )


@app.command()
def review(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]...", help="Case files.")
    ] = None,
    diff: Annotated[
        str | None, typer.Option("--diff", help="Review what changed since this commit.")
    ] = None,
    form: Annotated[
        ReviewForm, typer.Option("--format", help="Form of the review.")
    ] = ReviewForm.text,
    cases: CasesOption = None,
    index: IndexOption = None,
    lang: LangOption = None,
) -> None:
    """Tell what a maintainer wants to know of new case files: findings, duplicates, tags."""
    if (diff is None) == (not paths):
        raise typer.BadParameter("give FILES or --diff BASE")
    with _problems():
        conf = _settings(cases, index)
        from kb import review as forms
        from kb.casebook import load_casebook

        chosen = _existing(paths) if paths else forms.changed_since(diff or "", conf.cases_dir)
        book = load_casebook(conf.cases_dir, skip_broken=True).cases.values()
        reviews = forms.review_files(chosen, conf.cases_dir, book, _case_reader(conf))
        language = _lang(lang, conf)
        if form is ReviewForm.json:
            typer.echo(forms.to_json(reviews))
        elif form is ReviewForm.markdown:
            typer.echo(forms.to_markdown(reviews, language), nl=False)
        else:
            typer.echo(forms.to_text(reviews, language))
        if any(f.severity == "error" for review in reviews for f in review.findings):
            raise typer.Exit(1)


@app.command()
def schema(
    snippets: Annotated[
        bool, typer.Option("--snippets", help="Print the snippets for VS Code instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of a case file's front matter, made from the model."""
    from kb.editors import case_schema_json, snippets_json

    typer.echo(snippets_json() if snippets else case_schema_json(), nl=False)


@app.command()
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders (default: the whole casebook).")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="Form of the findings.")] = Form.text,
    strict: Annotated[bool, typer.Option("--strict", help="Advice counts as an error.")] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Mend BOM, line ends, tabs and spaces at line ends first."),
    ] = False,
    cases: CasesOption = None,
    lang: LangOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Check case files: file, line, what is wrong and how to mend it."""
    with _problems():
        conf = _settings(cases, None)
        chosen = _existing(paths or [conf.cases_dir])
        from kb import findings as forms
        from kb.lint import lint_paths, mend_paths

        if fix:
            for mended in mend_paths(chosen):
                typer.echo(f"mended {mended}", err=True)
        found = lint_paths(chosen, cases_dir=conf.cases_dir)
        if as_json or form is Form.json:
            typer.echo(forms.to_json(found))
        elif form is Form.github:
            typer.echo(forms.to_github(found, _lang(lang, conf)))
        elif found:
            typer.echo(forms.to_text(found, _lang(lang, conf)))
        errors = sum(finding.severity == "error" for finding in found)
        if form is Form.text and not as_json:
            typer.echo(f"{errors} errors, {len(found) - errors} warnings", err=True)
        if errors or (strict and found):
            raise typer.Exit(1)


@app.command("eval")
def evaluate_queries(
    queries: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Queries with relevant ids, JSONL.")
    ],
    corpus: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Texts to index in a temporary folder, JSONL."
        ),
    ] = None,
    mode: ModeOption = Mode.hybrid,
    index: IndexOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure search quality and speed on queries whose answers are known."""
    with _problems():
        conf = _settings(None, index)
        from indexer.evaluate import evaluate

        measured = evaluate(
            queries,
            corpus_path=corpus,
            mode=mode.value,
            index_dir=conf.index_dir,
            encoder=conf.encoder,
        )
        if as_json:
            _print_json(measured)
        else:
            _console().print_json(json.dumps(measured, ensure_ascii=False))


@app.command()
def stats(
    cases: CasesOption = None,
    lang: LangOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every count as JSON.")] = False,
) -> None:
    """Count what the casebook holds, and what it lacks."""
    with _problems():
        conf = _settings(cases, None)
        from kb.casebook import load_casebook
        from kb.printing import print_statistics
        from kb.stats import statistics

        counted = statistics(load_casebook(conf.cases_dir).cases.values())
        if as_json:
            _print_json(counted)
        else:
            print_statistics(_console(), counted, _lang(lang, conf))


# ------------------------------------------------------------------ what commands have in common


def _settings(cases: Path | None, index: Path | None) -> Settings:
    """The settings, with the folders given on the command line in place of theirs."""
    from kb.settings import settings

    given = {"cases_dir": cases, "index_dir": index}
    return settings().model_copy(update={k: v for k, v in given.items() if v is not None})


def _lang(lang: Language | None, conf: Settings) -> str:
    return lang.value if lang is not None else conf.default_lang


def _console() -> Console:
    from rich.console import Console

    # Piped into a file or another program there is no window to fit into.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def _print_json(answer: Any) -> None:
    """Print a pydantic model or plain data as JSON with keys as written in case files."""
    if hasattr(answer, "model_dump_json"):
        typer.echo(answer.model_dump_json(by_alias=True, indent=2))
    else:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def _fail(message: str, status: int = 1) -> NoReturn:
    typer.echo(f"kb: {message}", err=True)
    raise typer.Exit(status)


@contextmanager
def _problems() -> Iterator[None]:
    """Turn the errors of the packages behind a command into a message and an exit status."""
    try:
        yield
    except ConfigurationError as error:
        _fail(str(error), 2)
    except (CasebookError, CaseFileError) as error:
        from kb.findings import to_text

        typer.echo(to_text(error.findings), err=True)
        _fail(str(error))
    except UnknownCase as error:
        _fail(str(error))
    except KbError as error:
        _fail(str(error))
    except Exception as error:
        if not _is_index_error(error):
            raise
        _fail(str(error))


def _is_index_error(error: Exception) -> bool:
    """Whether an error is one that the index raises on purpose (if it is loaded at all)."""
    module = sys.modules.get("indexer.errors")
    return module is not None and type(error).__module__ == module.__name__


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
        _fail(f"{error}" + (f"; did you mean '{near[0]}'?" if near else ""))


def _filters(
    driver: list[str] | None,
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
            kpi_tier=kpi_tier or [],
            kpi_theme=kpi_theme or [],
            category=category or [],
            country=country or [],
            setting=setting or [],
        )
    except ValidationError as error:
        slips = "; ".join(str(slip["ctx"]["error"]) for slip in error.errors())
        raise typer.BadParameter(slips) from error


def _case_reader(conf: Settings) -> CaseReader | None:
    """Who can tell meaning, if there is an index."""
    from indexer.errors import IndexMissing
    from indexer.live import open_published
    from indexer.review import CaseReader

    try:
        return CaseReader(open_published(conf.index_dir))
    except IndexMissing:
        typer.echo("kb: no index, so meaning is not looked at (run `kb index`)", err=True)
        return None


def _existing(paths: list[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"there is no {path}", param_hint="PATH")
    return paths


def _check_plan(
    drivers: list[str] | None, category: str | None, setting: str | None, themes: list[str] | None
) -> None:
    """Properties of a plan come from the same closed lists as those of cases."""
    chosen = [category] if category else []
    places = [setting] if setting else []
    _filters(drivers, None, themes, chosen, None, places)


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


def _build(conf: Settings, encoder: str, *, skip_broken: bool) -> BuildReport:
    """Build and publish an index, with a progress bar."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from indexer.build import build_index

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        built = build_index(
            conf.cases_dir,
            conf.index_dir,
            encoder=encoder,
            progress=report,
            skip_broken=skip_broken,
        )
    _print_left_out(built)
    return built


def _keep_building(conf: Settings, encoder: str, as_json: bool) -> None:
    """Publish again at every change, until interrupted."""
    from indexer.build import BuildReport
    from indexer.watch import watch

    def done(outcome: BuildReport | Exception) -> None:
        if isinstance(outcome, BuildReport):
            if outcome.published:
                _print_report(outcome, as_json)
        elif isinstance(outcome, CasebookError):
            from kb.findings import to_text

            typer.echo(to_text(outcome.findings), err=True)
        else:
            typer.echo(str(outcome), err=True)

    with suppress(KeyboardInterrupt):
        watch(conf.cases_dir, conf.index_dir, encoder, done)


def _print_report(report: BuildReport, as_json: bool) -> None:
    if as_json:
        findings = [finding.to_dict() for finding in report.findings]
        _print_json({**vars(report), "findings": findings})
        return
    done = "published" if report.published else "nothing had changed since"
    _console().print(
        f"{done} {report.generation}: {report.cases} cases, {report.passages} passages "
        f"({report.embedded} embedded, {report.reused} reused), {report.seconds:.1f} s"
    )


def _print_left_out(report: BuildReport) -> None:
    """Cases are left out on request, never in silence."""
    from kb.findings import to_text

    errors = [finding for finding in report.findings if finding.severity == "error"]
    if errors:
        files = len({finding.file for finding in errors})
        typer.echo(to_text(errors), err=True)
        typer.echo(f"kb: {files} broken case file(s) left out", err=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _index_kept_current(conf: Settings) -> Iterator[None]:
    """While serving, bring the index to full quality, and keep it current with the case files, in
    another process.

    With no index at all a quick one is built first, so that there is something to serve; the
    server takes up each newer generation by itself. The other process yields to the server.
    """
    import signal
    import subprocess

    from indexer.generation import Generations

    wait = "3"  # seconds that the server has to itself while it starts
    if Generations(conf.index_dir).newest_whole() is None:
        _build(conf, "fast", skip_broken=False)
        wait = "0"
    command = ["nice", sys.executable, "-m", "kb.cli", "index"]
    command += ["--cases", str(conf.cases_dir), "--index", str(conf.index_dir)]
    command += ["--encoder", conf.encoder, "--watch"]
    command = ["sh", "-c", f'sleep {wait}; exec "$@"', "sh", *command]
    # uvicorn passes a SIGTERM on after it has shut down: leave by way of `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    builder = subprocess.Popen(command)  # noqa: S603 - this program, with its own settings
    try:
        yield
    finally:
        builder.terminate()
        builder.wait()


if __name__ == "__main__":
    app()
