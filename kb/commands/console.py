"""What every command does around its work: settings, printing, errors as messages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from kb.commands.options import Language
from kb.errors import CasebookError, CaseFileError, ConfigurationError, KbError

if TYPE_CHECKING:
    from rich.console import Console

    from kb.settings import Settings


def settings_with(cases: Path | None, index: Path | None) -> Settings:
    """The settings, with the folders given on the command line in place of theirs."""
    from kb.settings import settings

    given = {"cases_dir": cases, "index_dir": index}
    return settings().model_copy(update={k: v for k, v in given.items() if v is not None})


def language_of(lang: Language | None, conf: Settings) -> str:
    """The language asked for, else the settings'."""
    return lang.value if lang is not None else conf.default_lang


def console() -> Console:
    """Where a person reads an answer."""
    from rich.console import Console

    # Piped into a file or another program there is no window to fit into.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def print_json(answer: Any) -> None:
    """Print a pydantic model or plain data as JSON with keys as written in case files."""
    if hasattr(answer, "model_dump_json"):
        typer.echo(answer.model_dump_json(by_alias=True, indent=2))
    else:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))


def existing(paths: list[Path]) -> list[Path]:
    """The paths as given; one that is not there is wrong usage."""
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"there is no {path}", param_hint="PATH")
    return paths


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what is wrong on stderr and leave."""
    typer.echo(f"kb: {message}", err=True)
    raise typer.Exit(status)


@contextmanager
def problems() -> Iterator[None]:
    """Turn the errors of the packages behind a command into a message and an exit status."""
    try:
        yield
    except ConfigurationError as error:
        fail(str(error), 2)
    except (CasebookError, CaseFileError) as error:
        from kb.findings import to_text

        typer.echo(to_text(error.findings), err=True)
        fail(str(error))
    except KbError as error:
        fail(str(error))
    except Exception as error:
        if not _is_index_error(error):
            raise
        fail(str(error))


def _is_index_error(error: Exception) -> bool:
    """Whether an error is one that the index raises on purpose (if it is loaded at all)."""
    module = sys.modules.get("indexer.errors")
    return module is not None and type(error).__module__ == module.__name__
