"""Commands that measure: ``eval`` the ranking, ``stats`` the casebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.commands.console import console, language_of, print_json, problems, settings_with
from kb.commands.options import (
    CasesOption,
    IndexOption,
    JsonFlag,
    LangOption,
    Mode,
    ModeOption,
)


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
    with problems():
        conf = settings_with(None, index)
        from indexer.evaluate import evaluate

        measured = evaluate(
            queries,
            corpus_path=corpus,
            mode=mode.value,
            index_dir=conf.index_dir,
            encoder=conf.encoder,
        )
        if as_json:
            print_json(measured)
        else:
            console().print_json(json.dumps(measured, ensure_ascii=False))


def stats(
    cases: CasesOption = None,
    lang: LangOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every count as JSON.")] = False,
) -> None:
    """Count what the casebook holds, and what it lacks."""
    with problems():
        conf = settings_with(cases, None)
        from kb.casebook import load_casebook
        from kb.printing import print_statistics
        from kb.stats import statistics

        counted = statistics(load_casebook(conf.cases_dir).cases.values())
        if as_json:
            print_json(counted)
        else:
            print_statistics(console(), counted, language_of(lang, conf))
