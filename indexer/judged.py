"""What readers judged comparable, and what is learnt from it.

Careful readers, who ran no search, graded the cases for plans (``judged.jsonl``): 3 study
this first, 2 clearly comparable, 1 one real element in common. Where two read the same plan, its
grades are their mean. A case file says less, in ``see_also``, and says it of new cases too.

From both a ridge regression learns how much each case is to be recommended for a text: the texts it
learns from are the judged plans and the cases' own, in every language. It is solved whenever a
generation is opened. Ids that a casebook does not have are passed over, so that one made of other
cases learns from those alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from indexer.passages import split
from indexer.plan_tags import RIDGE, TagModel, weighted
from indexer.plan_text import PIECE_COLUMNS, PIECES, language_of
from indexer.ranking import RankingIndex
from indexer.ridge import Doubles, Numbers, Ridge, Texts
from kb.model import Case

FILE = Path(__file__).with_name("judged.jsonl")
HIGHEST = 3  # grade
# What the first case of ``see_also`` counts, of what a case counts for itself, and what each next
# one counts of the one before.
BESIDE = 0.6
FADING = 0.85
SHARPNESS = 1.5  # a vote counts e to this power more for each standard deviation of its score


class Judgement(BaseModel):
    """The grades that one reader gave, by case; cases of grade 0 are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    relevant: dict[str, float]


class JudgedPlan(Judgement):
    """A plan with the grades of the cases that are comparable with it."""

    id: str
    lang: str
    text: str
    second: Judgement | None = None  # of another reader

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


def judged_pieces(case_ids: Collection[str]) -> list[str]:
    """The pieces that the texts of judged plans are read in; none for a casebook that no plan
    was judged by."""
    if not any(plan.grades().keys() & set(case_ids) for plan in judged_plans()):
        return []
    return [piece for plan in judged_plans() for piece in _pieces(plan.text)]


class Recommended:
    """How much each case is to be recommended for a text, as learnt from what was judged."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case], tags: TagModel) -> None:
        numbers = _numbers(cases)
        graded = [_row(plan.grades(), numbers, len(cases)) for plan in judged_plans()]
        kept = [n for n, row in enumerate(graded) if row.any()]  # judged by cases that are here
        plans = [_text(index, tags, judged_plans()[n]) for n in kept]
        own = np.flatnonzero(tags.rows.case >= 0)
        texts = Texts.joined([tags.rows.texts.of(own), *plans])
        of_cases = related(cases)[tags.rows.case[own]]
        targets = np.vstack([of_cases, *(graded[n] for n in kept)])
        self._rows = {n: len(own) + at for at, n in enumerate(kept)}  # of plans, by their number
        self._ridge = Ridge(texts, targets, targets.mean(axis=0), np.full(len(targets), RIDGE))
        self._case = tags.rows.case[own]

    def scores(self, texts: Texts, without: Numbers | None = None) -> Doubles:
        """For texts taken as one, how much each case is to be recommended, shape (cases,); as
        learnt without some rows, see the methods below."""
        found: Doubles = self._ridge.scores(texts, without).mean(axis=0)
        return found

    def rows_of_plan(self, number: int) -> Numbers:
        """What was learnt from a judged plan."""
        rows = [self._rows[number]] if number in self._rows else []
        return np.array(rows, dtype=np.int64)

    def rows_of_case(self, number: int) -> Numbers:
        """What was learnt from the texts of a case."""
        return np.flatnonzero(self._case == number).astype(np.int64)


def voted(scores: Doubles, labels: Doubles) -> Doubles:
    """What the most recommended cases are like: the mean of their labels (cases, values), where
    each counts by its score (cases,), -inf if it is not to vote; shape (values,)."""
    counted = np.isfinite(scores)
    own = scores[counted]
    votes = np.exp(SHARPNESS * (own - own.mean()) / max(float(own.std()), 1e-9))
    found: Doubles = votes @ np.nan_to_num(labels[counted]) / votes.sum()
    return found


def related(cases: Sequence[Case]) -> Doubles:
    """How much each case is to be recommended to one who asks from each, as readers and the files
    of both say, from 0 to 1, where 1 is the case itself; symmetric, shape (cases, cases)."""
    numbers = _numbers(cases)
    found = np.eye(len(cases))
    for number, case in enumerate(cases):
        for other, much in weighted(case.see_also, FADING).items():
            if other in numbers:
                found[number, numbers[other]] = max(found[number, numbers[other]], BESIDE * much)
    return np.maximum(found, found.T)


def _numbers(cases: Sequence[Case]) -> dict[str, int]:
    """The number of each case by its id and its former ids."""
    return {name: n for n, case in enumerate(cases) for name in (*case.aliases, case.id)}


def _row(grades: dict[str, float], numbers: dict[str, int], count: int) -> Doubles:
    row = np.zeros(count)
    for case_id, grade in grades.items():
        if case_id in numbers:
            row[numbers[case_id]] = grade / HIGHEST
    return row


def _pieces(text: str) -> list[str]:
    return list(split(text, PIECE_COLUMNS))[:PIECES]


def _text(index: RankingIndex, tags: TagModel, plan: JudgedPlan) -> Texts:
    pieces = _pieces(plan.text)
    language = language_of(plan.text)
    vectors = index.dense.encode_known(pieces)
    return tags.text(index, vectors, "\n".join(pieces), language[0] if language else None)
