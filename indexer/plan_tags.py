"""Tags learnt from the casebook: from a text's vector to drivers, category, setting, kind.

One regularised least-squares model (ridge regression, solved in closed form) on centred passage
vectors. Each case gives four rows, the means of its passages: its summary in three languages and
its body; the taxonomy's own labels, definitions and examples give rows too, of less weight. That
is learnt anew whenever a generation is opened, in a fraction of a second, with any encoder, and
nothing is shipped. What a score is worth as a probability is learnt from the scores that each
case gets from a model without it (leave one case out, also in closed form).

The model is linear and a plan's vector is the mean of its clauses', so the clauses that led to
an inference are those whose own part in the score is largest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from indexer.dense import unit
from indexer.encoders import Floats, load_encoder
from indexer.plan_text import Language
from indexer.ranking import RankingIndex
from kb.model import LANGS, Case
from kb.taxonomy import Term, taxonomy

# Chosen on the index's own vectors of the 189 cases, four rows each, leave one case out: ridge
# 1 / 2 / 4 gave a mean category accuracy of 0.71 / 0.72 / 0.70 and a driver macro-F1 of 0.55 /
# 0.56 / 0.57; weight of the taxonomy's rows 0 / 0.3 / 1 gave 0.720 / 0.723 / 0.712. Hashed words
# beside the vectors, and kernels that are not linear, gained less than 0.01. What is reached on
# texts: `python -m bench.tags`.
RIDGE = 2.0
ANCHOR_WEIGHT = 0.3
BODY = ("background", "approach", "actors", "funding", "outcomes", "lessons")
FACETS = ("plan_category", "setting", "drivers", "plan_kind")

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labels:
    """The values of each facet in order, and each case's, shape (cases, values), NaN unknown."""

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
        }
        tagged: dict[str, Callable[[Case], set[str]]] = {
            "plan_category": lambda case: {case.plan_category},
            "setting": lambda case: {case.place.setting},
            "drivers": lambda case: set(case.drivers),
            "plan_kind": lambda case: {case.plan_kind} if case.plan_kind else set(),
        }
        of_cases = {}
        for facet, options in values.items():
            rows = np.array([[v in tagged[facet](c) for v in options] for c in cases], dtype=float)
            rows[rows.sum(axis=1) == 0] = np.nan
            of_cases[facet] = rows.reshape(len(cases), len(options))
        return cls(values, of_cases)


@dataclass(frozen=True)
class Rows:
    """What is learnt from: unit vectors (n, d), the case of each (-1: the taxonomy), weights,
    and the means that texts of each language are centred by."""

    vectors: Floats
    case: npt.NDArray[np.int64]
    weight: Doubles
    anchors: list[tuple[str, str] | None]
    means: dict[str, Floats]


class FacetModel:
    """Ridge regression of one facet's values on vectors, with what a score is worth."""

    def __init__(self, rows: Rows, targets: Doubles, exclusive: bool) -> None:
        self.exclusive = exclusive
        known = ~np.isnan(targets).any(axis=1)
        self._x, self._case = rows.vectors[known].astype(np.float64), rows.case[known]
        own = self._case >= 0
        y = targets[known]
        self.mean: Doubles = y[own].mean(axis=0) if own.any() else y.mean(axis=0)
        gram = self._x @ self._x.T
        ridged = gram + np.diag(RIDGE / rows.weight[known])
        self._inverse = np.asarray(np.linalg.inv(ridged), dtype=np.float64)
        self._dual: Doubles = self._inverse @ (y - self.mean)
        self.weights: Doubles = self._x.T @ self._dual
        held_out = self._held_out(gram)
        truth = y[own]
        self.curve = _temperature(held_out, truth) if exclusive else logistic(held_out, truth)

    def without(self, case: int) -> Doubles:
        """The weights, shape (d, values), that the model would have without a case's rows."""
        weights: Doubles = self._x.T @ self._dual_without(case)
        return weights

    def probabilities(self, scores: Doubles) -> Doubles:
        """What scores are worth: for an exclusive facet they sum to 1."""
        slope, shift = self.curve
        if self.exclusive:
            powers = np.exp(slope * (scores - scores.max(axis=-1, keepdims=True)))
            return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float64)
        return np.asarray(1 / (1 + np.exp(-(slope * scores + shift))), dtype=np.float64)

    def _dual_without(self, case: int) -> Doubles:
        """Leaving out a block of rows, from the inverse that includes it (the block form of the
        leave-one-out identity of least squares)."""
        own = np.flatnonzero(self._case == case)
        if not len(own):
            return self._dual
        block = self._inverse[np.ix_(own, own)]
        taken: Doubles = self._inverse[:, own] @ np.linalg.solve(block, self._dual[own])
        return self._dual - taken

    def _held_out(self, gram: Doubles) -> Doubles:
        """Score of each case's rows by the model without that case."""
        scores = np.empty((len(self._case), len(self.mean)))
        for case in np.unique(self._case[self._case >= 0]):
            rows = np.flatnonzero(self._case == case)
            scores[rows] = self.mean + gram[rows] @ self._dual_without(int(case))
        return scores[self._case >= 0]


