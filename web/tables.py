"""A comparison as files to take away: Markdown for a report, CSV for a spreadsheet.

Both are plain text in the page's language, written from the same table as the page.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from api import schemas
from kb.citation import cite, cite_source
from kb.model import Case, Kpi, Result
from kb.taxonomy import taxonomy
from web.render import Words

BOM = "\ufeff"  # by which spreadsheet programs recognise UTF-8
YES = "✓"
DOT = Markup(" · ")
DETAILS = Markup(' <span class="small">({})</span>')


@dataclass(frozen=True)
class CompareTable:
    """A comparison with the whole cases that it is of, for their sources."""

    answer: schemas.CompareAnswer
    cases: Sequence[Case]

    def headings(self, words: Words) -> list[str]:
        """The heading of each column: the plan, if there is one, then the titles."""
        first = [words.t("compare.plan")] if self.answer.plan is not None else []
        return first + [case.title.get(words.lang) for case in self.cases]


def row_label(row: schemas.CompareRow, words: Words) -> Markup:
    """What a row is about, in the page's language."""
    if row.group == "texts":
        return words.text(taxonomy().sections[row.key].label)
    if row.group == "drivers":
        return words.label("driver", row.key)
    if row.group == "kpis":
        return words.label("kpi_theme", row.key)
    return escape(words.t(f"compare.{row.key}"))


def entry_text(row: schemas.CompareRow, entry: schemas.CompareEntry, words: Words) -> Markup:
    """One entry of a cell, without its sources."""
    shown: Markup | str = YES
    if entry.text is not None:
        shown = words.zh(entry.text)
    elif entry.term is not None:
        shown = words.kind(entry.term) if row.key == "kind" else words.label(row.key, entry.term)
    elif entry.number is not None:
        year = words.t("case.population_year", year=str(entry.year)) if entry.year else ""
        shown = words.t.number(entry.number) + words.t("case.population_unit") + year
    elif entry.place is not None:
        shown = words.place(entry.place)
    elif entry.period is not None:
        shown = words.period(entry.period)
    elif entry.kpi is not None:
        shown = _kpi(entry.kpi, words)
    elif entry.result is not None:
        shown = _result(entry.result, words)
    return escape(shown)


def _kpi(kpi: Kpi, words: Words) -> Markup:
    parts = [words.label("kpi_tier", kpi.tier)]
    for key, figure in (("baseline", kpi.baseline), ("target", kpi.target), ("actual", kpi.actual)):
        if figure is not None:
            parts.append(escape(words.t(f"case.{key}") + " ") + words.quantity(figure, kpi.unit))
    return words.zh(kpi.name) + DETAILS.format(DOT.join(parts))


def _result(result: Result, words: Words) -> Markup:
    parts = [words.label("scopes", result.scope)]
    if result.year:
        parts.insert(0, escape(words.t("case.year_of", year=str(result.year))))
    figure = words.quantity(result.value, result.unit)
    return (
        words.zh(result.what)
        + Markup(" <b>{}</b>").format(figure)
        + DETAILS.format(DOT.join(parts))
    )


def to_markdown(table: CompareTable, words: Words) -> str:
    """The comparison as a Markdown table, then how to cite each case and its sources."""
    t = words.t
    lines = [f"# {t('compare.title')}", ""]
    if table.answer.plan:
        lines += [f"> {_safe_markdown(line)}" for line in table.answer.plan.splitlines()] + [""]
    heads = [_safe_markdown(head) for head in table.headings(words)]
    lines.append("| " + " | ".join([t("compare.aspect"), *heads]) + " |")
    lines.append("|" + " --- |" * (len(heads) + 1))
    for row in table.answer.rows:
        cells = [
            "<br>".join(_safe_markdown(text) for text in _cell(row, cell, words))
            for cell in row.cells
        ]
        lines.append("| " + " | ".join([f"**{_group(row, words)}**", *cells]) + " |")
    for case in table.cases:
        lines += ["", f"## {_safe_markdown(case.title.get(words.lang))}", ""]
        lines += [_safe_markdown(cite(case, words.lang)), ""]
        cited = _cited(table, case)
        lines += [
            f"- [{source.id}] {_safe_markdown(cite_source(source, words.lang))}"
            for source in case.sources
            if source.id in cited
        ]
    return "\n".join(lines) + "\n"


def to_csv(table: CompareTable, words: Words) -> str:
    """The comparison as CSV (RFC 4180), one aspect a line, entries of a cell on lines of it."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([words.t("compare.aspect"), *map(_safe_csv, table.headings(words))])
    for row in table.answer.rows:
        cells = ["\n".join(_cell(row, cell, words)) for cell in row.cells]
        writer.writerow([_safe_csv(_group(row, words)), *map(_safe_csv, cells)])
    return out.getvalue()


def _group(row: schemas.CompareRow, words: Words) -> str:
    """The label of a row; drivers and KPI themes with what they are."""
    label = str(row_label(row, words).striptags())
    if row.group in ("drivers", "kpis"):
        return f"{words.t(f'compare.group_{row.group}')}: {label}"
    return label


def _cell(row: schemas.CompareRow, cell: Sequence[schemas.CompareEntry], words: Words) -> list[str]:
    return [
        " ".join(
            [str(entry_text(row, entry, words).striptags()), *(f"[{s}]" for s in entry.sources)]
        )
        for entry in cell
    ]


def _cited(table: CompareTable, case: Case) -> set[str]:
    at = [other.id for other in table.cases].index(case.id) + (table.answer.plan is not None)
    return {
        source for row in table.answer.rows for entry in row.cells[at] for source in entry.sources
    }


def _safe_markdown(text: str) -> str:
    """Text that is only text in Markdown, in one line of a table too."""
    text = re.sub(r"([\\`*_|<>\[\]#])", r"\\\1", " ".join(text.split()))
    return text.replace("&", "&amp;")


def _safe_csv(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
