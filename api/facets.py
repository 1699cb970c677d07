"""The facets of the casebook: which terms each has, and which filter values are unknown."""

from __future__ import annotations

from dataclasses import dataclass

from api import schemas
from api.problems import UnknownFacetValue
from kb.catalogue import FACETS, FilterName
from kb.taxonomy import Term, taxonomy

# In the order in which pages show them: what a plan is about before how it is measured.
ORDER: tuple[FilterName, ...] = (
    "driver",
    "category",
    "topic",
    "setting",
    "country",
    "kpi_tier",
    "kpi_theme",
)


@dataclass(frozen=True)
class UnknownValue:
    """A filter value that is not in the taxonomy, and the known one most like it."""

    facet: str
    value: str
    nearest: str | None

    def __str__(self) -> str:
        guess = f"; did you mean {self.nearest!r}?" if self.nearest else "."
        return f"{self.facet}: unknown value {self.value!r}{guess}"


def terms(facet: FilterName) -> dict[str, Term]:
    """The terms of a facet by value, in the taxonomy's order."""
    return taxonomy().terms(FACETS[facet])


def unknown_values(params: schemas.FilterParams) -> list[UnknownValue]:
    """The filter values that are not in the taxonomy."""
    return [
        UnknownValue(facet, value, taxonomy().nearest(FACETS[facet], value))
        for facet in ORDER
        for value in getattr(params, facet)
        if value not in terms(facet)
    ]


def refuse(unknown: list[UnknownValue], *, where: str) -> None:
    """Raise UnknownFacetValue for the values given, if any."""
    if unknown:
        errors = [
            {"in": where, "field": u.facet, "message": str(u), "nearest": u.nearest}
            for u in unknown
        ]
        raise UnknownFacetValue(str(unknown[0]), errors=errors)


def unknown_in_plan(plan: schemas.PlanRequest) -> list[UnknownValue]:
    """The properties of a plan that are not in the taxonomy, under their own names."""
    as_filters = schemas.FilterParams(
        topic=plan.topics,
        driver=plan.drivers,
        kpi_theme=plan.kpi_themes,
        category=[plan.plan_category] if plan.plan_category else [],
        setting=[plan.setting] if plan.setting else [],
        kpi_tier=plan.kpi_tiers,
    )
    names = {
        "topic": "topics",
        "driver": "drivers",
        "kpi_theme": "kpi_themes",
        "kpi_tier": "kpi_tiers",
        "category": "plan_category",
    }
    kind, kinds = plan.plan_kind, taxonomy().plan_kinds
    unknown_kind = (
        [UnknownValue("plan_kind", kind, taxonomy().nearest("plan_kinds", kind))]
        if kind and kind not in kinds
        else []
    )
    return unknown_kind + [
        UnknownValue(names.get(u.facet, u.facet), u.value, u.nearest)
        for u in unknown_values(as_filters)
    ]
