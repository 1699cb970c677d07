"""Commands that build the index and serve it: ``index``, ``serve``."""

# Commands take many parameters: typer makes an option of each.
# ruff: noqa: PLR0917

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.commands.console import console, print_json, problems, settings_with
from kb.commands.options import CasesOption, IndexOption, JsonFlag
from kb.errors import CasebookError

if TYPE_CHECKING:
    from indexer.build import BuildReport
    from kb.settings import Settings


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
    with problems():
        conf = settings_with(cases, index)
        report = _build(conf, encoder or conf.encoder, skip_broken=skip_broken)
        _print_report(report, as_json)
        if stay:
            _keep_building(conf, encoder or conf.encoder, as_json)


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
    with problems():
        conf = settings_with(cases, index)
        given = {"host": host, "port": port}
        conf = conf.model_copy(update={k: v for k, v in given.items() if v is not None})
        from indexer.encoders import views
        from indexer.preload import start_loading

        start_loading(views(conf.encoder))
        import uvicorn

        from web.app import create_app

        with _index_kept_current(conf) if build else nullcontext():
            uvicorn.run(create_app(conf), host=conf.host, port=conf.port, log_level="info")


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
        print_json({**vars(report), "findings": findings})
        return
    done = "published" if report.published else "nothing had changed since"
    console().print(
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
