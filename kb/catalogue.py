"""The catalogue: cases as tables in one SQLite file, and what is asked of them.

:func:`write_catalogue` makes the file once; :class:`Catalogue` opens it read-only. A catalogue
never changes after it is written, so facets are kept in memory as bit masks (one bit a case) and
answer in microseconds; any number of threads may ask at the same time.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core.core_schema import ValidationInfo
from sqlalchemy import Engine, NullPool, insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field as Column
from sqlmodel import Session, SQLModel, col, create_engine, select

from kb.errors import CatalogueError, UnknownCase
from kb.model import Case
from kb.taxonomy import Facet as TermList
from kb.taxonomy import taxonomy

# Raised whenever a table changes; a catalogue of another version is refused, never guessed at.
CATALOGUE_VERSION = 2

FilterName = Literal["driver", "topic", "kpi_tier", "kpi_theme", "category", "country", "setting"]
Order = Literal["updated", "id"]

# Filters, in the order shown, with the closed list that each takes its values from.
FACETS: dict[FilterName, TermList] = {
    "driver": "drivers",
    "topic": "topics",
    "kpi_tier": "kpi_tiers",
    "kpi_theme": "kpi_themes",
    "category": "plan_categories",
    "country": "countries",
    "setting": "settings",
}


class Filters(BaseModel):
    """Which cases: OR between the values of a facet, AND between facets; empty means all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    driver: list[str] = Field(default_factory=list)
    topic: list[str] = Field(default_factory=list)
    kpi_tier: list[str] = Field(default_factory=list)
    kpi_theme: list[str] = Field(default_factory=list)
    category: list[str] = Field(default_factory=list)
    country: list[str] = Field(default_factory=list)
    setting: list[str] = Field(default_factory=list)

    @field_validator("*")
    @classmethod
    def _known(cls, values: list[str], info: ValidationInfo) -> list[str]:
        """A misspelt value would silently find nothing: it is refused, with the nearest one."""
        facet = FACETS[info.field_name]  # type: ignore[index]
        for value in values:
            if value not in taxonomy().terms(facet):
                nearest = taxonomy().nearest(facet, value)
                hint = f"; did you mean '{nearest}'?" if nearest else ""
                raise ValueError(f"unknown {info.field_name} '{value}'{hint}")
        return values

    def values(self, facet: FilterName) -> list[str]:
        """The values asked for in one facet."""
        chosen: list[str] = getattr(self, facet)
        return chosen

    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not any(self.values(facet) for facet in FACETS)


class CatalogueInfo(SQLModel, table=True):
    """One row: of which version the tables are."""

    __tablename__ = "info"
    version: int = Column(primary_key=True)


class CaseRow(SQLModel, table=True):
    """One case: what lists and maps need in columns, and the whole of it as JSON."""

    __tablename__ = "cases"
    id: str = Column(primary_key=True)
    country: str = Column(index=True)
    region: str
    setting: str = Column(index=True)
    category: str = Column(index=True)
    plan_kind: str | None = None
    title: str
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    start: int | None = None
    updated: dt.date = Column(index=True)
    document: str


class AliasRow(SQLModel, table=True):
    """An id a case once had."""

    __tablename__ = "aliases"
    alias: str = Column(primary_key=True)
    case_id: str = Column(foreign_key="cases.id")


class DriverRow(SQLModel, table=True):
    """A driver of a case, with its reason."""

    __tablename__ = "drivers"
    case_id: str = Column(foreign_key="cases.id", primary_key=True)
    driver: str = Column(primary_key=True, index=True)
    reason: str


class TopicRow(SQLModel, table=True):
    """A topic of a case; the most important has the first position."""

    __tablename__ = "topics"
    case_id: str = Column(foreign_key="cases.id", primary_key=True)
    position: int = Column(primary_key=True)
    topic: str = Column(index=True)


class KpiRow(SQLModel, table=True):
    """A KPI that a case set."""

    __tablename__ = "kpis"
    case_id: str = Column(foreign_key="cases.id", primary_key=True)
    position: int = Column(primary_key=True)
    name: str
    tier: str = Column(index=True)
    theme: str = Column(index=True)
    scope: str
    source: str


