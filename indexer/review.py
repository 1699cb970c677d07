"""A new case beside the casebook, by meaning: near-duplicates, nearest cases, tags, searches.

Whether it is there already is :mod:`indexer.sameness`' to say. Tags are those that the casebook's
own cases, texts and tags teach, without what the case itself taught it. Searches are the usual
questions (``usual_questions.yaml``) for which the case comes before every other by the first
encoder and the words; the full ranking may differ in a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from indexer.dense import unit
from indexer.documents import document_of_case
from indexer.encoders import Floats
from indexer.sameness import KINDS, Sameness
from indexer.plan_tags import FacetModel, Labels, Rows
from indexer.preload import start_loading
from indexer.ranking import AGREEING, LEXICAL_POWER, LEXICAL_WEIGHT, PASSAGES_PER_VOTE
from indexer.search import Searcher
from indexer.wording import Words, words_of
from kb.model import Case
from kb.review import FirstFor, Meaning, Near, Tags

NEAREST = 5
# A tag is suggested from this probability on, and doubted below the other.
SUGGESTED = 0.5
DOUBTFUL = 0.1
FACETS = ("drivers", "plan_category", "setting")


class CaseReader:
    """Compares cases with those of one published generation.

    ``known`` are the cases by the SHA-256 of their file, for :func:`kb.casebook.read_shelf`.
    """

    def __init__(self, searcher: Searcher) -> None:
        self._index = searcher.index
        start_loading([searcher.index.dense.parts[0].view], dictionary=False)
        self._cases = [searcher.catalogue.case(case_id) for case_id in self._index.ids]
        hashes = searcher.manifest.case_hashes
        self.known = {hashes[case.id]: case for case in self._cases if case.id in hashes}
        self.sameness = Sameness(self._index, self._cases)
        learnt = searcher.manifest.duplicate_from
        self.threshold = self.sameness.threshold() if learnt is None else learnt

    def read(self, case: Case) -> Meaning:
        """The case beside all others; see :class:`kb.review.Reader`."""
        own = self._index.number.get(case.id)
        document = document_of_case(case)
        vectors = self.sameness.encode(document)
        scores = self.sameness.evidence(self.sameness.told(case, document, vectors), own)
        scores = scores / self.threshold
        order = [int(n) for n in np.argsort(-scores, kind="stable")[:NEAREST]]
        near = [self._near(n, float(scores[n])) for n in order if np.isfinite(scores[n])]
        body = words_of("\n".join(piece.text for piece in document.passages))
        return Meaning(
            duplicates=[n for n in near if n.score >= 1],
            nearest=near,
            tags=self._tags(case, vectors, own),
            first_for=self._first_for(vectors, body, own),
        )

    def _near(self, number: int, score: float) -> Near:
        return Near(self._index.ids[number], self._cases[number].title.zh_hant, round(score, 3))

    def _first_for(self, vectors: Floats, words: Words, own: int | None) -> list[FirstFor]:
        """Usual questions that the case is now first for and was not before."""
        questions = usual_questions()
        passages = self.sameness.vectors
        found = []
        for question, vector in zip(questions, self.sameness.ask(questions), strict=True):
            near = passages @ vector
            ordinary, spread = float(near.mean()), max(float(near.std()), 1e-6)
            asked = words_of(question)
            others = self._index.by_document((near - ordinary) / spread)
            others += LEXICAL_WEIGHT * self.sameness.wording.holding(asked) ** LEXICAL_POWER
            mine = agreeing((vectors @ vector - ordinary) / spread)
            rarity = self.sameness.rarity
            share = rarity.total(asked & words) / max(rarity.total(asked), 1e-6)
            mine += LEXICAL_WEIGHT * share**LEXICAL_POWER
            before = int(others.argmax())
            if own is not None:
                if before == own:
                    continue
                others[own] = -np.inf
            if mine > others.max():
                found.append(FirstFor(question, self._index.ids[before]))
        return found

    @cached_property
    def _models(self) -> dict[str, FacetModel]:
        """One model a facet, learnt from summaries and bodies of the casebook's cases."""
        sameness, labels = self.sameness, self._labels
        numbers = np.arange(len(self._cases))
        blocks, owners = [], []
        for kind in KINDS:
            has = np.abs(sameness.kinds[kind]).sum(axis=1) > 0
            blocks.append(sameness.kinds[kind][has])
            owners.append(numbers[has])
        owner = np.concatenate(owners)
        rows = Rows(
            np.concatenate(blocks),
            owner,
            np.ones(len(owner)),
            [None] * len(owner),
            dict(sameness.centres),
        )
        return {
            facet: FacetModel(rows, labels.of_cases[facet][owner], facet != "drivers")
            for facet in FACETS
        }

    @cached_property
    def _labels(self) -> Labels:
        return Labels.of(self._cases)

    def _tags(self, case: Case, vectors: Floats, own: int | None) -> list[Tags]:
        given = {
            "drivers": list(case.drivers),
            "plan_category": [case.plan_category],
            "setting": [case.place.setting],
        }
        mean = unit(vectors.mean(axis=0, keepdims=True))
        vector = unit(mean - self.sameness.centres["body"])[0]
        found = []
        for facet, tagged in given.items():
            chance = self._chances(facet, vector, own)
            suggested = [v for v, p in chance.items() if p >= SUGGESTED and v not in tagged]
            doubtful = [v for v in tagged if chance.get(v, 0.0) < DOUBTFUL]
            found.append(Tags(facet, tagged, suggested, doubtful))
        return found

    def _chances(self, facet: str, vector: Floats, own: int | None) -> dict[str, float]:
        model = self._models[facet]
        weights = model.weights if own is None else model.without(own)
        chances: npt.NDArray[np.float64] = model.probabilities(model.mean + vector @ weights)
        return dict(zip(self._labels.values[facet], map(float, chances), strict=True))


def agreeing(scores: Floats) -> float:
    """The score of one document from its passages', as ``RankingIndex.by_document`` has it."""
    weights = AGREEING[min((len(scores) - 1) // PASSAGES_PER_VOTE, len(AGREEING) - 1)]
    best = np.sort(scores)[::-1][: len(weights)]
    return float(sum(w * s for w, s in zip(weights, best, strict=False)))


@lru_cache(maxsize=1)
def usual_questions() -> list[str]:
    """What planners usually ask, in the languages of the casebook."""
    text = Path(__file__).with_name("usual_questions.yaml").read_text(encoding="utf-8")
    asked: dict[str, Sequence[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return [question for questions in asked.values() for question in questions]
