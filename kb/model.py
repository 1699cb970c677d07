"""What a case is: the pydantic model of schema version 1.

The front matter of a case file is validated into :class:`Case`; nothing here reads files
or knows about YAML positions (see ``casefile``). Values that come from a closed list
(drivers, tiers, themes …) are checked against :mod:`kb.taxonomy`, so that the list stays data.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Lang = Literal["zh-Hant", "ja", "en"]
LANGS: tuple[Lang, ...] = ("zh-Hant", "ja", "en")
ABSTRACT_LANGS: tuple[Lang, ...] = ("ja", "en")
SCHEMA_VERSION = 1
MAX_TOPICS = 7
MAX_SEE_ALSO = 12
MAX_SITUATIONS = 5  # of one language

Year = Annotated[int, Field(ge=1000, le=2100)]
Scope = Literal["project", "municipality", "wider"]
NonEmpty = Annotated[str, Field(min_length=1)]
CaseId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
# Whole numbers stay whole; a figure that is not a number ("約三成", "1 → 3") is text.
Figure = int | float | NonEmpty


def _iso_date(value: object) -> object:
    """YAML 1.2 has no dates: ``2026-11-22`` arrives as text. Anything else is left to fail."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return dt.date.fromisoformat(value)
    return value


Date = Annotated[dt.date, BeforeValidator(_iso_date)]


class Strict(BaseModel):
    """Unknown keys are errors, values are not coerced between types, objects are immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Localised(Strict):
    """One text in the casebook's languages; ``zh-Hant`` is the one every text has."""

    zh_hant: NonEmpty = Field(alias="zh-Hant")
    ja: NonEmpty | None = None
    en: NonEmpty | None = None

    def get(self, lang: str) -> str:
        """The text in ``lang``, else in zh-Hant."""
        return {"ja": self.ja, "en": self.en}.get(lang) or self.zh_hant

    def lang_of(self, lang: str) -> Lang:
        """The language that :meth:`get` answers in (for the ``lang`` attribute of a page)."""
        if lang == "ja" and self.ja:
            return "ja"
        if lang == "en" and self.en:
            return "en"
        return "zh-Hant"

    def items(self) -> list[tuple[Lang, str]]:
        """(language, text) of every language there is."""
        pairs: list[tuple[Lang, str | None]] = [
            ("zh-Hant", self.zh_hant),
            ("ja", self.ja),
            ("en", self.en),
        ]
        return [(lang, text) for lang, text in pairs if text]


class Abstract(Strict):
    """What the body says, told to those who do not read the language that it is in (zh-Hant)."""

    ja: NonEmpty | None = None
    en: NonEmpty | None = None

    def get(self, lang: str) -> str | None:
        """The text in ``lang``, or None."""
        return {"ja": self.ja, "en": self.en}.get(lang)

    def items(self) -> list[tuple[Lang, str]]:
        """(language, text) of every language there is."""
        pairs: list[tuple[Lang, str | None]] = [("ja", self.ja), ("en", self.en)]
        return [(lang, text) for lang, text in pairs if text]


class Situations(Strict):
    """For whom the case is worth reading: situations of other places, in their people's words."""

    zh_hant: Annotated[list[NonEmpty], Field(max_length=MAX_SITUATIONS)] = Field(
        default_factory=list, alias="zh-Hant"
    )
    ja: Annotated[list[NonEmpty], Field(max_length=MAX_SITUATIONS)] = Field(default_factory=list)
    en: Annotated[list[NonEmpty], Field(max_length=MAX_SITUATIONS)] = Field(default_factory=list)

    def items(self) -> list[tuple[Lang, list[str]]]:
        """(language, situations) of every language there is."""
        pairs: list[tuple[Lang, list[str]]] = [
            ("zh-Hant", self.zh_hant),
            ("ja", self.ja),
            ("en", self.en),
        ]
        return [(lang, texts) for lang, texts in pairs if texts]

    def in_(self, lang: str) -> tuple[Lang, list[str]]:
        """(language, situations) in ``lang``, else in the first language there is."""
        there = self.items()
        return next(
            (pair for pair in there if pair[0] == lang), there[0] if there else ("zh-Hant", [])
        )


class PlaceNames(Strict):
    """Names of the place and the project as people would type them, by language."""

    zh_hant: list[NonEmpty] = Field(default_factory=list, alias="zh-Hant")
    ja: list[NonEmpty] = Field(default_factory=list)
    en: list[NonEmpty] = Field(default_factory=list)

    def all(self) -> list[str]:
        """Every name, in any language."""
        return [*self.zh_hant, *self.ja, *self.en]


class Population(Strict):
    value: Annotated[int, Field(ge=0)]
    year: Year | None = None
    source: NonEmpty
    note: NonEmpty | None = None


class Place(Strict):
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    region: NonEmpty
    municipalities: Annotated[list[NonEmpty], Field(min_length=1)]
    names: PlaceNames = Field(default_factory=PlaceNames)
    setting: str
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    population: Population | None = None


class Period(Strict):
    start: Year | None = None
    end: Year | None = None


class Kpi(Strict):
    """What the project set for itself; what was measured is a :class:`Result`."""

    name: NonEmpty
    tier: str
    theme: str
    scope: Scope = "project"
    source: NonEmpty
    baseline: Figure | None = None
    target: Figure | None = None
    actual: Figure | None = None
    unit: NonEmpty | None = None
    year: Year | None = None
    note: NonEmpty | None = None


class Result(Strict):
    """What was measured, with where the figure is from and what it covers."""

    what: NonEmpty
    value: Figure
    unit: NonEmpty | None = None
    year: Year | None = None
    source: NonEmpty
    scope: Scope = "project"
    note: NonEmpty | None = None


class Pdca(Strict):
    plan: list[NonEmpty] = Field(default_factory=list)
    do: list[NonEmpty] = Field(default_factory=list)
    check: list[NonEmpty] = Field(default_factory=list)
    act: list[NonEmpty] = Field(default_factory=list)


class Source(Strict):
    """A page or document. ``described`` marks a title that describes an unseen one."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    kind: str
    title: NonEmpty
    described: bool = False
    publisher: NonEmpty | None = None
    url: NonEmpty | None = None
    lang: NonEmpty | None = None
    year: Year | None = None


class Case(Strict):
    """One case of the casebook: its front matter and its Markdown body."""

    schema_version: Annotated[int, Field(alias="schema")]
    id: CaseId
    aliases: list[NonEmpty] = Field(default_factory=list)
    title: Localised
    summary: Localised
    abstract: Abstract | None = None
    situations: Situations | None = None
    place: Place
    period: Period | None = None
    drivers: Annotated[dict[str, NonEmpty], Field(min_length=1)]
    plan_category: str
    plan_kind: str | None = None
    topics: Annotated[list[str], Field(max_length=MAX_TOPICS)] = Field(default_factory=list)
    see_also: Annotated[list[CaseId], Field(max_length=MAX_SEE_ALSO)] = Field(default_factory=list)
    kpis: list[Kpi] = Field(default_factory=list)
    results: list[Result] = Field(default_factory=list)
    pdca: Pdca | None = None
    sources: Annotated[list[Source], Field(min_length=1)]
    updated: Date
    body: str = ""

    def source(self, source_id: str) -> Source | None:
        """The source of that id, or None."""
        return next((s for s in self.sources if s.id == source_id), None)
