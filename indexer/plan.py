"""A plan as it is handed in, and what is read from it.

Everything a planner states overrides what the text suggests, field by field; what nobody
states and the text does not show stays unknown.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from indexer.plan_text import Clause, Language

MAX_TEXT = 200_000  # characters

Source = Literal["stated", "inferred"]


class Plan(BaseModel):
    """What a planner says of her project; everything is optional, unknown stays neutral."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    language: Language | None = None
    drivers: list[str] = []
    plan_category: str | None = None
    plan_kind: str | None = None
    topics: list[str] = []
    kpi_themes: list[str] = []
    kpi_tiers: list[str] = []
    setting: str | None = None
    population: Annotated[int, Field(ge=0)] | None = None

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        """NUL and lone surrogates, which no encoder reads, become spaces (offsets stay)."""
        if text.isprintable():
            return text
        return "".join(" " if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


class Span(BaseModel):
    """Words of the plan, ``text[start:end]`` in code points."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, clause: Clause) -> Span:
        """A clause as a span."""
        return cls(start=clause.start, end=clause.end, text=clause.text)


class Inference(BaseModel):
    """One thing read from a plan: its value, how sure that is (0 to 1), and the words that led
    to it. What the planner stated has confidence 1 and needs no words."""

    model_config = ConfigDict(frozen=True)

    value: str | int
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: list[Span] = []
    source: Source = "inferred"

    @classmethod
    def stated(cls, value: str | int) -> Inference:
        """What the planner said outright."""
        return cls(value=value, confidence=1.0, source="stated")


class PlanReading(BaseModel):
    """What was read from a plan. Lists come most certain first; None is unknown."""

    model_config = ConfigDict(frozen=True)

    language: Inference | None = None
    drivers: list[Inference] = []
    plan_category: Inference | None = None
    plan_kind: Inference | None = None
    topics: list[Inference] = []
    kpi_themes: list[Inference] = []
    kpi_tiers: list[Inference] = []
    setting: Inference | None = None
    places: list[Inference] = []
    population: Inference | None = None

    def certain(self) -> PlanReading:
        """What stays of it where the text is like nothing in the casebook, so that its tags mean
        little: what was stated, and what the words themselves say."""
        kept: dict[str, Inference | list[Inference] | None] = {}
        for name in ("drivers", "topics", "kpi_themes", "kpi_tiers"):
            kept[name] = [i for i in getattr(self, name) if i.source == "stated"]
        for name in ("plan_category", "plan_kind", "setting"):
            inference = getattr(self, name)
            stated = inference is not None and inference.source == "stated"
            kept[name] = inference if stated else None
        return self.model_copy(update=kept)