class TagModel:
    """All facets' models over one generation."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case]) -> None:
        self.labels = Labels.of(cases)
        self.rows = _rows(index, cases)
        self.facets = {
            facet: FacetModel(self.rows, self._targets(facet), facet != "drivers")
            for facet in FACETS
        }

    def vector(self, pieces: Floats, language: Language | str | None) -> Floats:
        """One centred unit vector of a text from the vectors of its pieces, shape (d,)."""
        mean = unit(unit(pieces).mean(axis=0, keepdims=True)) - self.centre(language)
        vector: Floats = unit(mean)[0]
        return vector

    def centre(self, language: Language | str | None) -> Floats:
        """The mean of the casebook's texts of a language."""
        wanted = "zh-Hant" if language == "zh-Hans" else language or "body"
        return self.rows.means.get(wanted, self.rows.means["body"])

    def probabilities(self, vector: Floats, without: int | None = None) -> dict[str, Doubles]:
        """Probability of each value of each facet; ``without`` leaves out what one case taught."""
        found = {}
        for facet, model in self.facets.items():
            weights = model.weights if without is None else model.without(without)
            found[facet] = model.probabilities(model.mean + vector @ weights)
        return found

    def _targets(self, facet: str) -> Doubles:
        """A target for each row: its case's labels, or the one that a taxonomy row stands for.

        The row of one facet says nothing of the others: those are NaN.
        """
        options = self.labels.values[facet]
        targets = np.full((len(self.rows.case), len(options)), np.nan)
        of_cases = self.rows.case >= 0
        targets[of_cases] = self.labels.of_cases[facet][self.rows.case[of_cases]]
        for row, anchor in enumerate(self.rows.anchors):
            if anchor is not None and anchor[0] == facet and facet != "drivers":
                targets[row] = [value == anchor[1] for value in options]
        return targets


def _rows(index: RankingIndex, cases: Sequence[Case]) -> Rows:
    blocks: list[Floats] = []
    owners: list[npt.NDArray[np.int64]] = []
    means: dict[str, Floats] = {}
    sections = np.array([passage.section for passage in index.passages])
    langs = np.array([passage.lang for passage in index.passages])
    chosen = {lang: (sections == "summary") & (langs == lang) for lang in LANGS}
    chosen_or_body = [*chosen.items(), ("body", np.isin(sections, BODY))]
    for name, mask in chosen_or_body:
        block, owner = _case_means(index, mask)
        if not len(owner):
            continue
        means[name] = block.mean(axis=0, keepdims=True)
        blocks.append(unit(block - means[name]))
        owners.append(owner)
    means.setdefault("body", np.mean(list(means.values()), axis=0))
    anchors = anchor_texts()
    raw = [part.passages(_raw_anchors(part.view.encoder)) for part in index.dense.parts]
    blocks.append(unit(np.concatenate(raw, axis=1)))
    owners.append(np.full(len(anchors), -1, dtype=np.int64))
    case = np.concatenate(owners)
    labels: list[tuple[str, str] | None] = [None] * (len(case) - len(anchors))
    labels += [(facet, value) for facet, value, _ in anchors]
    weight = np.where(case >= 0, 1.0, ANCHOR_WEIGHT)
    return Rows(np.concatenate(blocks).astype(np.float32), case, weight, labels, means)


def _case_means(
    index: RankingIndex, mask: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Unit means of the chosen passages of each case that has any, and which cases those are."""
    owner = index.owner[mask]
    sums = np.zeros((len(index.ids), index.dense.vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, index.dense.vectors[mask])
    having = np.unique(owner).astype(np.int64)
    return unit(sums[having]), having


@lru_cache(maxsize=1)
def anchor_texts() -> list[tuple[str, str, str]]:
    """(facet, value, text): what the taxonomy says of each value, in each language."""
    terms = taxonomy()
    found: list[tuple[str, str, str]] = []
    for lang in LANGS:
        found += [("plan_category", t.id, says(t, lang)) for t in terms.plan_categories.values()]
        found += [("setting", t.id, says(t, lang)) for t in terms.settings.values()]
        for kind in terms.plan_kinds.values():
            examples = "; ".join(e.get(lang) for t in kind.kpi_examples.values() for e in t)
            said = f"{says(kind, lang)} {examples}"
            found.append(("plan_kind", kind.id, said))
            found.append(("plan_category", terms.category_of(kind.id) or "", said))
    return found


@lru_cache(maxsize=4)
def _raw_anchors(encoder: str) -> Floats:
    """An encoder's own vectors of :func:`anchor_texts`; computed once per process."""
    texts = [text for _, _, text in anchor_texts()]
    unique = list(dict.fromkeys(texts))
    at = {text: i for i, text in enumerate(unique)}
    return load_encoder(encoder).encode_document(unique)[[at[text] for text in texts]]


def says(term: Term, lang: str) -> str:
    definition = term.definition.get(lang) if term.definition else ""
    return f"{term.label.get(lang)} {definition}"


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
