"""Reasons and differences: each as data and as a sentence in the interface languages.

Sentences come from ``phrases.yaml`` and are filled with data; nothing is said of what either
side does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from indexer.plan import Inference, PlanReading
from kb.model import LANGS, Case, Localised
from kb.taxonomy import Facet, taxonomy

FILE = Path(__file__).with_name("phrases.yaml")

ALIKE = 1.5  # populations within this factor are called similar
UNLIKE = 3.0  # and from this factor on, different
SPOKEN_OF = 0.5  # what was read with less confidence is not said to differ
MAIN_TOPICS = 3  # of the other side, that are said to differ
LATER = 5  # years between two beginnings that are worth saying

TERMS: dict[str, Facet] = {
    "topics": "topics",
    "drivers": "drivers",
    "kpi_themes": "kpi_themes",
    "category": "plan_categories",
    "kind": "plan_kinds",
    "setting": "settings",
    "country": "countries",
}


class Statement(BaseModel):
    """One reason or difference. ``shared``, ``theirs`` and ``yours`` hold ids or numbers;
    ``text`` says the same in words."""

    model_config = ConfigDict(frozen=True)

    kind: str
    shared: list[str] = []
    theirs: list[str | int | float] = []
    yours: list[str | int | float] = []
    factor: float | None = None
    inferred: bool = False  # the planner's side was read from her text
    text: Localised


@dataclass(frozen=True)
class Profile:
    """What is compared of a plan or a case. ``inferred`` names what was read from a text, with
    the confidence of it."""

    ids: frozenset[str] = frozenset()  # of a case: its own and former ones
    see_also: frozenset[str] = frozenset()
    topics: tuple[str, ...] = ()  # the most important first
    drivers: frozenset[str] = frozenset()
    kpi_themes: frozenset[str] = frozenset()
    category: str | None = None
    kind: str | None = None
    setting: str | None = None
    population: int | None = None
    country: str | None = None
    start: int | None = None
    inferred: dict[str, float] | None = None

    @classmethod
    def of_case(cls, case: Case) -> Profile:
        """A case's own tags."""
        return cls(
            ids=frozenset((case.id, *case.aliases)),
            see_also=frozenset(case.see_also),
            topics=tuple(case.topics),
            drivers=frozenset(case.drivers),
            kpi_themes=frozenset(kpi.theme for kpi in case.kpis),
            category=case.plan_category,
            kind=case.plan_kind,
            setting=case.place.setting,
            population=case.place.population.value if case.place.population else None,
            country=case.place.country,
            start=case.period.start if case.period else None,
        )

    @classmethod
    def of_reading(cls, reading: PlanReading) -> Profile:
        """What was stated in or read from a plan."""
        single = {
            "category": reading.plan_category,
            "kind": reading.plan_kind,
            "setting": reading.setting,
            "size": reading.population,
        }
        lists = {
            "topics": reading.topics,
            "drivers": reading.drivers,
            "kpi_themes": reading.kpi_themes,
        }
        inferred = {k: i.confidence for k, i in single.items() if i and i.source == "inferred"}
        inferred |= {
            k: max(i.confidence for i in items)
            for k, items in lists.items()
            if items and items[0].source == "inferred"
        }
        return cls(
            topics=tuple(str(i.value) for i in reading.topics),
            drivers=frozenset(str(i.value) for i in reading.drivers),
            kpi_themes=frozenset(str(i.value) for i in reading.kpi_themes),
            category=_text(reading.plan_category),
            kind=_text(reading.plan_kind),
            setting=_text(reading.setting),
            population=int(reading.population.value) if reading.population else None,
            inferred=inferred,
        )

    def values(self, facet: str) -> list[str]:
        """The values of one facet by the name that a plan gives it."""
        if facet in ("drivers", "kpi_themes"):
            return sorted(getattr(self, facet))
        value = {
            "plan_category": self.category,
            "plan_kind": self.kind,
            "setting": self.setting,
        }[facet]
        return [value] if value else []

    def sure(self, kind: str) -> bool:
        """Whether a difference in ``kind`` may be spoken of."""
        return (self.inferred or {}).get(kind, 1.0) >= SPOKEN_OF


def reasons(yours: Profile, theirs: Profile) -> list[Statement]:
    """What a plan or case shares with another."""
    found = []
    if yours.ids & theirs.see_also or theirs.ids & yours.see_also:
        found.append(_statement("why", "see_also", yours))
    if both := [topic for topic in theirs.topics if topic in yours.topics]:
        found.append(_statement("why", "topics", yours, shared=both))
    for kind in ("category", "kind", "setting"):
        ours = getattr(yours, kind)
        if ours is not None and ours == getattr(theirs, kind):
            found.append(_statement("why", kind, yours, shared=[ours]))
    for kind in ("drivers", "kpi_themes"):
        both = sorted(getattr(yours, kind) & getattr(theirs, kind))
        if both:
            found.append(_statement("why", kind, yours, shared=both))
    if yours.population and theirs.population:
        factor = _factor(yours.population, theirs.population)
        if factor <= ALIKE:
            found.append(_sizes("why", "size", yours, theirs, factor))
    return found


