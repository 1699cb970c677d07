"""Search over a published generation of the casebook."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from indexer.comparable import Comparable, Plan, comparable_to_case, comparable_to_plan
from indexer.dense import DenseIndex
from indexer.documents import read_documents
from indexer.generation import Manifest
from indexer.quotes import PassageQuote, quote
from indexer.ranking import Mask, Mode, RankingIndex
from indexer.text import TextAnalyser
from kb.catalogue import Catalogue, Filters

T = TypeVar("T")

# Below this score a case is no answer: nothing of it stands out from ordinary passages. Of 629
# planners' queries (bench/queries/casebook.jsonl) the case that was meant scores 2.6 or more.
WORTH_SHOWING = {"hybrid": 2.5, "dense": 2.5, "lexical": 0.02}


class Query(BaseModel):
    """What to search for. An empty ``q`` browses, newest updated first."""

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
    """One page of hits, with the number of all and the facets over all."""

    model_config = ConfigDict(frozen=True)

    query: Query
    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    took_ms: float


class Searcher:
    """A generation open for reading; immutable, shared between threads."""

    def __init__(self, manifest: Manifest, index: RankingIndex, catalogue: Catalogue) -> None:
        self.manifest = manifest
        self.index = index
        self.catalogue = catalogue

    @classmethod
    def open(cls, folder: Path, manifest: Manifest) -> Searcher:
        """Open a verified generation folder."""
        documents = read_documents(folder)
        dense = DenseIndex.open(folder, manifest.views)
        analyser = TextAnalyser(name for document in documents for name in document.names)
        index = RankingIndex.open(folder, documents, dense, analyser)
        return cls(manifest, index, Catalogue(folder / "catalogue.sqlite"))

    def warm_up(self) -> None:
        """Load encoders and dictionaries, so that the first query is as quick as the next."""
        self.index.rank("地方創生 village ふるさと")

    def search(self, query: Query) -> SearchPage:
        """The page of hits for a query; filters are applied within the search."""
        started = time.perf_counter()
        text = query.q.strip()
        if not text:
            found = self.catalogue.ids(query.filters)
            hits = [Hit(case_id=i, score=0.0) for i in self._page(found, query)]
            facets = self.catalogue.facets(query.filters)
        else:
            ranking = self.index.rank(text, query.mode, self._nearly(query.filters))
            worth = ranking.documents >= WORTH_SHOWING[query.mode]
            worthy = [self.index.ids[i] for i in np.flatnonzero(worth)]
            facets = self.catalogue.facets(query.filters, within=worthy)
            allowed = worth & self._allowed(query.filters)
            order = [i for i in ranking.order() if allowed[i]]
            found = [self.index.ids[i] for i in order]
            hits = [
                Hit(
                    case_id=self.index.ids[i],
                    score=round(float(ranking.documents[i]), 4),
                    passage=quote(self.index, text, int(i), ranking.passages),
                )
                for i in self._page(order, query)
            ]
        took = (time.perf_counter() - started) * 1000
        return SearchPage(query=query, total=len(found), hits=hits, facets=facets, took_ms=took)

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
        allowed = self._allowed(filters or Filters())
        return comparable_to_plan(self.index, self.catalogue, plan, allowed, limit)

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
