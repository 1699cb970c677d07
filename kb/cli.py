"""The ``kb`` command: the front door to the casebook.

The commands themselves are in ``kb.commands``; the order here is that of ``kb --help``.
Exit status: 0 fine, 1 problems found, 2 wrong usage.
"""

from __future__ import annotations

import typer

from kb.commands.indexing import index, serve
from kb.commands.measuring import evaluate_queries, stats
from kb.commands.reading import cite, recommend, search, show
from kb.commands.writing import fmt, lint, lsp, new, review, schema

app = typer.Typer(
    name="kb",
    help="Sōsei Casebook: cases of regional revitalisation (地方創生), searched and checked.",
    epilog="Exit status: 0 fine, 1 problems found, 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
for command in (index, serve, search, recommend, show, cite, fmt, new, review, schema, lsp, lint):
    app.command()(command)
app.command("eval")(evaluate_queries)
app.command()(stats)

if __name__ == "__main__":
    app()
