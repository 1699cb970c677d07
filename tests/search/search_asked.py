"""How the tests of search ask their searcher."""

from __future__ import annotations

from indexer.search import Query, Searcher, SearchPage


class Asked:
    """Shorthand for asking the same searcher many things."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def page(self, q: str, **fields: object) -> SearchPage:
        return self._searcher.search(Query.model_validate({"q": q, **fields}))

    def ids(self, q: str, **fields: object) -> list[str]:
        return [hit.case_id for hit in self.page(q, **fields).hits]
