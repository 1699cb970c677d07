"""What a search address holds: the question, the filters, the page. And the way back to an
address, so that every facet and every page of results is a plain link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api import facets, schemas
from kb.catalogue import FilterName, Filters

PER_PAGE = 10
MAX_PAGE = 1000


@dataclass(frozen=True)
class SearchState:
    """One view of the search, list or explore page. ``chosen`` has known filter values only;
    ``order`` is of the explore page, empty for its usual one."""

    path: str
    q: str = ""
    chosen: tuple[tuple[FilterName, str], ...] = ()
    page: int = 1
    order: str = ""

    @property
    def filters(self) -> Filters:
        """The filters as the catalogue takes them."""
        return Filters(**{facet: list(self.values(facet)) for facet in facets.ORDER})

    @property
    def offset(self) -> int:
        return (self.page - 1) * PER_PAGE

    @property
    def is_blank(self) -> bool:
        """Whether nothing was asked: no question and no filter."""
        return not self.q and not self.chosen

    def values(self, facet: FilterName) -> tuple[str, ...]:
        """The chosen values of one facet."""
        return tuple(value for name, value in self.chosen if name == facet)

    def has(self, facet: FilterName, value: str) -> bool:
        return (facet, value) in self.chosen

    def toggled(self, facet: FilterName, value: str) -> SearchState:
        """The state with one filter put on or taken off, from the first page."""
        pair = (facet, value)
        rest = tuple(chosen for chosen in self.chosen if chosen != pair)
        return replace(self, chosen=rest if pair in self.chosen else (*rest, pair), page=1)

    def adding(self, facet: FilterName, value: str) -> SearchState:
        """The state with one filter more, from the first page."""
        return self if self.has(facet, value) else self.toggled(facet, value)

    def at_page(self, page: int) -> SearchState:
        return replace(self, page=page)

    def asking(self, q: str) -> SearchState:
        """The state with another question, from the first page."""
        return replace(self, q=q, page=1)

    def without_filters(self) -> SearchState:
        return replace(self, chosen=(), page=1)

    def address(self, path: str | None = None) -> str:
        """The address of this state, at its own path or at another one."""
        pairs: list[tuple[str, str]] = [("q", self.q)] if self.q else []
        pairs += self.chosen
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        if self.order:
            pairs.append(("order", self.order))
        return (path or self.path) + (f"?{urlencode(pairs)}" if pairs else "")

    def json_address(self) -> str:
        """The address of the same results as JSON."""
        pairs: list[tuple[str, str]] = [("q", self.q)] if self.q else []
        pairs += self.chosen
        if self.page > 1:
            pairs.append(("offset", str(self.offset)))
        return "/api/v1/search" + (f"?{urlencode(pairs)}" if pairs else "")


@dataclass(frozen=True)
class Read:
    """A state read from an address, and what of the address was left out of it."""

    state: SearchState
    unknown: tuple[facets.UnknownValue, ...]
    too_long: bool


def read_state(path: str, query: QueryParams) -> Read:
    """Read an address kindly: unknown filters are set aside and reported, foreign parameters
    (as links shared through other sites carry) are passed over."""
    given = schemas.FilterParams.model_construct()
    for facet in facets.ORDER:
        setattr(given, facet, query.getlist(facet)[:50])
    unknown = facets.unknown_values(given)
    bad = {(u.facet, u.value) for u in unknown}
    chosen = dict.fromkeys(
        (facet, value)
        for facet in facets.ORDER
        for value in getattr(given, facet)
        if (facet, value) not in bad
    )
    q = query.get("q", "").strip()
    return Read(
        SearchState(path, q[: schemas.MAX_QUERY], tuple(chosen), _page(query.get("page", "1"))),
        tuple(unknown),
        too_long=len(q) > schemas.MAX_QUERY,
    )


def _page(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 9
    return min(max(int(text), 1), MAX_PAGE) if is_number else 1