def differences(yours: Profile, theirs: Profile) -> list[Statement]:
    """In what another differs from a plan or case."""
    found = []
    for kind in ("setting", "category", "kind", "country"):
        ours, other = getattr(yours, kind), getattr(theirs, kind)
        if ours and other and ours != other and yours.sure(kind):
            found.append(_statement("differences", kind, yours, theirs=[other], yours=[ours]))
    if yours.population and theirs.population:
        factor = _factor(yours.population, theirs.population)
        if factor >= UNLIKE:
            kind = "size_larger" if theirs.population > yours.population else "size_smaller"
            found.append(_sizes("differences", kind, yours, theirs, factor))
    main = theirs.topics[:MAIN_TOPICS]
    if yours.topics and (other := [topic for topic in main if topic not in yours.topics]):
        found.append(_statement("differences", "topics", yours, theirs=other))
    for kind in ("drivers", "kpi_themes"):
        ours, others = getattr(yours, kind), getattr(theirs, kind)
        if ours and others - ours:
            only = [term for term in taxonomy().terms(TERMS[kind]) if term in others - ours]
            found.append(_statement("differences", kind, yours, theirs=only))
    if yours.start and theirs.start and abs(yours.start - theirs.start) >= LATER:
        found.append(
            _statement("differences", "period", yours, theirs=[theirs.start], yours=[yours.start])
        )
    return found


def far(
    yours: Profile, nearest: Profile | None, likeness: float, needed: float, known: bool
) -> list[Statement]:
    """Why even the nearest case is far."""
    if not known:
        return [_statement("far", "nothing_said", yours)]
    if nearest is None:
        return [_statement("far", "no_case", yours)]
    unlike = _statement(
        "far", "unlike", Profile(), theirs=[round(likeness, 2)], yours=[round(needed, 2)]
    )
    return [unlike, *differences(yours, nearest)]


@cache
def phrases() -> dict[str, Any]:
    """``phrases.yaml``, read once per process."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _statement(
    group: str,
    kind: str,
    side: Profile,
    *,
    shared: list[str] | None = None,
    theirs: list[Any] | None = None,
    yours: list[Any] | None = None,
    factor: float | None = None,
) -> Statement:
    asked = kind.partition("_")[0] if kind.startswith("size") else kind
    inferred = asked in (side.inferred or {})
    texts = {}
    for lang in LANGS:
        fields = {
            "shared": _words(kind, shared, lang),
            "theirs": _words(kind, theirs, lang),
            "yours": _words(kind, yours, lang),
            "factor": f"{factor:.0f}" if factor and factor >= 10 else f"{factor or 0:.1f}",
            "likeness": _words(kind, theirs, lang),
            "needed": _words(kind, yours, lang),
        }
        said = phrases()[group][kind][lang].format(**fields)
        if inferred:
            said = _before_end(said, phrases()["inferred"][lang])
        texts[lang] = said
    return Statement(
        kind=asked,
        shared=shared or [],
        theirs=theirs or [],
        yours=yours or [],
        factor=round(factor, 2) if factor else None,
        inferred=inferred,
        text=Localised(**{lang.replace("-", "_").lower(): said for lang, said in texts.items()}),
    )


def _sizes(group: str, kind: str, yours: Profile, theirs: Profile, factor: float) -> Statement:
    return _statement(
        group, kind, yours, theirs=[theirs.population], yours=[yours.population], factor=factor
    )


def _words(kind: str, values: list[Any] | None, lang: str) -> str:
    joiner: str = phrases()["lists"][lang]
    return joiner.join(_word(kind, value, lang) for value in values or [])


def _word(kind: str, value: Any, lang: str) -> str:
    if isinstance(value, str) and kind in TERMS:
        term = taxonomy().terms(TERMS[kind]).get(value)
        return term.label.get(lang) if term else value
    if isinstance(value, int) and kind.startswith("size"):
        return f"{value:,}"
    return str(value)


def _before_end(said: str, added: str) -> str:
    return f"{said[:-1]}{added}{said[-1]}"


def _factor(a: int, b: int) -> float:
    return max(a, b) / max(min(a, b), 1)


def _text(inference: Inference | None) -> str | None:
    return str(inference.value) if inference else None
