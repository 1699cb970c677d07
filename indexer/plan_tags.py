"""Tags learnt from the casebook: from a text's meaning and words to what it is about.

One regularised least-squares model (kernel ridge regression, solved in closed form) on centred
passage vectors and, beside them, on the words themselves, learnt from the rows of ``plan_rows``:
a case's tags are its own, a judged plan's those that its reader gave, and what a plan is about is
what the cases that it was judged by are about. That is learnt anew whenever a generation is opened,
in a fraction of a second, with any encoder, and nothing is shipped. What a score is worth as a
probability is learnt from the scores that each case gets from a model without it (leave one case
out, also in closed form).

The model is linear and a plan's vector is the mean of its clauses', so the clauses that led to
an inference are those whose own part in the score is largest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.judged import graded, judged_plans, numbers_of
from indexer.plan_rows import TAXONOMY, Rows, learnt_from, plan_number
from indexer.ranking import RankingIndex
from indexer.ridge import Doubles, Ridge, Texts
from kb.model import Case
from kb.taxonomy import taxonomy

# Chosen on the 189 cases, leave one case out, as the mean over four texts of each: words beside
# the vectors at weight 0 / 1 / 2 / 4 gave a category accuracy of 0.692 / 0.712 / 0.714 / 0.716, a
# setting accuracy of 0.495 / 0.525 / 0.532 / 0.533, and a mean average precision of the drivers of
# 0.587 / 0.603 / 0.608 / 0.610. With words, ridge 0.5 to 2 is flat; so is the weight of the
# taxonomy's rows from 0.3 to 1. Gaussian kernels were worse. `python -m bench.tags`.
RIDGE = 1.0
BALANCE = (
    0.5  # rare values are lifted so: category on plans 0.825 whatever it is, setting 0.711 to 0.763
)
FACETS = ("plan_category", "setting", "drivers", "plan_kind", "topics")
SEVERAL = frozenset({"drivers", "topics"})  # facets of which a case may have several values
# A case names its most important topic first: each counts this much of the one before. On plans,
# nDCG@10 0.843 against 0.835 with all alike.
FADING = 0.75
GRADED = 1.5  # a case counts by its grade to this power for what a judged plan is about


@dataclass(frozen=True)
class Labels:
    """The values of each facet in order, and how much each is a case's, from 0 to 1, shape
    (cases, values), NaN unknown."""

    values: dict[str, list[str]]
    of_cases: dict[str, Doubles]

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Labels:
        """The labels of cases."""
        terms = taxonomy()
        values = {
            "plan_category": list(terms.plan_categories),
            "setting": list(terms.settings),
            "drivers": list(terms.drivers),
            "plan_kind": list(terms.plan_kinds),
            "topics": list(terms.topics),
        }
        tagged: dict[str, Callable[[Case], dict[str, float]]] = {
            "plan_category": lambda case: {case.plan_category: 1.0},
            "setting": lambda case: {case.place.setting: 1.0},
            "drivers": lambda case: dict.fromkeys(case.drivers, 1.0),
            "plan_kind": lambda case: {case.plan_kind: 1.0} if case.plan_kind else {},
            "topics": lambda case: weighted(case.topics),
        }
        of_cases = {}
        for facet, options in values.items():
            own = [tagged[facet](case) for case in cases]
            rows = np.array([[tags.get(v, 0.0) for v in options] for tags in own], dtype=float)
            rows[rows.sum(axis=1) == 0] = np.nan
            of_cases[facet] = rows.reshape(len(cases), len(options))
        return cls(values, of_cases)


def weighted(values: Sequence[str], fading: float = FADING) -> dict[str, float]:
    """How much each of a list counts, the most important of which comes first."""
    return {value: fading**position for position, value in enumerate(values)}


class FacetModel:
    """Ridge regression of one facet's values on texts, with what a score is worth."""

    def __init__(self, rows: Rows, targets: Doubles, exclusive: bool) -> None:
        self.exclusive = exclusive
        known = np.flatnonzero(~np.isnan(targets).any(axis=1))
        self._source = rows.source[known]
        own = self._source >= 0
        y = targets[known]
        weight = rows.weight[known] * (_balance(y, own) if exclusive else 1.0)
        counted = np.where(own, weight, 0.0) if own.any() else weight
        self.mean: Doubles = counted @ y / counted.sum()
        gram = rows.gram[np.ix_(known, known)]
        self._ridge = Ridge(rows.texts.of(known), y, self.mean, RIDGE / weight, gram)
        self.weights = self._ridge.weights
        held_out = self._held_out(gram)
        truth = (y[own] > 0).astype(np.float64)
        self.curve = _temperature(held_out, truth) if exclusive else logistic(held_out, truth)

    def scores(self, texts: Texts, without: int | None = None) -> Doubles:
        """Raw score of each text for each value, shape (n, values); ``without`` gives those of
        the model that never saw the rows of one source (see ``Rows``)."""
        unseen = None if without is None else np.flatnonzero(self._source == without)
        return self._ridge.scores(texts, unseen)

    def probabilities(self, scores: Doubles) -> Doubles:
        """What scores are worth: for an exclusive facet they sum to 1."""
        slope, shift = self.curve
        if self.exclusive:
            powers = np.exp(slope * (scores - scores.max(axis=-1, keepdims=True)))
            return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float64)
        return np.asarray(1 / (1 + np.exp(-(slope * scores + shift))), dtype=np.float64)

    def _held_out(self, gram: Doubles) -> Doubles:
        """Score of each case's rows by the model without that case."""
        scores = np.empty((len(self._source), len(self.mean)))
        for case in np.unique(self._source[self._source >= 0]):
            rows = np.flatnonzero(self._source == case)
            scores[rows] = self._ridge.scores_without_own(gram, rows)
        return scores[self._source >= 0]


