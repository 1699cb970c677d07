"""A new case beside the casebook, by meaning: near-duplicates, nearest cases, tags.

Two cases are compared by their summaries, language by language and across languages, and by their
bodies, each centred on the mean of the casebook's texts of its kind. What counts as near is learnt
from the casebook at hand: a score of 1 is reached by 2% of its (distinct) cases.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from indexer.comparable import comparer_of
from indexer.dense import unit
from indexer.documents import document_of_case
from indexer.encoders import Floats
from indexer.search import Searcher
from kb.model import LANGS, Case
from kb.review import Meaning, Near, Tags, share_place

BODY = ("background", "approach", "actors", "funding", "outcomes", "lessons")
KINDS = (*LANGS, "body")
FALSE_ALARMS = 0.02  # share of distinct cases that a score of 1 is set by
# A case of the same municipality is a possible duplicate from this score on: of the 35 pairs of
# distinct cases that share one the nearest scores 0.68, and 15 paraphrases of one sentence score
# 0.71 to 1.49 (tests/kb/data/paraphrases.yaml, whole casebook, default encoders).
SAME_PLACE = 0.7
NEAREST = 5
# A tag is suggested from this probability on, and doubted below the other; both by the model that
# reads plans, without what the case itself taught it.
SUGGESTED = 0.5
DOUBTFUL = 0.1


class CaseReader:
    """Compares cases with those of one published generation."""

    def __init__(self, searcher: Searcher) -> None:
        self._index = searcher.index
        self._catalogue = searcher.catalogue
        sections = np.array([passage.section for passage in self._index.passages])
        langs = np.array([passage.lang for passage in self._index.passages])
        raw: dict[str, Floats] = {
            lang: self._means((sections == "summary") & (langs == lang)) for lang in LANGS
        }
        raw["body"] = self._means(np.isin(sections, BODY))
        self._centres = {kind: block.mean(axis=0, keepdims=True) for kind, block in raw.items()}
        self._kinds = {kind: unit(block - self._centres[kind]) for kind, block in raw.items()}
        self._ordinary = self._threshold()

    def read(self, case: Case) -> Meaning:
        """The case beside all others; see :class:`kb.review.Reader`."""
        own = self._index.number.get(case.id)
        pieces = document_of_case(case).passages
        vectors = self._index.dense.encode_passages([piece.text for piece in pieces])
        rows = {}
        for kind in KINDS:
            chosen = [
                vector
                for piece, vector in zip(pieces, vectors, strict=True)
                if (piece.section == "summary" and piece.lang == kind)
                or (kind == "body" and piece.section in BODY)
            ]
            if chosen:
                mean = np.mean(chosen, axis=0, keepdims=True)
                rows[kind] = unit(unit(mean) - self._centres[kind])
        scores = self._scores(rows)[0] / self._ordinary
        if own is not None:
            scores[own] = -np.inf
        order = [int(n) for n in np.argsort(-scores, kind="stable")[:NEAREST]]
        near = [self._near(n, float(scores[n])) for n in order if np.isfinite(scores[n])]
        return Meaning(
            duplicates=[n for n in near if n.score >= 1 or self._same_place(case, n)],
            nearest=near,
            tags=self._tags(case, vectors, own),
        )

    def _same_place(self, case: Case, near: Near) -> bool:
        other = self._catalogue.case(near.id)
        return near.score >= SAME_PLACE and share_place(case, other)

    def _near(self, number: int, score: float) -> Near:
        case_id = self._index.ids[number]
        return Near(case_id, self._catalogue.case(case_id).title.zh_hant, round(score, 3))

    def _means(self, mask: npt.NDArray[np.bool_]) -> Floats:
        """The mean direction of the chosen passages of each case, shape (cases, d)."""
        sums = np.zeros((len(self._index.ids), self._index.dense.vectors.shape[1]), np.float32)
        np.add.at(sums, self._index.owner[mask], self._index.dense.vectors[mask])
        return unit(sums)

    def _scores(self, rows: dict[str, Floats]) -> Floats:
        """Mean likeness of the kinds of text there are with every kind of each case's."""
        parts = [row @ block.T for row in rows.values() for block in self._kinds.values()]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float32)

    def _threshold(self) -> float:
        if len(self._index.ids) < 2:
            return 1.0
        scores = self._scores(self._kinds)
        np.fill_diagonal(scores, -np.inf)
        ordinary = float(np.quantile(scores.max(axis=1), 1 - FALSE_ALARMS))
        return max(ordinary, 1e-3)

    def _tags(self, case: Case, vectors: Floats, own: int | None) -> list[Tags]:
        model = comparer_of(self._index, self._catalogue).reader.tags
        said = "\n".join(piece.text for piece in document_of_case(case).passages)
        chances = model.probabilities(model.text(self._index, vectors, said, "body"), own)
        given = {
            "drivers": list(case.drivers),
            "plan_category": [case.plan_category],
            "setting": [case.place.setting],
        }
        found = []
        for facet, tagged in given.items():
            chance = dict(zip(model.labels.values[facet], chances[facet], strict=True))
            suggested = [v for v, p in chance.items() if p >= SUGGESTED and v not in tagged]
            doubtful = [v for v in tagged if chance.get(v, 0.0) < DOUBTFUL]
            found.append(Tags(facet, tagged, suggested, doubtful))
        return found
