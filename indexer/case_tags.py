"""The tags of a case against its text: which others it suggests, which it does not bear out.

The models are those of ``indexer.plan_tags``, learnt here from vectors of one encoder and from
words that need no dictionary, so that one file is reviewed in a few seconds. `python -m bench.tags`
measures the whole model; leave one case out, this one gets the category of 0.735 of the cases from
their bodies (the whole 0.741).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from indexer.dense import unit
from indexer.encoders import Floats
from indexer.passages import Document
from indexer.plan_rows import MOST_USUAL, Rows
from indexer.plan_tags import SEVERAL, FacetModel, Labels
from indexer.ridge import Texts
from indexer.sameness import KINDS, Sameness
from indexer.wording import Words, words_of
from kb.model import Case
from kb.review import Tags

# A tag is suggested from this probability on, and doubted below the other. A topic is one of many:
# from 0.5 on 57 of 58 are right, below 0.05 lie 30 of the 541 that cases name among their first.
SUGGESTED = {"topics": 0.3}
SUGGESTED_ELSE = 0.5
DOUBTFUL = {"topics": 0.05}
DOUBTFUL_ELSE = 0.1
MAIN_TAGS = 6  # of one facet, that are doubted at all: all drivers, the first topics
FACETS = ("drivers", "topics", "plan_category", "setting")


class CaseTags:
    """One model a facet, learnt from summaries and bodies of the casebook's cases."""

    def __init__(self, sameness: Sameness, cases: Sequence[Case]) -> None:
        self._labels = Labels.of(cases)
        self._centre = sameness.centres["body"]
        numbers = np.arange(len(cases))
        vectors, owners, words = [], [], []
        for kind in KINDS:
            has = np.abs(sameness.kinds[kind]).sum(axis=1) > 0
            vectors.append(sameness.kinds[kind][has])
            owners.append(numbers[has])
            words += [sameness.words(int(number), kind) for number in numbers[has]]
        owner = np.concatenate(owners)
        self._columns = _telling(words)
        rows = Rows(
            Texts(np.concatenate(vectors), self._matrix(words)),
            owner,
            np.ones(len(owner)),
            {},
        )
        self._models = {
            facet: FacetModel(rows, self._labels.of_cases[facet][owner], facet not in SEVERAL)
            for facet in FACETS
        }

    def check(self, case: Case, document: Document, vectors: Floats, own: int | None) -> list[Tags]:
        """Of each facet: what was given, suggested and doubted, from the passages of a case and
        their vectors (n, d); ``own`` is its number if the casebook has it."""
        given = {
            "drivers": list(case.drivers),
            "topics": case.topics,
            "plan_category": [case.plan_category],
            "setting": [case.place.setting],
        }
        chances = self.chances(document, vectors, own)
        found = []
        for facet, tagged in given.items():
            chance = chances[facet]
            enough = SUGGESTED.get(facet, SUGGESTED_ELSE)
            little = DOUBTFUL.get(facet, DOUBTFUL_ELSE)
            suggested = [v for v, p in chance.items() if p >= enough and v not in tagged]
            doubtful = [v for v in tagged[:MAIN_TAGS] if chance.get(v, 0.0) < little]
            found.append(Tags(facet, tagged, suggested, doubtful))
        return found

    def chances(
        self, document: Document, vectors: Floats, own: int | None
    ) -> dict[str, dict[str, float]]:
        """The probability of each value of each facet, without what case ``own`` taught.

        The passage that names the given drivers is not read: it would bear itself out.
        """
        read = [n for n, piece in enumerate(document.passages) if piece.section != "drivers"]
        mean = unit(vectors[read].mean(axis=0, keepdims=True))
        words = words_of("\n".join(document.passages[n].text for n in read))
        text = Texts(unit(mean - self._centre), self._matrix([words]))
        found = {}
        for facet, model in self._models.items():
            worth = model.probabilities(model.scores(text, own)[0])
            found[facet] = dict(zip(self._labels.values[facet], map(float, worth), strict=True))
        return found

    def _matrix(self, texts: Sequence[Words]) -> sparse.csr_matrix:
        """The telling words of texts as unit rows, shape (n, terms)."""
        columns = [[self._columns[w] for w in text if w in self._columns] for text in texts]
        counts = np.array([len(row) for row in columns])
        values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
        ends = np.concatenate([[0], np.cumsum(counts)])
        flat = np.array([column for row in columns for column in row], dtype=np.int64)
        return sparse.csr_matrix((values, flat, ends), shape=(len(texts), len(self._columns)))


def _telling(texts: Sequence[Words]) -> dict[str, int]:
    """Columns of the words that more than one text has, and not too many of them."""
    counts: dict[str, int] = {}
    for text in texts:
        for word in text:
            counts[word] = counts.get(word, 0) + 1
    most = max(MOST_USUAL * len(texts), 2)
    kept = sorted(word for word, count in counts.items() if 1 < count <= most)
    return {word: column for column, word in enumerate(kept)}
