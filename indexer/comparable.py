"""Comparable cases: one score from named parts, whether asked from a plan or from a case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from indexer.encoders import Floats
from indexer.passages import split
from indexer.quotes import PassageQuote, quote
from indexer.ranking import Mask, RankingIndex
from kb.catalogue import Catalogue
from kb.model import Case

# What each part can add, in the unit of meaning: standard deviations above an ordinary passage.
WEIGHTS = {"drivers": 0.5, "kpi_themes": 0.5, "category": 0.5, "setting": 0.5, "size": 0.25}
PLAN_COLUMNS = 800  # what one question vector reads of a plan
PLAN_PIECES = 8  # question vectors a plan gets at most, spread evenly over it


class Plan(BaseModel):
    """What a planner says of her project; everything is optional, unknown stays neutral."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(max_length=200_000)] = ""
    drivers: list[str] = []
    plan_category: str | None = None
    setting: str | None = None
    kpi_themes: list[str] = []
    population: Annotated[int, Field(ge=0)] | None = None


class Comparable(BaseModel):
    """A comparable case with what it shares with the plan or case asked from."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    score: float
    similarity: float  # the part that meaning has in the score
    passage: PassageQuote | None = None
    shared_drivers: list[str] = []
    shared_kpi_themes: list[str] = []
    same_category: bool = False
    same_setting: bool = False


@dataclass(frozen=True)
class Profile:
    """The tags that are compared."""

    drivers: frozenset[str]
    kpi_themes: frozenset[str]
    category: str | None
    setting: str | None
    population: int | None

    @classmethod
    def of_case(cls, case: Case) -> Profile:
        """A case's own tags."""
        return cls(
            frozenset(case.drivers),
            frozenset(kpi.theme for kpi in case.kpis),
            case.plan_category,
            case.place.setting,
            case.place.population.value if case.place.population else None,
        )

    @classmethod
    def of_plan(cls, plan: Plan) -> Profile:
        """The tags a plan states."""
        return cls(
            frozenset(plan.drivers),
            frozenset(plan.kpi_themes),
            plan.plan_category,
            plan.setting,
            plan.population,
        )


def comparable_to_plan(
    index: RankingIndex, catalogue: Catalogue, plan: Plan, allowed: Mask, limit: int
) -> list[Comparable]:
    """Cases comparable with a plan, best first; ``allowed`` is a mask over documents."""
    text = plan.text.strip()
    if text:
        pieces = _pieces(text)
        rankings = [index.rank(piece) for piece in pieces]
        meaning = np.mean([ranking.documents for ranking in rankings], axis=0)
        passages = np.max([ranking.passages for ranking in rankings], axis=0)
    else:
        meaning = np.zeros(len(index.ids), dtype=np.float32)
        passages = np.zeros(len(index.passages), dtype=np.float32)
    profile = Profile.of_plan(plan)
    return _compare(index, catalogue, profile, Evidence(text, meaning, passages), (allowed, limit))


def comparable_to_case(
    index: RankingIndex, catalogue: Catalogue, case: Case, allowed: Mask, limit: int
) -> list[Comparable]:
    """Cases comparable with a case, best first, without the case itself."""
    number = index.number[case.id]
    meaning, passages = _likeness(index, number)
    others = allowed.copy()
    others[number] = False
    near = Evidence(case.summary.zh_hant, meaning, passages)
    return _compare(index, catalogue, Profile.of_case(case), near, (others, limit))


@dataclass(frozen=True)
class Evidence:
    """How near the casebook is to what was asked from: its text, a score for each document (in
    standard deviations) and for each passage."""

    text: str
    documents: Floats
    passages: Floats


def _compare(
    index: RankingIndex,
    catalogue: Catalogue,
    profile: Profile,
    near: Evidence,
    among: tuple[Mask, int],
) -> list[Comparable]:
    allowed, limit = among
    found: list[tuple[float, int, Profile]] = []
    for number in np.flatnonzero(allowed):
        other = Profile.of_case(catalogue.case(index.ids[number]))
        score = float(near.documents[number]) + _tags(profile, other)
        found.append((score, int(number), other))
    found.sort(key=lambda item: (-item[0], item[1]))
    return [
        Comparable(
            case_id=index.ids[number],
            score=round(score, 4),
            similarity=round(float(near.documents[number]), 4),
            passage=quote(index, near.text, number, near.passages) if near.text else None,
            shared_drivers=sorted(profile.drivers & other.drivers),
            shared_kpi_themes=sorted(profile.kpi_themes & other.kpi_themes),
            same_category=profile.category is not None and profile.category == other.category,
            same_setting=profile.setting is not None and profile.setting == other.setting,
        )
        for score, number, other in found[:limit]
    ]


def _tags(a: Profile, b: Profile) -> float:
    """What shared tags add; what either side does not say adds nothing and costs nothing."""
    total = WEIGHTS["drivers"] * _overlap(a.drivers, b.drivers)
    total += WEIGHTS["kpi_themes"] * _overlap(a.kpi_themes, b.kpi_themes)
    total += WEIGHTS["category"] * (a.category is not None and a.category == b.category)
    total += WEIGHTS["setting"] * (a.setting is not None and a.setting == b.setting)
    if a.population and b.population:
        ratio = abs(math.log10(a.population / b.population))
        total += WEIGHTS["size"] * max(0.0, 1.0 - ratio)
    return total


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard index, 0 where either set is empty."""
    return len(a & b) / len(a | b) if a and b else 0.0


def _likeness(index: RankingIndex, number: int) -> tuple[Floats, Floats]:
    """(documents, passages): how near each is to a document's own passages.

    Each passage of one side counts with its nearest on the other, in both directions, so that
    the likeness of two documents is the same from either. Standardised over documents.
    """
    start = int(index.starts[number])
    own = slice(start, start + int(index.counts[number]))
    cosines = index.dense.vectors[own] @ index.dense.vectors.T
    forth = np.maximum.reduceat(cosines, index.starts, axis=1).mean(axis=0)
    back = np.add.reduceat(cosines.max(axis=0), index.starts) / index.counts
    both = (forth + back) / 2
    others = np.delete(both, number)
    passages: Floats = cosines.max(axis=0)
    standard: Floats = ((both - others.mean()) / max(float(others.std()), 1e-6)).astype(np.float32)
    return standard, passages


def _pieces(text: str) -> list[str]:
    """Parts of a plan to be read as questions: all of a short one, an even choice of a long."""
    pieces = list(split(text, PLAN_COLUMNS))
    if len(pieces) <= PLAN_PIECES:
        return pieces
    chosen = np.linspace(0, len(pieces) - 1, PLAN_PIECES).round().astype(int)
    return [pieces[i] for i in chosen]
