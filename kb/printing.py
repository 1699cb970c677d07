"""How the ``kb`` command shows things to people: rich tables and plain lines.

Each function takes the answers that ``--json`` prints and writes them to a console; what is said
is the same in both forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from kb.citation import cite, cite_source
from kb.markdown import FOOTNOTE
from kb.model import Case, Kpi, Result
from kb.stats import Counts, Share, Statistics
from kb.taxonomy import Facet, taxonomy

if TYPE_CHECKING:
    from api.schemas import (
        ComparableResult,
        Inference,
        Passage,
        PlanReading,
        RecommendAnswer,
        SearchAnswer,
        SearchResult,
    )

# In the order of the console's tables; the ids are those of ``kb.stats``.
_LABELS: dict[str, Facet] = {
    "topic": "topics",
    "driver": "drivers",
    "plan_category": "plan_categories",
    "country": "countries",
    "setting": "settings",
    "kpi_tier": "kpi_tiers",
    "kpi_theme": "kpi_themes",
}


def label(facet: Facet, value: str, lang: str) -> str:
    """The label of a value, or the value itself if the taxonomy does not know it."""
    term = taxonomy().terms(facet).get(value)
    return term.label.get(lang) if term else value


def print_search(console: Console, answer: SearchAnswer, lang: str) -> None:
    """Hits, best first, each with the passage that matched."""
    for rank, result in enumerate(answer.results, start=answer.query.offset + 1):
        _heading(console, rank, result, lang)
        _passage(console, result.passage)
    console.print(f"[dim]{len(answer.results)}/{answer.total} · {answer.took_ms} ms[/dim]")


def print_recommendations(console: Console, answer: RecommendAnswer, lang: str) -> None:
    """What was read from the plan, then comparable cases, each with its reasons (+) and what
    differs (-); where nothing is comparable, why the nearest are far."""
    read = _reading(answer.reading, lang)
    if read:
        console.print(Text(read, style="dim"))
    for statement in answer.far:
        console.print(Text(f"! {statement.text.get(lang)}", style="yellow"))
    for rank, result in enumerate(answer.results, start=1):
        _heading(console, rank, result, lang)
        for statement in result.why:
            console.print(Text(f"   + {statement.text.get(lang)}", style="green"))
        for statement in result.differences:
            console.print(Text(f"   - {statement.text.get(lang)}", style="dim"))
        _passage(console, result.passage)


def _reading(reading: PlanReading, lang: str) -> str:
    """The tags and figures read from a plan on one line, inferred ones with their confidence."""
    facets: list[tuple[Facet, list[Inference | None]]] = [
        ("topics", [*reading.topics]),
        ("drivers", [*reading.drivers]),
        ("plan_categories", [reading.plan_category]),
        ("plan_kinds", [reading.plan_kind]),
        ("kpi_themes", [*reading.kpi_themes]),
        ("settings", [reading.setting]),
    ]
    said = [
        f"{label(facet, str(inference.value), lang)}{_confidence(inference)}"
        for facet, inferences in facets
        for inference in inferences
        if inference is not None
    ]
    if reading.population is not None:
        said.append(f"{reading.population.value:,}{_confidence(reading.population)}")
    return " · ".join(said)


def _confidence(inference: Inference) -> str:
    return f" ({inference.confidence:.0%})" if inference.source == "inferred" else ""


def _heading(
    console: Console, rank: int, result: SearchResult | ComparableResult, lang: str
) -> None:
    console.print(Text(f"{rank:>2} {result.case.title.get(lang)}", style="bold"))
    console.print(Text(f"   {result.case.id}  {result.score:.3f}", style="dim"))


def _passage(console: Console, passage: Passage | None) -> None:
    if passage is None:
        return
    text = Text(f"   {passage.text}")
    for start, end in passage.highlights:
        text.stylize("bold yellow", start + 3, end + 3)
    console.print(text)


def print_case(console: Console, case: Case, lang: str) -> None:
    """A whole case: facts, KPIs and results with their sources, the body, the sources."""
    place = case.place
    console.print(Text(case.title.get(lang), style="bold"))
    console.print(Text(case.summary.get(lang)))
    if case.abstract and (abstract := case.abstract.get(lang)):
        console.print(Text(abstract))
    for situation in case.situations.in_(lang)[1] if case.situations else ():
        console.print(Text(f"→ {situation}", style="italic"))
    facts = [
        place.country,
        place.region,
        "、".join(place.municipalities),
        label("settings", place.setting, lang),
        label("plan_categories", case.plan_category, lang),
        f"{case.updated}",
    ]
    console.print(Text(" · ".join(facts), style="dim"))
    if case.topics:
        console.print(Text(" · ".join(label("topics", topic, lang) for topic in case.topics)))
    for driver, reason in case.drivers.items():
        console.print(Text.assemble((label("drivers", driver, lang), "green"), f"  {reason}"))
    if case.kpis:
        console.print(_kpi_table(case.kpis, lang))
    if case.results:
        console.print(_result_table(case.results, lang))
    # Footnotes of the terminal are the ids of the sources listed below the body.
    console.print(Markdown(FOOTNOTE.sub(r" \[\1]", case.body)))
    print_sources(console, case, lang)


def print_sources(console: Console, case: Case, lang: str) -> None:
    """The sources of a case, each under the id that its footnotes have."""
    for source in case.sources:
        kind = label("source_kinds", source.kind, lang)
        line = f"[{source.id}] {cite_source(source, lang)} ({kind})"
        console.print(Text(line), soft_wrap=True)


def _kpi_table(kpis: list[Kpi], lang: str) -> Table:
    table = Table("KPI", "tier", "theme", "baseline", "target", "actual", "scope", "source")
    for kpi in kpis:
        given = [_figure(value, kpi.unit) for value in (kpi.baseline, kpi.target, kpi.actual)]
        tier, theme = label("kpi_tiers", kpi.tier, lang), label("kpi_themes", kpi.theme, lang)
        scope = label("scopes", kpi.scope, lang)
        table.add_row(*map(Text, (kpi.name, tier, theme, *given, scope, kpi.source)))
    return table


def _result_table(results: list[Result], lang: str) -> Table:
    table = Table("result", "value", "year", "scope", "source", "note")
    for result in results:
        row = (
            result.what,
            _figure(result.value, result.unit),
            str(result.year or ""),
            label("scopes", result.scope, lang),
            result.source,
            result.note or "",
        )
        table.add_row(*map(Text, row))
    return table


def _figure(value: float | str | None, unit: str | None) -> str:
    if value is None:
        return ""
    shown = f"{value:,}" if isinstance(value, int | float) else value
    return f"{shown} {unit}" if unit else shown


def print_citation(console: Console, case: Case, lang: str, public_url: str | None) -> None:
    """The citation on one line, and the sources below it."""
    console.print(Text(cite(case, lang, public_url)), soft_wrap=True)
    print_sources(console, case, lang)


def print_statistics(console: Console, stats: Statistics, lang: str) -> None:
    """Every count of the casebook as tables."""
    console.print(f"[bold]{stats.cases}[/bold] cases")
    for name, counts in stats.pairs.items():
        row, column = name.split(" × ")
        console.print(_pair_table(name, counts, _LABELS[row], _LABELS[column], lang))
    console.print(_count_table("topic", "topics", stats.by_topic, lang))
    console.print(_count_table("plan_kind", "plan_kinds", stats.by_plan_kind, lang))
    scopes = zip(
        taxonomy().scopes,
        stats.kpis_by_scope.values(),
        stats.results_by_scope.values(),
        strict=True,
    )
    table = Table("scope", "KPIs", "results", title=f"{stats.kpis} KPIs, {stats.results} results")
    for scope, kpis, results in scopes:
        table.add_row(label("scopes", scope, lang), str(kpis), str(results))
    console.print(table)
    console.print(_source_table(stats, lang))
    _print_gaps(console, stats, lang)


def _pair_table(
    title: str, counts: dict[str, Counts], rows: Facet, columns: Facet, lang: str
) -> Table:
    """One row for each value of the list with more of them, so that the table stays narrow."""
    if len(next(iter(counts.values()))) > len(counts):
        turned = {
            c: {r: line[c] for r, line in counts.items()} for c in next(iter(counts.values()))
        }
        counts, rows, columns = turned, columns, rows
    table = Table(title=title)
    table.add_column("")
    for column in next(iter(counts.values())):
        table.add_column(label(columns, column, lang), justify="right")
    for row, line in counts.items():
        table.add_row(label(rows, row, lang), *(str(n) if n else "·" for n in line.values()))
    return table


def _count_table(title: str, facet: Facet, counts: Counts, lang: str) -> Table:
    table = Table(title, "cases")
    for value, count in counts.items():
        table.add_row(label(facet, value, lang), str(count))
    return table


def _source_table(stats: Statistics, lang: str) -> Table:
    title = f"{stats.sources} sources ({stats.sources_described} with a described title)"
    table = Table("source_kind", "sources", "figures", "sentences with figures", title=title)
    for kind, count in stats.sources_by_kind.items():
        shares = stats.figures_by_source_kind[kind], stats.sentences_by_source_kind[kind]
        table.add_row(label("source_kinds", kind, lang), str(count), *map(_share, shares))
    return table


def _share(share: Share) -> str:
    return f"{share.count} ({share.share:.1%})"


def _print_gaps(console: Console, stats: Statistics, lang: str) -> None:
    for name, gaps in stats.gaps.items():
        if not gaps:
            continue
        row, column = (_LABELS[part] for part in name.split(" × "))
        named = [f"{label(row, r, lang)} × {label(column, c, lang)}" for r, c in gaps]
        console.print(Text.assemble((f"gaps, {name} ({len(gaps)}): ", "yellow"), "、".join(named)))
