"""Commands for those who write cases: ``new fmt lint review schema lsp``."""

# Commands take many parameters: typer makes an option of each.
# ruff: noqa: PLR0917

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.commands.console import existing, language_of, problems, settings_with
from kb.commands.options import CasesOption, IndexOption, LangOption

if TYPE_CHECKING:
    from indexer.review import CaseReader
    from kb.settings import Settings


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
    with problems():
        conf = settings_with(cases, None)
        chosen = existing(paths or [conf.cases_dir])
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
                    typer.echo(to_text(error.findings, language_of(lang, conf)), err=True)
                continue
            if formatted != data:
                changed += 1
                typer.echo(f"{'would format' if check else 'formatted'} {file}")
                if not check:
                    write_bytes(file, formatted)
        if refused or (check and changed):
            raise typer.Exit(1)


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
    with problems():
        conf = settings_with(cases, None)
        from kb.interview import Interview

        Interview(conf.cases_dir, language_of(lang, conf), ask=not no_input).run(
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
    source_text: Annotated[
        list[Path] | None,
        typer.Option(help="Text of a source, to see what was copied from it; repeatable."),
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(help="Write each case as a page to look at into this folder.")
    ] = None,
    cases: CasesOption = None,
    index: IndexOption = None,
    lang: LangOption = None,
) -> None:
    """Tell what a maintainer wants to know of new case files: findings, duplicates, tags."""
    if (diff is None) == (not paths):
        raise typer.BadParameter("give FILES or --diff BASE")
    with problems():
        conf = settings_with(cases, index)
        from kb import reviewforms as forms
        from kb.casebook import read_shelf
        from kb.preview import write_previews
        from kb.review import changed_since, review_files

        chosen = existing(paths) if paths else changed_since(diff or "", conf.cases_dir)
        texts = {
            str(path): path.read_text(encoding="utf-8", errors="replace")
            for path in existing(source_text or [])
        }
        reader = _case_reader(conf)
        shelf = read_shelf(conf.cases_dir, reader.known if reader else None)
        reviews = review_files(chosen, shelf, reader, texts)
        language = language_of(lang, conf)
        if form is ReviewForm.json:
            typer.echo(forms.to_json(reviews))
        elif form is ReviewForm.markdown:
            typer.echo(forms.to_markdown(reviews, language), nl=False)
        else:
            typer.echo(forms.to_text(reviews, language))
        if preview is not None:
            for page in write_previews(chosen, preview, language):
                typer.echo(f"wrote {page}", err=True)
        if any(f.severity == "error" for review in reviews for f in review.findings):
            raise typer.Exit(1)


def schema(
    snippets: Annotated[
        bool, typer.Option("--snippets", help="Print the snippets for VS Code instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of a case file's front matter, made from the model."""
    from kb.editors import case_schema_json, snippets_json

    typer.echo(snippets_json() if snippets else case_schema_json(), nl=False)


def lsp(lang: LangOption = None) -> None:
    """Serve an editor: findings, completion and help in case files as they are typed (LSP)."""
    from kb.language_server import server

    server(lang.value if lang else None).start_io()


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
    with problems():
        conf = settings_with(cases, None)
        chosen = existing(paths or [conf.cases_dir])
        from kb import findings as forms
        from kb.lint import lint_paths, mend_paths

        if fix:
            for mended in mend_paths(chosen):
                typer.echo(f"mended {mended}", err=True)
        found = lint_paths(chosen, cases_dir=conf.cases_dir)
        if as_json or form is Form.json:
            typer.echo(forms.to_json(found))
        elif form is Form.github:
            typer.echo(forms.to_github(found, language_of(lang, conf)))
        elif found:
            typer.echo(forms.to_text(found, language_of(lang, conf)))
        errors = sum(finding.severity == "error" for finding in found)
        if form is Form.text and not as_json:
            typer.echo(f"{errors} errors, {len(found) - errors} warnings", err=True)
        if errors or (strict and found):
            raise typer.Exit(1)


def _case_reader(conf: Settings) -> CaseReader | None:
    """Who can tell meaning, if there is an index."""
    from indexer.errors import IndexMissing
    from indexer.live import open_published
    from indexer.review import CaseReader

    try:
        searcher = open_published(conf.index_dir)
    except IndexMissing:
        typer.echo("kb: no index, so meaning is not looked at (run `kb index`)", err=True)
        return None
    return CaseReader(searcher)
