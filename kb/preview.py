"""A case as one HTML page that needs nothing else: to look at before it is published.

What the site shows beside it (comparable cases, maps, search) is not here. The page loads nothing
and runs nothing; the body goes through the same cleaning as on the site.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from kb.casefile import case_of, write_bytes
from kb.citation import cite_source
from kb.draft import read_draft
from kb.markdown import is_safe_href, render_html
from kb.model import LANGS, Case
from kb.taxonomy import Facet, taxonomy

STYLE = """
body{max-width:44rem;margin:2rem auto;padding:0 1rem;line-height:1.7;
font-family:system-ui,"Noto Sans TC","Noto Sans JP",sans-serif;color-scheme:light dark}
table{border-collapse:collapse;width:100%}
th,td{text-align:start;vertical-align:top;padding:.3rem .6rem;border:1px solid}
:lang(ja){font-family:system-ui,"Noto Sans JP",sans-serif}
""".replace("\n", "")
WORDS = {
    "preview": {"zh-Hant": "預覽", "ja": "プレビュー", "en": "Preview"},
    "drivers": {"zh-Hant": "推動要素", "ja": "推進の要素", "en": "Drivers"},
    "kpis": {"zh-Hant": "KPI", "ja": "KPI", "en": "KPIs"},
    "results": {"zh-Hant": "成果數字", "ja": "成果の数字", "en": "Results"},
    "sources": {"zh-Hant": "來源", "ja": "出典", "en": "Sources"},
}


def write_previews(paths: Sequence[Path], folder: Path, lang: str) -> list[Path]:
    """Write ``<id>.html`` for each file that is a case into a folder, and which those are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for path in paths:
        file, _ = case_of(read_draft(path))
        if file is not None:
            page = folder / f"{file.case.id}.html"
            write_bytes(page, preview_html(file.case, lang).encode("utf-8"))
            written.append(page)
    return written


def preview_html(case: Case, lang: str) -> str:
    """The page, in one of the casebook's languages."""
    say = {key: html.escape(words[lang]) for key, words in WORDS.items()}
    place = case.place
    where = " ".join([place.region, *place.municipalities])
    facts = " · ".join(
        html.escape(text)
        for text in (
            where,
            _label("settings", place.setting, lang),
            _label("plan_categories", case.plan_category, lang),
        )
    )
    told = "".join(
        f'<p lang="{code}"><strong>{html.escape(title)}</strong><br>{html.escape(summary)}</p>'
        for code, title, summary in (
            (code, case.title.get(code), case.summary.get(code)) for code in LANGS
        )
    )
    told += "".join(
        f'<p lang="{code}">{html.escape(text)}</p>'
        for code, text in (case.abstract.items() if case.abstract else ())
    )
    told += "".join(
        f'<ul lang="{code}">{"".join(f"<li>{html.escape(text)}</li>" for text in texts)}</ul>'
        for code, texts in (case.situations.items() if case.situations else ())
    )
    drivers = _rows(
        (_label("drivers", driver, lang), reason) for driver, reason in case.drivers.items()
    )
    kpis = _rows(
        (
            kpi.name,
            _label("kpi_tiers", kpi.tier, lang),
            kpi.target,
            kpi.actual,
            kpi.unit,
            kpi.source,
        )
        for kpi in case.kpis
    )
    results = _rows(
        (result.what, result.value, result.unit, result.year, result.scope, result.source)
        for result in case.results
    )
    sources = "".join(
        f'<li id="source-{html.escape(source.id)}">{html.escape(source.id)}: '
        f"{html.escape(cite_source(source.model_copy(update={'url': None}), lang))}"
        f"{_link(source.url)}</li>"
        for source in case.sources
    )
    parts = [
        f"<h1>{html.escape(case.title.get(lang))}</h1><p>{facts}</p>{told}",
        f"<h2>{say['drivers']}</h2>{drivers}",
        f"<h2>{say['kpis']}</h2>{kpis}" if case.kpis else "",
        f"<h2>{say['results']}</h2>{results}" if case.results else "",
        f'<div lang="zh-Hant">{render_html(case, lang)}</div>',
        f"<h2>{say['sources']}</h2><ul>{sources}</ul>",
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{say['preview']}: {html.escape(case.title.get(lang))}</title>"
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _label(facet: Facet, value: str, lang: str) -> str:
    term = taxonomy().terms(facet).get(value)
    return term.label.get(lang) if term else value


def _rows(rows: Iterable[Sequence[object]]) -> str:
    cells = (
        "".join(f"<td>{html.escape('' if cell is None else str(cell))}</td>" for cell in row)
        for row in rows
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _link(url: str | None) -> str:
    if url is None or not is_safe_href(url):
        return ""
    address = html.escape(url, quote=True)
    return f' <a rel="noreferrer" href="{address}">{address}</a>'
