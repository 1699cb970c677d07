"""Requests and answers of the HTTP API. Field names are those of the case file.

These models are the promise made to callers; ``indexer`` and ``kb`` may change behind them.
``kb search --json`` and its sisters print the same models (see ``answers``).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from indexer.plan_text import Language
from kb.model import Case, Kpi, Localised, Period, Place, Result

MAX_QUERY = 2_000  # characters of q in an address
MAX_TEXT = 200_000  # characters of a plan's text
MAX_LIMIT = 100
MAX_OFFSET = 100_000

Mode = Literal["hybrid", "dense", "lexical"]
FacetCounts = dict[str, dict[str, int]]
FacetValue = Annotated[str, StringConstraints(max_length=100)]
FacetValues = Annotated[list[FacetValue], Field(max_length=50)]


class Api(BaseModel):
    """Base of everything said over HTTP: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


# ---------------------------------------------------------------------- requests


class FilterParams(Api):
    """The facets. Values of one facet are alternatives (OR); facets narrow one another (AND)."""

    driver: FacetValues = Field(default_factory=list, description="Driver, e.g. `talent`")
    topic: FacetValues = Field(default_factory=list, description="Topic, e.g. `hot-springs`")
    kpi_tier: FacetValues = Field(default_factory=list, description="KPI tier, e.g. `output`")
    kpi_theme: FacetValues = Field(default_factory=list, description="KPI theme, e.g. `visitors`")
    category: FacetValues = Field(
        default_factory=list, description="Plan category, e.g. `local-business`"
    )
    country: FacetValues = Field(default_factory=list, description="Country code, e.g. `JP`")
    setting: FacetValues = Field(
        default_factory=list, description="Setting of the place, e.g. `mountain-village`"
    )


class Paging(Api):
    limit: int = Field(10, ge=1, le=MAX_LIMIT, description="Cases per answer")
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="Cases to leave out before the first")


class SearchParams(FilterParams, Paging):
    q: str = Field(
        "",
        max_length=MAX_QUERY,
        description="Words or a sentence in Chinese, Japanese or English; empty browses",
        examples=["森林村想讓年輕人創業", "森の村で若者に起業してほしい", "Sabae"],
    )
    mode: Mode = Field("hybrid", description="Meaning and words, meaning only, words only")


class CaseListParams(FilterParams, Paging):
    """Filters and paging of the list of cases."""


class ComparableParams(FilterParams):
    limit: int = Field(10, ge=1, le=MAX_LIMIT, description="Cases per answer")


# What can be stated of a plan and compared by itself, beside its text.
TAGS_OF_PLAN = (
    "topics",
    "drivers",
    "plan_category",
    "plan_kind",
    "setting",
    "kpi_themes",
    "kpi_tiers",
)


class PlanRequest(Api):
    """A plan to find comparable cases for: its text, what is known of it, or both."""

    text: str = Field("", max_length=MAX_TEXT, description="The plan in its author's words")
    language: Language | None = Field(None, description="Its language, if known better")
    topics: FacetValues = Field(
        default_factory=list, description="What it is about, the most important first"
    )
    drivers: FacetValues = Field(default_factory=list)
    plan_category: FacetValue | None = None
    plan_kind: FacetValue | None = None
    setting: FacetValue | None = None
    kpi_themes: FacetValues = Field(default_factory=list)
    kpi_tiers: FacetValues = Field(default_factory=list)
    population: int | None = Field(None, ge=0, le=2_000_000_000)
    filters: FilterParams = Field(default_factory=FilterParams)
    limit: int = Field(10, ge=1, le=MAX_LIMIT)

    @property
    def says_nothing(self) -> bool:
        """Whether there is neither text nor any property to compare by."""
        return not (self.text.strip() or any(getattr(self, name) for name in TAGS_OF_PLAN))

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "我們是山村，想用森林資源讓年輕人回來創業", "limit": 5},
                {
                    "text": "温泉街の空き店舗を若者の店にしたい",
                    "drivers": ["public-private"],
                    "setting": "hot-spring-town",
                    "filters": {"country": ["JP"]},
                },
            ]
        }
    )


