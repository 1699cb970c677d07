"""KPI themes and tiers of a plan: what its clauses want to move.

Learnt from the names of the casebook's KPIs, each with its theme and tier, and from the
taxonomy's labels, definitions and KPI examples in three languages, with the sentence encoder
alone: a KPI is a phrase. A plan's score for a theme is a soft maximum over its clauses. What
such a score is worth is learnt from the cases that name KPIs, each scored by a model that has
not seen its own (see plan_tags).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from indexer.dense import unit
from indexer.encoders import Floats, load_encoder
from indexer.plan_rows import Rows, says
from indexer.plan_tags import FacetModel, logistic
from indexer.ranking import RankingIndex
from indexer.ridge import Doubles, Texts
from kb.model import LANGS, Case
from kb.taxonomy import taxonomy

# Of the pooled score of a theme over the clauses: mean 0.56, soft maximum 0.56, maximum 0.53
# mean average precision on bench/queries/plans.jsonl; nearest anchor instead of ridge 0.49. The
# soft maximum does not sink with the length of the plan.
SHARPNESS = 8.0
READ = ("summary", "outcomes", "kpis")  # what of a case is read to learn what a score is worth


class KpiModel:
    """Themes and tiers from the clauses of a text, in the view of the sentence encoder."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case]) -> None:
        terms = taxonomy()
        self.part = index.dense.parts[0]
        self.dimensions = len(self.part.passage_mean)
        self.values = {"kpi_themes": list(terms.kpi_themes), "kpi_tiers": list(terms.kpi_tiers)}
        named = [(i, kpi) for i, case in enumerate(cases) for kpi in case.kpis]
        anchors = kpi_anchor_texts()
        encoder = self.part.view.encoder
        vectors = [_raw_kpi_anchors(encoder)]
        if named:
            vectors.append(load_encoder(encoder).encode_document([kpi.name for _, kpi in named]))
        rows = Rows(
            Texts(unit(self.part.passages(np.concatenate(vectors)))),
            np.array([-1] * len(anchors) + [i for i, _ in named], dtype=np.int64),
            np.ones(len(anchors) + len(named)),
            {},
        )
        tagged = {
            "kpi_themes": [theme for theme, _, _ in anchors] + [k.theme for _, k in named],
            "kpi_tiers": [tier for _, tier, _ in anchors] + [k.tier for _, k in named],
        }
        self.models: dict[str, FacetModel] = {}
        self.curves: dict[str, tuple[Doubles, Doubles]] = {}
        for facet, options in self.values.items():
            targets = np.array([[v == value for v in options] for value in tagged[facet]], float)
            targets[[value is None for value in tagged[facet]]] = np.nan
            self.models[facet] = FacetModel(rows, targets, exclusive=True)
            self.curves[facet] = self._curve(facet, index, cases)

    def view(self, vectors: Floats) -> Floats:
        """This model's part of full vectors, as unit rows."""
        return unit(vectors[:, : self.dimensions])

    def encode(self, texts: list[str]) -> Floats:
        """Unit vectors of clauses, shape (n, d)."""
        raw = load_encoder(self.part.view.encoder).encode_document(texts)
        return unit(self.part.passages(raw))

    def of_clauses(self, facet: str, clauses: Floats) -> Doubles:
        """Raw score of each clause for each value, shape (clauses, values)."""
        return self.models[facet].scores(Texts(clauses))

    def probabilities(self, facet: str, scores: Doubles) -> Doubles:
        """Probability of each value from the scores of a text's clauses."""
        slope, shift = self.curves[facet]
        chances: Doubles = 1 / (1 + np.exp(-(slope * _pooled(scores) + shift)))
        return chances

    def _curve(
        self, facet: str, index: RankingIndex, cases: Sequence[Case]
    ) -> tuple[Doubles, Doubles]:
        """One logistic curve for all values of a facet, from the cases that name KPIs."""
        model, options = self.models[facet], self.values[facet]
        scores, truth = [], []
        read = np.array([passage.section in READ for passage in index.passages])
        for i, case in enumerate(cases):
            start = int(index.starts[i])
            own = np.arange(start, start + int(index.counts[i]))
            own = own[read[own]]
            if not case.kpis or not len(own):
                continue
            has = {kpi.theme if facet == "kpi_themes" else kpi.tier for kpi in case.kpis}
            clauses = self.view(index.dense.vectors[own])
            scores.append(_pooled(model.scores(Texts(clauses), without=i)))
            truth.append([value in has for value in options])
        if not scores:
            return np.array([8.0]), np.array([-3.0])
        return logistic(
            np.concatenate(scores)[:, None], np.concatenate(truth)[:, None].astype(float)
        )


def _pooled(scores: Doubles) -> Doubles:
    """Soft maximum over clauses, in standard deviations among the values, shape (values,)."""
    pooled: Doubles = np.log(np.exp(SHARPNESS * scores).mean(axis=0))
    standard: Doubles = (pooled - pooled.mean()) / max(float(pooled.std()), 1e-9)
    return standard


@lru_cache(maxsize=1)
def kpi_anchor_texts() -> list[tuple[str | None, str | None, str]]:
    """(theme, tier, text): what the taxonomy says of themes and of tiers, in each language."""
    terms = taxonomy()
    found: list[tuple[str | None, str | None, str]] = []
    for lang in LANGS:
        found += [(theme.id, None, says(theme, lang)) for theme in terms.kpi_themes.values()]
        found += [(None, tier.id, says(tier, lang)) for tier in terms.kpi_tiers.values()]
        for kind in terms.plan_kinds.values():
            found += [
                (None, tier, example.get(lang))
                for tier, examples in kind.kpi_examples.items()
                for example in examples
            ]
    return found


@lru_cache(maxsize=4)
def _raw_kpi_anchors(encoder: str) -> Floats:
    return load_encoder(encoder).encode_document([text for _, _, text in kpi_anchor_texts()])
