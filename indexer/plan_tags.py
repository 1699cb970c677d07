"""Tags learnt from the casebook: from a text's meaning and words to what it is about.

One regularised least-squares model (kernel ridge regression, solved in closed form) on centred
passage vectors and, beside them, on the words themselves. Each case gives nine rows, the
means of its passages: its summary, abstract and situations in each language and its body; the
taxonomy's own labels, definitions
and examples give rows too, of less weight. That is learnt anew whenever a generation is opened,
in a fraction of a second, with any encoder, and nothing is shipped. What a score is worth as a
probability is learnt from the scores that each case gets from a model without it (leave one case
out, also in closed form).

The model is linear and a plan's vector is the mean of its clauses', so the clauses that led to
an inference are those whose own part in the score is largest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from indexer.dense import unit
from indexer.encoders import Floats
from indexer.plan_text import Language
from indexer.ranking import RankingIndex
from indexer.ridge import Doubles, Ridge, Texts
from kb.model import ABSTRACT_LANGS, LANGS, Case
from kb.taxonomy import Term, taxonomy

# Chosen on the 189 cases, leave one case out, as the mean over four texts of each: words beside
# the vectors at weight 0 / 1 / 2 / 4 gave a category accuracy of 0.692 / 0.712 / 0.714 / 0.716, a
# setting accuracy of 0.495 / 0.525 / 0.532 / 0.533, and a mean average precision of the drivers of
# 0.587 / 0.603 / 0.608 / 0.610. With words, ridge 0.5 to 2 is flat; so is the weight of the
# taxonomy's rows from 0.3 to 1. Gaussian kernels were worse. `python -m bench.tags`.
RIDGE = 1.0
ANCHOR_WEIGHT = 0.5
BALANCE = (
    0.5  # rare values are lifted so: category on plans 0.825 whatever it is, setting 0.711 to 0.763
)
MOST_USUAL = 0.4  # a word of more than this share of the rows tells nothing
BODY = ("background", "approach", "actors", "funding", "outcomes", "lessons")
FACETS = ("plan_category", "setting", "drivers", "plan_kind", "topics")
SEVERAL = frozenset({"drivers", "topics"})  # facets of which a case may have several values
# A case names its most important topic first: each counts this much of the one before. On plans,
# nDCG@10 0.843 against 0.835 with all alike.
FADING = 0.75


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


@dataclass(frozen=True)
class Rows:
    """What is learnt from: n texts, the case of each (-1: the taxonomy), weights, what each row
    of the taxonomy stands for, the means that vectors of each language are centred by, and a
    diagonal matrix that keeps the words which tell texts apart."""

    texts: Texts
    case: npt.NDArray[np.int64]
    weight: Doubles
    anchors: list[tuple[str, str] | None]
    means: dict[str, Floats]
    telling: sparse.dia_matrix | None = None

    @cached_property
    def gram(self) -> Doubles:
        """How alike each text is to each other, shape (n, n)."""
        return self.texts.alike(self.texts)


class FacetModel:
    """Ridge regression of one facet's values on texts, with what a score is worth."""

    def __init__(self, rows: Rows, targets: Doubles, exclusive: bool) -> None:
        self.exclusive = exclusive
        known = np.flatnonzero(~np.isnan(targets).any(axis=1))
        self._case = rows.case[known]
        own = self._case >= 0
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
        the model that never saw a case's rows."""
        unseen = None if without is None else np.flatnonzero(self._case == without)
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
        scores = np.empty((len(self._case), len(self.mean)))
        for case in np.unique(self._case[self._case >= 0]):
            rows = np.flatnonzero(self._case == case)
            scores[rows] = self._ridge.scores_without_own(gram, rows)
        return scores[self._case >= 0]