class PlanParams(FilterParams):
    """A plan in an address; parameters that are filters narrow, those of the plan compare."""

    text: str = Field("", max_length=MAX_QUERY, description="The plan in its author's words")
    plan_topic: FacetValues = Field(default_factory=list, description="Topics of the plan")
    plan_driver: FacetValues = Field(default_factory=list, description="Drivers of the plan")
    plan_category: FacetValue | None = None
    plan_setting: FacetValue | None = None
    plan_kpi_theme: FacetValues = Field(default_factory=list, description="KPI themes of the plan")
    plan_population: int | None = Field(None, ge=0, le=2_000_000_000)
    limit: int = Field(10, ge=1, le=MAX_LIMIT)

    def request(self) -> PlanRequest:
        """The same plan as a body would have it."""
        return PlanRequest(
            text=self.text,
            topics=self.plan_topic,
            drivers=self.plan_driver,
            plan_category=self.plan_category,
            setting=self.plan_setting,
            kpi_themes=self.plan_kpi_theme,
            population=self.plan_population,
            filters=FilterParams(
                **{name: getattr(self, name) for name in FilterParams.model_fields}
            ),
            limit=self.limit,
        )


# ----------------------------------------------------------------------- answers


class CaseLinks(Api):
    """Addresses of a case in its several forms."""

    self: str = Field(description="This case as JSON")
    markdown: str = Field(description="The case file itself")
    comparable: str = Field(description="Cases like this one")
    page: str = Field(description="The page for people")


class CaseCard(Api):
    """The part of a case that a list shows, under the names that the case file uses."""

    id: str
    title: Localised
    summary: Localised
    place: Place
    period: Period | None = None
    drivers: dict[str, str] = Field(description="Driver → the reason in one sentence (zh-Hant)")
    plan_category: str
    plan_kind: str | None = None
    topics: list[str] = Field(description="What it is about, the most important first")
    updated: dt.date
    links: CaseLinks


class CaseDocument(Case):
    """A whole case: its front matter, its Markdown body, how to cite it, where else it is."""

    citation: Localised
    links: CaseLinks


class Passage(Api):
    """A quotation from a case. ``highlights`` are [start, end) in code points of ``text``."""

    section: str
    lang: str
    text: str
    highlights: list[tuple[int, int]]


class SearchResult(Api):
    case: CaseCard
    score: float
    passage: Passage | None = Field(None, description="What matched; null when browsing")


class QueryEcho(Api):
    """The query as it was understood."""

    q: str
    mode: Mode
    filters: FilterParams
    limit: int
    offset: int


class SearchAnswer(Api):
    query: QueryEcho
    total: int = Field(description="How many cases match")
    results: list[SearchResult]
    suggestion: str | None = Field(
        default=None,
        description="The question as it was probably meant, where a part of it is no word of the "
        "casebook and little is found",
    )
    facets: FacetCounts = Field(description="Facet → value → how many cases it would leave")
    took_ms: float
    generation: str = Field(description="The published index that answered")


class CaseListItem(Api):
    case: CaseCard


class CaseList(Api):
    total: int
    limit: int
    offset: int
    results: list[CaseListItem]
    facets: FacetCounts
    generation: str


class Reasons(Api):
    """Why a case is comparable: what it shares with the plan or case asked about."""

    shared_topics: list[str]
    shared_drivers: list[str]
    shared_kpi_themes: list[str]
    same_category: bool
    same_setting: bool
    similarity: float = Field(description="Likeness of meaning, higher is closer")


class Statement(Api):
    """One reason or difference, as data and as a sentence in each language."""

    kind: str = Field(description="What it is about, e.g. `setting`, `size`, `drivers`")
    shared: list[str]
    theirs: list[str | int | float]
    yours: list[str | int | float]
    factor: float | None = Field(None, description="How many times larger, where it is of size")
    inferred: bool = Field(description="Whether the plan's side was read from its text")
    text: Localised


