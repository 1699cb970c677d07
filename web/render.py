"""Templates and what they can say: strings, terms, localised texts with their ``lang``.

Every text that is not in the page's language is wrapped in an element that says so, because
Chinese and Japanese share code points but not glyphs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api import answers, caching
from api.schemas import Passage, Statement
from indexer.phrases import phrases
from indexer.search import Searcher
from kb.catalogue import FACETS
from kb.model import LANGS, Lang, Localised, Period, Place
from kb.settings import Settings
from kb.taxonomy import Term, taxonomy
from web import assets, i18n, marks
from web.i18n import Translator


@cache
def environment() -> Environment:
    """The Jinja environment; a misspelt variable is an error, everything is escaped."""
    env = Environment(
        loader=FileSystemLoader(assets.WEB_DIR / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(asset=assets.asset, languages=LANGS, language_names=i18n.NAMES)
    env.filters["marked"] = marks.marked
    return env


def compile_templates() -> None:
    """Compile every template (half a second in all), so that no visitor waits for it."""
    for name in environment().list_templates():
        environment().get_template(name)


class Words:
    """What templates ask for in the language of the page."""

    def __init__(self, t: Translator) -> None:
        self.t = t
        self.lang = t.lang

    def text(self, localised: Localised) -> Markup:
        """The text in the page's language, else the one there is, marked with its language."""
        return self.span(localised.get(self.lang), localised.lang_of(self.lang))

    def span(self, text: str, lang: str) -> Markup:
        """``text``, in a span that names its language where that is not the page's."""
        if lang == self.lang:
            return escape(text)
        return Markup('<span lang="{}">{}</span>').format(lang, text)

    def zh(self, text: str) -> Markup:
        """A text of the case file that is there in Traditional Chinese only."""
        return self.span(text, "zh-Hant")

    def statement(self, statement: Statement) -> Localised:
        """A reason or difference without the aside that the plan's side was read from its text:
        the page says that once, above."""
        aside = phrases()["inferred"]
        said = {lang: text.replace(aside[lang], "") for lang, text in statement.text.items()}
        return Localised.model_validate(said)

    def summary_with(self, passage: Passage, summary: Localised) -> Markup | None:
        """The whole summary in the page's language with a passage of it marked; None if the
        passage is not from the summary, or shows words that the one in this language has not."""
        text = summary.get(self.lang)
        at = text.find(passage.text)
        if passage.section != "summary" or (at < 0 and passage.highlights):
            return None
        return marks.marked(text, [(at + s, at + e) for s, e in passage.highlights])

    def term(self, kind: str, value: str) -> Term | None:
        """A term of the taxonomy by its facet (``driver``) or list (``source_kinds``)."""
        name = FACETS.get(kind, kind)  # type: ignore[call-overload]
        return taxonomy().terms(name).get(value)

    def label(self, kind: str, value: str) -> Markup:
        """The label of a term; its bare id if the taxonomy does not know it."""
        term = self.term(kind, value)
        return self.text(term.label) if term else escape(value)

    def kind(self, value: str) -> Markup:
        """The label of a kind of plan."""
        known = taxonomy().plan_kinds.get(value)
        return self.text(known.label) if known else escape(value)

    def section(self, key: str) -> str:
        """The name of the part of a case that a passage is from: a heading or a field."""
        name = f"section.{key}"
        return self.t(name) if name in self.t.strings else self.plain("sections", key)

    def plain(self, kind: str, value: str) -> str:
        """The label of a term as plain text, for attributes."""
        term = self.term(kind, value)
        return term.label.get(self.lang) if term else value

    def value(self, value: float | str) -> Markup:
        """A figure as the case file has it: numbers in the language's habit, words as zh-Hant."""
        if isinstance(value, str):
            return self.zh(value)
        return escape(self.t.number(value))

    def quantity(self, value: float | str, unit: str | None) -> Markup:
        """A figure with its unit; ``%`` stands close, a word after a thin space."""
        shown = self.value(value)
        if not unit:
            return shown
        if unit == "%":
            return shown + "%"
        return shown + Markup("\u202f") + self.zh(unit)

    def period(self, period: Period) -> str:
        """The years of a project, either end of which may be open."""
        if period.start and period.end:
            return self.t("case.period_span", start=str(period.start), end=str(period.end))
        if period.start:
            return self.t("case.period_since", start=str(period.start))
        return self.t("case.period_until", end=str(period.end))

    def place(self, place: Place) -> Markup:
        """The name of a place, as a line: in the page's language where the file has it."""
        country = self.plain("country", place.country)
        names = {"ja": place.names.ja, "en": place.names.en}.get(self.lang, [])
        if not names:
            chinese = place.region + "、".join(place.municipalities)
            return escape(country) + " · " + self.zh(chinese)
        name = names[0].removeprefix(country)
        if self.lang == "en":
            return escape(f"{name}, {country}")
        return escape(f"{country} · {name}")


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    t: Translator,
    path: str,
    searcher: Searcher | None,
    status: int = 200,
) -> HTMLResponse:
    """Render a page. ``path`` is its address without the language, for the language switch."""
    html = (
        environment()
        .get_template(template)
        .render(
            request=request,
            t=t,
            w=Words(t),
            lang=t.lang,
            path=path,
            switch=[(lang, i18n.PREFIX[lang] + path) for lang in LANGS],
            manifest=searcher.manifest if searcher else None,
            site=site_address(request),
            **context,
        )
    )
    return HTMLResponse(html, status_code=status)


def text(template: str, context: Mapping[str, Any]) -> str:
    """Render what is not a page (XML); values are escaped here too."""
    return environment().get_template(template).render(**context)


def site_address(request: Request) -> str:
    """The address of the site, for links that leave it (feeds, maps of the site, previews)."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


def page_etag(searcher: Searcher, lang: Lang) -> str:
    """What a page follows from besides its address: the index, the language, the software."""
    return caching.etag(answers.generation(searcher), lang, assets.build_fingerprint())