class SourceRow(SQLModel, table=True):
    """A source of a case."""

    __tablename__ = "sources"
    case_id: str = Column(foreign_key="cases.id", primary_key=True)
    source: str = Column(primary_key=True)
    kind: str = Column(index=True)
    title: str
    url: str | None = None


def write_catalogue(path: Path, cases: Iterable[Case]) -> None:
    """Write a catalogue file in one step: a reader sees the whole of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    scratch.unlink(missing_ok=True)
    engine = _engine(scratch.resolve().as_uri())
    rows = _rows(cases)
    try:
        with engine.connect() as connection:
            # The scratch file is synced once, as a whole: SQLite need not do it at every step.
            connection.exec_driver_sql("PRAGMA journal_mode = OFF")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            SQLModel.metadata.create_all(connection, tables=_TABLES)
            for table in _TABLES:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
            connection.commit()
    finally:
        engine.dispose()
    with scratch.open("rb") as written:
        os.fsync(written.fileno())
    scratch.replace(path)


# The tables by name: SQLModel's metadata may hold tables of other packages too.
_TABLES = [
    SQLModel.metadata.tables[name]
    for name in ("info", "cases", "aliases", "drivers", "topics", "kpis", "sources")
]


def _rows(cases: Iterable[Case]) -> dict[str, list[dict[str, object]]]:
    """The rows of every table, as plain mappings: many times faster than objects to insert."""
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in _TABLES}
    rows["info"].append({"version": CATALOGUE_VERSION})
    for case in cases:
        rows["cases"].append(_case_row(case))
        rows["aliases"] += [{"alias": alias, "case_id": case.id} for alias in case.aliases]
        rows["drivers"] += [
            {"case_id": case.id, "driver": driver, "reason": reason}
            for driver, reason in case.drivers.items()
        ]
        rows["topics"] += [
            {"case_id": case.id, "position": position, "topic": topic}
            for position, topic in enumerate(case.topics)
        ]
        rows["kpis"] += [
            {
                "case_id": case.id,
                "position": position,
                **kpi.model_dump(include={"name", "tier", "theme", "scope", "source"}),
            }
            for position, kpi in enumerate(case.kpis)
        ]
        rows["sources"] += [
            {"case_id": case.id, "source": s.id, "kind": s.kind, "title": s.title, "url": s.url}
            for s in case.sources
        ]
    return rows


def _case_row(case: Case) -> dict[str, object]:
    place = case.place
    return {
        "id": case.id,
        "country": place.country,
        "region": place.region,
        "setting": place.setting,
        "category": case.plan_category,
        "plan_kind": case.plan_kind,
        "title": case.title.zh_hant,
        "lat": place.lat,
        "lon": place.lon,
        "population": place.population.value if place.population else None,
        "start": case.period.start if case.period else None,
        "updated": case.updated,
        "document": case.model_dump_json(by_alias=True),
    }


class Catalogue:
    """A catalogue file, open for reading.

    Raises :class:`CatalogueError` if the file is missing, damaged or of another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise CatalogueError(f"{path}: there is no catalogue")
        # `immutable` spares locks and journal files: nobody writes to a published catalogue.
        engine = _engine(f"{path.resolve().as_uri()}?mode=ro&immutable=1")
        try:
            with Session(engine) as session:
                self._load(session)
        except DBAPIError as error:
            raise CatalogueError(f"{path}: the catalogue is damaged ({error.orig})") from error
        finally:
            engine.dispose()

    def _load(self, session: Session) -> None:
        version = session.exec(select(CatalogueInfo.version)).one_or_none()
        if version != CATALOGUE_VERSION:
            raise CatalogueError(f"{self.path}: version {version}, not {CATALOGUE_VERSION}")
        rows = session.exec(select(CaseRow).order_by(col(CaseRow.id))).all()
        self._ids = [row.id for row in rows]
        self._bits = {case_id: 1 << n for n, case_id in enumerate(self._ids)}
        self._all = (1 << len(self._ids)) - 1
        self._documents = {row.id: row.document for row in rows}
        self._updated = {row.id: row.updated for row in rows}
        self._aliases = {a.alias: a.case_id for a in session.exec(select(AliasRow)).all()}
        self._cases: dict[str, Case] = {}
        drivers = session.exec(select(DriverRow.case_id, DriverRow.driver)).all()
        topics = session.exec(select(TopicRow.case_id, TopicRow.topic)).all()
        tiers = session.exec(select(KpiRow.case_id, KpiRow.tier)).all()
        themes = session.exec(select(KpiRow.case_id, KpiRow.theme)).all()
        self._masks: dict[FilterName, dict[str, int]] = {
            "driver": self._mask("driver", drivers),
            "topic": self._mask("topic", topics),
            "kpi_tier": self._mask("kpi_tier", tiers),
            "kpi_theme": self._mask("kpi_theme", themes),
            "category": self._mask("category", ((row.id, row.category) for row in rows)),
            "country": self._mask("country", ((row.id, row.country) for row in rows)),
            "setting": self._mask("setting", ((row.id, row.setting) for row in rows)),
        }

    def _mask(self, facet: FilterName, pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
        """For each value the set of cases that have it, in the taxonomy's order."""
        masks = dict.fromkeys(taxonomy().terms(FACETS[facet]), 0)
        for case_id, value in pairs:
            masks[value] = masks.get(value, 0) | self._bits[case_id]
        return masks

    def __contains__(self, case_id: object) -> bool:
        return case_id in self._bits or case_id in self._aliases

    def resolve(self, case_id: str) -> str:
        """The id a case goes by now; raises :class:`UnknownCase`."""
        if case_id in self._bits:
            return case_id
        if case_id in self._aliases:
            return self._aliases[case_id]
        raise UnknownCase(case_id)

    def case(self, case_id: str) -> Case:
        """The case of that id or former id; raises :class:`UnknownCase`."""
        current = self.resolve(case_id)
        case = self._cases.get(current)
        if case is None:
            case = Case.model_validate_json(self._documents[current])
            self._cases[current] = case  # two threads may both do this; either result will do
        return case

    def count(self, filters: Filters | None = None) -> int:
        """How many cases pass the filters."""
        return self._select(filters).bit_count()

    def ids(self, filters: Filters | None = None, order: Order = "updated") -> list[str]:
        """The ids that pass the filters: newest update first, or in order of id."""
        selected = self._select(filters)
        found = [case_id for case_id in self._ids if self._bits[case_id] & selected]
        if order == "updated":
            found.sort(key=lambda case_id: self._updated[case_id], reverse=True)
        return found

    def passes(self, filters: Filters | None = None) -> Callable[[str], bool]:
        """A fast test of single ids against the filters."""
        selected, bits = self._select(filters), self._bits
        return lambda case_id: bool(bits.get(case_id, 0) & selected)

    def facets(
        self, filters: Filters | None = None, within: Iterable[str] | None = None
    ) -> dict[str, dict[str, int]]:
        """For each facet the number of cases by value, in the taxonomy's order.

        A facet's counts apply all filters but its own, so that they say what choosing another
        value would give. ``within`` limits them to some cases (the hits of a search). Values
        without a case are left out unless they are asked for.
        """
        filters = filters or Filters()
        base = self._all if within is None else self._union(within)
        counts: dict[str, dict[str, int]] = {}
        for facet, masks in self._masks.items():
            others = base & self._select(filters, but=facet)
            chosen = filters.values(facet)
            numbered = ((value, (mask & others).bit_count()) for value, mask in masks.items())
            counts[facet] = {value: n for value, n in numbered if n or value in chosen}
        return counts

    def _union(self, case_ids: Iterable[str]) -> int:
        union = 0
        for case_id in case_ids:
            union |= self._bits.get(case_id, 0)
        return union

    def _select(self, filters: Filters | None, but: FilterName | None = None) -> int:
        """The cases that pass the filters, as a mask; one facet may be left out."""
        selected = self._all
        if filters is None:
            return selected
        for facet, masks in self._masks.items():
            chosen = filters.values(facet)
            if not chosen or facet == but:
                continue
            union = 0
            for value in chosen:
                union |= masks.get(value, 0)
            selected &= union
        return selected


def _engine(uri: str) -> Engine:
    """An engine on a file by its SQLite URI: a path may hold ``?`` and ``#``, a URL may not."""
    return create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(uri, uri=True), poolclass=NullPool
    )
