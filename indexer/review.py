"""A new case beside the casebook, by meaning: near-duplicates, nearest cases, tags, searches.

Whether it is there already is :mod:`indexer.sameness`' to say. Tags are
:mod:`indexer.case_tags`', without what the case itself taught. Searches are the usual
questions (``usual_questions.yaml``) for which the case comes before every other by the first
encoder and the words; the full ranking may differ in a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import yaml

from indexer.case_tags import CaseTags
from indexer.documents import document_of_case
from indexer.encoders import Floats
from indexer.preload import start_loading
from indexer.ranking import AGREEING, LEXICAL_POWER, LEXICAL_WEIGHT, PASSAGES_PER_VOTE
from indexer.sameness import Sameness
from indexer.search import Searcher
from indexer.wording import Words, words_of
from kb.model import Case
from kb.review import FirstFor, Meaning, Near

NEAREST = 5


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
        words = words_of("\n".join(piece.text for piece in document.passages))
        return Meaning(
            duplicates=[n for n in near if n.score >= 1],
            nearest=near,
            tags=self._tags.check(case, document, vectors, own),
            first_for=self._first_for(vectors, words, own),
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
            others += LEXICAL_WEIGHT * self.sameness.holding(asked) ** LEXICAL_POWER
            mine = agreeing((vectors @ vector - ordinary) / spread)
            share = self.sameness.share(asked, words)
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
    def _tags(self) -> CaseTags:
        return CaseTags(self.sameness, self._cases)


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