class ComparableResult(Api):
    case: CaseCard
    score: float = Field(description="The sum of `parts`")
    passage: Passage | None = None
    reasons: Reasons
    parts: dict[str, float] = Field(
        default_factory=dict,
        description="What each part brings: meaning, judged, company, plan_category, setting, …",
    )
    why: list[Statement] = Field(default_factory=list, description="What both share")
    differences: list[Statement] = Field(default_factory=list, description="In what they differ")


class ComparableAnswer(Api):
    case: CaseCard = Field(description="The case asked about")
    results: list[ComparableResult]
    generation: str


class Span(Api):
    """Words of the plan: [start, end) in code points of its text."""

    start: int
    end: int
    text: str


class Inference(Api):
    """One thing stated in or read from a plan, how sure it is, and the words that led to it."""

    value: str | int
    confidence: float = Field(ge=0, le=1)
    evidence: list[Span]
    source: Literal["stated", "inferred"]


class PlanReading(Api):
    """What was read from a plan; any of it can be overridden by stating it. Null is unknown."""

    language: Inference | None = None
    drivers: list[Inference]
    plan_category: Inference | None = None
    plan_kind: Inference | None = None
    topics: list[Inference]
    kpi_themes: list[Inference]
    kpi_tiers: list[Inference]
    setting: Inference | None = None
    places: list[Inference]
    population: Inference | None = None


class PlanEcho(Api):
    """The plan as it was understood; its text is not sent back, only how long it was."""

    characters: int
    language: Language | None = None
    topics: list[str]
    drivers: list[str]
    plan_category: str | None = None
    plan_kind: str | None = None
    setting: str | None = None
    kpi_themes: list[str]
    kpi_tiers: list[str] = Field(default_factory=list)
    population: int | None = None
    filters: FilterParams
    limit: int


class RecommendAnswer(Api):
    plan: PlanEcho
    reading: PlanReading = Field(description="What was read from the plan, and from which words")
    comparable: bool = Field(
        description="False: no case comes near enough, the results are merely the nearest"
    )
    likeness: float = Field(
        description="How near the best cases are; 1 is as near as cases of the casebook are to "
        "each other, 0 where there is no text"
    )
    far: list[Statement] = Field(description="Where nothing is comparable, why")
    results: list[ComparableResult]
    generation: str


class CompareParams(Api):
    """Which cases to set side by side, and what is known of the reader's own plan."""

    case: Annotated[list[FacetValue], Field(min_length=2, max_length=4)] = Field(
        description="Ids of two to four cases, in the order of the columns",
        examples=[["jp-fukui-sabae-eyewear-medical-wearable", "jp-tochigi-mashiko-pottery-export"]],
    )
    plan: str = Field("", max_length=MAX_QUERY, description="The plan, as the first column")


class CompareEntry(Api):
    """One thing a case says of an aspect: whichever of the fields fits the aspect is there.

    An entry without any says that the plan states the aspect and nothing more of it.
    """

    text: str | None = Field(None, description="Prose of the case file (zh-Hant)")
    term: str | None = Field(None, description="Id of a term of the taxonomy")
    number: int | None = None
    year: int | None = None
    place: Place | None = None
    period: Period | None = None
    kpi: Kpi | None = None
    result: Result | None = None
    sources: list[str] = Field(default_factory=list, description="Ids of sources of that case")


class CompareRow(Api):
    """One aspect: a cell a column, each a list of entries, empty where nothing is known."""

    group: str = Field(description="circumstances, drivers, texts, kpis or results")
    key: str = Field(description="The aspect: a field, a driver, a KPI theme, a section")
    differs: bool = Field(description="Whether the columns say different things")
    cells: list[list[CompareEntry]]


class CompareAnswer(Api):
    """A table of cases; with a plan, its column is the first of every row."""

    plan: str | None = None
    cases: list[CaseCard]
    rows: list[CompareRow]
    generation: str


Stage = Literal[
    "challenge",
    "actions",
    "output",
    "project-outcome",
    "overall-outcome",
    "measured-project",
    "measured-wider",
]


class LogicItem(Api):
    """A thing in a box of the logic model: words of the case file, a KPI or a result."""

    text: str = Field(description="In Traditional Chinese, as the case file has it")
    amount: str | None = Field(None, description="Target of a KPI, value of a result")
    unit: str | None = None
    sources: list[str] = Field(default_factory=list)


