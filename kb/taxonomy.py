"""The closed lists of the casebook, read from ``taxonomy.yaml`` beside this module.

The lists are data: code asks :func:`taxonomy` and never spells a driver or a theme. The file is
validated when first asked for; every entry must have label and definition in all languages.
"""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kb.errors import TaxonomyError
from kb.model import Localised

TAXONOMY_FILE = Path(__file__).with_name("taxonomy.yaml")

Facet = Literal[
    "drivers",
    "kpi_tiers",
    "kpi_themes",
    "plan_categories",
    "plan_kinds",
    "topics",
    "sections",
    "settings",
    "source_kinds",
    "scopes",
    "priority_areas",
    "countries",
]

# Below this likeness (difflib ratio) a suggestion confuses more than it helps; one character
# of two wrong (做法 for 作法) is still a likely slip.
NEAREST_CUTOFF = 0.5


class Entry(BaseModel):
    """Base of what stands in the file: immutable, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(Entry):
    """One value of a closed list."""

    id: str
    label: Localised
    definition: Localised | None = None

    @model_validator(mode="after")
    def _in_every_language(self) -> Term:
        for text in (self.label, self.definition):
            if text is None or len(text.items()) != 3:
                raise ValueError(f"{self.id}: label and definition need zh-Hant, ja and en")
        return self


class PlanKind(Term):
    """A kind of plan of the KPI reference table, with the table's KPI examples by tier."""

    kpi_examples: dict[str, list[Localised]]


class PlanCategory(Term):
    """One of the six categories of plan, with its kinds."""

    kinds: dict[str, PlanKind]


class KpiRuleExample(Entry):
    """A KPI that follows a rule beside one that does not, for one subject."""

    subject: Localised
    good: Localised
    bad: Localised
    plan_kind: str | None = None


class KpiRule(Term):
    """What makes a KPI good."""

    examples: list[KpiRuleExample]


Box = tuple[float, float, float, float]


class Country(Term):
    """A country with ``bounds``, boxes of (south, west, north, east) in degrees."""

    bounds: list[Box] = Field(min_length=1)

    def contains(self, lat: float, lon: float) -> bool:
        """Whether the point lies in one of the boxes, borders included."""
        return any(s <= lat <= n and w <= lon <= e for s, w, n, e in self.bounds)


class Taxonomy(Entry):
    """Every closed list, in the order in which the file has its entries."""

    drivers: dict[str, Term]
    kpi_tiers: dict[str, Term]
    kpi_themes: dict[str, Term]
    plan_categories: dict[str, PlanCategory]
    topics: dict[str, Term]
    kpi_rules: dict[str, KpiRule]
    sections: dict[str, Term]
    settings: dict[str, Term]
    source_kinds: dict[str, Term]
    scopes: dict[str, Term]
    priority_areas: dict[str, Term]
    countries: dict[str, Country]

    @model_validator(mode="after")
    def _references_exist(self) -> Taxonomy:
        for kind in self.plan_kinds.values():
            if list(kind.kpi_examples) != list(self.kpi_tiers):
                raise ValueError(f"{kind.id}: kpi_examples need every tier, in order")
        for rule in self.kpi_rules.values():
            for example in rule.examples:
                if example.plan_kind is not None and example.plan_kind not in self.plan_kinds:
                    raise ValueError(f"{rule.id}: unknown plan_kind {example.plan_kind}")
        return self

    @property
    def plan_kinds(self) -> dict[str, PlanKind]:
        """The ten kinds of plan, whatever their category."""
        return {k: kind for c in self.plan_categories.values() for k, kind in c.kinds.items()}

    def category_of(self, plan_kind: str) -> str | None:
        """The plan category that a kind lies under, or None for an unknown kind."""
        return next((c.id for c in self.plan_categories.values() if plan_kind in c.kinds), None)

    def terms(self, facet: Facet) -> dict[str, Term]:
        """The entries of one list by its name."""
        return dict(getattr(self, facet))

    def nearest(self, facet: Facet, word: str) -> str | None:
        """The id most like ``word`` (by spelling of id or of any label), or None."""
        spellings: dict[str, str] = {}
        for term in self.terms(facet).values():
            for spelling in (term.id, *(text for _, text in term.label.items())):
                spellings.setdefault(spelling.casefold(), term.id)
        match = difflib.get_close_matches(
            word.strip().casefold()[:80], list(spellings), n=1, cutoff=NEAREST_CUTOFF
        )
        return spellings[match[0]] if match else None


def _with_ids(entries: dict[str, Any]) -> dict[str, Any]:
    """Give each entry the key it stands under as its ``id``."""
    filled = {}
    for key, entry in entries.items():
        filled[key] = {"id": key, **entry}
        if "kinds" in entry:
            filled[key]["kinds"] = _with_ids(entry["kinds"])
    return filled


def read_taxonomy(path: Path) -> Taxonomy:
    """Read and validate a taxonomy file; raises :class:`TaxonomyError`."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        lists = {key: _with_ids(value) for key, value in data.items() if key != "schema"}
        return Taxonomy.model_validate(lists)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise TaxonomyError(f"{path}: {error}") from error
    except (AttributeError, TypeError) as error:
        raise TaxonomyError(f"{path}: every list must map ids to entries") from error


@cache
def taxonomy() -> Taxonomy:
    """The casebook's taxonomy; read once per process."""
    return read_taxonomy(TAXONOMY_FILE)