class TagModel:
    """All facets' models over one generation."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case]) -> None:
        self.labels = Labels.of(cases)
        self.rows = _rows(index, cases)
        self.facets = {
            facet: FacetModel(self.rows, self._targets(facet), facet not in SEVERAL)
            for facet in FACETS
        }

    def text(
        self, index: RankingIndex, pieces: Floats, text: str, language: Language | str | None
    ) -> Texts:
        """One text as the models read it, from the vectors of its pieces and its words."""
        words = index.term_row(text) @ self.rows.telling
        return Texts(self.vector(pieces, language)[None], unit_rows(words))

    def vector(self, pieces: Floats, language: Language | str | None) -> Floats:
        """One centred unit vector of a text from the vectors of its pieces, shape (d,)."""
        mean = unit(unit(pieces).mean(axis=0, keepdims=True)) - self.centre(language)
        vector: Floats = unit(mean)[0]
        return vector

    def centre(self, language: Language | str | None) -> Floats:
        """The mean of the casebook's texts of a language."""
        wanted = "zh-Hant" if language == "zh-Hans" else language or "body"
        return self.rows.means.get(wanted, self.rows.means["body"])

    def probabilities(self, told: Texts, without: int | None = None) -> dict[str, Doubles]:
        """Probability of each value of each facet for texts taken as one; ``without`` leaves out
        what one case taught."""
        return {
            facet: model.probabilities(model.scores(told, without).mean(axis=0))
            for facet, model in self.facets.items()
        }

    def about(self, text: Texts, without: int | None = None) -> Doubles:
        """How much more than usual a text is about each topic; 0 where less, shape (topics,)."""
        model = self.facets["topics"]
        more: Doubles = np.maximum(model.scores(text, without)[0] - model.mean, 0.0)
        return more

    def _targets(self, facet: str) -> Doubles:
        """A target for each row: its case's labels, or the one that a taxonomy row stands for.

        The row of one facet says nothing of the others: those are NaN.
        """
        options = self.labels.values[facet]
        targets = np.full((len(self.rows.case), len(options)), np.nan)
        of_cases = self.rows.case >= 0
        targets[of_cases] = self.labels.of_cases[facet][self.rows.case[of_cases]]
        for row, anchor in enumerate(self.rows.anchors):
            if anchor is not None and anchor[0] == facet and facet not in SEVERAL:
                targets[row] = [value == anchor[1] for value in options]
        return targets


def _rows(index: RankingIndex, cases: Sequence[Case]) -> Rows:
    blocks: list[Floats] = []
    words: list[sparse.csr_matrix] = []
    owners: list[npt.NDArray[np.int64]] = []
    means: dict[str, Floats] = {}
    of_passages = index.term_rows()
    for name, mask in _read_of_cases(index):
        block, owner = _case_means(index, mask)
        if not len(owner):
            continue
        means[name] = block.mean(axis=0, keepdims=True)
        blocks.append(unit(block - means[name]))
        words.append(case_words(index, mask, of_passages)[owner])
        owners.append(owner)
    means.setdefault("body", np.mean(list(means.values()), axis=0))
    anchors = anchor_texts()
    blocks.append(unit(index.dense.encode_known([text for _, _, text in anchors])))
    words.append(sparse.csr_matrix((len(anchors), of_passages.shape[1]), dtype=np.float32))
    owners.append(np.full(len(anchors), -1, dtype=np.int64))
    case = np.concatenate(owners)
    labels: list[tuple[str, str] | None] = [None] * (len(case) - len(anchors))
    labels += [(facet, value) for facet, value, _ in anchors]
    weight = np.where(case >= 0, 1.0, ANCHOR_WEIGHT)
    found = sparse.vstack(words).tocsr()
    telling = _telling(found)
    texts = Texts(np.concatenate(blocks).astype(np.float32), unit_rows(found @ telling))
    return Rows(texts, case, weight, labels, means, telling)


def _read_of_cases(index: RankingIndex) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """(name, mask over passages) of each text of a case that is learnt from."""
    sections = np.array([passage.section for passage in index.passages])
    langs = np.array([passage.lang for passage in index.passages])
    summaries = [(lang, (sections == "summary") & (langs == lang)) for lang in LANGS]
    others = [
        (f"{section} {lang}", (sections == section) & (langs == lang))
        for section, spoken in (("abstract", ABSTRACT_LANGS), ("situations", LANGS))
        for lang in spoken
    ]
    return [*summaries, *others, ("body", np.isin(sections, BODY))]


def _case_means(
    index: RankingIndex, mask: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Unit means of the chosen passages of each case that has any, and which cases those are."""
    owner = index.owner[mask]
    sums = np.zeros((len(index.ids), index.dense.vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, index.dense.vectors[mask])
    having = np.unique(owner).astype(np.int64)
    return unit(sums[having]), having


def case_words(
    index: RankingIndex, mask: npt.NDArray[np.bool_], of_passages: sparse.csr_matrix
) -> sparse.csr_matrix:
    """The words of the chosen passages of each case, shape (cases, terms)."""
    chosen = np.flatnonzero(mask)
    ones = np.ones(len(chosen), dtype=np.float32)
    shape = (len(index.ids), len(index.passages))
    return sparse.csr_matrix((ones, (index.owner[chosen], chosen)), shape=shape) @ of_passages


def _telling(rows: sparse.csr_matrix) -> sparse.dia_matrix:
    """Keeps terms that more than one row has, and not too many of them."""
    having = np.bincount(rows.indices, minlength=rows.shape[1])
    kept = (having > 1) & (having <= max(MOST_USUAL * rows.shape[0], 2))
    return sparse.diags(kept.astype(np.float32))


def unit_rows(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows scaled to length 1."""
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(norms, 1e-9)) @ rows).tocsr()


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


def says(term: Term, lang: str) -> str:
    definition = term.definition.get(lang) if term.definition else ""
    return f"{term.label.get(lang)} {definition}"


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
