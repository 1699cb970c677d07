"""What the page of a plan is asked with: the plan, what is stated of it, how many results.

The same fields come from an address or, for a plan too long for one, from a form; the names
are those of ``GET /api/v1/plan``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from fastapi import Request

from api import facets, schemas
from api.problems import InvalidRequest
from kb.catalogue import FilterName
from kb.taxonomy import Term

STEP = 10  # results shown at first, and added each time
LONG = 60  # columns (a Han character is two) from which on a question is read as a plan
MAX_FIELDS = 200

# Fields of a plan that hold terms, with the facet whose terms they are.
TERMS: dict[str, FilterName] = {
    "plan_category": "category",
    "plan_setting": "setting",
    "plan_topic": "topic",
    "plan_driver": "driver",
    "plan_kpi_theme": "kpi_theme",
    "country": "country",
}
SINGLE = ("plan_category", "plan_setting")


@dataclass(frozen=True)
class PlanState:
    """One view of the plan page. Terms are known ones only."""

    path: str
    text: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    population: int | None = None
    shown: int = STEP

    def values(self, field: str) -> list[str]:
        return [value for name, value in self.terms if name == field]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said that cases could be compared with."""
        return not self.text and not [name for name, _ in self.terms if name != "country"]

    @property
    def fits_an_address(self) -> bool:
        return len(self.text) <= schemas.MAX_QUERY

    def request(self) -> schemas.PlanRequest:
        """The plan as the API takes it."""
        return schemas.PlanRequest(
            text=self.text,
            topics=self.values("plan_topic"),
            drivers=self.values("plan_driver"),
            plan_category=next(iter(self.values("plan_category")), None),
            setting=next(iter(self.values("plan_setting")), None),
            kpi_themes=self.values("plan_kpi_theme"),
            population=self.population,
            filters=schemas.FilterParams(country=self.values("country")),
            limit=self.shown,
        )

    def address(self, path: str | None = None) -> str:
        """The address of this view; of a text too long for one, without the text."""
        pairs = self._pairs()
        if self.shown != STEP:
            pairs.append(("shown", str(self.shown)))
        return (path or self.path) + (f"?{urlencode(pairs)}" if pairs else "")

    def json_address(self) -> str | None:
        """The address of the same results as JSON, if they have one."""
        if self.is_blank or not self.fits_an_address:
            return None
        pairs = [*self._pairs(), ("limit", str(self.shown))]
        return f"/api/v1/plan?{urlencode(pairs)}"

    def _pairs(self) -> list[tuple[str, str]]:
        pairs = [("text", self.text)] if self.text and self.fits_an_address else []
        pairs += self.terms
        if self.population is not None:
            pairs.append(("plan_population", str(self.population)))
        return pairs


def read_plan(path: str, fields: Iterable[tuple[str, str]]) -> PlanState:
    """Read a plan kindly: what is not known or not a number is left out."""
    given = list(fields)
    first = dict(reversed(given))
    terms: dict[tuple[str, str], None] = {}
    for name, value in given:
        known = name in TERMS and value in facets.terms(TERMS[name])
        if known and not (name in SINGLE and any(name == other for other, _ in terms)):
            terms[name, value] = None
    shown = _number(first.get("shown", "")) or STEP
    return PlanState(
        path,
        first.get("text", "").strip()[: schemas.MAX_TEXT],
        tuple(terms),
        _number(first.get("plan_population", "")),
        min(max(STEP, -(-shown // STEP) * STEP), schemas.MAX_LIMIT),
    )


@dataclass(frozen=True)
class ReadItem:
    """Something read from the text: the field of the reading, its facet, and the inference."""

    name: str
    facet: FilterName | None
    inference: schemas.Inference


@dataclass(frozen=True)
class PlanView:
    """What the form shows: what was stated and, in what nobody stated, what was read."""

    state: PlanState
    reading: schemas.PlanReading | None

    @property
    def read(self) -> list[ReadItem]:
        """What was inferred from the text, with the words that led to it."""
        reading = self.reading
        if reading is None:
            return []
        found: list[tuple[str, FilterName | None, list[schemas.Inference | None]]] = [
            ("topics", "topic", [*reading.topics]),
            ("plan_category", "category", [reading.plan_category]),
            ("plan_kind", None, [reading.plan_kind]),
            ("setting", "setting", [reading.setting]),
            ("places", None, [*reading.places]),
            ("population", None, [reading.population]),
            ("drivers", "driver", [*reading.drivers]),
            ("kpi_themes", "kpi_theme", [*reading.kpi_themes]),
        ]
        return [
            ReadItem(name, facet, item)
            for name, facet, items in found
            for item in items
            if item is not None and item.source == "inferred"
        ]

    @property
    def population(self) -> int | str | None:
        inferred = self.reading.population if self.reading else None
        if self.state.population is not None or inferred is None:
            return self.state.population
        return inferred.value

    def has(self, field: str, value: str) -> bool:
        """Whether a box is ticked or an option chosen."""
        return value in self.state.values(field) or self.is_guess(field, value)

    def is_guess(self, field: str, value: str) -> bool:
        """Whether it is so only because the text was read that way."""
        facet = TERMS[field]
        return field != "country" and any(
            item.facet == facet and item.inference.value == value for item in self.read
        )

    def chosen(self, field: str) -> list[Term]:
        """The terms of a field that are ticked."""
        known = facets.terms(TERMS[field])
        return [term for value, term in known.items() if self.has(field, value)]


async def form_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a posted form; see :func:`posted_fields`."""
    return await posted_fields(request, MAX_FIELDS)


async def posted_fields(request: Request, most: int) -> list[tuple[str, str]]:
    """Up to ``most`` fields of a posted form (``application/x-www-form-urlencoded``, UTF-8)."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qsl(body, max_num_fields=most, errors="replace")
    except ValueError as error:
        raise InvalidRequest("The form has too many fields.") from error
    return [(name, value.replace("\r\n", "\n")) for name, value in fields]


def is_plan(text: str) -> bool:
    """Whether a question is more than words to look for: long, or of several lines."""
    columns = sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    return columns > LONG or "\n" in text


def _number(text: str) -> int | None:
    digits = text.replace(",", "").strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 10
    return int(digits) if is_number else None
