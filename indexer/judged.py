"""What readers judged comparable: plans of many kinds with the cases that answer them.

Careful readers, who ran no search, graded the cases for plans (``judged.jsonl``): 3 study
this first, 2 clearly comparable, 1 one real element in common. Where two read the same plan, its
grades are their mean. The first reader also said what the plan is about in the taxonomy's terms.
What is learnt from them is told in ``recommended`` and ``plan_tags``.

Ids that a casebook does not have are passed over, so that one made of other cases learns from its
own texts alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from indexer.passages import split
from indexer.plan_text import PIECE_COLUMNS, PIECES
from indexer.ridge import Doubles
from kb.model import Case

FILE = Path(__file__).with_name("judged.jsonl")
HIGHEST = 3  # grade


class Judgement(BaseModel):
    """The grades that one reader gave, by case; cases of grade 0 are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    relevant: dict[str, float]


class ReadTags(BaseModel):
    """What a reader said a plan is about; None and nothing where the plan does not tell."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    plan_category: str | None = None
    setting: str | None = None
    drivers: list[str] = []

    def values(self, facet: str) -> list[str]:
        """The values of a facet that were given."""
        given = getattr(self, facet, None)
        return [given] if isinstance(given, str) else list(given or ())


class JudgedPlan(Judgement):
    """A plan with the grades of the cases that are comparable with it."""

    id: str
    lang: str
    text: str
    second: Judgement | None = None  # of another reader
    tags: ReadTags = ReadTags()

    def grades(self) -> dict[str, float]:
        """The mean grade of each case that any reader gave one."""
        readers = [self.relevant, *([self.second.relevant] if self.second else [])]
        ids = sorted(set().union(*readers))
        return {i: sum(own.get(i, 0.0) for own in readers) / len(readers) for i in ids}


@lru_cache(maxsize=1)
def judged_plans() -> list[JudgedPlan]:
    """The plans that readers judged."""
    lines = FILE.read_text(encoding="utf-8").split("\n")
    return [JudgedPlan.model_validate_json(line) for line in lines if line]


def judged_within(case_ids: Collection[str]) -> list[int]:
    """The numbers of the plans that were judged by any of these cases."""
    known = set(case_ids)
    return [n for n, plan in enumerate(judged_plans()) if plan.grades().keys() & known]


def judged_pieces(case_ids: Collection[str]) -> list[str]:
    """The pieces that the texts of those plans are read in."""
    return [p for n in judged_within(case_ids) for p in pieces_of(judged_plans()[n].text)]


def pieces_of(text: str) -> list[str]:
    """The pieces that a judged plan is read in, as any plan of its length."""
    return list(split(text, PIECE_COLUMNS))[:PIECES]


def numbers_of(cases: Sequence[Case]) -> dict[str, int]:
    """The number of each case by its id and its former ids."""
    return {name: n for n, case in enumerate(cases) for name in (*case.aliases, case.id)}


def graded(plan: JudgedPlan, numbers: Mapping[str, int], count: int) -> Doubles:
    """A plan's grades of ``count`` cases, from 0 to 1."""
    row = np.zeros(count)
    for case_id, grade in plan.grades().items():
        if case_id in numbers:
            row[numbers[case_id]] = grade / HIGHEST
    return row