class LogicStage(Api):
    """A box of the logic model; ``items`` is empty where the sources found say nothing."""

    stage: Stage
    items: list[LogicItem]


class LogicModel(Api):
    """From challenge to outcome. Where a case set KPIs the later boxes are its tiers; where none
    are known, they are what was measured of the project, and of the municipality or beyond."""

    stages: list[LogicStage]
    generation: str


class CaseCheckRequest(Api):
    """A case to be: a whole case file, or as many of its fields as are known."""

    markdown: str | None = Field(None, description="The text of a case file, front matter and all")
    fields: dict[str, Any] | None = Field(
        None,
        description="The front matter as JSON, with gaps; `sections` (background, approach, "
        "actors, funding, outcomes, lessons) holds the Markdown under each heading, and `latin` "
        "(the place in Latin letters) and `subject` (a few English words) make an id if `id` is "
        "not there",
        examples=[{"place": {"country": "JP", "region": "福井縣", "municipalities": ["鯖江市"]}}],
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> CaseCheckRequest:
        if (self.markdown is None) == (self.fields is None):
            raise ValueError("send either markdown or fields")
        return self


class CaseFinding(Api):
    """What ``kb lint`` says of a place in the file, and the field that it is about."""

    field: str = Field(description="As in a form, e.g. `kpis.0.tier`; empty: the whole file")
    code: str
    severity: Literal["error", "warning"]
    line: int
    column: int
    message: Localised
    remedy: Localised


class TagAdvice(Api):
    """Of drivers, plan_category or setting: what the text suggests beside what was given."""

    facet: str
    given: list[str]
    suggested: list[str]
    doubtful: list[str] = Field(description="Given, but little in the text speaks for it")


class NearCase(Api):
    id: str
    title: Localised
    score: float = Field(description="From 1 on it may be the same case; 1: the same place or name")


class CopiedText(Api):
    id: str
    share: float = Field(description="Share of the body that stands in that case too")
    sample: str


class CaseCheckAnswer(Api):
    """A case file checked as it would be in a pull request, without being kept."""

    id: str
    path: str = Field(description="Where the file belongs in the repository")
    text: str | None = Field(description="The file in canonical form; null if it cannot be read")
    clean: bool = Field(description="Whether lint finds no error")
    findings: list[CaseFinding]
    compared: bool = Field(description="False: too little text yet for tags and nearest cases")
    tags: list[TagAdvice]
    duplicates: list[NearCase] = Field(description="Cases that by meaning may be this one")
    nearest: list[NearCase]
    same_place: list[NearCase] = Field(description="Cases of the same municipality or name")
    copied: list[CopiedText]
    generation: str


Order = Literal["updated", "place", "start", "population"]


class ExploreParams(FilterParams):
    order: Order = Field("updated", description="Order of the cases")


class ExploreAnswer(Api):
    """The whole casebook at once, or what of it passes the filters."""

    total: int
    cases: list[CaseCard] = Field(description="In the order asked for; unknown values last")
    matrix: dict[str, dict[str, int]] = Field(
        description="Driver → plan category → how many cases; pairs without a case are left out"
    )
    likeness: dict[str, tuple[float, float]] = Field(
        description="Case id → where it stands (x, y, from 0 to 1) on a plane on which cases like "
        "one another are near; empty if the index has no such picture"
    )
    facets: FacetCounts
    generation: str


class FacetsAnswer(Api):
    total: int
    facets: FacetCounts
    generation: str


class Health(Api):
    status: Literal["ok"]


class Readiness(Api):
    status: Literal["ready"]
    generation: str
    encoder: str
    quality: str = Field(description="`fast` while a full index is still being made, then `full`")
    cases: int


class FieldError(Api):
    """One thing wrong with a request."""

    model_config = ConfigDict(extra="allow")
    field: str
    message: str
    nearest: str | None = None


class ProblemDocument(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None


class ProblemKind(Api):
    """What a ``type`` address of a problem document answers."""

    type: str
    title: str
    status: int
    remedy: str


TaxonomyAnswer = dict[str, Any]
