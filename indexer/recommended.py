"""How much each case is to be recommended for a text, learnt from what readers judged.

The plans that readers judged teach it and, since a case file says in ``see_also`` what stands
beside it and says it of new cases too, the cases' own texts, in every language. A ridge regression
is solved whenever a generation is opened.

Readers who name one case for a plan tend to name certain others with it. That is learnt, too, from
the same plans and lists: ``together``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.judged import graded, judged_plans, numbers_of
from indexer.plan_rows import TAXONOMY, Rows, plan_number
from indexer.plan_tags import RIDGE, weighted
from indexer.ridge import Doubles, Ridge, Texts
from kb.model import Case

# What the first case of ``see_also`` counts, of what a case counts for itself, and what each next
# one counts of the one before.
BESIDE = 0.6
FADING = 0.85
FEW = 2.0  # cases that are seldom named are drawn near to none: so much is added to how often
SHARPNESS = 1.5  # a vote counts e to this power more for each standard deviation of its score


class Recommended:
    """How much each case is to be recommended for a text."""

    def __init__(self, cases: Sequence[Case], rows: Rows) -> None:
        numbers = numbers_of(cases)
        own = np.flatnonzero(rows.source != TAXONOMY)
        self._source = rows.source[own]
        beside = related(cases)
        plans = rows.source[rows.source < TAXONOMY]
        self._graded = {
            int(source): graded(judged_plans()[plan_number(source)], numbers, len(cases))
            for source in plans
        }
        named = np.array([*self._graded.values(), *beside])
        self._named = named.T @ named
        targets = np.array(
            [
                beside[source] if source >= 0 else self._graded[source]
                for source in map(int, self._source)
            ]
        )
        self._ridge = Ridge(
            rows.texts.of(own),
            targets,
            targets.mean(axis=0),
            np.full(len(own), RIDGE),
            rows.gram[np.ix_(own, own)],
        )

    def scores(self, texts: Texts, without: int | None = None) -> Doubles:
        """For texts taken as one, how much each case is to be recommended, shape (cases,);
        ``without`` leaves out what one source taught (see ``Rows``)."""
        unseen = None if without is None else np.flatnonzero(self._source == without)
        found: Doubles = self._ridge.scores(texts, unseen).mean(axis=0)
        return found

    def together(self, without: int | None = None) -> Doubles:
        """How often each two cases were named together, as the cosine of what each was named for,
        shape (cases, cases), 0 on the diagonal; ``without`` leaves out what a judged plan
        taught."""
        named = self._named
        if without in self._graded:
            named = named - np.outer(self._graded[without], self._graded[without])
        often = np.diag(named) + FEW
        found: Doubles = named / np.sqrt(np.outer(often, often))
        np.fill_diagonal(found, 0.0)
        return found


def voted(scores: Doubles, labels: Doubles) -> Doubles:
    """What the most recommended cases are like: the mean of their labels (cases, values), where
    each counts by its score (cases,), -inf if it is not to vote; shape (values,), 0 where
    there is no vote."""
    counted = np.isfinite(scores)
    if not counted.any():
        return np.zeros(labels.shape[1])
    own = scores[counted]
    votes = np.exp(SHARPNESS * (own - own.mean()) / max(float(own.std()), 1e-9))
    found: Doubles = votes @ np.nan_to_num(labels[counted]) / votes.sum()
    return found


def related(cases: Sequence[Case]) -> Doubles:
    """How much each case is to be recommended to one who asks from each, as the files of both say,
    from 0 to 1, where 1 is the case itself; symmetric, shape (cases, cases)."""
    numbers = numbers_of(cases)
    found = np.eye(len(cases))
    for number, case in enumerate(cases):
        for other, much in weighted(case.see_also, FADING).items():
            if other in numbers:
                found[number, numbers[other]] = max(found[number, numbers[other]], BESIDE * much)
    return np.maximum(found, found.T)