class TagModel:
    """All facets' models over one generation."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case]) -> None:
        self.labels = Labels.of(cases)
        self.rows, self.reader = learnt_from(index, cases)
        targets = self._targets(cases)
        self.facets = {
            facet: FacetModel(self.rows, targets[facet], facet not in SEVERAL) for facet in FACETS
        }

    def probabilities(self, told: Texts, without: int | None = None) -> dict[str, Doubles]:
        """Probability of each value of each facet for texts taken as one; ``without`` leaves out
        what one source taught (see ``Rows``)."""
        return {
            facet: model.probabilities(model.scores(told, without).mean(axis=0))
            for facet, model in self.facets.items()
        }

    def about(self, text: Texts, without: int | None = None) -> Doubles:
        """How much more than usual a text is about each topic; 0 where less, shape (topics,)."""
        model = self.facets["topics"]
        more: Doubles = np.maximum(model.scores(text, without)[0] - model.mean, 0.0)
        return more

    def _targets(self, cases: Sequence[Case]) -> dict[str, Doubles]:
        """A target of each facet for each row; NaN where a row says nothing of a facet."""
        rows, numbers = self.rows, numbers_of(cases)
        found = {}
        for facet, options in self.labels.values.items():
            of_cases = self.labels.of_cases[facet]
            targets = np.full((len(rows.source), len(options)), np.nan)
            own = rows.source >= 0
            targets[own] = of_cases[rows.source[own]]
            for row in np.flatnonzero(rows.source < TAXONOMY):
                plan = judged_plans()[plan_number(rows.source[row])]
                given = plan.tags.values(facet)
                if facet == "topics":
                    counts = graded(plan, numbers, len(cases)) ** GRADED
                    targets[row] = counts @ np.nan_to_num(of_cases) / counts.sum()
                elif given:
                    targets[row] = [value in given for value in options]
            if facet not in SEVERAL:
                for anchor, (of, value) in rows.stands_for.items():
                    if of == facet:
                        targets[anchor] = [option == value for option in options]
            found[facet] = targets
        return found


def _balance(targets: Doubles, own: npt.NDArray[np.bool_]) -> Doubles:
    """Weights of rows that lift rare values: their mean over the cases' rows is 1."""
    share = np.maximum(targets[own].mean(axis=0) if own.any() else targets.mean(axis=0), 1e-3)
    lifted = share[targets.argmax(axis=1)] ** -BALANCE
    return np.asarray(lifted / lifted[own if own.any() else slice(None)].mean(), dtype=np.float64)


def _temperature(scores: Doubles, truth: Doubles) -> tuple[float, float]:
    """The slope of a softmax that makes the truth likeliest."""
    best, chosen = -np.inf, 5.0
    for slope in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0):
        logits = slope * (scores - scores.max(axis=1, keepdims=True))
        shares = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        likelihood = float((shares * truth).sum())
        if likelihood > best:
            best, chosen = likelihood, slope
    return chosen, 0.0


def logistic(scores: Doubles, truth: Doubles) -> tuple[Doubles, Doubles]:
    """Platt's (1999) logistic curve for each value, by Newton's method with a weak prior."""
    slopes, shifts = np.empty(scores.shape[1]), np.empty(scores.shape[1])
    for value in range(scores.shape[1]):
        x, y = scores[:, value], truth[:, value]
        design = np.stack([x, np.ones_like(x)], axis=1)
        curve = np.array([0.0, np.log((y.mean() + 1e-3) / (1 - y.mean() + 1e-3))])
        for _ in range(50):
            p = 1 / (1 + np.exp(-np.clip(design @ curve, -30, 30)))
            gradient = design.T @ (p - y) / len(y) + 1e-3 * curve
            hessian = (design * (p * (1 - p))[:, None]).T @ design / len(y) + 1e-3 * np.eye(2)
            curve = curve - np.linalg.solve(hessian, gradient)
        slopes[value], shifts[value] = curve
    return slopes, shifts
