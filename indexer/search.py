"""Search over a published generation of the casebook."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from indexer.comparable import Answer, Comparable, answer_plan, comparable_to_case
from indexer.dense import DenseIndex
from indexer.documents import place_names, read_documents
from indexer.generation import Manifest
from indexer.likeness import Points, read_likeness
from indexer.plan import Plan
from indexer.quotations import Concordance, Phrases
from indexer.quotes import PassageQuote, quote
from indexer.ranking import Mask, Mode, Ranking, RankingIndex
from indexer.relevance import answers
from indexer.text import TextAnalyser, stem
from indexer.vocabulary import Vocabulary
from kb.catalogue import Catalogue, Filters
from kb.model import Case

T = TypeVar("T")

# Only a query that finds no case by name and none scoring so much is asked "did you mean"; a case
# that holds two thirds of its words scores above 20.
FOUND_ENOUGH: dict[Mode, float] = {"hybrid": 15.0, "dense": 15.0, "lexical": 0.5}
PHRASE_FIRST = 1_000.0  # a quote shows the phrase, whatever else is in the case


class Query(BaseModel):
    """What to search for. An empty ``q`` browses, newest updated first.

    What stands in quotation marks ("…", “…”, 「…」) must stand in a case just so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: Annotated[str, Field(max_length=20_000)] = ""
    mode: Mode = "hybrid"
    filters: Filters = Filters()
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    offset: Annotated[int, Field(ge=0)] = 0


class Hit(BaseModel):
    """A case that was found. Scores compare within one query and mode only."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    score: float
    passage: PassageQuote | None = None


class SearchPage(BaseModel):
    """One page of hits, with the number of all and the facets over all.

    ``suggestion`` is the query as it was probably meant, where a part of it is no word of the
    casebook and it finds little; None otherwise.
    """

    model_config = ConfigDict(frozen=True)

    query: Query
    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    took_ms: float
    suggestion: str | None = None


class Searcher:
    """A generation open for reading; immutable, shared between threads."""

    def __init__(
        self, manifest: Manifest, index: RankingIndex, catalogue: Catalogue, likeness: Points
    ) -> None:
        self.manifest = manifest
        self.index = index
        self.catalogue = catalogue
        self.likeness = likeness

    @classmethod
    def open(cls, folder: Path, manifest: Manifest) -> Searcher:
        """Open a verified generation folder."""
        documents = read_documents(folder)
        dense = DenseIndex.open(folder, manifest.views)
        analyser = TextAnalyser(name for document in documents for name in document.names)
        index = RankingIndex.open(folder, documents, dense, analyser)
        catalogue = Catalogue(folder / "catalogue.sqlite")
        return cls(manifest, index, catalogue, read_likeness(folder))

    def warm_up(self) -> None:
        """Load encoders and dictionaries, so that the first query is as quick as the next."""
        self.index.rank("地方創生 village ふるさと")

    def warm_up_rest(self) -> None:
        """Make ready what not every query needs: quoted phrases, "did you mean", plans."""
        self.search(Query(q='"地方創生" village ふるさと'))
        self.vocabulary.correction("ふるさと village", lambda _: False)
        self.advise(Plan(text="地方創生 village ふるさと"), limit=1)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of this generation, for "did you mean"."""
        return Vocabulary.of_cases(self._cases())

    @cached_property
    def concordance(self) -> Concordance:
        """The wording of this generation, for quoted phrases."""
        return Concordance(self.index, [place_names(case) for case in self._cases()])

    def _cases(self) -> list[Case]:
        return [self.catalogue.case(case_id) for case_id in self.index.ids]

    def search(self, query: Query) -> SearchPage:
        """The page of hits for a query; filters are applied within the search."""
        started = time.perf_counter()
        phrases = Phrases.of(query.q)
        if phrases.text:
            page = self._found(query, phrases)
        else:
            found = self.catalogue.ids(query.filters)
            hits = [Hit(case_id=i, score=0.0) for i in self._page(found, query)]
            facets = self.catalogue.facets(query.filters)
            page = SearchPage(query=query, total=len(found), hits=hits, facets=facets, took_ms=0)
        took = (time.perf_counter() - started) * 1000
        return page.model_copy(update={"took_ms": took})

    def _found(self, query: Query, phrases: Phrases) -> SearchPage:
        """The page of hits for a query that has words."""
        text = phrases.text
        ranking = self.index.rank(text, query.mode, self._nearly(query.filters))
        passages = ranking.passages
        if phrases.patterns:
            worth = self.concordance.documents_with(phrases) & np.isfinite(ranking.documents)
            passages = np.where(
                self.concordance.passages_with(phrases), passages + PHRASE_FIRST, passages
            )
        else:
            worth = answers(self.index, text, query.mode, ranking)
        worthy = [self.index.ids[i] for i in np.flatnonzero(worth)]
        allowed = worth & self._allowed(query.filters)
        order = [int(i) for i in ranking.order() if allowed[i]]
        hits = [
            Hit(
                case_id=self.index.ids[i],
                score=round(float(ranking.documents[i]), 4),
                passage=phrases.marked(quote(self.index, text, i, passages)),
            )
            for i in self._page(order, query)
        ]
        return SearchPage(
            query=query,
            total=len(order),
            hits=hits,
            facets=self.catalogue.facets(query.filters, within=worthy),
            took_ms=0,
            suggestion=self._suggestion(query.q.strip(), query.mode, ranking, worth),
        )

    def _suggestion(self, text: str, mode: Mode, ranking: Ranking, worth: Mask) -> str | None:
        """What was probably meant by a query that finds little."""
        best = float(ranking.documents[worth].max()) if worth.any() else 0.0
        if ranking.named or best >= FOUND_ENOUGH[mode]:
            return None
        return self.vocabulary.correction(text, lambda t: self.index.rarity(stem(t)) < 1)

    def comparable(
        self, case_id: str, *, filters: Filters | None = None, limit: int = 10
    ) -> list[Comparable]:
        """Cases comparable with a case, best first, without itself.

        Raises kb.errors.UnknownCase.
        """
        case = self.catalogue.case(case_id)
        allowed = self._allowed(filters or Filters())
        return comparable_to_case(self.index, self.catalogue, case, allowed, limit)

    def recommend(
        self, plan: Plan, *, filters: Filters | None = None, limit: int = 10
    ) -> list[Comparable]:
        """Cases comparable with a plan, best first."""
        return self.advise(plan, filters=filters, limit=limit).results

    def advise(self, plan: Plan, *, filters: Filters | None = None, limit: int = 10) -> Answer:
        """Cases comparable with a plan, the plan as it was read, and whether any is near."""
        allowed = self._allowed(filters or Filters())
        return answer_plan(self.index, self.catalogue, plan, allowed, limit)

    def _allowed(self, filters: Filters) -> Mask:
        passes = self.catalogue.passes(filters)
        return np.array([passes(case_id) for case_id in self.index.ids], dtype=bool)

    def _nearly(self, filters: Filters) -> Mask | None:
        """Cases that pass all filters but at most one facet's: those that facet counts need."""
        used = [facet for facet in Filters.model_fields if getattr(filters, facet)]
        if not used:
            return None
        relaxed = [self._allowed(filters.model_copy(update={facet: []})) for facet in used]
        mask: Mask = np.logical_or.reduce(relaxed)
        return mask

    @staticmethod
    def _page(found: list[T], query: Query) -> list[T]:
        return found[query.offset : query.offset + query.limit]
